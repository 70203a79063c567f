//! Webhooks: who is told of what happens, and what became of each delivery.

mod create;
mod deliveries;
mod event_types;
mod list;
mod ping;
mod remove;
mod replace;
mod replay;
mod rotate_secret;
mod show;

use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{self as wire, Address, Id, Line, Moment, Note};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer::Tag;
use crate::auth::{Caller, Right};
use crate::error::Failure;
use crate::state::State;
use crate::store::keys::Role;
use crate::store::webhooks::{DisabledReason, Profile, Webhook};
use crate::webhooks::types::TYPES;

/// Mounts the operations on webhooks.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(event_types::list_webhook_event_types)
        .service(list::list_webhooks)
        .service(create::create_webhook)
        .service(show::show_webhook)
        .service(replace::replace_webhook)
        .service(remove::remove_webhook)
        .service(rotate_secret::rotate_webhook_secret)
        .service(ping::ping_webhook)
        .service(replay::replay_webhook)
        .configure(deliveries::operations);
}

fn subject(id: &str) -> String {
    format!("webhooks/{id}")
}

fn tag(webhook: &Webhook) -> Tag {
    Tag::of_row(webhook.revision, webhook.updated_at_ms)
}

/// Refuses who may have no webhooks, and whose webhook this is not: an administrator's is every one.
fn require_own(caller: &Caller, webhook: &Webhook) -> Result<(), Failure> {
    caller.require(Right::ManageWebhooks)?;
    if own(caller).is_none_or(|own| own == webhook.owner) {
        return Ok(());
    }
    Err(Failure::absent(format!("没有网络钩子“{}”", webhook.id), format!("there is no webhook '{}'", webhook.id)))
}

/// The key whose webhooks alone a caller sees; `None` for an administrator.
fn own(caller: &Caller) -> Option<&str> {
    (caller.role() != Role::Admin).then(|| caller.id())
}

/// Refuses to send what would not be sent.
fn require_enabled(webhook: &Webhook) -> Result<(), Failure> {
    if webhook.profile.enabled {
        return Ok(());
    }
    Err(Failure::conflict("该网络钩子已停用：请先启用", "the webhook is disabled: enable it first"))
}

/// What was said of a webhook, where nothing is wrong with it.
fn checked(state: &State, said: wire::WebhookProfile) -> Result<Profile, Failure> {
    let mut faults = Faults::default();
    if let Err(wrong) = state.outbound().check_receiver(said.url.as_str()) {
        faults.0.extend(wrong.0.into_iter().map(|fault| fault.at("/url")));
    }
    if said.events.is_empty() || said.events.len() > MOST_EVENTS {
        let fault = Fault::error("webhook.events", "须列出 1 到 200 种事件", "1 to 200 events have to be listed").at("/events");
        faults.push(fault.expected("1..200").hint("全部事件写作 [\"*\"]", "write [\"*\"] for all of them"));
    }
    for (place, event) in said.events.iter().enumerate().filter(|(_, event)| !is_known(event.as_str())) {
        let fault = Fault::error("webhook.event", format!("没有事件“{event}”"), format!("there is no event '{event}'"));
        faults.push(fault.at(format!("/events/{place}")).value(event.as_str()).hint(
            "可用的事件见 GET /api/v1/webhooks/event-types，或写 resource.*、*",
            "GET /api/v1/webhooks/event-types lists them; resource.* and * are understood too",
        ));
    }
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    Ok(Profile {
        url: said.url.into_string(),
        events: said.events.into_iter().map(String::from).collect(),
        description: said.description.map(String::from),
        enabled: said.enabled,
    })
}

/// The most entries of a list of events.
const MOST_EVENTS: usize = 200;

/// Whether a wish names something that can happen.
fn is_known(wish: &str) -> bool {
    match wish.strip_suffix(".*") {
        Some(resource) => TYPES.iter().any(|kind| kind.name.split_once('.').is_some_and(|(own, _)| own == resource)),
        None => wish == "*" || TYPES.iter().any(|kind| kind.name == wish),
    }
}

fn present(webhook: Webhook) -> wire::Webhook {
    let health = match (webhook.profile.enabled, webhook.failing_since_ms) {
        (false, _) => wire::WebhookHealth::Disabled,
        (true, Some(_)) => wire::WebhookHealth::Failing,
        (true, None) => wire::WebhookHealth::Healthy,
    };
    let reason = webhook.disabled_reason.map(|reason| match reason {
        DisabledReason::Person => wire::WebhookDisabledReason::Person,
        DisabledReason::Gone => wire::WebhookDisabledReason::Gone,
        DisabledReason::Failing => wire::WebhookDisabledReason::Failing,
        DisabledReason::Key => wire::WebhookDisabledReason::Key,
    });
    wire::Webhook {
        id: Id::trusted(webhook.id),
        url: Address::trusted(webhook.profile.url),
        events: webhook.profile.events.into_iter().map(Line::trusted).collect(),
        description: webhook.profile.description.map(Note::trusted),
        enabled: webhook.profile.enabled,
        health,
        failing_since: webhook.failing_since_ms.map(Moment::from_ms),
        disabled_reason: reason,
        previous_secret_until: webhook.salts.previous.map(|(_, until_ms)| Moment::from_ms(until_ms)),
        signing_key: webhook.salts.key_id,
        owner: webhook.owner,
        created_at: Moment::from_ms(webhook.created_at_ms),
        created_by: webhook.created_by,
        updated_at: Moment::from_ms(webhook.updated_at_ms),
    }
}
