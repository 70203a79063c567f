//! From text in a column to a value with a meaning; what has none is a corrupt row.

use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;

/// A closed set of words a column may hold.
pub trait Word: Copy + Sized {
    /// The word as it stands in the database and in the API.
    fn as_str(self) -> &'static str;
    /// The meaning of a word, if it has one.
    fn parse(word: &str) -> Option<Self>;
}

/// Defines an enum whose variants are the words of a column.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$each])* $variant,)+ }

        impl $crate::store::Word for $name {
            fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::store::Word::as_str(*self))
            }
        }
    };
}
pub(super) use words;

/// The row being read, for the message when it makes no sense.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) table: &'static str,
    pub(super) key: &'a dyn Display,
}

impl Row<'_> {
    pub(super) fn word<W: Word>(self, column: &'static str, word: &str) -> Result<W, StoreError> {
        W::parse(word).ok_or_else(|| self.corrupt(column, format!("{word:?} is not one of its words")))
    }

    pub(super) fn json<T: DeserializeOwned>(self, column: &'static str, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| self.corrupt(column, error.to_string()))
    }

    pub(super) fn json_null<T: DeserializeOwned>(
        self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>, StoreError> {
        text.map(|text| self.json(column, text)).transpose()
    }

    pub(super) fn corrupt(self, column: &'static str, reason: String) -> StoreError {
        StoreError::Corrupt { table: self.table, column, row: self.key.to_string(), reason }
    }
}

/// The text of a value that is made of maps with text keys, lists, text and finite numbers.
pub(super) fn text<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Internal(Box::new(error)))
}
