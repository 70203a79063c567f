use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::{owner, present};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::exports;

/// List the exports, the newest first.
///
/// Those of the caller; an administrator sees all.
#[utoipa::path(
    tag = "exports",
    params(Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of exports", body = wire::ExportPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/exports")]
pub async fn list_exports(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    query: Query<Paging>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadExports)?;
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = exports::page(state.db(), owner(&caller), before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(|export| present(export, language.0)).collect();
    Ok(Answer::page(&wire::ExportPage { items, next: next.clone() }, next.as_ref()))
}
