//! Uncertainty analyses: how far the ranking of an assessment rests on choices that could have been made otherwise.

use std::collections::BTreeMap;

use citygauge_indicators::{Aggregation, MissingRule, Scoring};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Cursor, Id, Moment, PeriodCode, SetUsed, WorkState};

/// Asks for an uncertainty analysis. The same seed gives the same digits.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUncertaintyAnalysis {
    /// How many replications are drawn; of a Sobol design, how many base rows it has. 1,000 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000)]
    pub replications: Option<u32>,
    /// From what the replications are drawn; 1 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The period; the latest with results unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodCode>,
    /// Whether sensitivity indices are wanted: a design of replications times (choices + 2) rows, 100,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sobol: Option<bool>,
    /// What is varied; the weights of all inner nodes, plus or minus 25 %, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1)]
    pub choices: Option<Vec<UncertaintyChoice>>,
}

/// One choice that somebody had to make. Every kind takes a `name`, its word unless given, which no other choice has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum UncertaintyChoice {
    /// Weights times a number drawn uniformly from 1 - `plus_minus` to 1 + `plus_minus`, or one of several sets of weights.
    Weights {
        /// The name of the choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Above 0, at most 1; needed without `sets`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plus_minus: Option<f64>,
        /// Whose weights; with `depths` left out as well, those of all inner nodes below TOTAL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nodes: Option<Vec<String>>,
        /// The depths whose nodes' weights are varied; 1 is the level below TOTAL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        depths: Option<Vec<u32>>,
        /// Sets of weights, node to weight; a node that a set does not name keeps its weight. Instead of the other members.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sets: Option<Vec<BTreeMap<String, f64>>>,
    },
    /// One of several scoring rules.
    Scoring {
        /// The name of the choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The rules.
        alternatives: Vec<UncertaintyScoring>,
        /// Leaves, or nodes above them; all leaves with a cohort rule unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nodes: Option<Vec<String>>,
    },
    /// One of several aggregations.
    Aggregation {
        /// The name of the choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The aggregations, as in a set.
        #[schema(value_type = Vec<Aggregation>)]
        alternatives: Vec<Value>,
        /// Inner nodes; all of them unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nodes: Option<Vec<String>>,
    },
    /// One of several missing rules.
    Missing {
        /// The name of the choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The rules, as in a set.
        #[schema(value_type = Vec<MissingRule>)]
        alternatives: Vec<Value>,
        /// Nodes below TOTAL; all of them unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nodes: Option<Vec<String>>,
    },
    /// One of several limits of winsorised values.
    Treatment {
        /// The name of the choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The limits.
        at_most: Vec<u32>,
        /// Leaves, or nodes above them; all that winsorise unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nodes: Option<Vec<String>>,
    },
    /// Nothing is left out, or one of these nodes.
    LeaveOut {
        /// The name of the choice.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// The nodes.
        nodes: Vec<String>,
    },
}

/// A scoring rule to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UncertaintyScoring {
    /// Its name in the results; the word of the rule unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The rule, as in a set; the set's own unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Scoring>)]
    pub scoring: Option<Value>,
}

/// An uncertainty analysis and what became of it; once it has succeeded it never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UncertaintyAnalysis {
    /// The assessment.
    pub assessment: Id,
    /// Its number among those of the assessment, from 1.
    #[schema(minimum = 1)]
    pub number: u64,
    /// How far it is.
    pub state: WorkState,
    /// The job that makes it.
    pub job: Id,
    /// What was asked for, with every default filled in.
    #[schema(value_type = NewUncertaintyAnalysis)]
    pub request: Value,
    /// The version of the engine.
    pub engine_version: String,
    /// The result in brief, once there is one.
    #[serde(default)]
    pub summary: Option<UncertaintySummary>,
    /// Why it failed.
    #[serde(default)]
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: Moment,
    /// Who asked for it.
    pub created_by: String,
    /// When it was done.
    #[serde(default)]
    pub finished_at: Option<Moment>,
}

page_of!(
    /// A page of uncertainty analyses, the newest first.
    UncertaintyAnalysisPage, UncertaintyAnalysis
);

/// An uncertainty analysis in brief.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UncertaintySummary {
    /// The period.
    pub period: PeriodCode,
    /// How many times the cohort was scored; of a Sobol design, all its rows.
    pub replications: u64,
    /// How many cities have a published rank.
    pub ranked: u64,
    /// The mean, over replications and cities, of how far a rank lies from the published one; of a Sobol design, over its
    /// matrices A and B.
    #[serde(default)]
    pub mean_rank_shift: Option<f64>,
    /// The cities by groups that cannot be told apart, from the top by mean rank.
    pub groups: Vec<Vec<Code>>,
    /// The rule by which cities cannot be told apart: the one behind is level or ahead in at least this share of the
    /// replications.
    pub indistinct: f64,
}

/// A page of a table of an uncertainty analysis; `table` names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UncertaintyTable {
    /// The assessment.
    pub assessment: Id,
    /// The number of the analysis.
    #[schema(minimum = 1)]
    pub number: u64,
    /// The set version.
    pub set: SetUsed,
    /// The period.
    pub period: PeriodCode,
    /// The table with the rows of this page.
    #[serde(flatten)]
    pub rows: UncertaintyRows,
    /// Where the next page starts; absent on the last one. The `Link` header says the same.
    #[serde(default)]
    pub next: Option<Cursor>,
}

/// The rows of a table of an uncertainty analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "table", rename_all = "snake_case")]
pub enum UncertaintyRows {
    /// What the replications say of each city.
    Cities {
        /// In the order of the city codes.
        items: Vec<UncertaintyCity>,
    },
    /// How often each city holds each rank.
    Ranks {
        /// By city and rank.
        items: Vec<UncertaintyRank>,
    },
    /// The sensitivity to each choice; empty unless `sobol` was asked for.
    Sensitivity {
        /// In the order of the choices.
        items: Vec<UncertaintySensitivity>,
    },
    /// What every replication drew.
    Parameters {
        /// In the order of the replications.
        items: Vec<UncertaintyParameters>,
    },
}

/// What the replications say of one city; quantiles are of type 7.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UncertaintyCity {
    /// The code of the city.
    pub city: Code,
    /// The period.
    pub period: PeriodCode,
    /// Its published score.
    #[serde(default)]
    pub score: Option<f64>,
    /// Its published rank.
    #[serde(default)]
    pub rank: Option<u64>,
    /// In how many replications it has a rank.
    pub ranked: u64,
    /// The mean of its ranks.
    #[serde(default)]
    pub rank_mean: Option<f64>,
    /// The median of its ranks.
    #[serde(default)]
    pub rank_median: Option<f64>,
    /// The 5th percentile of its ranks.
    #[serde(default)]
    pub rank_p5: Option<f64>,
    /// The 95th percentile of its ranks.
    #[serde(default)]
    pub rank_p95: Option<f64>,
    /// The mean of its scores.
    #[serde(default)]
    pub score_mean: Option<f64>,
    /// The median of its scores.
    #[serde(default)]
    pub score_median: Option<f64>,
    /// The 5th percentile of its scores.
    #[serde(default)]
    pub score_p5: Option<f64>,
    /// The 95th percentile of its scores.
    #[serde(default)]
    pub score_p95: Option<f64>,
    /// The group of cities that cannot be told apart, from 1.
    #[serde(default)]
    pub group: Option<u64>,
}

/// How often a city holds a rank.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UncertaintyRank {
    /// The code of the city.
    pub city: Code,
    /// The rank.
    pub rank: u64,
    /// The share of the replications, above 0 and at most 1.
    pub share: f64,
}

/// Sensitivity of the mean shift of the ranks to one choice; `null` where nothing varies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UncertaintySensitivity {
    /// The name of the choice.
    pub choice: String,
    /// The first order index: the part of the variance that the choice makes by itself.
    #[serde(default)]
    pub first: Option<f64>,
    /// The 5th percentile of it over bootstrap samples.
    #[serde(default)]
    pub first_p5: Option<f64>,
    /// The 95th percentile of it.
    #[serde(default)]
    pub first_p95: Option<f64>,
    /// The total order index: the part that it makes by itself and together with others.
    #[serde(default)]
    pub total: Option<f64>,
    /// The 5th percentile of it over bootstrap samples.
    #[serde(default)]
    pub total_p5: Option<f64>,
    /// The 95th percentile of it.
    #[serde(default)]
    pub total_p95: Option<f64>,
}

/// What a replication drew, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UncertaintyParameters {
    /// The replication, from 1.
    pub replication: u64,
    /// What was drawn, by the column of the CSV file: a weight, the name of an alternative, or `null` for nothing left out.
    pub drawn: BTreeMap<String, UncertaintyDrawn>,
    /// How many cities have a rank.
    pub total_ranked: u64,
    /// The mean of how far the ranks lie from the published ones.
    #[serde(default)]
    pub rank_shift: Option<f64>,
}

/// What was drawn of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum UncertaintyDrawn {
    /// A weight.
    Weight(f64),
    /// The name of an alternative.
    Alternative(String),
    /// Nothing is left out.
    Nothing,
}
