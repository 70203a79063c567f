use actix_web::{get, web};
use citygauge_indicators::planning::DesignState;
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
use crate::store::designs;

/// Which designs, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedDesigns {
    /// Only those of this city.
    city: Option<Code>,
    /// Only those in this state.
    state: Option<DesignState>,
    /// How many members a page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the designs, the newest first.
///
/// Whoever is limited to cities sees theirs.
#[utoipa::path(
    tag = "designs",
    params(WantedDesigns, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of designs", body = wire::DesignPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/designs")]
pub async fn list_designs(caller: Caller, state: web::Data<State>, query: Query<WantedDesigns>) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let named = match &query.city {
        Some(city) => {
            caller.require_city(city.as_str())?;
            Some(vec![city.to_string()])
        }
        None => caller.cities().map(<[String]>::to_vec),
    };
    let page = designs::page(state.db(), named.as_deref(), query.state, before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(present).collect();
    Ok(Answer::page(&wire::DesignPage { items, next: next.clone() }, next.as_ref()))
}
