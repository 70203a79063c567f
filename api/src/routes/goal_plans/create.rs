use actix_web::{post, web};
use citygauge_openapi as wire;
use serde_json::json;

use super::{named, present, read_body, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Once};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::Transaction;
use crate::store::goal_plans::{self, GoalPlan, PlanState};
use crate::write::{once, trail};

/// Keep a plan of goals as a draft.
///
/// A draft may have any number of findings; it is adopted once there are none that refuse it.
#[utoipa::path(
    tag = "goal-plans",
    params(IdempotencyKeyHeader),
    request_body = citygauge_indicators::planning::GoalPlan,
    security(("token" = [])),
    responses((status = 201, description = "The draft is kept", body = wire::GoalPlan), Problems, BodyProblems, CreateProblems)
)]
#[post("/goal-plans")]
pub async fn create_goal_plan(caller: Caller, state: web::Data<State>, request: Once, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::WritePlanning)?;
    let document = read_body(&body.bytes)?;
    let (_, city) = named(&document, "")?;
    caller.require_city(city.as_str())?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let plan = drafted(&state, &caller, &document);
        keep(transaction, &state, &caller, &plan).await?;
        let (place, tag) = (subject(&plan), tag(&plan));
        Ok(Answer::created(&format!("{}/{place}", wire::API_ROOT), &present(transaction, plan).await?, &tag))
    })
    .await
}

/// A new draft.
pub(super) fn drafted(state: &State, caller: &Caller, document: &citygauge_indicators::planning::GoalPlan) -> GoalPlan {
    GoalPlan {
        id: state.sources().id(),
        code: document.code.clone(),
        city: document.city.clone(),
        state: PlanState::Draft,
        number: 0,
        document: json!(document),
        revision: 1,
        created_at_ms: state.now_ms(),
        created_by: caller.id().to_owned(),
        updated_at_ms: state.now_ms(),
    }
}

/// Keeps a new draft, with its line in the trail.
pub(super) async fn keep(transaction: &Transaction, state: &State, caller: &Caller, plan: &GoalPlan) -> Result<(), Failure> {
    goal_plans::insert(transaction, plan).await?;
    trail(transaction, state, caller, "create_goal_plan", &subject(plan), json!({"code": plan.code, "city": plan.city})).await?;
    Ok(())
}
