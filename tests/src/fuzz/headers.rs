//! Headers that are read word by word: conditions, kinds of content, languages, periods of a query.

use citygauge_api::answer::Tag;
use citygauge_api::intake::{Encoding, Format};
use citygauge_indicators::{Language, Period};
use citygauge_openapi::{Day, Id};

pub(super) const WORDS: &[&str] = &[
    "*",
    "\"",
    "W/",
    ",",
    " ",
    "\"1-18c\"",
    "1-18c",
    "text/csv",
    "charset=",
    "gbk",
    "utf-8",
    ";",
    "=",
    "\"gbk\"",
    "application/json",
    "zh",
    "zh-CN",
    "en",
    "2026",
    "2026-S1",
    "2026-Q4",
    "2026-12",
    "-",
    "0000",
    "9999",
    "2026-02-29",
    "2024-02-29",
    "\u{3000}",
];

/// Reads bytes as each of these headers.
///
/// # Panics
/// Where a condition holds that does not name the tag, or what is written does not read back.
pub fn headers(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let tag = Tag::of_row(1, 396);
    let names = text.split(',').map(str::trim).any(|one| one == "*" || one == tag.as_str());
    assert_eq!(tag.is_in(text), names);
    assert!(tag.is_in(&format!("{}, {text}", tag.as_str())), "a list names what it begins with");
    assert!(!tag.is_in(&format!("W/{}", tag.as_str())), "a weak tag names nothing");

    let _ = Language::from_tag(text);
    let encoding = Encoding::in_media_type(text).map_err(|fault| super::refused(&(*fault).into()));
    if let Some(format) = Format::from_media_type(text) {
        assert_eq!(Format::from_media_type(format.media_type()), Some(format));
    }
    let period = text.parse::<Period>().map_err(|fault| super::refused(&fault.into()));
    if let Ok(period) = period {
        assert_eq!(period.to_string().parse::<Period>().ok(), Some(period));
        assert!(period.earlier(1) < period && period.later(1).is_none_or(|later| later > period));
        assert!(period.last_day().starts_with(&format!("{:04}-", period.year())));
    }
    if let Ok(day) = text.parse::<Day>() {
        assert_eq!(day.to_string(), text);
    }
    if let Ok(id) = text.parse::<Id>() {
        assert_eq!(id.to_string(), text);
    }
    period.is_ok() || names || encoding.is_ok_and(|encoding| encoding.is_some())
}
