//! JSON and NDJSON: the same tables as objects.

use citygauge_api::intake::Format;

pub(super) const WORDS: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "\"",
    "\"city\"",
    "\"period\"",
    "\"item\"",
    "\"value\"",
    "\"status\"",
    "\"code\"",
    "\"name\"",
    "{\"observations\":[",
    "{\"cities\":[",
    "\"hz\"",
    "\"gdp\"",
    "2026",
    "1.0",
    "1e2",
    "-0",
    "1e999",
    "0.1",
    "true",
    "null",
    "\\u0000",
    "\\ud83d",
    "\\ud83d\\ude00",
    "\\\"",
    "\n",
    "[[[[",
    "\u{FEFF}",
    "\"\"",
];

/// Reads a file as one document and as one object per line.
///
/// # Panics
/// Where a reading contradicts itself, or a sound row does not come back.
pub fn json(bytes: &[u8]) -> bool {
    let whole = super::cells::read(bytes, Format::Json, false);
    super::cells::read(bytes, Format::NdJson, false) || whole
}
