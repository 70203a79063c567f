use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present;
use crate::answer::{Answer, Tag};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::goal_plans::{self, revisions};

/// Which revision.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RevisionPath {
    /// The code or the identifier of the plan.
    plan: Code,
    /// The number of the revision, from 1.
    #[param(minimum = 1)]
    number: u32,
}

/// Show what a plan of goals said in a revision.
#[utoipa::path(
    tag = "goal-plans",
    params(RevisionPath, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The revision", body = wire::GoalPlanRevision),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/goal-plans/{plan}/revisions/{number}")]
pub async fn show_goal_plan_revision(
    caller: Caller,
    state: web::Data<State>,
    path: web::Path<RevisionPath>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let plan = goal_plans::find(state.db(), path.plan.as_str()).await?;
    caller.require_city(&plan.city)?;
    let revision = revisions::find(state.db(), &plan.id, i64::from(path.number)).await?;
    let tag = Tag::of_name(&format!("{}/{}", plan.id, revision.number));
    Ok(Answer::row(&present(revision)?, &tag))
}
