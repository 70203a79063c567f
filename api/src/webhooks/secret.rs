//! The secrets of webhooks and the signatures made with them, as Standard Webhooks 1.0.0 says (symmetric, `v1`).
//!
//! A secret is made of the service's signing key, which is a file, and of the webhook's identifier and salt, which are in
//! the database. So whoever reads the database cannot sign, and a secret can be made again whenever something is signed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::signing::Signer;

/// The start of every secret, by which it is known.
const PREFIX: &str = "whsec_";

/// What a secret is derived for: no other use of the signing key begins with these bytes.
const PURPOSE: &[u8] = b"citygauge webhook secret 1\0";

/// A secret of 32 bytes; its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// The secret of a webhook under a salt.
    pub fn of(signer: &Signer, webhook: &str, salt: &str) -> Self {
        Self(signer.derive(&[PURPOSE, webhook.as_bytes(), b"\0", salt.as_bytes()].concat()).to_vec())
    }

    /// The secret as it is shown, once: `whsec_` and its bytes in base64.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The signature over a message, with its version before it. Identifier and moment hold no full stop.
    pub fn sign(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Sources;

    /// The vector of the reference libraries (`libraries/*/webhook_test` of Standard Webhooks).
    #[test]
    fn a_known_secret_gives_the_known_signature() {
        let secret = Secret(STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64"));
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(secret.reveal(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }

    #[test]
    fn a_secret_depends_on_key_webhook_and_salt_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let signer = |name: &str| Signer::open(&folder.path().join(name), &Sources::system()).expect("made");
        let (one, other) = (signer("a.pem"), signer("b.pem"));
        let secret = Secret::of(&one, "w", "s");
        assert_eq!(secret, Secret::of(&signer("a.pem"), "w", "s"));
        for different in [Secret::of(&other, "w", "s"), Secret::of(&one, "v", "s"), Secret::of(&one, "w", "t")] {
            assert_ne!(secret, different);
        }
        assert!((24..=64).contains(&secret.0.len()) && !format!("{secret:?}").contains(&secret.reveal()[6..]));
    }
}
