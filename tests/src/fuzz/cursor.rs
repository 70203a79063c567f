//! Cursors of pages, and the queries that carry them.

use citygauge_api::extract::read_query;
use citygauge_api::routes::parameters::{Paging, position};
use citygauge_openapi::Cursor;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(super) const WORDS: &[&str] = &[
    "cursor=",
    "limit=",
    "&",
    "=",
    "%",
    "%5b",
    "+",
    "5b",
    "5d",
    "22",
    "2c",
    "7b227d",
    "6e756c6c",
    "31",
    "2d31",
    "39393939393939393939393939",
    "1000",
    "1001",
    "0",
    "ff",
    "F",
    "é",
];

/// Reads bytes as a cursor, as a query with a cursor, and as a key from which a cursor is made.
///
/// # Panics
/// Where a cursor does not give back the key that it was made of, or a refusal is no fault of the caller's.
pub fn cursor(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    // The keys of lists are texts, numbers and groups of them.
    made(&text.clone().into_owned());
    made(&(text.clone().into_owned(), bytes.len() as i64 - 7, text.chars().rev().collect::<String>()));
    match read_query::<Paging>(&text) {
        Ok(paging) => {
            paging.cursor.iter().for_each(read);
        }
        Err(failure) => assert_eq!(failure.status().as_u16(), 400),
    }
    let Ok(cursor) = text.parse::<Cursor>() else { return false };
    assert_eq!(cursor.to_string(), text);
    read(&cursor);
    true
}

/// Asserts that the cursor of a key gives it back; keys that are longer than any of a list have none.
fn made<K: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(key: &K) {
    let text = Cursor::after(key).to_string();
    let Ok(cursor) = text.parse::<Cursor>() else {
        assert!(text.len() > 4_096, "{text} was given out and is refused");
        return;
    };
    assert_eq!(cursor.key::<K>().as_ref(), Ok(key));
}

/// Reads a cursor as that of every kind of list.
fn read(cursor: &Cursor) {
    of::<String>(cursor);
    of::<i64>(cursor);
    of::<(String, String)>(cursor);
    of::<(i64, String)>(cursor);
    of::<(String, i64, String)>(cursor);
}

fn of<K: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(cursor: &Cursor) {
    match position::<K>(Some(cursor)) {
        Ok(key) => made(&key.expect("there is a cursor")),
        Err(failure) => assert_eq!(failure.status().as_u16(), 400),
    }
}
