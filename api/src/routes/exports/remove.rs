use actix_web::{delete, web};
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use super::readable;
use crate::answer::Answer;
use crate::auth::Caller;
use crate::error::{Failure, Problems};
use crate::jobs::sweep_exports;
use crate::state::State;
use crate::store::exports;
use crate::store::jobs::WorkState;
use crate::write::trail;

/// Remove an export and its file.
///
/// It never changes once it is there, so this needs no `If-Match`. While its job runs, the job is cancelled first.
#[utoipa::path(
    tag = "exports",
    params(("id" = Id, Path, description = "The export")),
    security(("token" = [])),
    responses(
        (status = 204, description = "The export is gone"),
        (status = 409, description = "Its job is at work", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
#[delete("/exports/{id}")]
pub async fn remove_export(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    let export = readable(&state, &caller, &id).await?;
    if matches!(export.job.state, WorkState::Queued | WorkState::Running) {
        return Err(Failure::conflict("其任务仍在进行，请先取消任务", "its job is at work: cancel the job first"));
    }
    let transaction = state.store().begin().await?;
    exports::expire(&transaction, id.as_str(), state.now_ms()).await?;
    let told = json!({ "table": export.asked.address });
    trail(&transaction, &state, &caller, "remove_export", &format!("exports/{id}"), told).await?;
    transaction.commit().await?;
    // It is gone for everybody; should its file stay for now, it is removed with the next whose time is over.
    sweep_exports(&state).await?;
    Ok(Answer::nothing())
}
