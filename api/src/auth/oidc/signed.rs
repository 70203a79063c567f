//! The outside of a token: its shape, its algorithm, its signature.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Refusal;

/// The most characters of a token.
pub(super) const LONGEST: usize = 16 << 10;

/// The most characters of a name of an algorithm that are repeated.
const NAME: usize = 16;

/// What of the header of a token is looked at. Keys that it brings or points to (`jwk`, `jku`, `x5c`, `x5u`) are not.
pub(super) struct Head {
    pub algorithm: Algorithm,
    pub kid: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// Reads the header; the signature is not checked yet.
pub(super) fn head(token: &str, accepted: &[Algorithm]) -> Result<Head, Refusal> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, _, _] = parts.as_slice() else { return Err(Refusal::Malformed) };
    let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| Refusal::Malformed)?;
    let header: Header = serde_json::from_slice(&header).map_err(|_| Refusal::Malformed)?;
    let algorithm = header.alg.parse().ok().filter(|algorithm| accepted.contains(algorithm));
    let algorithm = algorithm.ok_or_else(|| Refusal::Algorithm(shown(&header.alg)))?;
    if !header.typ.as_deref().is_none_or(is_access) {
        return Err(Refusal::Type);
    }
    // What it says has to be understood is not.
    if header.crit.is_some() {
        return Err(Refusal::Malformed);
    }
    Ok(Head { algorithm, kid: header.kid })
}

/// Whether a type is that of an access token: `JWT`, or `at+jwt` (RFC 9068).
fn is_access(typ: &str) -> bool {
    let typ = typ.to_ascii_lowercase();
    matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "at+jwt")
}

fn shown(name: &str) -> String {
    let is_plain = name.len() <= NAME && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if is_plain { name.to_owned() } else { "?".to_owned() }
}

/// The claims of a token that was signed with this key. What they say is checked elsewhere, against the clock of the service.
pub(super) fn claims(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<Value, Refusal> {
    let mut signature_only = Validation::new(algorithm);
    signature_only.required_spec_claims.clear();
    (signature_only.validate_exp, signature_only.validate_aud) = (false, false);
    match decode::<Map<String, Value>>(token, key, &signature_only) {
        Ok(token) => Ok(Value::Object(token.claims)),
        Err(error) => Err(match error.kind() {
            ErrorKind::InvalidSignature => Refusal::Signature,
            _ => Refusal::Malformed,
        }),
    }
}
