//! Evaluation: a set and data in, scores out; nothing is kept.

use std::collections::BTreeMap;

use citygauge_indicators as indicators;
use citygauge_indicators::{SetDocument, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Code, Fault, Note, ObservationInput, PeriodCode, ScoreRow, SetRef};

/// A set and data to score it with; one of `set` and `set_ref` is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvaluationRequest {
    /// A set document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SetDocument>)]
    pub set: Option<Value>,
    /// A version that the service keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_ref: Option<SetRef>,
    /// The values.
    pub observations: Vec<ObservationInput>,
    /// The cities with the attributes that peer rules read; every city in the data unless given.
    #[serde(default)]
    pub cities: Vec<EvaluationCity>,
    /// The periods to score; every period in the data unless given.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 1000)]
    pub periods: Option<Vec<PeriodCode>>,
}

/// A city of an evaluation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EvaluationCity {
    /// Its code.
    pub code: Code,
    /// Its attributes, and its name as `name`, `name_zh` or `name_en`.
    #[serde(flatten)]
    #[schema(additional_properties)]
    pub attributes: BTreeMap<String, Note>,
}

/// The scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evaluation {
    /// The set that was computed; its title says where it is a reconstruction.
    pub set: crate::SetUsed,
    /// One row per city, period and node.
    pub results: Vec<ScoreRow>,
    /// What the engine found worth saying.
    pub warnings: Vec<Fault>,
}

impl From<EvaluationCity> for indicators::City {
    fn from(city: EvaluationCity) -> Self {
        let mut attributes: BTreeMap<String, String> =
            city.attributes.into_iter().map(|(key, value)| (key, value.to_string())).collect();
        let name = attributes.remove("name");
        let zh = attributes.remove("name_zh");
        let en = attributes.remove("name_en").or(name);
        Self { code: city.code.to_string(), name: Text { zh, en }, attributes, history: Vec::new() }
    }
}
