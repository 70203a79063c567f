//! What a fetch brings.

use reqwest::header::{ETAG, HeaderMap, HeaderName, LAST_MODIFIED};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::intake::Format;

/// The longest validator that is kept, in bytes.
const LONGEST_VALIDATOR: usize = 1_000;

/// By what the next fetch can tell that nothing has changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Validators {
    /// The entity tag of the answer, as it was sent; at most 1,000 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When the content was last changed, as it was sent; at most 1,000 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// The SHA-256 digest of the content in lower-case hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl Validators {
    /// Those that an answer gives; too long ones are as good as none.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| {
            let value = headers.get(name)?.to_str().ok()?.trim();
            (1..=LONGEST_VALIDATOR).contains(&value.len()).then(|| value.to_owned())
        };
        Self { etag: text(ETAG), last_modified: text(LAST_MODIFIED), digest: None }
    }
}

/// What became of a fetch.
#[derive(Debug)]
pub enum Fetched {
    /// What was fetched the last time still holds.
    Unchanged,
    /// The content.
    Content(Content),
}

/// Content as it can be imported.
#[derive(Debug)]
pub struct Content {
    /// The file; it vanishes when this is dropped.
    pub file: NamedTempFile,
    /// Its size.
    pub bytes: u64,
    /// A name for it, at most 200 characters, with the extension of its format.
    pub name: String,
    /// Its format.
    pub format: Format,
    /// Its media type, as an upload would declare it: SDMX-CSV and the charset of a text are told here.
    pub media_type: String,
    /// By what the next fetch can tell that nothing has changed; always with a digest.
    pub validators: Validators,
    /// How many pages it was put together from; 1 for a file.
    pub pages: u32,
    /// The rows that pages held; absent for a file, which is not read here.
    pub rows: Option<u64>,
}
