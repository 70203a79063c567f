//! Thresholds, each with the score from there on.

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read};

/// A threshold and the score from there on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ScoringStep))]
pub struct Step {
    /// The threshold, in the unit of the raw value.
    pub from: f64,
    /// The score from there on.
    pub score: f64,
}

impl Read for Step {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let from = object.required("from", faults);
        let score = object.required("score", faults);
        object.close(faults).then_some(Self { from: from?, score: score? })
    }
}

/// A band of shares of a benchmark; the first has no lower limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BenchmarkBand {
    /// The share of the benchmark from which on it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// Its score.
    pub score: f64,
}

impl Read for BenchmarkBand {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let from = object.optional("from", faults);
        let score = object.required("score", faults);
        object.close(faults).then_some(Self { from, score: score? })
    }
}
