//! Assessments between the store and the engine: what they read, what they leave, and how they are made again.

pub mod input;
pub mod kept;
pub mod reading;
pub mod recompute;
pub mod uncertainty;
pub mod weights;

use citygauge_indicators::{City, Text};
use serde::{Deserialize, Serialize};

use crate::state::State;
use crate::store::{StoreError, cities};

/// Rows times items that are assessed together where there are very many, and at least one period. What is computed of them took 63
/// bytes a cell (1,000 cities, 300 indicators, 338 nodes, 12 years beside 2), so a part needs about 0.6 GB; nearly every assessment is a single part.
pub const CELLS_AT_ONCE: usize = if cfg!(test) { 8 } else { 10_000_000 };

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

/// The registered cities with the names that they have now and the attributes that they have and had.
pub async fn described(state: &State) -> Result<Vec<City>, StoreError> {
    let registered = cities::all(state.db()).await?;
    let mut history = cities::attributes::all(state.db()).await?;
    let described = registered.into_iter().map(|city| City {
        history: history.remove(&city.profile.code).unwrap_or_default(),
        code: city.profile.code,
        name: named(city.profile.name_zh, city.profile.name_en, city.profile.name),
        attributes: city.profile.attributes,
    });
    Ok(described.collect())
}

/// A city's names; where it has none in a language, the one that it goes by.
fn named(zh: Option<String>, en: Option<String>, name: String) -> Text {
    Text { zh: zh.or_else(|| Some(name.clone())), en: en.or(Some(name)) }
}
