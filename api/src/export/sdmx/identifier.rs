//! Codes of the service as identifiers of SDMX, and back.
//!
//! An identifier consists of ASCII letters and digits, `_`, `@`, `$` and `-`. A code of the service is free text: every byte of its UTF-8
//! that is none of these, and `$` itself, is written as `$` and two hexadecimal digits, as `%` does it in addresses. So `L1P1-A1` stays
//! itself, `1.10` becomes `1$2E10`, and no two codes become one.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'_').remove(b'@').remove(b'-');

/// The identifier of a code.
#[must_use]
pub fn id(code: &str) -> Cow<'_, str> {
    // A percent sign of the code itself is escaped, so every one that is left begins an escape.
    match Cow::from(utf8_percent_encode(code, &ESCAPED)) {
        Cow::Borrowed(same) => Cow::Borrowed(same),
        Cow::Owned(escaped) => Cow::Owned(escaped.replace('%', "$")),
    }
}

/// The code of an identifier; `None` where it is not the identifier of any code.
#[must_use]
pub fn code(identifier: &str) -> Option<String> {
    let code = percent_decode_str(&identifier.replace('$', "%")).decode_utf8().ok()?.into_owned();
    (id(&code) == identifier).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_becomes_an_identifier_and_comes_back() {
        for (text, identifier) in [
            ("L1P1-A1", "L1P1-A1"),
            ("1.10", "1$2E10"),
            ("杭州", "$E6$9D$AD$E5$B7$9E"),
            ("a$2Eb", "a$242Eb"),
            ("100% done", "100$25$20done"),
            ("x_@y", "x_@y"),
        ] {
            assert_eq!(id(text), identifier);
            assert_eq!(code(identifier).as_deref(), Some(text));
            assert!(identifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_@$-".contains(&byte)));
        }
        for none in ["a.b", "a%2Eb", "$FF", "a$2eb", "a$4", "$41"] {
            assert_eq!(code(none), None, "{none}");
        }
    }
}
