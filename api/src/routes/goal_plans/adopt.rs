use actix_web::{post, web};
use citygauge_openapi::{self as wire, Code};
use serde_json::json;

use super::{present, subject, tag, wrong_state};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody, Once};
use crate::goal_plans::{admit, document_of, linted, others};
use crate::routes::parameters::{IdempotencyKeyHeader, IfMatchHeader};
use crate::state::State;
use crate::store::Transaction;
use crate::store::goal_plans::revisions::{self, GoalPlanRevision};
use crate::store::goal_plans::{self, GoalPlan, PlanState};
use crate::write::{once, trail};

/// Put a plan of goals into force.
///
/// It is refused with the findings of the linter while there are errors that nobody waives by name and reason.
#[utoipa::path(
    tag = "goal-plans",
    params(("plan" = Code, Path, description = "The code or the identifier of the plan"), IfMatchHeader, IdempotencyKeyHeader),
    request_body = wire::GoalPlanAdoption,
    security(("token" = [])),
    responses((status = 200, description = "The plan is in force", body = wire::GoalPlan), Problems, BodyProblems, ChangeProblems)
)]
#[post("/goal-plans/{plan}/adopt")]
pub async fn adopt_goal_plan(
    caller: Caller,
    state: web::Data<State>,
    plan: web::Path<Code>,
    if_match: IfMatch,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePlanning)?;
    let adoption: wire::GoalPlanAdoption = body.read()?;
    let seen = goal_plans::find(state.db(), plan.as_str()).await?;
    caller.require_city(&seen.city)?;
    let against = others(&state, &caller, &adoption.against_plans, "/against_plans").await?;
    // The engine works before the transaction and not in it.
    let (_, report) = linted(&state, &document_of(&seen)?, against, adoption.peer_group.as_ref(), "").await?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        if_match.admit(&tag(&seen))?;
        if seen.state != PlanState::Draft {
            return Err(wrong_state(&seen, "已经生效", "is in force already"));
        }
        admit(&report, &adoption.waivers, "")?;
        // Whoever has changed it since it was looked through has raised its revision.
        let said = Said { reason: adoption.reason.as_str(), approver: adoption.approver.as_str(), waivers: &adoption.waivers };
        let plan = write(transaction, &state, &caller, GoalPlan { state: PlanState::Adopted, ..seen.clone() }, &said).await?;
        trail(transaction, &state, &caller, "adopt_goal_plan", &subject(&plan), detail(&plan, &said)).await?;
        let tag = tag(&plan);
        Ok(Answer::row(&present(transaction, plan).await?, &tag))
    })
    .await
}

/// What somebody said of a change.
pub(super) struct Said<'a> {
    pub reason: &'a str,
    pub approver: &'a str,
    pub waivers: &'a [wire::GoalFindingWaiver],
}

/// What the trail keeps of a change.
pub(super) fn detail(plan: &GoalPlan, said: &Said) -> serde_json::Value {
    json!({"code": plan.code, "number": plan.number, "approver": said.approver, "reason": said.reason, "waivers": said.waivers})
}

/// Writes the plan and its next revision.
pub(super) async fn write(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    plan: GoalPlan,
    said: &Said<'_>,
) -> Result<GoalPlan, Failure> {
    let plan = GoalPlan { number: plan.number + 1, ..plan };
    let plan = goal_plans::replace(transaction, &plan, state.now_ms()).await?;
    let revision = GoalPlanRevision {
        plan_id: plan.id.clone(),
        number: plan.number,
        document: plan.document.clone(),
        reason: said.reason.to_owned(),
        approver: said.approver.to_owned(),
        waivers: json!(said.waivers),
        created_at_ms: state.now_ms(),
        created_by: caller.id().to_owned(),
    };
    revisions::insert(transaction, &revision).await?;
    Ok(plan)
}
