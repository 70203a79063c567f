use actix_web::{get, web};
use citygauge_openapi as wire;

use crate::answer::Answer;
use crate::audit::checkpoint;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::state::State;
use crate::store::audit;

/// Say how long the trail is, signed.
///
/// Kept somewhere else, a checkpoint shows later that nothing before it was changed, removed or added, not even by somebody who can write to
/// the database: `citygauge audit verify --checkpoint`.
#[utoipa::path(
    tag = "audit-events",
    security(("token" = [])),
    responses((status = 200, description = "The checkpoint", body = wire::AuditCheckpoint), Problems)
)]
#[get("/audit-events/checkpoint")]
pub async fn show_audit_checkpoint(caller: Caller, state: web::Data<State>) -> Result<Answer, Failure> {
    caller.require(Right::ReadTrail)?;
    let end = audit::end(state.db()).await?;
    Ok(Answer::ok(&checkpoint(end, state.now_ms(), state.signer()?)))
}
