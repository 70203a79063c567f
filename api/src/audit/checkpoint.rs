//! Checkpoints: how long the trail is, signed, to be kept where nobody who can change the database can change it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use citygauge_openapi::{AuditCheckpoint, Moment};
use serde::Serialize;

use crate::signing::{PublicKey, Signer};

/// What the signature is over.
#[derive(Serialize)]
struct Signed<'c> {
    place: i64,
    digest: &'c str,
    at: Moment,
}

impl Signed<'_> {
    fn bytes(&self) -> Vec<u8> {
        serde_json_canonicalizer::to_vec(self).expect("texts and whole numbers have a canonical form")
    }
}

/// A checkpoint of a trail that ends at this place with this digest.
#[must_use]
pub fn checkpoint((place, digest): (i64, String), now_ms: i64, signer: &Signer) -> AuditCheckpoint {
    let at = Moment::from_ms(now_ms);
    let signature = STANDARD.encode(signer.sign(&Signed { place, digest: &digest, at }.bytes()));
    AuditCheckpoint { place, digest, at, signature, public_key: signer.public().to_pem() }
}

/// Whether a checkpoint carries the signature of a key: the one that it names, or one that is known from elsewhere.
#[must_use]
pub fn is_signed(checkpoint: &AuditCheckpoint, known: Option<&PublicKey>) -> bool {
    let AuditCheckpoint { place, digest, at, signature, public_key } = checkpoint;
    let stated = PublicKey::from_pem(public_key);
    let key = known.or(stated.as_ref());
    let signature = STANDARD.decode(signature).unwrap_or_default();
    key.is_some_and(|key| key.has_signed(&Signed { place: *place, digest, at: *at }.bytes(), &signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Sources;

    #[test]
    fn no_changed_checkpoint_is_signed_and_none_by_another_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let signer = |name: &str| Signer::open(&folder.path().join(name), &Sources::system()).expect("a key");
        let (own, other) = (signer("own.pem"), signer("other.pem"));
        let made = checkpoint((7, "ab".into()), 1_000, &own);
        assert!(is_signed(&made, None) && is_signed(&made, Some(own.public())) && !is_signed(&made, Some(other.public())));
        for changed in [
            AuditCheckpoint { place: 8, ..made.clone() },
            AuditCheckpoint { digest: "ac".into(), ..made.clone() },
            AuditCheckpoint { at: Moment::from_ms(1_001), ..made.clone() },
            AuditCheckpoint { signature: "x".into(), ..made.clone() },
            AuditCheckpoint { public_key: other.public().to_pem(), ..made.clone() },
        ] {
            assert!(!is_signed(&changed, None), "{changed:?}");
        }
    }
}
