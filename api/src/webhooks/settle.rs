//! What follows from an attempt: for the delivery, for the health of its webhook, and for those who watch over it.

use std::time::Duration;

use serde_json::json;
use tracing::info;

use super::pauses;
use crate::auth::Caller;
use crate::outbound::{Received, Unanswered};
use crate::state::State;
use crate::store::webhooks::deliveries::{Attempt, Delivery, DeliveryState};
use crate::store::webhooks::sending::{self, Next};
use crate::store::webhooks::{self, DisabledReason, Webhook};
use crate::store::{StoreError, Transaction, Word};
use crate::write::trail;

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// A status from 200 to 299.
    Delivered,
    /// 410: the receiver wants nothing more.
    Gone,
    /// Anything else, redirects included; with the pause that the receiver asked for.
    Failed(Option<Duration>),
}

impl Made {
    /// What an answer, or none, means.
    pub fn of(answer: &Result<Received, Unanswered>) -> Self {
        match answer {
            Ok(Received { status: 200..=299, .. }) => Self::Delivered,
            Ok(Received { status: 410, .. }) => Self::Gone,
            Ok(Received { retry_after, .. }) => Self::Failed(*retry_after),
            Err(_) => Self::Failed(None),
        }
    }

    /// The word by which it is counted.
    fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Gone => "gone",
            Self::Failed(_) => "failed",
        }
    }
}

/// Notes an attempt, in one transaction with what follows from it. Where somebody else has the delivery by now, nothing is.
pub async fn settle(
    state: &State,
    webhook: &Webhook,
    delivery: &Delivery,
    attempt: Attempt,
    made: Made,
) -> Result<(), StoreError> {
    state.metrics().delivered(made.word());
    info!(webhook.id = webhook.id, delivery.id = delivery.id, status = attempt.status, "{}", made.word());
    let now_ms = state.now_ms();
    let transaction = state.store().begin_patiently().await?;
    // The webhook is written before the delivery, as by whoever disables it, so that nobody waits in a circle.
    match made {
        Made::Delivered => sending::succeeded(&transaction, webhook, now_ms).await?,
        Made::Gone | Made::Failed(_) => {
            let asked = if let Made::Failed(asked) = made { asked } else { None };
            let rest = pauses::rest(&state.config().webhooks, webhook.failures + 1, asked);
            sending::failed(&transaction, webhook, now_ms.saturating_add(millis(rest)), now_ms).await?;
        }
    }
    let next = next(state, delivery, made, now_ms);
    if !sending::end(&transaction, delivery, attempt, next, now_ms).await? {
        return transaction.rollback().await;
    }
    match made {
        Made::Gone => disable(&transaction, state, webhook, DisabledReason::Gone).await?,
        Made::Failed(_) if has_failed_too_long(state, webhook, now_ms) => {
            disable(&transaction, state, webhook, DisabledReason::Failing).await?;
        }
        _ => {}
    }
    transaction.commit().await
}

fn next(state: &State, delivery: &Delivery, made: Made, now_ms: i64) -> Next {
    match made {
        Made::Delivered => Next::Ended(DeliveryState::Delivered),
        Made::Gone => Next::Ended(DeliveryState::Failed),
        Made::Failed(asked) => match pauses::next(&state.config().webhooks, delivery.tries, asked, state.sources()) {
            Some(pause) => Next::Again(now_ms.saturating_add(millis(pause))),
            None => Next::Ended(DeliveryState::Failed),
        },
    }
}

fn has_failed_too_long(state: &State, webhook: &Webhook, now_ms: i64) -> bool {
    let patience_ms = i64::from(state.config().webhooks.disable_after_hours) * 3_600_000;
    webhook.failing_since_ms.is_some_and(|since_ms| now_ms - since_ms >= patience_ms)
}

/// Disables a webhook without an attempt, in a transaction of its own.
pub async fn disable_alone(state: &State, webhook: &Webhook, why: DisabledReason) -> Result<(), StoreError> {
    let transaction = state.store().begin_patiently().await?;
    disable(&transaction, state, webhook, why).await?;
    transaction.commit().await
}

/// Disables a webhook: what it would still be told is cancelled, and the others are told.
async fn disable(transaction: &Transaction, state: &State, webhook: &Webhook, why: DisabledReason) -> Result<(), StoreError> {
    if webhooks::disable(transaction, &webhook.id, why, state.now_ms()).await? {
        let (subject, detail) = (format!("webhooks/{}", webhook.id), json!({ "state": why.as_str() }));
        trail(transaction, state, &Caller::service(), "disable_webhook", &subject, detail).await?;
    }
    Ok(())
}

fn millis(pause: Duration) -> i64 {
    i64::try_from(pause.as_millis()).unwrap_or(i64::MAX)
}
