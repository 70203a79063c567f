//! Webhooks: who is told of what, with which secret, and what became of each delivery.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Address, Id, Line, Moment, Note};

/// What is said of a webhook when it is made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookProfile {
    /// Where events are posted to, over https.
    pub url: Address,
    /// Which events: names of `/webhooks/event-types`, `resource.*` for all of a resource, `*` for all there are.
    #[schema(min_items = 1, max_items = 200, example = json!(["assessment.succeeded", "round.*"]))]
    pub events: Vec<Line>,
    /// What people should know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Note>,
    /// Whether events are sent; they are unless given. What happens while it is disabled can be sent afterwards (`replay`).
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// How a webhook fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookHealth {
    /// The last attempt succeeded, or there was none yet.
    Healthy,
    /// Every attempt has failed for some time.
    Failing,
    /// Nothing is sent.
    Disabled,
}

/// Why a webhook is disabled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookDisabledReason {
    /// Somebody said so.
    Person,
    /// Its receiver answered 410 Gone.
    Gone,
    /// Every attempt failed for too long.
    Failing,
    /// The key that answers for it was revoked or has expired.
    Key,
}

/// A webhook, without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Webhook {
    /// Its identifier.
    pub id: Id,
    /// Where events are posted to.
    pub url: Address,
    /// Which events.
    pub events: Vec<Line>,
    /// What people should know of it.
    #[serde(default)]
    pub description: Option<Note>,
    /// Whether events are sent.
    pub enabled: bool,
    /// How it fares.
    pub health: WebhookHealth,
    /// Since when every attempt has failed.
    #[serde(default)]
    pub failing_since: Option<Moment>,
    /// Why it is disabled.
    #[serde(default)]
    pub disabled_reason: Option<WebhookDisabledReason>,
    /// Until when the former secret is used beside the present one.
    #[serde(default)]
    pub previous_secret_until: Option<Moment>,
    /// The short name of the service's signing key, of which the secret is made.
    #[schema(example = "1f0c2ab34d5e6f70")]
    pub signing_key: String,
    /// The key that answers for it: when that ends to be valid, nothing more is sent.
    pub owner: String,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it or its health last changed.
    pub updated_at: Moment,
}

/// A webhook with its secret, which is shown this once and never again.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookWithSecret {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: Webhook,
    /// The secret that its receiver checks signatures with; absent in the answer to a repeated request.
    #[serde(default)]
    #[schema(example = "whsec_...")]
    pub secret: Option<String>,
}

impl std::fmt::Debug for WebhookWithSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookWithSecret").field("webhook", &self.webhook).finish_non_exhaustive()
    }
}

page_of!(
    /// A page of webhooks, the newest first.
    WebhookPage, Webhook
);

/// A type of event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookEventType {
    /// Its name.
    #[serde(rename = "type")]
    #[schema(example = "assessment.succeeded")]
    pub name: String,
    /// What has happened, in Chinese.
    pub description_zh: String,
    /// What has happened, in English.
    pub description_en: String,
}

/// Every type of event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookEventTypes {
    /// The types, by resource.
    pub items: Vec<WebhookEventType>,
}

/// What is posted to a receiver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookMessage {
    /// The type of the event.
    #[serde(rename = "type")]
    #[schema(example = "assessment.succeeded")]
    pub kind: String,
    /// When it happened.
    pub timestamp: Moment,
    /// To what: `id`, `address`, and a few words where they tell what it is about; no observation and no score.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WebhookDeliveryState {
    /// It is made, or tried again at `next_attempt_at`.
    Pending,
    /// The receiver answered with a status from 200 to 299.
    Delivered,
    /// It was tried as often as it may be, or the receiver answered 410.
    Failed,
    /// The webhook was disabled before it was made.
    Cancelled,
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookAttempt {
    /// When it began.
    pub at: Moment,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// The status of the answer; absent where none came.
    #[serde(default)]
    pub status: Option<u16>,
    /// How the answer began: 1,024 bytes of it at most, on one line.
    #[serde(default)]
    pub answer: Option<String>,
    /// Why no answer came, in the caller's language.
    #[serde(default)]
    pub error: Option<String>,
}

/// The delivery of an event to a webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WebhookDelivery {
    /// Its number; later ones have greater ones.
    pub id: i64,
    /// The name of the event, as the header `webhook-id` carries it in every attempt.
    #[schema(example = "evt_1a2030400_2a")]
    pub message: String,
    /// What is posted.
    pub body: WebhookMessage,
    /// How far it is.
    pub state: WebhookDeliveryState,
    /// The last twenty attempts, the first of them first.
    pub attempts: Vec<WebhookAttempt>,
    /// When it is tried next.
    #[serde(default)]
    pub next_attempt_at: Option<Moment>,
    /// When it was first to be made.
    pub created_at: Moment,
    /// When it reached its final state.
    #[serde(default)]
    pub finished_at: Option<Moment>,
}

page_of!(
    /// A page of deliveries, the newest first.
    WebhookDeliveryPage, WebhookDelivery
);

/// Asks for what a webhook has missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookReplay {
    /// Since when; events are kept for a time (`webhooks.keep_days`).
    pub since: Moment,
}

/// What is sent because it was missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookReplayed {
    /// How many deliveries are to be made.
    pub deliveries: u64,
}
