use actix_web::{get, post, web};
use citygauge_indicators::Fault;
use citygauge_openapi::{self as wire, Code};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{named, present_report, read_document};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, Failure, Problems};
use crate::extract::{JsonBody, Lang, Query};
use crate::goal_plans::{document_of, linted, others, waivers_in_force};
use crate::state::State;
use crate::store::goal_plans;

/// Look through a plan of goals without keeping it.
///
/// Findings are the answer here: it is 200 whatever they are. Each names its clause of GB/T 36333-2018 and its numbers.
#[utoipa::path(
    tag = "goal-plans",
    request_body = wire::GoalPlanToLint,
    security(("token" = [])),
    responses((status = 200, description = "What is found", body = wire::GoalPlanReport), Problems, BodyProblems)
)]
#[post("/goal-plans/lint")]
pub async fn lint_goal_plan_document(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let asked: wire::GoalPlanToLint = body.read()?;
    let document = read_document(&asked.document)?;
    let (_, city) = named(&document, "/document")?;
    caller.require_city(city.as_str())?;
    let against = others(&state, &caller, &asked.against_plans, "/against_plans").await?;
    let (assessment, report) = linted(&state, &document, against, asked.peer_group.as_ref(), "/document").await?;
    Ok(Answer::ok(&present_report(assessment.set(), &report, &[], language.0)))
}

/// Beside what a plan is looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LintGround {
    /// Codes of other plans of the city with which it has to agree, separated by commas.
    #[param(max_length = 2000)]
    against: Option<String>,
    /// The peers are the cities of this group; the cohort unless given.
    peer_group: Option<Code>,
}

/// Look through a plan of goals.
///
/// Of a plan in force the findings that its revision waives are told as `waived`.
#[utoipa::path(
    tag = "goal-plans",
    params(("plan" = Code, Path, description = "The code or the identifier of the plan"), LintGround),
    security(("token" = [])),
    responses((status = 200, description = "What is found", body = wire::GoalPlanReport), Problems, BodyProblems)
)]
#[get("/goal-plans/{plan}/lint")]
pub async fn lint_goal_plan(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    plan: web::Path<Code>,
    query: Query<LintGround>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let plan = goal_plans::find(state.db(), plan.as_str()).await?;
    caller.require_city(&plan.city)?;
    let codes = query.against.iter().flat_map(|list| list.split(',')).map(str::parse::<Code>).collect::<Result<Vec<_>, _>>();
    let codes = codes.map_err(|_| {
        let fault =
            Fault::error("query.invalid", "against 应为以逗号分隔的代码", "against is a list of codes separated by commas");
        Failure::malformed(fault.hint("请对照 /docs 检查参数", "compare the parameters with /docs"))
    })?;
    let against = others(&state, &caller, &codes, "/against").await?;
    let (assessment, report) = linted(&state, &document_of(&plan)?, against, query.peer_group.as_ref(), "").await?;
    let waivers = waivers_in_force(state.db(), &plan).await?;
    Ok(Answer::ok(&present_report(assessment.set(), &report, &waivers, language.0)))
}
