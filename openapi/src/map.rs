//! Maps: shapes of cities that the operator of the service has uploaded, with the number under which they were approved.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Digest, Line, Moment};

/// A map. The service ships none: whoever shows one answers for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Map {
    /// Its code.
    pub code: Code,
    /// The Chinese title.
    #[serde(default)]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default)]
    pub title_en: Option<Line>,
    /// The number under which the map was approved (审图号); shown on it wherever it is shown.
    #[schema(example = "GS(2024)0650号")]
    pub approval_number: Line,
    /// The property of a feature that holds the code of its city.
    pub key: Line,
    /// How many features it has.
    pub features: u64,
    /// The SHA-256 digest of its GeoJSON.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Moment,
    /// Who uploaded it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Moment,
}

page_of!(
    /// A page of maps, by code.
    MapPage, Map
);
