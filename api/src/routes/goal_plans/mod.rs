//! Goal plans: what a city wants to reach by when.

mod adopt;
mod chart;
mod create;
mod lint;
mod list;
mod monitoring;
mod propose;
mod put;
mod remove;
mod revisions;
mod show;
#[cfg(test)]
mod tests;

use citygauge_assessment::gap::Reference;
use citygauge_assessment::goals::Evidence;
use citygauge_assessment::goals::lint::{Finding, Report};
use citygauge_indicators::planning::{self, Document as _};
use citygauge_indicators::{Fault, Faults, IndicatorSet, Language, Period, parse_strict};
use citygauge_openapi::{self as wire, Code, Id, Moment, PeriodCode};
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::auth::{Caller, Right};
use crate::error::Failure;
use crate::goal_plans::{covers, document_of};
use crate::state::State;
use crate::store::goal_plans::revisions::{self as kept_revisions, GoalPlanRevision};
use crate::store::goal_plans::{self as kept, GoalPlan, PlanState};
use crate::store::{ConnectionTrait, StoreError};
use crate::verdicts;

/// Mounts the operations on goal plans.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_goal_plans)
        .service(create::create_goal_plan)
        .service(propose::propose_goal_plan)
        .service(lint::lint_goal_plan_document)
        .service(lint::lint_goal_plan)
        .service(adopt::adopt_goal_plan)
        .service(monitoring::show_goal_plan_monitoring)
        .service(chart::show_goal_plan_chart)
        .service(revisions::list_goal_plan_revisions)
        .service(revisions::create_goal_plan_revision)
        .service(revisions::show_goal_plan_revision)
        .service(show::show_goal_plan)
        .service(put::put_goal_plan)
        .service(remove::remove_goal_plan);
}

fn tag(plan: &GoalPlan) -> Tag {
    Tag::of_row(plan.revision, plan.updated_at_ms)
}

fn subject(plan: &GoalPlan) -> String {
    format!("goal-plans/{}", plan.id)
}

/// The plan in a body that is nothing else.
fn read_body(bytes: &[u8]) -> Result<planning::GoalPlan, Failure> {
    planning::GoalPlan::read_at(&parse_strict(bytes)?, "").map_err(Failure::Invalid)
}

/// The plan in the member `document` of a body.
fn read_document(document: &Value) -> Result<planning::GoalPlan, Failure> {
    planning::GoalPlan::read_at(document, "/document").map_err(Failure::Invalid)
}

/// Refuses codes and cities of a document that the contract does not know as such; a plan in a URL has to be found again.
fn named(document: &planning::GoalPlan, at: &str) -> Result<(Code, Code), Failure> {
    let mut faults = Faults::default();
    let mut code = |member: &str, text: &str| match text.parse::<Code>() {
        Ok(code) => Some(code),
        Err(_) => {
            let fault = Fault::error("goal_plan.code", "这里应为代码", "expected a code here");
            faults.push(
                fault
                    .at(format!("{at}/{member}"))
                    .value(text)
                    .hint("不含反引号与控制字符", "without backticks and control characters"),
            );
            None
        }
    };
    match (code("code", &document.code), code("city", &document.city)) {
        (Some(code), Some(city)) => Ok((code, city)),
        _ => Err(Failure::Invalid(faults)),
    }
}

/// A plan with the targets that its goals had before.
async fn present(conn: &impl ConnectionTrait, plan: GoalPlan) -> Result<wire::GoalPlan, Failure> {
    let revisions = if plan.number > 1 { kept_revisions::all(conn, &plan.id).await? } else { Vec::new() };
    Ok(wire::GoalPlan {
        former_targets: former_targets(&revisions)?,
        id: Id::trusted(plan.id),
        code: Code::trusted(plan.code),
        city: Code::trusted(plan.city),
        state: match plan.state {
            PlanState::Draft => wire::GoalPlanState::Draft,
            PlanState::Adopted => wire::GoalPlanState::Adopted,
        },
        revision: number(plan.number)?,
        document: plan.document,
        created_at: Moment::from_ms(plan.created_at_ms),
        created_by: plan.created_by,
        updated_at: Moment::from_ms(plan.updated_at_ms),
    })
}

fn number(number: i64) -> Result<u32, Failure> {
    u32::try_from(number).map_err(Failure::internal)
}

/// The targets that the next revision changed or took out, the oldest first.
fn former_targets(revisions: &[GoalPlanRevision]) -> Result<Vec<wire::FormerTarget>, Failure> {
    let corrupt = |revision: &GoalPlanRevision, reason: String| StoreError::Corrupt {
        table: "goal_plan_revisions",
        column: "document",
        row: format!("{}/{}", revision.plan_id, revision.number),
        reason,
    };
    let mut former = Vec::new();
    let mut before: Option<(planning::GoalPlan, &GoalPlanRevision)> = None;
    for revision in revisions {
        let read = planning::GoalPlan::read_at(&revision.document, "").map_err(|faults| corrupt(revision, faults.to_string()))?;
        if let Some((earlier, of)) = &before {
            for goal in &earlier.goals {
                let now = read.goal(&goal.code).map(|(_, now)| now);
                let is_same = now.is_some_and(|now| {
                    now.target_value == goal.target_value && now.target_level == goal.target_level && now.due == goal.due
                });
                if is_same || (goal.target_value.is_none() && goal.target_level.is_none()) {
                    continue;
                }
                former.push(wire::FormerTarget {
                    goal: Code::trusted(goal.code.clone()),
                    revision: number(of.number)?,
                    target_value: goal.target_value,
                    target_level: goal.target_level.clone(),
                    due: goal.due.map(PeriodCode::from),
                    until: Moment::from_ms(revision.created_at_ms),
                    reason: revision.reason.clone(),
                    approver: revision.approver.clone(),
                });
            }
        }
        before = Some((read, revision));
    }
    Ok(former)
}

fn present_rates(set: &IndicatorSet, goal: &str, evidence: &Evidence) -> wire::GoalRates {
    wire::GoalRates {
        goal: goal.to_owned(),
        node: Code::trusted(set.nodes()[evidence.node].code.clone()),
        baseline: evidence.baseline,
        target: evidence.target,
        years: evidence.years,
        required_rate: evidence.required_rate,
        own_rate: evidence.own_rate,
        own_periods: evidence.own_periods as u64,
        peers: evidence.peers as u64,
        peers_p50: evidence.peers_p50,
        peers_p75: evidence.peers_p75,
        peers_p90: evidence.peers_p90,
        verdict: verdicts::told(evidence.verdict),
    }
}

fn present_report(
    set: &IndicatorSet,
    report: &Report,
    waivers: &[wire::GoalFindingWaiver],
    language: Language,
) -> wire::GoalPlanReport {
    let is_waived = |finding: &Finding| waivers.iter().any(|waiver| covers(waiver, finding));
    let findings = report.findings.iter().map(|finding| wire::GoalFinding {
        code: finding.rule.code.to_owned(),
        clause: finding.rule.clause.to_owned(),
        severity: finding.rule.severity.into(),
        goal: finding.goal.clone(),
        pointer: finding.pointer.clone(),
        message: finding.message.get(language).to_owned(),
        hint: finding.hint.get(language).to_owned(),
        numbers: finding.numbers.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect(),
        quote: finding.quote.as_ref().map(|quote| quote.get(language).to_owned()),
        waived: is_waived(finding),
    });
    wire::GoalPlanReport {
        ok: report.errors().all(is_waived),
        findings: findings.collect(),
        rates: report.evidence.iter().map(|of| present_rates(set, &of.goal, &of.evidence)).collect(),
    }
}

/// The state of a plan forbids this.
fn wrong_state(plan: &GoalPlan, zh: &str, en: &str) -> Failure {
    Failure::conflict(format!("目标计划“{}”{zh}", plan.code), format!("the goal plan '{}' {en}", plan.code))
}

/// A period of the contract.
fn period(code: &PeriodCode) -> Period {
    Period::from(code)
}

/// A reference that names a plan, with the targets of that plan; any other as it is. The caller may see the city of the plan.
pub(super) async fn planned(
    state: &State,
    caller: &Caller,
    against: Reference,
    set: &IndicatorSet,
    city: &str,
) -> Result<Reference, Failure> {
    let Reference::Target(targets) = against else { return Ok(against) };
    caller.require(Right::ReadPlanning)?;
    let plan = kept::find(state.db(), &targets.name).await?;
    caller.require_city(&plan.city)?;
    let targets = targets.of(&document_of(&plan)?, set, city);
    targets.map(Reference::Target).map_err(Failure::Invalid)
}
