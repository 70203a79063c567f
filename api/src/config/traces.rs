//! The section `traces`.

use serde::{Deserialize, Serialize};
use url::Url;

use super::ConfigError;

/// Where the service sends traces: what a request or a job consisted of, and how long each part took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Traces {
    /// The base address of a collector that takes OTLP over HTTP, such as `http://127.0.0.1:4318`; without one nothing is traced.
    pub endpoint: Option<String>,
    /// The share of requests and jobs that are traced, 0 to 1.
    pub share: f64,
    /// Whether requests go on with the trace that their header `traceparent` names, and are traced where it says so. Anybody can send
    /// that header, so this is for services whose callers are known.
    pub accept_parents: bool,
}

impl Default for Traces {
    fn default() -> Self {
        Self { endpoint: None, share: 1.0, accept_parents: false }
    }
}

impl Traces {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        ConfigError::unless_within("traces.share", self.share, 0.0, 1.0)?;
        match &self.endpoint {
            None => Ok(()),
            Some(endpoint) => self.address().map(drop).ok_or_else(|| {
                let reason = format!("'{endpoint}' is no address of a collector; write http://127.0.0.1:4318");
                ConfigError::senseless("traces.endpoint", reason)
            }),
        }
    }

    /// Where the spans are sent, by the paths of OTLP/HTTP 1.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        let url = Url::parse(self.endpoint.as_deref()?).ok()?;
        let is_base =
            matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() && url.fragment().is_none();
        is_base.then(|| format!("{}/v1/traces", url.as_str().trim_end_matches('/')))
    }
}
