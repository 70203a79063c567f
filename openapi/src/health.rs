//! Whether the service lives and whether it is ready.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The process answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: String,
    /// The version of the service.
    pub version: String,
}

/// Whether requests that need the database and the artifacts will be answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// Whether all of the following hold.
    pub ready: bool,
    /// The database answers.
    pub database: bool,
    /// The artifact store answers.
    pub objects: bool,
    /// The workers are running.
    pub jobs: bool,
}
