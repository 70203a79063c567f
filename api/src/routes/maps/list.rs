use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::maps;

/// List the maps.
#[utoipa::path(
    tag = "maps",
    params(Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of maps", body = wire::MapPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/maps")]
pub async fn list_maps(caller: Caller, state: web::Data<State>, query: Query<Paging>) -> Result<Answer, Failure> {
    caller.require(Right::ReadMaps)?;
    let after: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = maps::page(state.db(), after.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(present).collect();
    Ok(Answer::page(&wire::MapPage { items, next: next.clone() }, next.as_ref()))
}
