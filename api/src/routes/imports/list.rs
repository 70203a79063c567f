use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::imports;

/// List the imports, the newest first, without their faults.
///
/// A reporter sees its own; a page may then be shorter than its limit although more follow.
#[utoipa::path(
    tag = "imports",
    params(Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of imports", body = wire::ImportPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/imports")]
pub async fn list_imports(caller: Caller, state: web::Data<State>, query: Query<Paging>) -> Result<Answer, Failure> {
    caller.require(Right::ReadJobs)?;
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = imports::page(state.db(), before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let own = page.items.into_iter().filter(|import| caller.require_own(&import.request.created_by).is_ok());
    let items = own.map(|import| present(import, Vec::new(), Vec::new())).collect::<Result<_, _>>()?;
    Ok(Answer::page(&wire::ImportPage { items, next: next.clone() }, next.as_ref()))
}
