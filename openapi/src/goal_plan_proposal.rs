//! Proposals of goal plans: a draft from an assessment and an ambition.

use citygauge_indicators::Text;
use citygauge_indicators::planning as documents;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Code, GoalRates, Id, Line, PeriodCode};

/// A target that somebody gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenTarget {
    /// The indicator.
    pub node: Code,
    /// The raw value, in its unit.
    pub value: f64,
}

/// Asks for a draft of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGoalPlanProposal {
    /// The assessment to start from.
    pub assessment: Id,
    /// The city.
    pub city: Code,
    /// The period of the baseline; the latest one of the assessment unless given.
    #[serde(default)]
    pub period: Option<PeriodCode>,
    /// The period by whose end the ambition is to be reached.
    pub by: PeriodCode,
    /// What is to be reached: `level`, `level:CODE`, `score:X`, `percentile:P`, `gap:REFERENCE`, or `given`, where the targets say it.
    #[schema(value_type = String, max_length = 120, example = "score:70")]
    pub ambition: Line,
    /// The code of the plan; made of the city and the deadline unless given.
    #[serde(default)]
    pub code: Option<Code>,
    /// What the plan is called.
    #[serde(default)]
    pub title: Option<Text>,
    /// The peers are the cities of this group; the cohort unless given.
    #[serde(default)]
    pub peer_group: Option<Code>,
    /// Targets of indicators, such as those of a path, in the place of what the ambition asks for.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub targets: Vec<GivenTarget>,
    /// Into how many stages the years are cut; three, or as many as there are years, unless given.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 360)]
    pub stages: Option<u32>,
    /// Whether the draft is kept as a plan.
    #[serde(default)]
    pub keep: bool,
}

/// A draft of a plan, with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GoalPlanProposal {
    /// The draft.
    #[schema(value_type = documents::GoalPlan)]
    pub document: Value,
    /// The plan that was kept, where it was.
    #[serde(default)]
    pub id: Option<Id>,
    /// What is to be reached.
    pub ambition: String,
    /// The total in the period of the baseline.
    #[serde(default)]
    pub score: Option<f64>,
    /// The total with all targets reached, among the present peers.
    #[serde(default)]
    pub score_reached: Option<f64>,
    /// The level with all targets reached.
    #[serde(default)]
    pub level_reached: Option<String>,
    /// Whether the targets reach the ambition.
    pub reached: bool,
    /// By how many points of the total they fall short.
    #[serde(default)]
    pub shortfall: Option<f64>,
    /// Which part of its way every indicator goes: 0 to 1 towards the peers' 90th percentile, 1 to 2 from there to the full mark.
    #[serde(default)]
    pub part: Option<f64>,
    /// The targets with their rates and what they bring.
    pub targets: Vec<ProposedTarget>,
    /// The rates behind the goals about scores.
    pub scores: Vec<GoalRates>,
    /// Indicators that no data item moves; they are not in the plan.
    pub unmoved: Vec<UnmovedIndicator>,
    /// How targets are found.
    pub rule: String,
}

/// The target of one indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProposedTarget {
    /// Its rates.
    pub rates: GoalRates,
    /// The score in the period of the baseline.
    #[serde(default)]
    pub score: Option<f64>,
    /// The score once the target is reached.
    #[serde(default)]
    pub score_reached: Option<f64>,
}

/// An indicator that no data item moves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UnmovedIndicator {
    /// The indicator.
    pub node: Code,
    /// What it is called.
    pub title: String,
    /// Why.
    pub reason: String,
}
