//! `Accept`: whatever the header, one of the forms that are offered or a refusal, and `q` is respected.

use citygauge_api::export::Format;
use citygauge_api::negotiate::{Media, liked};

pub(super) const WORDS: &[&str] = &[
    "application/json",
    "text/csv",
    "application/csv",
    "application/x-ndjson",
    "application/vnd.apache.parquet",
    "application/vnd.apache.arrow.file",
    "application/vnd.sdmx.data+csv;version=2.0.0",
    "application/vnd.sdmx.data+json;version=2.0.0",
    "image/svg+xml",
    "*/*",
    "text/*",
    "application/*",
    "*",
    ";q=0",
    ";q=1",
    ";q=0.001",
    ";q=1.5",
    ";q=-1",
    ";q=NaN",
    ";q=inf",
    ";q=",
    ";Q=0.5",
    "; charset=utf-8",
    ";version=1.0.0",
    ",",
    ";",
    "=",
    " ",
    "\t",
    "\"",
    "\"a,b\"",
];

/// The forms of a document, of a table, and all that there are.
const OFFERED: [&[Format]; 3] = [&[Format::Json], &Format::TABLES, &Format::ALL];

/// Chooses a form by a header.
///
/// # Panics
/// Where the choice is not offered, was ruled out, or is not the one that is named first with the greatest weight.
pub fn accept(bytes: &[u8]) -> bool {
    let Ok(header) = std::str::from_utf8(bytes) else { return false };
    let mut chosen = false;
    for offered in OFFERED {
        let liked_most = liked(header, offered);
        chosen |= liked_most.is_some();
        assert!(liked_most.is_none_or(|format| offered.contains(&format)));
        assert_eq!(liked_most, liked(&header.to_ascii_uppercase(), offered), "capitals count");
        for format in offered.iter().copied() {
            let name = format.media_type();
            // The first of equally exact ranges counts, so this one rules the form out, and that one puts it above all others.
            assert_ne!(liked(&format!("{name};q=0,{header}"), offered), Some(format), "{name} was ruled out");
            assert_eq!(liked(&format!("{name};q=1,{header}"), offered), Some(format), "{name} is liked most");
        }
        if let Some(format) = liked_most {
            assert!(is_named(header, format), "{header} does not name {format:?}");
        }
    }
    chosen
}

/// Whether any range of a header could mean a form.
fn is_named(header: &str, format: Format) -> bool {
    let header: String = header.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let (kind, _) = format.media_type().split_once('/').expect("a media type has two parts");
    header.contains("*/*") || header.contains(&format!("{kind}/*")) || header.split(',').any(|range| format.is_named_by(range))
}
