use actix_web::{delete, web};
use citygauge_openapi::Id;
use serde_json::json;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::state::State;
use crate::store::waivers;
use crate::write::trail;

/// Withdraw a waiver.
///
/// What it covered is refused again. It stays to be seen, with who withdrew it and when. Withdrawing it again changes
/// nothing, and nothing else about it ever changes, so no `If-Match` is needed.
#[utoipa::path(
    tag = "validation",
    params(("id" = Id, Path, description = "The waiver")),
    security(("token" = [])),
    responses((status = 204, description = "The waiver is withdrawn"), Problems)
)]
#[delete("/waivers/{id}")]
pub async fn withdraw_waiver(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    caller.require(Right::WriteWaivers)?;
    let transaction = state.store().begin().await?;
    let known = waivers::find(&transaction, id.as_str()).await?;
    caller.require_city(&known.city)?;
    if known.withdrawn.is_none() {
        waivers::withdraw(&transaction, id.as_str(), caller.id(), state.now_ms()).await?;
        let detail = json!({ "rule": known.rule, "set": known.set, "city": known.city, "period": known.period });
        trail(&transaction, &state, &caller, "withdraw_waiver", &format!("waivers/{id}"), detail).await?;
    }
    transaction.commit().await?;
    Ok(Answer::nothing())
}
