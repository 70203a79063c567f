use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};

use super::{present, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::goal_plans;

/// Show a plan of goals, with the targets that its goals had before.
#[utoipa::path(
    tag = "goal-plans",
    params(("plan" = Code, Path, description = "The code or the identifier of the plan"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The plan", body = wire::GoalPlan),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/goal-plans/{plan}")]
pub async fn show_goal_plan(caller: Caller, state: web::Data<State>, plan: web::Path<Code>) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let plan = goal_plans::find(state.db(), plan.as_str()).await?;
    caller.require_city(&plan.city)?;
    let tag = tag(&plan);
    Ok(Answer::row(&present(state.db(), plan).await?, &tag))
}
