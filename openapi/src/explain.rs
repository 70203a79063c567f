//! Explanations: for one city and node, every number between the raw items and the points.

use citygauge_indicators::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Code, Id, ObservationStatus, ObservationValue, PeriodCode, ScoreRow, SetBasis, SetRef};

/// How the result of one node came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// The assessment.
    pub assessment: Id,
    /// The set version.
    pub set: SetRef,
    /// The title of the set, which says where the set is a reconstruction.
    pub set_title: Text,
    /// What the set is based on, and what a reader must know of it.
    #[serde(default)]
    pub basis: Option<SetBasis>,
    /// The node, with everything below it down to the depth asked for.
    pub node: ExplainedNode,
}

/// One node of the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedNode {
    /// Its result.
    #[serde(flatten)]
    pub result: ScoreRow,
    /// What it is called.
    pub title: Text,
    /// Its parent; only TOTAL has none.
    #[serde(default)]
    pub parent: Option<Code>,
    /// Its weight, as the set gives it or as it was derived.
    pub weight: f64,
    /// How its parent weighs its children: `given`, or the method that derives their weights.
    #[serde(default)]
    pub weight_method: String,
    /// The scale of the weight.
    pub weight_of: String,
    /// Its weight over the sum of its sisters' weights.
    pub normalised_weight: f64,
    /// The part of the total that it can contribute by the set.
    pub share: f64,
    /// The part of the total that it has for this city, after missing sisters were left out.
    #[serde(default)]
    pub effective_share: Option<f64>,
    /// The result before rounding.
    #[serde(default)]
    pub unrounded: Option<f64>,
    /// How it was rounded, such as `half_up to 2 places`.
    #[serde(default)]
    pub rounding: Option<String>,
    /// Whether it applies to this city at all.
    pub applies: bool,
    /// What its parent counted instead of a score it does not have.
    #[serde(default)]
    pub filling: Option<ExplainedFilling>,
    /// How a leaf was measured and scored.
    #[serde(default)]
    pub leaf: Option<ExplainedLeaf>,
    /// How an inner node was aggregated, and what else was done to its result, in order.
    pub operations: Vec<ExplainedOperation>,
    /// Where its name, weight and formula come from.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub provenance: Option<Value>,
    /// Its children, in the order of the set.
    #[schema(no_recursion)]
    pub children: Vec<ExplainedNode>,
}

/// How a missing score was treated in the parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedFilling {
    /// The rule, such as `peer_mean` or `skip`.
    pub rule: String,
    /// The score that was counted, under points arithmetic the mark; absent where the node was left out.
    #[serde(default)]
    pub score: Option<f64>,
    /// How many scores it was made of; absent where the rule does not look for scores elsewhere.
    #[serde(default)]
    pub of: Option<u64>,
    /// The earlier period that the score is of, for the rule `previous`.
    #[serde(default)]
    pub period: Option<PeriodCode>,
}

/// How a leaf was measured and scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedLeaf {
    /// The data items it read.
    pub items: Vec<ExplainedItem>,
    /// The formula.
    #[serde(default)]
    pub formula: Option<String>,
    /// The unit of its value.
    #[serde(default)]
    pub unit: Option<String>,
    /// Which way is better.
    pub direction: String,
    /// The scoring rule with its parameters, as the set gives them.
    #[schema(value_type = Object)]
    pub rule: Value,
    /// Where the rule is defined.
    pub rule_source: String,
    /// What was fitted on the cohort: `cohort` as in the rule, `count` of raw values, `smallest` and `largest` of them, and
    /// by rule `reference`, `mean` and `sd`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub fitted: Option<Value>,
    /// The value that the rule scores, where imputation or treatment changed the cohort's values.
    #[serde(default)]
    pub prepared: Option<f64>,
}

/// A data item as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedItem {
    /// The code of the item.
    pub item: Code,
    /// What it is called.
    pub title: Text,
    /// Its unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// The period it was read in; another than the node's where the formula says `previous`.
    pub period: PeriodCode,
    /// The value.
    #[serde(default)]
    pub value: Option<ObservationValue>,
    /// Its status; absent where nothing was reported at all.
    #[serde(default)]
    pub status: Option<ObservationStatus>,
}

/// One step of the arithmetic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExplainedOperation {
    /// What was done, in the caller's language.
    pub text: String,
    /// What came out.
    #[serde(default)]
    pub result: Option<f64>,
}
