//! Goal plans: what a city wants to reach by when, how it stands, and how that was changed.

use std::collections::BTreeMap;

use citygauge_indicators::planning as documents;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Id, Line, Moment, Note, PeriodCode, Severity, Verdict};

/// Whether a plan is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GoalPlanState {
    /// It is being written.
    Draft,
    /// It is in force; every change of it is a revision.
    Adopted,
}

/// A plan of goals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GoalPlan {
    /// Its identifier.
    pub id: Id,
    /// Its code.
    pub code: Code,
    /// The city.
    pub city: Code,
    /// Whether it is in force.
    pub state: GoalPlanState,
    /// The number of the latest revision, 0 for a draft.
    pub revision: u32,
    /// The plan itself.
    #[schema(value_type = documents::GoalPlan)]
    pub document: Value,
    /// The targets that goals had in earlier revisions, the oldest first.
    pub former_targets: Vec<FormerTarget>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Moment,
}

/// A target that a goal had before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FormerTarget {
    /// The code of the goal.
    pub goal: Code,
    /// The last revision in which it held.
    pub revision: u32,
    /// The value.
    #[serde(default)]
    pub target_value: Option<f64>,
    /// The level.
    #[serde(default)]
    pub target_level: Option<String>,
    /// The deadline.
    #[serde(default)]
    pub due: Option<PeriodCode>,
    /// When it was changed.
    pub until: Moment,
    /// Why it was changed.
    pub reason: String,
    /// Who approved of that.
    pub approver: String,
}

/// A finding of the linter that somebody answers for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalFindingWaiver {
    /// The code of the rule, such as `goal.unprecedented`.
    pub finding: Line,
    /// The code of the goal; every finding of the rule unless given.
    #[serde(default)]
    pub goal: Option<Code>,
    /// The person who answers for it.
    pub name: Line,
    /// Why it stands.
    pub reason: Note,
}

/// Puts a plan into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalPlanAdoption {
    /// The person who approves of it.
    pub approver: Line,
    /// Why, or on what occasion.
    pub reason: Note,
    /// Findings of the linter that stand all the same.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub waivers: Vec<GoalFindingWaiver>,
    /// The codes of other plans of the city with which it has to agree.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub against_plans: Vec<Code>,
    /// The peers against whose rates it is looked at are the cities of this group; the cohort unless given.
    #[serde(default)]
    pub peer_group: Option<Code>,
}

/// Changes a plan in force (7.3.4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGoalPlanRevision {
    /// The plan as it is to be.
    #[schema(value_type = documents::GoalPlan)]
    pub document: Value,
    /// The person who approves of it.
    pub approver: Line,
    /// Why it is changed.
    pub reason: Note,
    /// Findings of the linter that stand all the same.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub waivers: Vec<GoalFindingWaiver>,
    /// The codes of other plans of the city with which it has to agree.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub against_plans: Vec<Code>,
    /// The peers against whose rates it is looked at are the cities of this group; the cohort unless given.
    #[serde(default)]
    pub peer_group: Option<Code>,
}

/// A plan as it was in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GoalPlanRevision {
    /// The plan.
    pub plan: Id,
    /// Its number, from 1, the adoption.
    pub number: u32,
    /// The plan as it was.
    #[schema(value_type = documents::GoalPlan)]
    pub document: Value,
    /// Why it was made.
    pub reason: String,
    /// Who approved of it.
    pub approver: String,
    /// Findings that stood all the same.
    pub waivers: Vec<GoalFindingWaiver>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it: the identifier of a key.
    pub created_by: String,
}

/// Asks what the linter finds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalPlanToLint {
    /// The plan; its baseline names the assessment.
    #[schema(value_type = documents::GoalPlan)]
    pub document: Value,
    /// The codes of other plans of the city with which it has to agree.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub against_plans: Vec<Code>,
    /// The peers are the cities of this group; the cohort unless given.
    #[serde(default)]
    pub peer_group: Option<Code>,
}

/// What the linter finds in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GoalPlanReport {
    /// Whether there is no finding of severity error that is not waived.
    pub ok: bool,
    /// In the order of the clauses.
    pub findings: Vec<GoalFinding>,
    /// The rates behind the targets.
    pub rates: Vec<GoalRates>,
}

/// One finding in a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GoalFinding {
    /// The code of the rule.
    #[schema(example = "goal.wrong_side")]
    pub code: String,
    /// The clause of the standard.
    #[schema(example = "gbt36333-2018:7.3.3.b")]
    pub clause: String,
    /// Whether the plan is adopted only where somebody waives it.
    pub severity: Severity,
    /// The goal; none where it is about the plan.
    #[serde(default)]
    pub goal: Option<String>,
    /// RFC 6901 pointer into the plan.
    pub pointer: String,
    /// What is found.
    pub message: String,
    /// How to mend it.
    pub hint: String,
    /// The numbers that it rests on.
    pub numbers: BTreeMap<String, f64>,
    /// The passage of another plan.
    #[serde(default)]
    pub quote: Option<String>,
    /// Whether the revision in force waives it by name and reason.
    pub waived: bool,
}

/// The rate that a target asks for and the rates that were reached, per year in the unit of the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GoalRates {
    /// The code of the goal.
    pub goal: String,
    /// The node.
    pub node: Code,
    /// The value that the target starts from.
    pub baseline: f64,
    /// The target.
    pub target: f64,
    /// The years between them.
    pub years: f64,
    /// The change per year that the target asks for.
    pub required_rate: f64,
    /// The city's own median slope.
    #[serde(default)]
    pub own_rate: Option<f64>,
    /// In how many periods the city has a value.
    pub own_periods: u64,
    /// How many peers have a rate.
    pub peers: u64,
    /// The peers' median rate.
    #[serde(default)]
    pub peers_p50: Option<f64>,
    /// The peers' 75th percentile.
    #[serde(default)]
    pub peers_p75: Option<f64>,
    /// The peers' 90th percentile.
    #[serde(default)]
    pub peers_p90: Option<f64>,
    /// What that says.
    pub verdict: Verdict,
}

/// How the goals of a plan stand in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GoalPlanMonitoring {
    /// The plan.
    pub plan: Id,
    /// Its revision.
    pub revision: u32,
    /// The assessment that says what was reached.
    pub assessment: Id,
    /// The period.
    pub period: PeriodCode,
    /// How far beside its path a goal may lie and still be on track, in parts of the way from baseline to target.
    pub tolerance: f64,
    /// How many goals are ahead, on track, behind, without data, and not measured.
    pub counts: BTreeMap<String, u64>,
    /// The goals, in the order of the plan.
    pub goals: Vec<MonitoredGoal>,
}

/// How a goal stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MonitoredGoal {
    /// Its code.
    pub goal: String,
    /// What it says.
    pub statement: String,
    /// Its node.
    #[serde(default)]
    pub node: Option<String>,
    /// Its unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// What its path has at the end of the period.
    #[serde(default)]
    pub expected: Option<f64>,
    /// What was reached.
    #[serde(default)]
    pub actual: Option<f64>,
    /// What was reached less what was expected.
    #[serde(default)]
    pub deviation: Option<f64>,
    /// The same in years of the path at that time; above 0 it is ahead.
    #[serde(default)]
    pub deviation_years: Option<f64>,
    /// Which part of the way from the baseline to the target was gone.
    #[serde(default)]
    pub progress: Option<f64>,
    /// The level that was reached, of a goal about one.
    #[serde(default)]
    pub level: Option<String>,
    /// `ahead`, `on_track`, `behind`, `no_data` or `not_measured`.
    #[schema(example = "on_track")]
    pub standing: String,
}

page_of!(
    /// A page of goal plans, the newest first.
    GoalPlanPage, GoalPlan
);
page_of!(
    /// A page of revisions of a plan, the newest first.
    GoalPlanRevisionPage, GoalPlanRevision
);
