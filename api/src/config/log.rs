//! The section `log`.

use serde::{Deserialize, Serialize};

/// What the service writes to its log, which goes to stderr.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// A filter such as `info` or `info,citygauge_api=debug`. By default without what clients do wrong on the
    /// connection, which is not ours to mend, and without a line per migration, which `citygauge migrate up` shows.
    pub filter: String,
    /// How lines look.
    pub format: LogFormat,
}

/// How the lines of the log look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info,actix_http::h1::dispatcher=off,sea_orm_migration=warn".into(), format: LogFormat::Text }
    }
}
