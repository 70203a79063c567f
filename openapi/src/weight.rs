//! Weights as they were computed with, given or derived.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Code, PeriodCode, SetUsed};

/// The weight of one node in one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WeightRow {
    /// The period.
    pub period: PeriodCode,
    /// The code of the node.
    pub node: Code,
    /// The code of its parent; only TOTAL has none.
    #[serde(default)]
    pub parent: Option<Code>,
    /// How its parent weighs its children: `given`, or the method that derives their weights.
    pub method: String,
    /// Its weight; absent under benefit of the doubt, where every city has its own.
    #[serde(default)]
    pub weight: Option<f64>,
    /// Its weight over the sum of its sisters' weights, 0 to 1.
    #[serde(default)]
    pub normalised_weight: Option<f64>,
    /// Its effective weight: the part of the total that it can contribute, 0 to 1.
    pub share: f64,
    /// What the method says of the node, such as `entropy` or `squared_loading`.
    #[serde(default)]
    pub statistic: Option<String>,
    /// The number of that.
    #[serde(default)]
    pub value: Option<f64>,
    /// How many cities (over several periods: rows) the weights were derived from.
    #[serde(default)]
    pub cities: Option<u64>,
    /// How far the judgements of AHP contradict each other, those of the group where there are several experts.
    #[serde(default)]
    pub consistency_ratio: Option<f64>,
    /// The part of the variance that the first principal component explains.
    #[serde(default)]
    pub explained_variance: Option<f64>,
}

/// How the weights below one node were derived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WeightDerivation {
    /// The code of the node whose children were weighed.
    pub node: Code,
    /// The period; absent where the weights hold for all periods.
    #[serde(default)]
    pub period: Option<PeriodCode>,
    /// The method.
    pub method: String,
    /// How many cities (over several periods: rows) were looked at.
    #[serde(default)]
    pub cities: Option<u64>,
    /// What the method tells beside the weights.
    pub statistics: Vec<WeightStatistic>,
}

/// A number that a method tells beside its weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WeightStatistic {
    /// What it is, such as `entropy`, `lambda_max` or `consistency_ratio`.
    pub name: String,
    /// The child it speaks of.
    #[serde(default)]
    pub node: Option<Code>,
    /// The part of a mixture, from 0.
    #[serde(default)]
    pub part: Option<u64>,
    /// The expert's matrix, from 0; absent for the group.
    #[serde(default)]
    pub matrix: Option<u64>,
    /// The number.
    pub value: f64,
}

/// The weights of an assessment, by period and in the order of the set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Weights {
    /// The set version that the weights rest on.
    pub set: SetUsed,
    /// Node by node.
    pub items: Vec<WeightRow>,
    /// How weights were derived; empty where all are given.
    pub derivations: Vec<WeightDerivation>,
}
