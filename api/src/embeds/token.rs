//! The token of an embed: what it allows, and a code over it that only this service can make.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::View;
use crate::signing::Signer;

/// How a token of an embed begins, which tells it from that of a key.
pub const PREFIX: &str = "cge_";

/// No token is longer; a view and twenty origins fit.
const LONGEST: usize = 8_000;

/// What the code is for, so that none that is made for something else passes.
const PURPOSE: &[u8] = b"citygauge embed 1\0";

/// What a token allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embedded {
    /// The key that asked for it, by its identifier.
    pub key: String,
    /// The view.
    pub view: String,
    /// The origins of the pages that may show it.
    pub parents: Vec<String>,
    /// When it ends.
    pub expires_at_ms: i64,
}

impl Embedded {
    /// The token.
    #[must_use]
    pub fn seal(&self, signer: &Signer) -> String {
        let payload = serde_json::to_vec(self).expect("texts and a number serialise without failing");
        let code = code(signer, &payload);
        format!("{PREFIX}{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(code))
    }

    /// What a token allows, where this service made it and its time is not over.
    #[must_use]
    pub fn open(token: &str, signer: &Signer, now_ms: i64) -> Option<(Self, View)> {
        if token.len() > LONGEST {
            return None;
        }
        let (payload, given) = token.strip_prefix(PREFIX)?.split_once('.')?;
        let (payload, given) = (URL_SAFE_NO_PAD.decode(payload).ok()?, URL_SAFE_NO_PAD.decode(given).ok()?);
        let is_ours: bool = code(signer, &payload).as_slice().ct_eq(&given).into();
        if !is_ours {
            return None;
        }
        let allowed: Self = serde_json::from_slice(&payload).ok()?;
        let view = allowed.view.parse().ok()?;
        (allowed.expires_at_ms > now_ms).then_some((allowed, view))
    }
}

fn code(signer: &Signer, payload: &[u8]) -> [u8; 32] {
    signer.derive(&[PURPOSE, payload].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Sources;

    fn signer(folder: &tempfile::TempDir, name: &str) -> Signer {
        Signer::open(&folder.path().join(name), &Sources::system()).expect("a key")
    }

    fn allowed() -> Embedded {
        Embedded {
            key: "k".into(),
            view: "/assessments/a/cities/330100".into(),
            parents: vec!["https://city.example".into()],
            expires_at_ms: 1_000,
        }
    }

    #[test]
    fn a_token_opens_with_the_service_that_made_it_until_its_time_is_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let (own, other) = (signer(&folder, "own.pem"), signer(&folder, "other.pem"));
        let token = allowed().seal(&own);
        assert_eq!(Embedded::open(&token, &own, 999).map(|(allowed, _)| allowed), Some(allowed()));
        assert!(Embedded::open(&token, &own, 1_000).is_none(), "its time is over");
        assert!(Embedded::open(&token, &other, 0).is_none(), "another service made it");
    }

    #[test]
    fn no_changed_token_opens() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = signer(&folder, "own.pem");
        let token = allowed().seal(&own);
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            // The last characters of base64 may have bits that stand for nothing: those are refused too.
            assert!(Embedded::open(&changed, &own, 0).is_none(), "{place}");
        }
        for bad in ["", "cge_", "cge_.", "cge_e30.e30", "cg_0123456789ab_x", &"x".repeat(9_000)] {
            assert!(Embedded::open(bad, &own, 0).is_none(), "{bad}");
        }
    }
}
