//! What-if: scores, levels and ranks before and after changes that are only supposed; nothing is kept.

use std::collections::BTreeMap;

use citygauge_indicators::SetDocument;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Code, EvaluationCity, Fault, ObservationInput, ObservationValue, PeriodCode, SetRef};

/// A value that is supposed: of a data item, or the raw value of an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIfChange {
    /// The city; every city of the period unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<Code>,
    /// The period; that of the answer unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodCode>,
    /// The data item; either this or `indicator`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Code>,
    /// The indicator whose raw value is supposed. Where its formula is one item and nothing else, it is the item that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<Code>,
    /// The value; without one the item is missing.
    #[serde(default)]
    pub value: Option<ObservationValue>,
}

/// Whether what was fitted on the cohort stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhatIfFits {
    /// It stays: fits, derived weights and the scores of the other cities. Only for changed values of one city in one period.
    Kept,
    /// Everything is computed again.
    Refitted,
}

/// What is supposed of an assessment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWhatIf {
    /// The period of the answer; the latest one unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodCode>,
    /// Values that change.
    #[serde(default)]
    #[schema(max_items = 10000)]
    pub changes: Vec<WhatIfChange>,
    /// Weights that change, by node; its sisters keep theirs.
    #[serde(default)]
    pub weights: BTreeMap<Code, f64>,
    /// Another version that the service keeps; at most one of `set_ref`, `set` and `overlay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_ref: Option<SetRef>,
    /// Another set document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SetDocument>)]
    pub set: Option<Value>,
    /// An overlay of the set (see `POST …/overlay`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub overlay: Option<Value>,
    /// Whether fits stay; `kept` unless given where values of one city in the period of the answer are all that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fits: Option<WhatIfFits>,
    /// Only these nodes are answered; all unless given.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub nodes: Vec<Code>,
}

/// Asks what if, of data that are given with the request; one of `set` and `set_ref` is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatIfRequest {
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
    /// What is supposed.
    pub what_if: NewWhatIf,
}

/// A node of a city before and after; what does not apply is `null`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhatIfRow {
    /// The code of the city.
    pub city: Code,
    /// The period.
    pub period: PeriodCode,
    /// The code of the node.
    pub node: Code,
    /// The raw value of a leaf before.
    #[serde(default)]
    pub value_before: Option<f64>,
    /// The raw value after.
    #[serde(default)]
    pub value_after: Option<f64>,
    /// The score before.
    #[serde(default)]
    pub score_before: Option<f64>,
    /// The score after.
    #[serde(default)]
    pub score_after: Option<f64>,
    /// The points of the total before.
    #[serde(default)]
    pub points_before: Option<f64>,
    /// The points of the total after.
    #[serde(default)]
    pub points_after: Option<f64>,
    /// The rank before.
    #[serde(default)]
    pub rank_before: Option<u64>,
    /// The rank after.
    #[serde(default)]
    pub rank_after: Option<u64>,
    /// How many ranks the city rises; below 0 it falls.
    #[serde(default)]
    pub rank_change: Option<i64>,
    /// The level before.
    #[serde(default)]
    pub level_before: Option<Code>,
    /// The level after.
    #[serde(default)]
    pub level_after: Option<Code>,
    /// How many levels the city rises; below 0 it falls.
    #[serde(default)]
    pub level_change: Option<i64>,
}

/// What moved, counted on TOTAL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WhatIfSummary {
    /// The cities that were looked at.
    pub cities: u64,
    /// Those with another score of any node.
    pub cities_moved: u64,
    /// Those whose rank of TOTAL is better.
    pub risen: u64,
    /// Those whose rank of TOTAL is worse.
    pub fallen: u64,
    /// Those whose level on any node is higher.
    pub levels_up: u64,
    /// Those whose level on any node is lower.
    pub levels_down: u64,
}

/// The scores, levels and ranks that would move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhatIf {
    /// The set before.
    pub set: SetRef,
    /// The set after; its digest tells it from the one before where weights changed.
    pub set_after: SetRef,
    /// The digest of the set after.
    pub set_digest_after: String,
    /// The period.
    pub period: PeriodCode,
    /// Whether what was fitted on the cohort was kept.
    pub fits: WhatIfFits,
    /// What moved.
    pub summary: WhatIfSummary,
    /// TOTAL of every city, and every other node that is asked for of which anything moved.
    pub results: Vec<WhatIfRow>,
    /// What the engine found worth saying of the scores after.
    pub warnings: Vec<Fault>,
}
