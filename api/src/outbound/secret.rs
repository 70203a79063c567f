//! What identifies this service to a source: a header that only its own hosts are sent.

use std::fmt;
use std::fs::File;
use std::io::Read;

use reqwest::header::{HeaderName, HeaderValue};
use url::Url;

use super::OutboundError;
use super::host::HostPattern;
use crate::config::SourceSecret;

/// The largest file of a secret, in bytes.
const LONGEST: u64 = 16 << 10;

/// A header whose value is told to nobody but its hosts; it is in no log and no answer.
#[derive(Clone)]
pub struct Secret {
    name: HeaderName,
    value: HeaderValue,
    hosts: Vec<HostPattern>,
}

impl Secret {
    /// Reads a secret from its file.
    pub(super) fn read(name: &str, configured: &SourceSecret) -> Result<Self, OutboundError> {
        let bad = |reason: String| OutboundError::Secret { name: name.to_owned(), reason };
        let file = configured.file.display();
        let mut text = String::new();
        File::open(&configured.file)
            .and_then(|open| open.take(LONGEST + 1).read_to_string(&mut text))
            .map_err(|error| bad(format!("{file} cannot be read: {error}")))?;
        if text.len() as u64 > LONGEST {
            return Err(bad(format!("{file} is larger than {LONGEST} bytes")));
        }
        let text = text.trim();
        let mut value =
            HeaderValue::from_str(text).map_err(|_| bad(format!("{file} does not hold one line that a header can carry")))?;
        if text.is_empty() {
            return Err(bad(format!("{file} is empty")));
        }
        value.set_sensitive(true);
        let name = configured.header.parse().map_err(|_| bad(format!("'{}' is no name of a header", configured.header)))?;
        let hosts = configured
            .hosts
            .iter()
            .map(|host| host.parse())
            .collect::<Result<_, _>>()
            .map_err(|error| bad(format!("{error}")))?;
        Ok(Self { name, value, hosts })
    }

    /// Whether a server is one of those that are sent it.
    #[must_use]
    pub fn is_for(&self, url: &Url) -> bool {
        self.hosts.iter().any(|host| host.admits(url))
    }

    /// The header.
    pub(super) fn header(&self) -> (HeaderName, HeaderValue) {
        (self.name.clone(), self.value.clone())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").field("header", &self.name).finish_non_exhaustive()
    }
}
