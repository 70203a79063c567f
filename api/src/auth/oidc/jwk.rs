//! A published key, and with which algorithms it may be used.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use citygauge_indicators::Text;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk as Parsed, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};

/// The least bits of an RSA key.
const RSA_BITS: usize = 2_048;

/// A key that checks signatures.
#[derive(Debug, Clone)]
pub struct Jwk {
    /// Its name.
    pub kid: Option<String>,
    /// What it is, such as `RSA 2048`.
    pub kind: String,
    /// The algorithms that fit it.
    pub algorithms: Vec<Algorithm>,
    pub(super) key: DecodingKey,
}

/// A key that checks no signature.
#[derive(Debug, Clone)]
pub struct Unusable {
    /// Its name.
    pub kid: Option<String>,
    /// Why it is not used.
    pub reason: Text,
}

impl Jwk {
    /// Reads one member of a key set.
    pub(super) fn read(value: &Value) -> Result<Self, Unusable> {
        let kid = value.get("kid").and_then(Value::as_str).map(str::to_owned);
        let unusable = |zh: &str, en: &str| Unusable { kid: kid.clone(), reason: Text::both(zh, en) };
        let parsed: Parsed = serde_json::from_value(value.clone()).map_err(|_| unusable("格式有误", "it is malformed"))?;
        let common = &parsed.common;
        if common.public_key_use.as_ref().is_some_and(|what| *what != PublicKeyUse::Signature) {
            return Err(unusable("不用于签名", "it is not for signatures"));
        }
        if common.key_operations.as_ref().is_some_and(|all| !all.contains(&KeyOperations::Verify)) {
            return Err(unusable("不用于核对签名", "it is not for checking signatures"));
        }
        let (kind, fitting) = fitting(&parsed.algorithm).ok_or_else(|| {
            unusable(
                "类型不支持：须为 RSA（至少 2048 位）、P-256、P-384 或 Ed25519",
                "its type is none of RSA (2048 bits at least), P-256, P-384 and Ed25519",
            )
        })?;
        let algorithms = match common.key_algorithm.map(Algorithm::try_from) {
            None => fitting.to_vec(),
            Some(Ok(own)) if fitting.contains(&own) => vec![own],
            Some(_) => return Err(unusable("所注算法与其类型不符", "the algorithm that it names does not fit its type")),
        };
        let key = DecodingKey::from_jwk(&parsed).map_err(|_| unusable("格式有误", "it is malformed"))?;
        Ok(Self { kid, kind, algorithms, key })
    }
}

/// What a key is, and the algorithms that fit it.
fn fitting(parameters: &AlgorithmParameters) -> Option<(String, &'static [Algorithm])> {
    match parameters {
        AlgorithmParameters::RSA(rsa) => {
            let modulus = URL_SAFE_NO_PAD.decode(&rsa.n).ok()?;
            let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
            let bits = (modulus.len() - zeros) * 8 - modulus.get(zeros)?.leading_zeros() as usize;
            (bits >= RSA_BITS).then(|| (format!("RSA {bits}"), &[RS256, RS384, RS512, PS256, PS384, PS512][..]))
        }
        AlgorithmParameters::EllipticCurve(curve) => match curve.curve {
            EllipticCurve::P256 => Some(("P-256".to_owned(), &[ES256][..])),
            EllipticCurve::P384 => Some(("P-384".to_owned(), &[ES384][..])),
            _ => None,
        },
        AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
            Some(("Ed25519".to_owned(), &[EdDSA][..]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_keys_that_check_signatures_of_known_strength_are_used() {
        let wide = URL_SAFE_NO_PAD.encode([0xff; 256]);
        let narrow = URL_SAFE_NO_PAD.encode([0xff; 128]);
        let padded = URL_SAFE_NO_PAD.encode([vec![0; 128], vec![0xff; 128]].concat());
        let rsa = |n: &str, more: Value| {
            let mut key = json!({"kty": "RSA", "n": n, "e": "AQAB", "kid": "k"});
            key.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            key
        };
        let read = Jwk::read(&rsa(&wide, json!({}))).expect("usable");
        assert_eq!((read.kind.as_str(), read.algorithms.len()), ("RSA 2048", 6));
        let read = Jwk::read(&rsa(&wide, json!({"alg": "PS256", "use": "sig"}))).expect("usable");
        assert_eq!(read.algorithms, [PS256]);
        for bad in [
            rsa(&narrow, json!({})),
            rsa(&padded, json!({})),
            rsa(&wide, json!({"use": "enc"})),
            rsa(&wide, json!({"key_ops": ["encrypt"]})),
            rsa(&wide, json!({"alg": "ES256"})),
            rsa(&wide, json!({"alg": "HS256"})),
            rsa(&wide, json!({"alg": "RSA-OAEP"})),
            rsa("*", json!({})),
            json!({"kty": "oct", "k": "c2VjcmV0", "kid": "k"}),
            json!({"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}),
            json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
            json!({"kty": "OKP", "crv": "X25519", "x": "AA"}),
            json!({"kty": "new"}),
            json!("RSA"),
        ] {
            assert!(Jwk::read(&bad).is_err(), "{bad}");
        }
    }
}
