use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Cursor};

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::sources::{self, runs};

/// List the runs of a source, the newest first.
#[utoipa::path(
    tag = "sources",
    params(("code" = Code, Path, description = "The code of the source"), Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of runs", body = wire::SourceRunPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/sources/{code}/runs")]
pub async fn list_source_runs(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    code: web::Path<Code>,
    query: Query<Paging>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadSources)?;
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let source = sources::find(state.db(), code.as_str()).await?;
    let page = runs::page(state.db(), &source.profile.code, before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(|run| present(run, language.0)).collect::<Result<_, _>>()?;
    Ok(Answer::page(&wire::SourceRunPage { items, next: next.clone() }, next.as_ref()))
}
