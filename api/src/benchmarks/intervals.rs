//! Between which ranks a city may stand: what the uncertainty analysis of an edition says of TOTAL.

use std::collections::HashMap;

use citygauge_openapi::UncertaintySummary;

use crate::assessments::uncertainty::{self, Manifest};
use crate::error::Failure;
use crate::state::State;
use crate::store::uncertainty_analyses;

/// How many analyses of an assessment are looked through, the newest first.
const MOST: u64 = 100;

/// The rank intervals of an analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Intervals {
    /// Its number among those of the assessment.
    pub number: u64,
    /// How many replications it drew.
    pub replications: u64,
    cities: HashMap<String, [f64; 2]>,
}

impl Intervals {
    /// The 5th and the 95th percentile of the ranks of a city over the replications.
    pub fn of(&self, city: &str) -> Option<[f64; 2]> {
        self.cities.get(city).copied()
    }
}

/// The intervals of the newest analysis of an assessment that has succeeded and is of a period; none where there is none.
pub async fn latest(state: &State, assessment: &str, period: &str) -> Result<Option<Intervals>, Failure> {
    for stored in uncertainty_analyses::page(state.db(), assessment, None, MOST).await?.items {
        let (Some(result), Some(summary)) = (stored.result, stored.summary) else { continue };
        let summary: UncertaintySummary = serde_json::from_value(summary).map_err(Failure::internal)?;
        if summary.period.as_str() != period {
            continue;
        }
        let manifest: Manifest = serde_json::from_value(result).map_err(Failure::internal)?;
        let frame = uncertainty::open(state, &manifest.cities).await?;
        let cities = frame.column("city").and_then(|column| column.str().cloned()).map_err(Failure::internal)?;
        let [low, high] = ["rank_p5", "rank_p95"].map(|name| frame.column(name).and_then(|column| column.f64().cloned()));
        let (low, high) = (low.map_err(Failure::internal)?, high.map_err(Failure::internal)?);
        let of = |row: usize| Some((cities.get(row)?.to_owned(), [low.get(row)?, high.get(row)?]));
        let cities = (0..frame.height()).filter_map(of).collect();
        let (number, replications) = (stored.number.unsigned_abs(), summary.replications);
        return Ok(Some(Intervals { number, replications, cities }));
    }
    Ok(None)
}
