//! What became of each event that a webhook is told of.

mod list;
mod redeliver;
mod show;

use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Id, Moment};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Answer;
use crate::error::Failure;
use crate::store::webhooks::deliveries::{self, Attempt, Delivery, DeliveryState};
use crate::store::webhooks::outbox::{self, Event};
use crate::store::{StoreError, Transaction};
use crate::webhooks::message::{self, Message};

/// Mounts the operations on deliveries.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_webhook_deliveries)
        .service(show::show_webhook_delivery)
        .service(redeliver::redeliver_webhook_delivery);
}

/// A delivery in the path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct DeliveryPath {
    /// The webhook.
    id: Id,
    /// The number of the delivery.
    delivery: i64,
}

/// 202 with a delivery that is to be made.
pub(super) async fn accepted(
    transaction: &Transaction,
    webhook: &str,
    delivery: i64,
    language: Language,
) -> Result<Answer, Failure> {
    let delivery = deliveries::find(transaction, webhook, delivery).await?;
    let event = outbox::find(transaction, delivery.event).await?;
    let place = message::address(&format!("webhooks/{webhook}/deliveries/{}", delivery.id));
    Ok(Answer::accepted_at(&place, &present(delivery, &event, language)?))
}

fn present(delivery: Delivery, event: &Event, language: Language) -> Result<wire::WebhookDelivery, StoreError> {
    let Message { id, body } = Message::of(event);
    let state = match delivery.state {
        DeliveryState::Pending => wire::WebhookDeliveryState::Pending,
        DeliveryState::Delivered => wire::WebhookDeliveryState::Delivered,
        DeliveryState::Failed => wire::WebhookDeliveryState::Failed,
        DeliveryState::Cancelled => wire::WebhookDeliveryState::Cancelled,
    };
    let pending = delivery.state == DeliveryState::Pending;
    Ok(wire::WebhookDelivery {
        id: delivery.id,
        message: id,
        body: serde_json::from_slice(&body).map_err(|error| StoreError::Internal(Box::new(error)))?,
        state,
        attempts: delivery.attempts.into_iter().map(|attempt| present_attempt(attempt, language)).collect(),
        next_attempt_at: pending.then(|| Moment::from_ms(delivery.run_at_ms)),
        created_at: Moment::from_ms(delivery.created_at_ms),
        finished_at: delivery.finished_at_ms.map(Moment::from_ms),
    })
}

fn present_attempt(attempt: Attempt, language: Language) -> wire::WebhookAttempt {
    let error = attempt.error.as_deref().map(|word| {
        let (zh, en) = match word {
            "barred" => ("地址不可访问", "its address may not be reached"),
            "timeout" => ("长时间没有响应", "it kept silent for too long"),
            "unreachable" => ("无法连接", "it cannot be connected to"),
            _ => ("连接中途断开", "the connection broke off"),
        };
        match &attempt.reason {
            Some(reason) => format!("{}{}{reason}", language.pick(zh, en), language.pick("：", ": ")),
            None => language.pick(zh, en).to_owned(),
        }
    });
    wire::WebhookAttempt {
        at: Moment::from_ms(attempt.at_ms),
        took_ms: attempt.took_ms,
        status: attempt.status,
        answer: attempt.answer,
        error,
    }
}
