//! Assessments between the store and the engine: what they read, what they leave, and how they are made again.

pub mod input;
pub mod kept;
pub mod recompute;
pub mod uncertainty;
pub mod weights;

use serde::{Deserialize, Serialize};

/// What was asked for, as the assessment keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// The periods whose results are wanted; all unless given.
    pub periods: Option<Vec<String>>,
    /// The cities that are scored together.
    pub cohort: citygauge_openapi::Cohort,
    /// The codes that the cohort stood for when it was asked for; none means every city with an observation.
    pub cities: Option<Vec<String>>,
    /// The moment whose observations are frozen, where it freezes any; when it runs unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of_ms: Option<i64>,
}
