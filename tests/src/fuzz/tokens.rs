//! Tokens of keys and of embeds: none is accepted that this service has not made, and each that it has made is.

use std::sync::OnceLock;

use citygauge_api::auth::Token;
use citygauge_api::clock::Sources;
use citygauge_api::embeds::Embedded;
use citygauge_api::signing::Signer;

pub(super) const WORDS: &[&str] = &[
    "cg_",
    "cge_",
    "_",
    ".",
    "-",
    "=",
    "0123456789ab",
    "eyJrZXkiOiJrIn0",
    "/",
    "/assessments/a",
    "/assessments/a/cities/330100",
    "https://city.example",
    "\n",
    "é",
];

/// Reads bytes as a token of either kind, and as the view of an embed.
///
/// # Panics
/// Where a forged token is accepted, or one that was made is not.
pub fn tokens(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let token = text.parse::<Token>();
    if let Ok(token) = &token {
        assert_eq!(token.reveal(), text);
        assert!(token.matches(token.hash()) && text.contains(token.prefix()));
    }
    assert!(Embedded::open(&text, signer(), 0).is_none(), "{text} was forged");
    let made = Embedded {
        key: text.clone().into_owned(),
        view: text.clone().into_owned(),
        parents: vec![text.clone().into_owned()],
        expires_at_ms: 1_000,
    };
    let sealed = made.seal(signer());
    let opened = Embedded::open(&sealed, signer(), 999);
    assert!(opened.as_ref().is_none_or(|(opened, _)| *opened == made));
    if opened.is_some() {
        assert!(Embedded::open(&sealed, signer(), 1_000).is_none(), "its time is over");
        let at = bytes.len() % sealed.len();
        let mut changed = sealed.into_bytes();
        changed[at] ^= 1;
        let changed = String::from_utf8(changed).expect("the last bit of a letter leaves a character");
        assert!(Embedded::open(&changed, signer(), 999).is_none(), "it was changed at {at}");
    }
    token.is_ok() || opened.is_some()
}

fn signer() -> &'static Signer {
    static SIGNER: OnceLock<Signer> = OnceLock::new();
    SIGNER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        Signer::open(&folder.path().join("key.pem"), &Sources::system()).expect("a key is made")
    })
}
