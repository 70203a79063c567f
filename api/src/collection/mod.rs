//! Collecting from sources: what a source says, when it is due, and the beginning of its runs.
//!
//! A run fetches through [`crate::outbound`], keeps the bytes as an upload would be kept, and hands them over to an import
//! like any other; see [`crate::jobs::RunSource`].

mod check;
mod plan;
pub mod scheduler;
mod start;
#[cfg(test)]
mod tests;

use citygauge_openapi::{Line, Note, SourceImport, SourceKind, SourceProfile, SourceSchedule};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use check::Draft;
pub use plan::Plan;
pub use start::start;

use crate::store::StoreError;
use crate::store::sources::Source;

/// What a source says, beside its titles and whether its schedule is followed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Where it is fetched from.
    pub from: SourceKind,
    /// The name of its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Line>,
    /// How what was fetched is imported.
    pub import: SourceImport,
    /// When it is fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<SourceSchedule>,
    /// What people should know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

impl Document {
    /// What somebody sent.
    pub fn of(profile: SourceProfile) -> Self {
        let SourceProfile { from, secret, import, schedule, note, .. } = profile;
        Self { from, secret, import, schedule, note }
    }

    /// What is kept of a source.
    pub fn kept(source: &Source) -> Result<Self, StoreError> {
        serde_json::from_value(source.profile.document.clone()).map_err(|error| StoreError::Corrupt {
            table: "sources",
            column: "document",
            row: source.profile.code.clone(),
            reason: error.to_string(),
        })
    }

    /// The form that is kept.
    pub fn to_kept(&self) -> Result<Value, StoreError> {
        serde_json::to_value(self).map_err(|error| StoreError::Internal(Box::new(error)))
    }
}
