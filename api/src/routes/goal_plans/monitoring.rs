use std::collections::BTreeMap;

use actix_web::{get, web};
use citygauge_assessment::goals::monitor::{Monitored, Standing, TOLERANCE, monitor};
use citygauge_indicators::Faults;
use citygauge_openapi::{self as wire, Code, Id, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::number;
use crate::answer::Answer;
use crate::assessments::reading::period_of;
use crate::assessments::recompute::{manifest, recompute};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, Failure, Problems};
use crate::extract::{Lang, Query};
use crate::goal_plans::document_of;
use crate::state::State;
use crate::store::{assessments, goal_plans};

/// What a plan is compared with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MonitoringGround {
    /// The assessment that says what was reached.
    assessment: Id,
    /// The period; the latest one of the assessment unless given.
    period: Option<PeriodCode>,
    /// How far beside its path a goal may lie and still be on track, in parts of the way from baseline to target; 0.05 unless given.
    #[param(minimum = 0, maximum = 1)]
    tolerance: Option<f64>,
}

/// Compare what was reached with a plan of goals.
#[utoipa::path(
    tag = "goal-plans",
    params(("plan" = Code, Path, description = "The code or the identifier of the plan"), MonitoringGround),
    security(("token" = [])),
    responses((status = 200, description = "How the goals stand", body = wire::GoalPlanMonitoring), Problems, BodyProblems)
)]
#[get("/goal-plans/{plan}/monitoring")]
pub async fn show_goal_plan_monitoring(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    plan: web::Path<Code>,
    query: Query<MonitoringGround>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let plan = goal_plans::find(state.db(), plan.as_str()).await?;
    caller.require_city(&plan.city)?;
    let document = document_of(&plan)?;
    let stored = assessments::find(state.db(), query.assessment.as_str()).await?;
    let period = PeriodCode::trusted(period_of(&manifest(&stored)?, query.period.as_ref())?);
    let assessment = recompute(&state, &stored).await?;
    let tolerance = query.tolerance.unwrap_or(TOLERANCE);
    let (compared, at) = (document.clone(), super::period(&period));
    let found = state.engine(move || {
        crate::goal_plans::same_set(&compared, &assessment)?;
        monitor(&compared, &assessment, at, tolerance)
    });
    let found: Result<Vec<Monitored>, Faults> = found.await?;
    let found = found?;
    let mut counts: BTreeMap<String, u64> = Standing::ALL.iter().map(|standing| (standing.word().to_owned(), 0)).collect();
    for monitored in &found {
        *counts.entry(monitored.standing.word().to_owned()).or_default() += 1;
    }
    let goals = document.goals.iter().zip(found).map(|(goal, monitored)| wire::MonitoredGoal {
        goal: monitored.goal,
        statement: goal.statement.get(language.0).to_owned(),
        node: monitored.node,
        unit: goal.unit.clone(),
        expected: monitored.expected,
        actual: monitored.actual,
        deviation: monitored.deviation,
        deviation_years: monitored.deviation_years,
        progress: monitored.progress,
        level: monitored.level,
        standing: monitored.standing.word().to_owned(),
    });
    Ok(Answer::ok(&wire::GoalPlanMonitoring {
        goals: goals.collect(),
        counts,
        plan: Id::trusted(plan.id),
        revision: number(plan.number)?,
        assessment: query.assessment.clone(),
        period,
        tolerance,
    }))
}
