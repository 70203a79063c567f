use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::releases;

/// List the releases, the newest first.
#[utoipa::path(
    tag = "releases",
    params(Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of releases", body = wire::ReleasePage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/releases")]
pub async fn list_releases(caller: Caller, state: web::Data<State>, query: Query<Paging>) -> Result<Answer, Failure> {
    caller.require(Right::ReadReleases)?;
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = releases::page(state.db(), before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(present).collect();
    Ok(Answer::page(&wire::ReleasePage { items, next: next.clone() }, next.as_ref()))
}
