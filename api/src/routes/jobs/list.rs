use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor, Line};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{present, state as state_of};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::jobs::{self, JobFilter};

/// Which jobs, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only jobs in this state.
    state: Option<wire::WorkState>,
    /// Only jobs of this kind.
    kind: Option<Line>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the jobs, the newest first.
///
/// A reporter sees its own; a page may then be shorter than its limit although more follow.
#[utoipa::path(
    tag = "jobs",
    params(Filter, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of jobs", body = wire::JobPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/jobs")]
pub async fn list_jobs(caller: Caller, state: web::Data<State>, language: Lang, query: Query<Filter>) -> Result<Answer, Failure> {
    caller.require(Right::ReadJobs)?;
    let query = query.into_inner();
    let before: Option<String> = position(query.cursor.as_ref())?;
    let filter = JobFilter { state: query.state.map(state_of), kind: query.kind.map(String::from) };
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = jobs::page(state.db(), &filter, before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let own = page.items.into_iter().filter(|job| caller.require_own(&job.created_by).is_ok());
    let items = own.map(|job| present(job, language.0)).collect();
    Ok(Answer::page(&wire::JobPage { items, next: next.clone() }, next.as_ref()))
}
