//! Cursors: where the next page of a list starts, opaque to whoever sends it back.

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// The place in a list after which the next page starts.
///
/// It holds the key of the last row, so rows that come and go elsewhere do not move it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// A text that no page of this service has given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a cursor as a page of this list gave it")]
pub struct BadCursor;

impl Cursor {
    /// The cursor that follows the row with this key.
    ///
    /// # Panics
    /// When the key does not serialise, which no text or number fails to do.
    #[must_use]
    pub fn after<K: Serialize>(key: &K) -> Self {
        let json = serde_json::to_vec(key).expect("a key is made of text and numbers");
        let mut text = String::with_capacity(json.len() * 2);
        for byte in json {
            write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        }
        Self(text)
    }

    /// The key inside.
    ///
    /// # Errors
    /// When the cursor is of another list.
    pub fn key<K: DeserializeOwned>(&self) -> Result<K, BadCursor> {
        let bytes: Option<Vec<u8>> =
            self.0.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
        serde_json::from_slice(&bytes.ok_or(BadCursor)?).map_err(|_| BadCursor)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let hexadecimal = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if hexadecimal && (2..=MAX_LENGTH).contains(&text.len()) && text.len().is_multiple_of(2) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadCursor)
        }
    }
}

/// Room for three codes of a hundred characters, each of which may take four bytes.
const MAX_LENGTH: usize = 4096;

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("Where the next page starts: send it back as `cursor`. Its content is the service's own."))
            .min_length(Some(2))
            .max_length(Some(MAX_LENGTH))
            .pattern(Some("^([0-9a-f]{2})+$"))
            .into()
    }
}

impl ToSchema for Cursor {}

/// Defines the page of a resource: the shape of every list.
macro_rules! page_of {
    ($(#[$about:meta])* $name:ident, $item:ty) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub struct $name {
            /// The members of this page, in the order of the list.
            pub items: Vec<$item>,
            /// Where the next page starts; absent on the last one. The `Link` header says the same.
            #[serde(default)]
            pub next: Option<$crate::Cursor>,
        }
    };
}
pub(crate) use page_of;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_gives_back_the_key_it_was_made_of() {
        let key = ("330100".to_owned(), "2026".to_owned(), 7_i64);
        let cursor: Cursor = Cursor::after(&key).to_string().parse().expect("it was given out");
        assert_eq!(cursor.key(), Ok(key));
    }

    #[test]
    fn what_no_page_gave_out_is_refused() {
        for text in ["", "x", "abc", "zz", "é"] {
            assert_eq!(text.parse::<Cursor>(), Err(BadCursor), "{text:?}");
        }
        assert_eq!("ff".parse::<Cursor>().expect("well-formed").key::<String>(), Err(BadCursor));
        assert_eq!(Cursor::after(&7).key::<String>(), Err(BadCursor));
    }
}
