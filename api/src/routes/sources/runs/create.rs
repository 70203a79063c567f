use actix_web::{post, web};
use citygauge_openapi::{self as wire, Code};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::collection::start;
use crate::error::{CreateProblems, Failure, Problems};
use crate::extract::{Lang, Once, Query};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::sources;
use crate::store::sources::runs::{self, StartedBy};
use crate::write::once;

/// How a run is made.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// Whether it only fetches and checks, and keeps no observation; it does not unless given.
    dry_run: Option<bool>,
}

/// Run a source now.
///
/// It is fetched by a job and then imported by another one; the run says how far it is. A dry run fetches whatever was known
/// before, is checked as an import with `mode=validate` is, and keeps no observation. Also a source that is not enabled can
/// be run in this way. While another run of the source is unfinished it is a conflict.
#[utoipa::path(
    tag = "sources",
    params(("code" = Code, Path, description = "The code of the source"), RunRequest, IdempotencyKeyHeader),
    security(("token" = [])),
    responses((status = 202, description = "The run, which its job will do", body = wire::SourceRun), Problems, CreateProblems)
)]
#[post("/sources/{code}/runs")]
pub async fn run_source(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    code: web::Path<Code>,
    query: Query<RunRequest>,
    request: Once,
) -> Result<Answer, Failure> {
    caller.require(Right::RunSources)?;
    let started_by = if query.dry_run.unwrap_or(false) { StartedBy::DryRun } else { StartedBy::Person };
    let answer = once(&state, &caller, &request, "", async |transaction| {
        let source = sources::find(transaction, code.as_str()).await?;
        let run = start(transaction, &state, &caller, &source.profile.code, started_by, None).await?;
        let Some(run) = run else {
            return Err(Failure::conflict("该数据源有尚未结束的运行", "another run of the source is unfinished"));
        };
        let run = runs::find(transaction, &run).await?;
        let job = run.request.job_id.clone().unwrap_or_default();
        Ok(Answer::accepted(&job, &present(run, language.0)?))
    })
    .await?;
    state.work_arrived();
    Ok(answer)
}
