use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::keys;

/// List the keys, the newest first.
#[utoipa::path(
    tag = "keys",
    params(Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of keys, without their secrets", body = wire::KeyPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/keys")]
pub async fn list_keys(caller: Caller, state: web::Data<State>, query: Query<Paging>) -> Result<Answer, Failure> {
    caller.require(Right::ManageKeys)?;
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = keys::page(state.db(), before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(present).collect();
    Ok(Answer::page(&wire::KeyPage { items, next: next.clone() }, next.as_ref()))
}
