use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::cities;

/// List the cities, by code.
#[utoipa::path(
    tag = "cities",
    params(Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of the register", body = wire::CityPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/cities")]
pub async fn list_cities(caller: Caller, state: web::Data<State>, query: Query<Paging>) -> Result<Answer, Failure> {
    caller.require(Right::ReadCities)?;
    let after: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = cities::page(state.db(), after.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let codes: Vec<String> = page.items.iter().map(|city| city.profile.code.clone()).collect();
    let mut aliases = cities::aliases::of_cities(state.db(), &codes).await?;
    let with_aliases = |city: cities::City| {
        let aliases = aliases.remove(&city.profile.code).unwrap_or_default();
        present(city, aliases)
    };
    let items = page.items.into_iter().map(with_aliases).collect();
    Ok(Answer::page(&wire::CityPage { items, next: next.clone() }, next.as_ref()))
}
