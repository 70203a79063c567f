//! Least-effort paths: the smallest set of raw-value changes that brings a city to a goal by a year.

use citygauge_indicators::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Id, Moment, PeriodCode, SetBasis, SetRef, Verdict};

/// On what evidence of the peers the changes are limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathBasis {
    /// The rates per year that peers have really kept, times the years.
    #[default]
    Rates,
    /// The values that peers have really reached in the same period; the deadline plays no part.
    PeerLevel,
}

/// What a path is the least of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathMinimise {
    /// The effort.
    #[default]
    Effort,
    /// The number of raw values that change, then the effort.
    Indicators,
}

/// The limits of the changes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PathLimits {
    /// On what evidence.
    #[serde(default)]
    pub basis: PathBasis,
    /// The percentile of the peers that is not exceeded, 0.5 to 1; above 0.9 it needs the right to read the scores of all cities.
    #[serde(default = "ninety")]
    #[schema(minimum = 0.5, maximum = 1.0, default = 0.9)]
    pub percentile: f64,
}

fn ninety() -> f64 {
    0.9
}

impl Default for PathLimits {
    fn default() -> Self {
        Self { basis: PathBasis::Rates, percentile: ninety() }
    }
}

/// Between what the raw value of an indicator may lie by the deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PathBound {
    /// The code of the indicator.
    pub node: Code,
    /// The least raw value.
    #[serde(default)]
    pub least: Option<f64>,
    /// The greatest raw value.
    #[serde(default)]
    pub greatest: Option<f64>,
}

/// What a unit of the raw value of an indicator costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PathCost {
    /// The code of the indicator.
    pub node: Code,
    /// The effort per unit of the raw value, above 0.
    #[schema(exclusive_minimum = 0.0)]
    pub per_unit: f64,
}

/// Asks for a path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPath {
    /// The assessment to derive it from.
    pub assessment: Id,
    /// The city.
    pub city: Code,
    /// The period from which it starts; the latest one of the assessment unless given.
    #[serde(default)]
    pub period: Option<PeriodCode>,
    /// The goal: `level` (the next one), `level:CODE`, `score:80`, `rank:10` or `percentile:0.75`; the last two need the right to
    /// read the scores of all cities.
    #[schema(value_type = String, max_length = 110, pattern = "^(level|level:.+|score:.+|rank:[0-9]+|percentile:.+)$", example = "level")]
    pub goal: crate::Line,
    /// The node that the goal is about; TOTAL unless given, for a level the first node on which one is read.
    #[serde(default)]
    pub node: Option<Code>,
    /// The period by which the goal is to be reached.
    pub by: PeriodCode,
    /// The limits of the changes.
    #[serde(default)]
    pub limits: PathLimits,
    /// The peers are the cities of this group; the cohort unless given.
    #[serde(default)]
    pub peer_group: Option<Code>,
    /// Indicators that stay as they are.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub fixed: Vec<Code>,
    /// Own limits of single indicators.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub bounds: Vec<PathBound>,
    /// Own efforts of single indicators.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub costs: Vec<PathCost>,
    /// What the path is the least of.
    #[serde(default)]
    pub minimise: PathMinimise,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PathOutcome {
    /// The goal is met already.
    Reached,
    /// A path, which the engine confirms.
    Path,
    /// The goal is out of reach by the deadline; `earliest` says by when it is not.
    NotReachable,
    /// No number of years would do at these limits.
    Never,
}

/// Where the node of the goal stands; what does not apply is `null`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct PathPlace {
    /// The published score.
    #[serde(default)]
    pub score: Option<f64>,
    /// The code of the level.
    #[serde(default)]
    pub level: Option<String>,
    /// The rank among the others as they are; only for who may read the scores of all cities.
    #[serde(default)]
    pub rank: Option<u32>,
}

/// The raw value of a year on the way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PathStep {
    /// The period.
    pub period: PeriodCode,
    /// The raw value.
    pub value: f64,
}

/// What a change does to an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PathGain {
    /// The code of the indicator.
    pub node: Code,
    /// What it is called, in the caller's language.
    pub title: String,
    /// Its score at present.
    #[serde(default)]
    pub score_before: Option<f64>,
    /// Its score by the deadline.
    #[serde(default)]
    pub score_after: Option<f64>,
    /// The points of the total that it gains.
    #[serde(default)]
    pub points_gained: Option<f64>,
}

/// A raw value that changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PathChange {
    /// The indicators that have this raw value: one, or those that are the same data item.
    pub indicators: Vec<PathGain>,
    /// The raw value at present.
    pub value: f64,
    /// The raw value by the deadline.
    pub target: f64,
    /// The difference.
    pub change: f64,
    /// The unit of the raw value.
    #[serde(default)]
    pub unit: Option<String>,
    /// The effort of the change.
    pub effort: f64,
    /// The furthest raw value by the deadline that still gains.
    pub limit: f64,
    /// What stops there, where the change goes so far: `peers`, `caller`, `item` or `scale`.
    #[serde(default)]
    pub stopped_by: Option<String>,
    /// The change per year that it needs.
    pub required_rate: f64,
    /// The city's own rate per year (Theil-Sen).
    #[serde(default)]
    pub own_rate: Option<f64>,
    /// The median of the peers' rates per year.
    #[serde(default)]
    pub p50: Option<f64>,
    /// The 75th percentile of the peers' rates on the way of the change.
    #[serde(default)]
    pub p75: Option<f64>,
    /// The 90th percentile.
    #[serde(default)]
    pub p90: Option<f64>,
    /// How many peers have a rate.
    pub peers: u64,
    /// What the histories say of the rate.
    pub verdict: Verdict,
    /// The raw value year by year on a straight line, the deadline last.
    pub steps: Vec<PathStep>,
}

/// An indicator that stays as it is whatever the goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PathUnmoved {
    /// The code of the indicator.
    pub node: Code,
    /// Why, in a word.
    pub reason: String,
    /// Why, in the caller's language.
    pub message: String,
}

/// A point of the trade-off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PathPoint {
    /// The effort.
    pub effort: f64,
    /// The highest score of the node for it, before rounding.
    pub score: f64,
    /// The indicator that moves up to here from the point before; on an exact frontier only.
    #[serde(default)]
    pub node: Option<Code>,
}

/// A least-effort path, or that there is none by the deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Path {
    /// Its identifier.
    pub id: Id,
    /// The assessment it was derived from.
    pub assessment: Id,
    /// The set version.
    pub set: SetRef,
    /// The title of the set, which says where the set is a reconstruction.
    pub set_title: Text,
    /// What the set is based on, and what a reader must know of it.
    #[serde(default)]
    pub basis: Option<SetBasis>,
    /// The city.
    pub city: Code,
    /// The period from which it starts.
    pub period: PeriodCode,
    /// The goal.
    pub goal: String,
    /// The node that the goal is about.
    pub node: Code,
    /// The period by which the goal is to be reached.
    pub by: PeriodCode,
    /// The limits of the changes.
    pub limits: PathLimits,
    /// The peers, where they are not the cohort.
    #[serde(default)]
    pub peer_group: Option<Code>,
    /// What the path is the least of.
    pub minimise: PathMinimise,
    /// The score that the goal demands of the node, where it demands one.
    #[serde(default)]
    pub wanted: Option<f64>,
    /// What was found.
    pub outcome: PathOutcome,
    /// The earliest period by which the goal can be reached at these limits, where it cannot by the deadline.
    #[serde(default)]
    pub earliest: Option<PeriodCode>,
    /// The node as it is.
    pub before: PathPlace,
    /// The node by the deadline, as the engine confirms it.
    #[serde(default)]
    pub after: Option<PathPlace>,
    /// The node where everything that may move has gone as far as it can by the deadline.
    pub furthest: PathPlace,
    /// The sum of the efforts.
    #[serde(default)]
    pub effort: Option<f64>,
    /// The effort below which no path reaches the goal before scores are rounded.
    #[serde(default)]
    pub least_effort: Option<f64>,
    /// The changes, in the order of the set.
    pub changes: Vec<PathChange>,
    /// How many raw values may move.
    pub movable: u64,
    /// The indicators that stay as they are whatever the goal.
    pub unmoved: Vec<PathUnmoved>,
    /// Whether the line through the points of `curve` is the frontier itself, not a sample of it.
    pub curve_is_exact: bool,
    /// The trade-off of effort against the node's score.
    pub curve: Vec<PathPoint>,
    /// How limits and efforts are made, in the caller's language.
    pub rule: String,
    /// What else a reader should know, in the caller's language.
    pub notes: Vec<String>,
    /// When it was made.
    pub created_at: Moment,
    /// Who asked for it.
    pub created_by: String,
}

page_of!(
    /// A page of paths, the newest first.
    PathPage, Path
);
