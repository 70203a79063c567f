use actix_web::{get, web};
use citygauge_openapi as wire;

use super::{DeliveryPath, present};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Lang;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::routes::webhooks::require_own;
use crate::state::State;
use crate::store::webhooks::{self, deliveries, outbox};

/// Show a delivery: what is posted, and how each attempt went.
#[utoipa::path(
    tag = "webhooks",
    params(DeliveryPath, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The delivery", body = wire::WebhookDelivery),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/webhooks/{id}/deliveries/{delivery}")]
pub async fn show_webhook_delivery(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<DeliveryPath>,
) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    require_own(&caller, &webhooks::find(state.db(), path.id.as_str()).await?)?;
    let delivery = deliveries::find(state.db(), path.id.as_str(), path.delivery).await?;
    let event = outbox::find(state.db(), delivery.event).await?;
    Ok(Answer::ok(&present(delivery, &event, language.0)?))
}
