//! Evidence: files that support an observation.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Code, Digest, Id, Line, Moment, PeriodCode};

/// A file that supports an observation; the file itself is under `/evidence/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// Its identifier.
    pub id: Id,
    /// The code of the city.
    pub city: Code,
    /// The period.
    pub period: PeriodCode,
    /// The code of the data item.
    pub item: Code,
    /// The SHA-256 digest of the file.
    pub digest: Digest,
    /// The size of the file.
    pub bytes: u64,
    /// What the file is, as its content says.
    pub media_type: String,
    /// The name of the file.
    pub file_name: Line,
    /// What it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Line>,
    /// When it was attached.
    pub created_at: Moment,
    /// Who attached it.
    pub created_by: String,
    /// When it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Moment>,
    /// Who withdrew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<String>,
}

/// Every file that supports an observation, the earliest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EvidenceList {
    /// The files.
    pub items: Vec<Evidence>,
}
