use actix_web::{post, web};
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{CreateProblems, Failure, Problems};
use crate::extract::{Lang, Once};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::jobs::{self, WorkState};
use crate::write::{once, trail};

/// Cancel a job.
///
/// One that waits is cancelled at once; one that runs is asked to stop, which takes seconds and changes nothing
/// of what was there before it. One that is over is a conflict.
#[utoipa::path(
    tag = "jobs",
    params(("id" = Id, Path, description = "The job"), IdempotencyKeyHeader),
    security(("token" = [])),
    responses((status = 202, description = "The job was cancelled, or will be", body = wire::Job), Problems, CreateProblems)
)]
#[post("/jobs/{id}/cancel")]
pub async fn cancel_job(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    request: Once,
) -> Result<Answer, Failure> {
    caller.require(Right::CancelJobs)?;
    let answer = once(&state, &caller, &request, "", async |transaction| {
        let known = jobs::find(transaction, id.as_str()).await?;
        caller.require_own(&known.created_by)?;
        if known.state.is_final() && known.state != WorkState::Cancelled {
            return Err(Failure::conflict("任务已经结束", "the job is over already"));
        }
        let job = jobs::request_cancel(transaction, id.as_str(), state.now_ms()).await?;
        trail(transaction, &state, &caller, "cancel_job", &format!("jobs/{id}"), json!({})).await?;
        Ok(Answer::accepted(id.as_str(), &present(job, language.0)))
    })
    .await?;
    state.job_changed();
    Ok(answer)
}
