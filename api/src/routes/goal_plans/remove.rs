use actix_web::{delete, web};
use citygauge_openapi::Code;
use serde_json::json;

use super::{subject, tag, wrong_state};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, Failure, Problems};
use crate::extract::IfMatch;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::goal_plans::{self, PlanState};
use crate::write::trail;

/// Remove a draft of a plan of goals.
///
/// A plan that has been in force stays.
#[utoipa::path(
    tag = "goal-plans",
    params(("plan" = Code, Path, description = "The code or the identifier of the plan"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The draft is gone"), Problems, ChangeProblems)
)]
#[delete("/goal-plans/{plan}")]
pub async fn remove_goal_plan(
    caller: Caller,
    state: web::Data<State>,
    plan: web::Path<Code>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::WritePlanning)?;
    let transaction = state.store().begin().await?;
    let plan = goal_plans::find(&transaction, plan.as_str()).await?;
    caller.require_city(&plan.city)?;
    if_match.admit(&tag(&plan))?;
    if plan.state != PlanState::Draft {
        return Err(wrong_state(&plan, "已经生效，不能删除", "has been in force and stays"));
    }
    goal_plans::remove_draft(&transaction, &plan).await?;
    trail(&transaction, &state, &caller, "remove_goal_plan", &subject(&plan), json!({"code": plan.code})).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
