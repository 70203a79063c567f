use actix_web::{post, web};
use citygauge_indicators::canonical::hex;
use citygauge_openapi::{self as wire, Id};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use utoipa::IntoParams;

use super::{present, require_own, subject};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{CreateProblems, Failure, Problems};
use crate::extract::{Once, Query};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::webhooks::{self, Salts};
use crate::webhooks::secret::Secret;
use crate::write::{once, trail};

/// The longest that a former secret is used, in hours.
const LONGEST_H: u32 = 720;

/// How a secret is changed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    /// For how many hours the former secret is used beside the new one; 24 unless configured otherwise, 0 for not at all, as
    /// when it has become known.
    #[param(minimum = 0, maximum = 720)]
    #[serde(default, deserialize_with = "hours")]
    keep_hours: Option<u32>,
}

fn hours<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let hours = u32::deserialize(deserializer)?;
    let within = (hours <= LONGEST_H).then_some(Some(hours));
    within.ok_or_else(|| serde::de::Error::custom(format!("keep_hours: expected 0 to {LONGEST_H}")))
}

/// Give a webhook another secret.
///
/// For some time every message carries two signatures, one with each secret, so that the receiver can change over without a
/// message lost. The secret is in this answer and nowhere else. A secret that was former already is used no more.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Id, Path, description = "The webhook"), Rotation, IdempotencyKeyHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The webhook, with its new secret this once", body = wire::WebhookWithSecret),
        Problems,
        CreateProblems,
    )
)]
#[post("/webhooks/{id}/secret/rotate")]
pub async fn rotate_webhook_secret(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    query: Query<Rotation>,
    request: Once,
) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    let signer = state.signer().map_err(Failure::internal)?;
    let keep_hours = query.keep_hours.unwrap_or(state.config().webhooks.rotation_hours);
    once(&state, &caller, &request, "", async |transaction| {
        let known = webhooks::find(transaction, id.as_str()).await?;
        require_own(&caller, &known)?;
        let until_ms = state.now_ms() + i64::from(keep_hours) * 3_600_000;
        // A secret that was made with another key cannot be made with this one.
        let still_made = keep_hours > 0 && known.salts.key_id == signer.public().id();
        let previous = still_made.then_some((known.salts.salt, until_ms));
        let salts = Salts { key_id: signer.public().id(), salt: hex(&state.sources().secret()), previous };
        let webhook = webhooks::rotate(transaction, id.as_str(), &salts, state.now_ms()).await?;
        let detail = json!({ "keep_hours": keep_hours });
        trail(transaction, &state, &caller, "rotate_webhook_secret", &subject(id.as_str()), detail).await?;
        let secret = Secret::of(signer, id.as_str(), &webhook.salts.salt).reveal();
        let mut shown = wire::WebhookWithSecret { webhook: present(webhook), secret: Some(secret) };
        let answer = Answer::ok(&shown);
        shown.secret = None;
        Ok(answer.keeping(&shown))
    })
    .await
}
