use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Cursor};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::goal_plans;

/// Which plans, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedGoalPlans {
    /// Only those of this city.
    city: Option<Code>,
    /// How many members a page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the plans of goals, the newest first.
///
/// Whoever is limited to cities sees those of its own.
#[utoipa::path(
    tag = "goal-plans",
    params(WantedGoalPlans, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of plans", body = wire::GoalPlanPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/goal-plans")]
pub async fn list_goal_plans(caller: Caller, state: web::Data<State>, query: Query<WantedGoalPlans>) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let cities = match &query.city {
        Some(city) => {
            caller.require_city(city.as_str())?;
            Some(vec![city.to_string()])
        }
        None => caller.cities().map(<[String]>::to_vec),
    };
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = goal_plans::page(state.db(), cities.as_deref(), before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let mut items = Vec::new();
    for plan in page.items {
        items.push(present(state.db(), plan).await?);
    }
    Ok(Answer::page(&wire::GoalPlanPage { items, next: next.clone() }, next.as_ref()))
}
