//! Releases: frozen copies of the observations.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Digest, Id, Moment};

/// Asks for the observations to be frozen as they stand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelease {
    /// As they stood at this moment; now unless given.
    #[serde(default)]
    pub as_of: Option<Moment>,
}

/// A frozen, immutable copy of the observations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Release {
    /// Its identifier.
    pub id: Id,
    /// The SHA-256 digest of the Parquet file; equal content has an equal digest.
    pub digest: Digest,
    /// The size of the file.
    pub bytes: u64,
    /// How many observations it holds.
    pub rows: u64,
    /// How many data items occur.
    pub items: u64,
    /// How many cities occur.
    pub cities: u64,
    /// How many periods occur.
    pub periods: u64,
    /// Whether it was uploaded as a file; otherwise it was frozen from the observations of the service.
    #[serde(default)]
    pub uploaded: bool,
    /// The moment whose observations it holds; of an uploaded one, when it was read.
    pub as_of: Moment,
    /// When it was frozen.
    pub created_at: Moment,
    /// Who froze it.
    pub created_by: String,
}

page_of!(
    /// A page of releases, the newest first.
    ReleasePage, Release
);
