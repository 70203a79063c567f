use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, get, web};
use serde_json::json;

use crate::audit::{checkpoint, lines};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::state::State;
use crate::store::audit;
use crate::write::told;

/// Download the whole trail.
///
/// JSON, one line of the trail per line, the oldest first, and last of all `{"checkpoint": ...}`. `citygauge audit verify FILE` checks it without a
/// service. That somebody has downloaded it is a line of it.
#[utoipa::path(
    tag = "audit-events",
    security(("token" = [])),
    responses((status = 200, description = "The trail", body = String, content_type = "application/x-ndjson"), Problems)
)]
#[get("/audit-events/file")]
pub async fn download_audit_events(caller: Caller, state: web::Data<State>) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadTrail)?;
    let signer = state.signer()?;
    told(&state, &caller, "download_audit_events", "audit-events", json!({})).await?;
    let checkpoint = checkpoint(audit::end(state.db()).await?, state.now_ms(), signer);
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/x-ndjson"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"audit-events.ndjson\""))
        .streaming(lines(state.store().clone(), checkpoint)))
}
