//! Documents of the planning that follows an assessment (GB/T 36333-2018, clauses 6 to 9): what a person writes, a file holds and the
//! service takes, in one form. Every document is read member by member, so that all of its faults are told at once.

mod activity;
mod architecture;
pub mod bounds;
pub mod conformance;
pub mod dossier;
mod element;
mod feedback;
mod finding;
pub mod goal_plan;
mod grade;
mod guiding_idea;
mod input_document;
mod link;
mod operating_model;
mod principle;
mod project;
mod reference_plan;
mod requirement;
mod roadmap;
mod safeguard;
mod stage;
mod statement;
mod task;
mod words;

pub use activity::{ResearchActivity, ResearchMethod};
pub use architecture::{ArchitectureAspect, ArchitectureElement, ArchitecturePart, Construction};
pub use dossier::{DesignHeader, DesignMember, DesignState, Dossier, DossierElements};
pub use element::{Element, ElementDocument, ElementKind};
pub use feedback::{ActivityFeedback, DesignActivity};
pub use finding::{FindingAspect, FindingKind, FindingTopic, RegionalComparison, SurveyFinding};
pub use grade::{BusinessLevel, CalendarDay, Grade};
pub use guiding_idea::{GuidingAspect, GuidingIdea};
pub use input_document::{InputDocument, InputKind};
pub use link::{ElementLink, GapTarget, GoalTarget, IndicatorTarget, LinkRelation, LinkTarget, ObservationTarget};
pub use operating_model::{CriterionScore, OperatingCriterion, OperatingModelChoice, OperatingRole, OperatingScope};
pub use principle::{BasicPrinciple, Principle, PrincipleField};
pub use requirement::{DesignRequirement, Party, RequirementKind};
pub use safeguard::{Answerable, BodyRole, ResponsibleBody, Safeguard, SafeguardKind};
pub use stage::ImplementationStage;
pub use task::DesignTask;

pub use goal_plan::{Goal, GoalLevel, GoalPlan, GoalQuantity, ObjectiveArea, PathPoint, PlanBaseline, PlanPeriod, PlanSet};
pub use project::{OperatingModel, Project, ProjectEffect};
pub use reference_plan::{QuotedTarget, ReferencePlan, ReferencePlanKind, TargetBound};
pub use roadmap::{Budget, FixedStart, MAX_PROJECTS, MAX_YEARS, Roadmap, RoadmapStage, RoadmapTerms, check_projects};
pub use statement::{Statement, StatementKind};

use serde_json::Value;

use crate::fault::{Fault, Faults};
use crate::period::Period;
use crate::read::Read;

/// A planning document that can be read out of a JSON value.
pub trait Document: Sized {
    /// Reads it; `at` is the JSON pointer of the value, for the faults.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    fn read_at(value: &Value, at: &str) -> Result<Self, Faults>;
}

impl<T: Read> Document for T {
    fn read_at(value: &Value, at: &str) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        match T::read(value, at, &mut faults) {
            Some(read) if faults.is_empty() => Ok(read),
            _ => Err(faults),
        }
    }
}

impl Read for Period {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match String::read(value, at, faults)?.parse::<Self>() {
            Ok(period) => Some(period),
            Err(fault) => {
                faults.push(fault.at(at));
                None
            }
        }
    }
}

/// Notes a number that lies outside its limits, written `1..5`, `0..` or the like.
fn outside(at: &str, value: impl ToString, limits: &str, faults: &mut Faults) {
    faults.push(
        Fault::error("planning.out_of_range", "数值超出允许范围", "the number is outside its limits")
            .at(at)
            .value(value.to_string())
            .expected(limits)
            .hint(format!("请改为 {limits} 之内的数"), format!("put a number within {limits} here")),
    );
}

/// The greatest cost or budget: sums of such amounts are far from the end of what a double holds.
const MOST_AMOUNT: f64 = 1e15;

/// Notes a cost or a budget that lies outside its limits.
fn check_amount(at: &str, amount: f64, faults: &mut Faults) {
    if !(0.0..=MOST_AMOUNT).contains(&amount) {
        outside(at, format!("{amount:e}"), "0..1e15", faults);
    }
}

/// Writes a period as text.
fn as_text<S: serde::Serializer>(period: &Period, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(period)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_reads_back_what_it_writes() {
        let plan = json!({"code": "P", "title": {"en": "Plan"}, "kind": "informatization",
            "targets": [{"node": "L1", "period": "2030", "value": 80.0, "bound": "at_least"}]});
        assert_eq!(json!(ReferencePlan::read_at(&plan, "").expect("in order")), plan);
        let project = json!({"code": "K", "title": {"en": "K"}, "duration_years": 2, "cost": 3.0, "urgency": 5, "difficulty": 1,
            "effects": [{"node": "L1", "change": -2.5}], "mode": "partnership_built_enterprise_operated"});
        assert_eq!(json!(Project::read_at(&project, "").expect("in order")), project);
        let statement = json!({"code": "V", "kind": "vision", "text": {"zh": "便民"}});
        assert_eq!(json!(Statement::read_at(&statement, "").expect("in order")), statement);
    }

    #[test]
    fn all_faults_are_told_at_once_with_their_places() {
        let project = json!({"code": "K", "duration_years": 11, "cost": -1, "cost_by_year": [-2], "urgency": 0, "owners": 1});
        let faults = Project::read_at(&project, "/projects/3").expect_err("many faults");
        let told: Vec<String> =
            faults.0.iter().map(|fault| format!("{} {}", fault.code, fault.pointer.as_deref().unwrap_or(""))).collect();
        assert_eq!(
            told,
            [
                "set.missing_key /projects/3",
                "planning.out_of_range /projects/3/duration_years",
                "planning.out_of_range /projects/3/urgency",
                "planning.out_of_range /projects/3/cost",
                "planning.out_of_range /projects/3/cost_by_year/0",
                "set.unknown_key /projects/3/owners",
            ]
        );
    }
}
