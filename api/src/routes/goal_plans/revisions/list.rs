use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Cursor};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::goal_plans::{self, revisions};

/// List what a plan of goals said while it was in force, the newest first.
#[utoipa::path(
    tag = "goal-plans",
    params(("plan" = Code, Path, description = "The code or the identifier of the plan"), Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of revisions", body = wire::GoalPlanRevisionPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/goal-plans/{plan}/revisions")]
pub async fn list_goal_plan_revisions(
    caller: Caller,
    state: web::Data<State>,
    plan: web::Path<Code>,
    query: Query<Paging>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let plan = goal_plans::find(state.db(), plan.as_str()).await?;
    caller.require_city(&plan.city)?;
    let before: Option<i64> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = revisions::page(state.db(), &plan.id, before, limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(present).collect::<Result<_, _>>()?;
    Ok(Answer::page(&wire::GoalPlanRevisionPage { items, next: next.clone() }, next.as_ref()))
}
