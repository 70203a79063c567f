use actix_web::{post, web};
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use super::{deliveries, require_enabled, require_own, subject};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{CreateProblems, Failure, Problems};
use crate::extract::{Lang, Once};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::webhooks::{self, outbox};
use crate::webhooks::types::PING;
use crate::write::{once, trail};

/// Send a webhook something to try it.
///
/// The event `webhook.pinged` is sent to this webhook alone, whatever events it wants.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Id, Path, description = "The webhook"), IdempotencyKeyHeader),
    security(("token" = [])),
    responses((status = 202, description = "The delivery, which is being made", body = wire::WebhookDelivery), Problems, CreateProblems)
)]
#[post("/webhooks/{id}/ping")]
pub async fn ping_webhook(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    request: Once,
) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    once(&state, &caller, &request, "", async |transaction| {
        let known = webhooks::find(transaction, id.as_str()).await?;
        require_own(&caller, &known)?;
        require_enabled(&known)?;
        let facts = json!({ "path": subject(id.as_str()) });
        let delivery = outbox::insert_for(transaction, id.as_str(), PING, &facts, state.now_ms()).await?;
        trail(transaction, &state, &caller, "ping_webhook", &subject(id.as_str()), json!({})).await?;
        deliveries::accepted(transaction, id.as_str(), delivery, language.0).await
    })
    .await
}
