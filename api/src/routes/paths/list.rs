use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor, Id};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{may_read, present};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::paths;

/// Which paths, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedPaths {
    /// Only those of this assessment.
    assessment: Option<Id>,
    /// How many members a page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the paths, the newest first.
///
/// A reporter sees those of its own cities; a page may then be shorter than its limit although more follow.
#[utoipa::path(
    tag = "paths",
    params(WantedPaths, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of paths", body = wire::PathPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/paths")]
pub async fn list_paths(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    query: Query<WantedPaths>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadPlanning)?;
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = paths::page(state.db(), query.assessment.as_ref().map(|id| id.as_str()), before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let readable = page.items.into_iter().filter(|stored| may_read(&caller, stored));
    let items = readable.map(|stored| present(stored, &caller, language.0)).collect::<Result<_, _>>()?;
    Ok(Answer::page(&wire::PathPage { items, next: next.clone() }, next.as_ref()))
}
