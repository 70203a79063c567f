//! The sender of a process: takes up what is due, makes it, and notes how that went.

use std::time::{Duration, Instant};

use actix_web::web;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{error, warn};

use super::message::Message;
use super::settle::{Made, settle};
use crate::auth::Caller;
use crate::state::State;
use crate::store::keys;
use crate::store::webhooks::deliveries::{Attempt, Delivery};
use crate::store::webhooks::{self, Webhook, outbox, sending};
use crate::store::{StoreError, webhooks::DisabledReason};

/// How much longer than an attempt a delivery is kept from other processes.
const LEASE_BEYOND_MS: u64 = 45_000;

/// Sends what is due until the process stops; what is being sent then is waited for.
pub async fn keep(state: web::Data<State>, mut stopping: watch::Receiver<bool>) {
    let poll = Duration::from_millis(state.config().jobs.poll_ms);
    let mut sending = JoinSet::new();
    while !*stopping.borrow() {
        while sending.len() < state.config().webhooks.senders {
            match claim(&state).await {
                Ok(Some(delivery)) => {
                    let state = state.clone();
                    sending.spawn(async move { send(&state, delivery).await });
                }
                Ok(None) => break,
                Err(error) => {
                    warn!("cannot look for deliveries: {error}");
                    break;
                }
            }
        }
        tokio::select! {
            // A sender that is free looks for more at once.
            Some(_) = sending.join_next() => {}
            () = tokio::time::sleep(poll) => {}
            _ = stopping.changed() => {}
        }
    }
    while sending.join_next().await.is_some() {}
}

/// Sends everything that is due, one after the other; answers how many attempts that were.
pub async fn send_due(state: &State) -> Result<usize, StoreError> {
    let mut sent = 0;
    while let Some(delivery) = claim(state).await? {
        send(state, delivery).await;
        sent += 1;
    }
    Ok(sent)
}

async fn claim(state: &State) -> Result<Option<Delivery>, StoreError> {
    if !sending::is_due(state.store(), state.now_ms()).await? {
        return Ok(None);
    }
    let signer = state.signer().map_err(|error| StoreError::Internal(Box::new(error)))?;
    let lease_ms = i64::try_from(state.config().webhooks.timeout_ms.saturating_add(LEASE_BEYOND_MS)).unwrap_or(i64::MAX);
    sending::claim(state.store(), &signer.public().id(), state.now_ms(), lease_ms).await
}

/// Makes one attempt; whatever cannot be noted is tried again when the claim has run out.
async fn send(state: &State, delivery: Delivery) {
    let id = delivery.id;
    if let Err(error) = attempt(state, delivery).await {
        error!(delivery.id = id, "an attempt to deliver was not noted; it is made again: {error}");
    }
}

async fn attempt(state: &State, delivery: Delivery) -> Result<(), StoreError> {
    let webhook = match webhooks::find(state.db(), &delivery.webhook).await {
        Err(StoreError::Absent { .. }) => return Ok(()),
        found => found?,
    };
    if !owner_is_valid(state, &webhook).await? {
        return super::settle::disable_alone(state, &webhook, DisabledReason::Key).await;
    }
    let message = Message::of(&outbox::find(state.db(), delivery.event).await?);
    let signer = state.signer().map_err(|error| StoreError::Internal(Box::new(error)))?;
    let (began_ms, began) = (state.now_ms(), Instant::now());
    let headers = message.headers(signer, &webhook, began_ms);
    let made = state.outbound().post(&webhook.profile.url, headers, message.body).await;
    let took_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    let attempt = match &made {
        Ok(received) => Attempt {
            at_ms: began_ms,
            took_ms,
            status: Some(received.status),
            answer: Some(received.answer.clone()).filter(|answer| !answer.is_empty()),
            error: None,
            reason: None,
        },
        Err(unanswered) => Attempt {
            at_ms: began_ms,
            took_ms,
            status: None,
            answer: None,
            error: Some(unanswered.word().to_owned()),
            reason: unanswered.reason().map(str::to_owned),
        },
    };
    settle(state, &webhook, &delivery, attempt, Made::of(&made)).await
}

/// Whether the one who answers for a webhook still may: a key that works, the command line, or anyone on this machine while the service is open to it.
async fn owner_is_valid(state: &State, webhook: &Webhook) -> Result<bool, StoreError> {
    let owner = webhook.owner.as_str();
    if owner == Caller::command().id() {
        return Ok(true);
    }
    if owner == Caller::anyone_here().id() {
        return Ok(state.is_open());
    }
    let keys = keys::find_by_ids(state.db(), [owner]).await?;
    Ok(keys.iter().any(|key| key.is_valid(state.now_ms())))
}
