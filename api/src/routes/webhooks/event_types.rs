use actix_web::get;
use citygauge_openapi as wire;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::webhooks::types::TYPES;

/// List the types of events.
///
/// Each says what has happened, in Chinese and in English.
#[utoipa::path(
    tag = "webhooks",
    params(IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "Every type there is", body = wire::WebhookEventTypes),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/webhooks/event-types")]
pub async fn list_webhook_event_types(caller: Caller) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    let each = TYPES.iter().map(|kind| wire::WebhookEventType {
        name: kind.name.to_owned(),
        description_zh: kind.zh.to_owned(),
        description_en: kind.en.to_owned(),
    });
    Ok(Answer::ok(&wire::WebhookEventTypes { items: each.collect() }))
}
