use actix_web::{delete, web};
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use super::readable;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::state::State;
use crate::store::jobs::WorkState;
use crate::store::reports;
use crate::write::trail;

/// Remove a report.
///
/// It never changes once it is there, so this needs no `If-Match`. While its job runs, the job is cancelled first.
#[utoipa::path(
    tag = "reports",
    params(("id" = Id, Path, description = "The report")),
    security(("token" = [])),
    responses(
        (status = 204, description = "The report is gone"),
        (status = 409, description = "Its job is at work", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
#[delete("/reports/{id}")]
pub async fn remove_report(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    caller.require(Right::WriteReports)?;
    let report = readable(&state, &caller, &id).await?;
    if matches!(report.job.state, WorkState::Queued | WorkState::Running) {
        return Err(Failure::conflict("其任务仍在进行，请先取消任务", "its job is at work: cancel the job first"));
    }
    let transaction = state.store().begin().await?;
    reports::remove(&transaction, id.as_str()).await?;
    let told = json!({ "assessment": report.asked.assessment_id });
    trail(&transaction, &state, &caller, "remove_report", &format!("reports/{id}"), told).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
