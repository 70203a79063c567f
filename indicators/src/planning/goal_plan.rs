//! Goal plans (建设目标, 7.3): overall, sub and stage goals of one city over the years of a planning period, each bound to a node of a
//! set, with its baseline, its target and the path between them.

mod check;
mod goal;
#[cfg(test)]
mod tests;

use serde::Serialize;
use serde_json::Value;

use super::{ReferencePlan, Statement};
use crate::fault::Faults;
use crate::period::Period;
use crate::read::{Object, Read};
use crate::text::Text;

pub use check::{MOST_GOALS, MOST_PARTS};
pub use goal::{Goal, GoalLevel, GoalQuantity, ObjectiveArea, PathPoint};

/// The set whose nodes the goals name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = GoalPlanSet))]
pub struct PlanSet {
    /// Its code.
    pub code: String,
    /// Its version.
    pub version: String,
}

/// Where the plan starts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = GoalPlanBaseline))]
pub struct PlanBaseline {
    /// The assessment whose published values are the baselines; the service needs it, a command reads files instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessment: Option<String>,
    /// The period of the baselines.
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2025"))]
    pub period: Period,
}

/// The planning period (规划期限, 4.3): usually 3 to 5 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = PlanningPeriod))]
pub struct PlanPeriod {
    /// Its first period.
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2026"))]
    pub from: Period,
    /// Its last period.
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2030"))]
    pub to: Period,
}

/// A plan of goals of one city.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = GoalPlanDocument))]
pub struct GoalPlan {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// The code of the city.
    pub city: String,
    /// The design dossier that it belongs to, by its identifier or code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub design: Option<String>,
    /// The set whose nodes the goals name.
    pub set: PlanSet,
    /// Where the plan starts from.
    pub baseline: PlanBaseline,
    /// The planning period.
    pub period: PlanPeriod,
    /// The strategy of the city, above all its vision (6.1.2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub statements: Vec<Statement>,
    /// Other plans of the city, with the targets that they name (6.4).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub reference_plans: Vec<ReferencePlan>,
    /// The goals.
    pub goals: Vec<Goal>,
}

impl GoalPlan {
    /// The goal with this code, and its place.
    #[must_use]
    pub fn goal(&self, code: &str) -> Option<(usize, &Goal)> {
        self.goals.iter().enumerate().find(|(_, goal)| goal.code == code)
    }
}

impl Read for PlanSet {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (code, version) = (object.required("code", faults), object.required("version", faults));
        object.close(faults).then_some(Self { code: code?, version: version? })
    }
}

impl Read for PlanBaseline {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (assessment, period) = (object.optional("assessment", faults), object.required("period", faults));
        object.close(faults).then_some(Self { assessment, period: period? })
    }
}

impl Read for PlanPeriod {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (from, to) = (object.required("from", faults), object.required("to", faults));
        object.close(faults).then_some(Self { from: from?, to: to? })
    }
}

impl Read for GoalPlan {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let (code, title) = (object.required("code", faults), object.required("title", faults));
        let (city, design) = (object.required("city", faults), object.optional("design", faults));
        let (set, baseline) = (object.required("set", faults), object.required("baseline", faults));
        let (period, statements) = (object.required("period", faults), object.or("statements", Vec::new(), faults));
        let reference_plans = object.or("reference_plans", Vec::new(), faults);
        let goals = object.required("goals", faults);
        let is_whole = object.close(faults);
        let plan = Self {
            code: code?,
            title: title?,
            city: city?,
            design,
            set: set?,
            baseline: baseline?,
            period: period?,
            statements,
            reference_plans,
            goals: goals?,
        };
        check::check(&plan, at, faults);
        is_whole.then_some(plan)
    }
}
