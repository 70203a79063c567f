//! Roadmaps: the schedule of a city's projects, and what follows from it.

use citygauge_indicators::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Id, Moment, PeriodCode, SetRef};

/// Why a project is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoadmapReason {
    /// It does not fit into the years, with what it depends on.
    Horizon,
    /// It depends on a project that is not done.
    Dependency,
    /// Another project of its group is done.
    Exclusive,
    /// The budget does not reach.
    Budget,
    /// It could be paid and would gain nothing.
    NoGain,
}

/// A project in the schedule; without years it is not done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoadmapProject {
    /// Its code.
    pub project: String,
    /// What it is called.
    pub title: Text,
    /// The year in which it begins.
    #[serde(default)]
    pub start: Option<u32>,
    /// The last year in which it runs; from the next one on it works.
    #[serde(default)]
    pub end: Option<u32>,
    /// What it costs in all.
    pub cost: f64,
    /// Why it is not done.
    #[serde(default)]
    pub dropped: Option<RoadmapReason>,
    /// The code of the project that keeps it from being done.
    #[serde(default)]
    pub because_of: Option<String>,
    /// Its place in the order by dependency, urgency and ease, from 1.
    pub order: u64,
    /// Whether it is on the critical path.
    pub critical: bool,
    /// By how many years it may slip without making the longest chain longer.
    #[serde(default)]
    pub slack_years: Option<u64>,
}

/// What is spent in a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoadmapSpend {
    /// The year.
    pub year: u32,
    /// Its budget; none where there is one for all years together.
    #[serde(default)]
    pub budget: Option<f64>,
    /// What may be spent in it, with what is carried over.
    pub available: f64,
    /// What is spent.
    pub spent: f64,
}

/// A node as it is expected in a year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoadmapExpectation {
    /// The code of the node.
    pub node: Code,
    /// The raw value of an indicator, in its unit.
    #[serde(default)]
    pub value: Option<f64>,
    /// The score as it would be published.
    #[serde(default)]
    pub score: Option<f64>,
    /// The points of the total.
    #[serde(default)]
    pub points: Option<f64>,
    /// The level.
    #[serde(default)]
    pub level: Option<String>,
}

/// The city as it is expected in a year, with every project at work that was finished before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoadmapYear {
    /// The year; the last one is the year after the horizon.
    pub year: u32,
    /// The projects that are at work.
    pub at_work: Vec<String>,
    /// The points over the base that the objective counts.
    pub points_gained: f64,
    /// The total.
    #[serde(default)]
    pub score: Option<f64>,
    /// The level of the total.
    #[serde(default)]
    pub level: Option<String>,
    /// Every node, in the order of the set.
    pub nodes: Vec<RoadmapExpectation>,
}

/// A stage with its goals and tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoadmapStageGoal {
    /// What it is called.
    pub title: Text,
    /// Its first year.
    pub from: u32,
    /// Its last year.
    pub to: u32,
    /// The projects that begin in it.
    pub begins: Vec<String>,
    /// The projects that are finished in it.
    pub ends: Vec<String>,
    /// What else is to be done.
    pub tasks: Vec<Text>,
    /// The total once its projects work.
    #[serde(default)]
    pub score: Option<f64>,
    /// The level of the total then.
    #[serde(default)]
    pub level: Option<String>,
    /// The indicators that projects change, as they are then.
    pub targets: Vec<RoadmapExpectation>,
}

/// What is left when the budget shrinks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoadmapShrunk {
    /// The part of the budget.
    pub share: f64,
    /// Whether there is a schedule; none where the search did not find out.
    #[serde(default)]
    pub feasible: Option<bool>,
    /// The points that the objective counts.
    pub points: f64,
    /// Whether the schedule is proven to be the best.
    pub optimal: bool,
    /// No schedule has a greater objective.
    pub bound: f64,
    /// The projects that are not done.
    pub dropped: Vec<String>,
}

/// How the objective counts an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoadmapIndicator {
    /// The code of the indicator.
    pub node: Code,
    /// Its raw value in the base period.
    pub value: f64,
    /// `line`: effects add up and end where the scale ends. `alone`: each project counts with what it gains by itself, and how
    /// projects act together is in the expected scores only.
    #[schema(pattern = "^(line|alone)$")]
    pub counted: String,
    /// Why it is not counted along a line.
    #[serde(default)]
    pub why: Option<Text>,
    /// The points of the total per unit of the raw value.
    #[serde(default)]
    pub points_per_unit: Option<f64>,
    /// The points of the total that are left up to the end of the scale.
    #[serde(default)]
    pub room: Option<f64>,
}

/// A schedule of projects, and what follows from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoadmapPlan {
    /// The set version.
    pub set: SetRef,
    /// The city.
    pub city: Code,
    /// The base period.
    pub period: PeriodCode,
    /// What was asked for.
    #[schema(value_type = citygauge_indicators::planning::Roadmap)]
    pub document: Value,
    /// The points of the total, summed over the years that count, that the projects gain as the objective counts them.
    pub points: f64,
    /// The points with the preference for urgent and easy projects: the objective.
    pub objective: f64,
    /// No schedule has a greater objective.
    pub bound: f64,
    /// Whether the schedule is proven to be the best, to a millionth.
    pub optimal: bool,
    /// The projects, in the order of the document.
    pub schedule: Vec<RoadmapProject>,
    /// What is spent, year by year.
    pub spend: Vec<RoadmapSpend>,
    /// What running projects cost after the last year.
    pub spend_after: f64,
    /// The city year by year.
    pub years: Vec<RoadmapYear>,
    /// The stages.
    pub stages: Vec<RoadmapStageGoal>,
    /// The projects of the critical path, in the order of time.
    pub critical_path: Vec<String>,
    /// How many years the critical path takes.
    pub critical_years: u64,
    /// What is dropped when the budget shrinks.
    pub shrunk: Vec<RoadmapShrunk>,
    /// How the objective counts each indicator.
    pub indicators: Vec<RoadmapIndicator>,
}

/// A roadmap (GB/T 36333-2018, 9.1.4 and 9.3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Roadmap {
    /// Its identifier.
    pub id: Id,
    /// The assessment from which it sets out.
    pub assessment: Id,
    /// The schedule, and what follows from it.
    #[serde(flatten)]
    pub plan: RoadmapPlan,
    /// When it was made.
    pub created_at: Moment,
    /// Who asked for it.
    pub created_by: String,
}

/// A roadmap in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RoadmapEntry {
    /// Its identifier.
    pub id: Id,
    /// The assessment from which it sets out.
    pub assessment: Id,
    /// The city.
    pub city: Code,
    /// What it is called.
    pub title: Text,
    /// The points that the projects gain.
    pub points: f64,
    /// Whether the schedule is proven to be the best.
    pub optimal: bool,
    /// When it was made.
    pub created_at: Moment,
    /// Who asked for it.
    pub created_by: String,
}

page_of!(
    /// A page of roadmaps, the newest first.
    RoadmapPage, RoadmapEntry
);
