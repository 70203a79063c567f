//! The canonical form of a set and its digest.
//!
//! Two documents that mean the same have the same canonical form: members that hold their default are
//! left out, and the rest is written as RFC 8785 (JSON Canonicalization Scheme) prescribes.

use sha2::{Digest as _, Sha256};

use crate::document::SetDocument;

/// The canonical JSON of a document, RFC 8785.
///
/// # Panics
/// Never: a document holds finite numbers and text keys only.
#[must_use]
pub fn canonical(document: &SetDocument) -> String {
    let bytes = serde_json_canonicalizer::to_vec(document).expect("a document holds finite numbers and text keys only");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// The SHA-256 digest of the canonical form, in hexadecimal.
#[must_use]
pub fn digest(document: &SetDocument) -> String {
    hex(&Sha256::digest(canonical(document)))
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half)]);
    let mut text = String::with_capacity(bytes.len() * 2);
    text.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
    text
}
