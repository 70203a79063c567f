use std::time::Duration;

use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};
use serde::Deserialize;
use tokio::time::{Instant, timeout};
use utoipa::IntoParams;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::{IfNoneMatchHeader, Wait};
use crate::state::State;
use crate::store::jobs;

/// How often to look at a job that another process may be working on.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long to wait.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    /// Waits until the job is over, at most this long: `0s` to `60s`.
    #[param(value_type = Option<String>, pattern = "^([0-5]?[0-9]|60)s$", example = "30s")]
    wait: Option<Wait>,
}

/// Show a job.
///
/// With `wait` the answer comes when the job is over, or when the time is up, whichever is first.
#[utoipa::path(
    tag = "jobs",
    params(("id" = Id, Path, description = "The job"), Waiting, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The job as it stands", body = wire::Job),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/jobs/{id}")]
pub async fn show_job(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    query: Query<Waiting>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadJobs)?;
    let until = Instant::now() + query.wait.map_or(Duration::ZERO, |wait| wait.0);
    loop {
        // Listening begins before the look, so that a change in between is not missed.
        let changed = state.job_change();
        let job = jobs::find(state.db(), id.as_str()).await?;
        caller.require_own(&job.created_by)?;
        let left = until.saturating_duration_since(Instant::now());
        if job.state.is_final() || left.is_zero() {
            return Ok(Answer::ok(&present(job, language.0)));
        }
        // Being woken and being timed out lead to the same next look.
        let _woken_or_not = timeout(left.min(LOOK_EVERY), changed).await;
    }
}
