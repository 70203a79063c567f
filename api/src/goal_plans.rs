//! Goal plans as the service knows them: what a plan is looked at beside (its assessment, other plans, the dossier of its design,
//! the peers), and what the linter finds.

use std::sync::Arc;

use citygauge_assessment::Assessment;
use citygauge_assessment::goals::lint::{Finding, Ground, Report, lint};
use citygauge_indicators::planning::{Document as _, ElementDocument, GoalPlan};
use citygauge_indicators::{Fault, Faults, Period};
use citygauge_openapi::{self as wire, Code, Id, Moment};

use crate::assessments::recompute::recompute;
use crate::auth::Caller;
use crate::error::Failure;
use crate::peers::{Use, resolve};
use crate::state::State;
use crate::store::goal_plans::{PlanState, revisions};
use crate::store::{ConnectionTrait, StoreError, assessments, designs, goal_plans, peer_groups};

/// The most other plans that are compared at once.
const MOST_PLANS: usize = 20;

/// The plan of a row.
pub fn document_of(plan: &goal_plans::GoalPlan) -> Result<GoalPlan, Failure> {
    let read = GoalPlan::read_at(&plan.document, "");
    read.map_err(|faults| Failure::internal(format!("the goal plan {}: {faults}", plan.id)))
}

/// The cities of a peer group.
pub async fn peers(state: &State, group: Option<&Code>, city: &str, period: Period) -> Result<Option<Vec<String>>, Failure> {
    let Some(group) = group else { return Ok(None) };
    let group = peer_groups::find(state.db(), group.as_str()).await?;
    Ok(Some(resolve(state, &group, Use { city: Some(city), period: Some(period) }).await?.codes()))
}

/// Other plans by code; the caller may see their cities.
pub async fn others(state: &State, caller: &Caller, codes: &[Code], at: &str) -> Result<Vec<GoalPlan>, Failure> {
    if codes.len() > MOST_PLANS {
        let fault = Fault::error("goal_plan.size", "计划过多", "too many plans").at(at).expected(format!("0..{MOST_PLANS}"));
        return Err(Failure::invalid(fault.hint("请减少计划", "name fewer plans")));
    }
    let mut plans = Vec::new();
    for code in codes {
        let plan = goal_plans::find(state.db(), code.as_str()).await?;
        caller.require_city(&plan.city)?;
        plans.push(document_of(&plan)?);
    }
    Ok(plans)
}

/// What the linter finds in a plan, with the assessment that it was looked at beside. `at` is the pointer of the plan in the request.
pub async fn linted(
    state: &State,
    plan: &GoalPlan,
    against: Vec<GoalPlan>,
    peer_group: Option<&Code>,
    at: &str,
) -> Result<(Arc<Assessment>, Report), Failure> {
    let named = plan.baseline.assessment.as_deref().and_then(|id| id.parse::<Id>().ok());
    let Some(id) = named else {
        let fault = Fault::error("goal_plan.no_assessment", "基期没有注明评估", "the baseline names no assessment");
        let fault = fault.at(format!("{at}/baseline/assessment"));
        return Err(Failure::invalid(
            fault.hint("填写基期所依据的评估的标识", "give the identifier of the assessment of the baseline"),
        ));
    };
    let peers = peers(state, peer_group, &plan.city, plan.baseline.period).await?;
    let stored = assessments::find(state.db(), id.as_str()).await?;
    let assessment = recompute(state, &stored).await?;
    let today: String = Moment::from_ms(state.now_ms()).to_string().chars().take(10).collect();
    let ((plan, requirements), beside) = (with_dossier(state, plan).await?, assessment.clone());
    let report = state.engine(move || {
        let requirements = requirements.as_deref();
        let ground =
            Ground { assessment: &beside, against: &against, peers: peers.as_deref(), requirements, today: Some(&today) };
        Ok::<Report, Faults>(lint(&plan, &ground))
    });
    Ok((assessment, report.await??))
}

/// A plan with the statements and the other plans that the dossier of its design holds, and the codes of the dossier's requirements.
/// What the plan says itself of the same code stands. A design of another city, or none, adds nothing.
async fn with_dossier(state: &State, plan: &GoalPlan) -> Result<(GoalPlan, Option<Vec<String>>), Failure> {
    let mut plan = plan.clone();
    let Some(id) = &plan.design else { return Ok((plan, None)) };
    let design = match designs::find(state.db(), id).await {
        Ok(design) if design.header.city == plan.city => design,
        Ok(_) | Err(StoreError::Absent { .. }) => return Ok((plan, None)),
        Err(error) => return Err(error.into()),
    };
    let mut requirements = Vec::new();
    for stored in designs::elements(state.db(), &design.id).await? {
        match stored.element.document {
            ElementDocument::Statement(statement) if plan.statements.iter().all(|known| known.code != statement.code) => {
                plan.statements.push(statement);
            }
            ElementDocument::ReferencePlan(other) if plan.reference_plans.iter().all(|known| known.code != other.code) => {
                plan.reference_plans.push(other);
            }
            ElementDocument::Requirement(requirement) => requirements.push(requirement.code),
            _ => {}
        }
    }
    Ok((plan, Some(requirements)))
}

/// The waivers of the revision that is in force; a draft has none.
pub async fn waivers_in_force(
    conn: &impl ConnectionTrait,
    plan: &goal_plans::GoalPlan,
) -> Result<Vec<wire::GoalFindingWaiver>, Failure> {
    if plan.state == PlanState::Draft {
        return Ok(Vec::new());
    }
    let revision = revisions::find(conn, &plan.id, plan.number).await?;
    let waivers = serde_json::from_value(revision.waivers);
    waivers.map_err(|error| Failure::internal(format!("waivers of the goal plan {}: {error}", plan.id)))
}

/// Whether a waiver is of this finding.
pub fn covers(waiver: &wire::GoalFindingWaiver, finding: &Finding) -> bool {
    let goal = finding.goal.as_deref();
    waiver.finding.as_str() == finding.rule.code && waiver.goal.as_ref().is_none_or(|named| Some(named.as_str()) == goal)
}

/// Refuses a plan whose errors nobody waives, and waivers of what is not found.
pub fn admit(report: &Report, waivers: &[wire::GoalFindingWaiver], at: &str) -> Result<(), Failure> {
    let mut faults = Faults::default();
    for finding in report.errors() {
        if !waivers.iter().any(|waiver| covers(waiver, finding)) {
            let mut fault = finding.to_fault();
            fault.pointer = Some(format!("{at}{}", finding.pointer));
            faults.push(fault);
        }
    }
    for (place, waiver) in waivers.iter().enumerate() {
        if !report.findings.iter().any(|finding| covers(waiver, finding)) {
            let fault = Fault::error("goal_plan.waiver_unused", "没有这样的检查结果", "there is no such finding");
            let fault = fault.at(format!("/waivers/{place}")).value(waiver.finding.as_str());
            faults.push(fault.hint("删除这项豁免，或改正代码", "take the waiver out, or correct its codes"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(faults)) }
}

/// Refuses an assessment of another set than the plan is of.
pub fn same_set(plan: &GoalPlan, assessment: &Assessment) -> Result<(), Faults> {
    let document = assessment.set().document();
    if plan.set.code == document.code {
        return Ok(());
    }
    let fault = Fault::error(
        "goal_plan.other_set",
        format!("计划依据指标体系“{}”，评估依据“{}”", plan.set.code, document.code),
        format!("the plan is of the set '{}', the assessment of '{}'", plan.set.code, document.code),
    );
    Err(fault.hint("选择同一指标体系的评估", "choose an assessment of the same set").into())
}
