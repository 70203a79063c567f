use actix_web::{post, web};
use citygauge_openapi as wire;
use serde_json::json;

use super::{DeliveryPath, accepted};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{CreateProblems, Failure, Problems};
use crate::extract::{Lang, Once};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::routes::webhooks::{require_enabled, require_own};
use crate::state::State;
use crate::store::webhooks::{self, deliveries};
use crate::write::{once, trail};

/// Make a delivery again, now.
///
/// It is the same message under the same `webhook-id`, signed anew; the attempts allowed begin anew as well. One that is pending
/// is brought forward.
#[utoipa::path(
    tag = "webhooks",
    params(DeliveryPath, IdempotencyKeyHeader),
    security(("token" = [])),
    responses((status = 202, description = "The delivery, which is being made", body = wire::WebhookDelivery), Problems, CreateProblems)
)]
#[post("/webhooks/{id}/deliveries/{delivery}/redeliver")]
pub async fn redeliver_webhook_delivery(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<DeliveryPath>,
    request: Once,
) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    let (id, delivery) = (path.id.as_str(), path.delivery);
    once(&state, &caller, &request, "", async |transaction| {
        let known = webhooks::find(transaction, id).await?;
        require_own(&caller, &known)?;
        require_enabled(&known)?;
        deliveries::again(transaction, id, delivery, state.now_ms()).await?;
        let subject = format!("webhooks/{id}/deliveries/{delivery}");
        trail(transaction, &state, &caller, "redeliver_webhook_delivery", &subject, json!({})).await?;
        accepted(transaction, id, delivery, language.0).await
    })
    .await
}
