use actix_web::{post, web};
use citygauge_indicators::canonical::hex;
use citygauge_openapi::{self as wire, API_ROOT};
use serde_json::json;

use super::{checked, present, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Once};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::webhooks::{self, Salts};
use crate::webhooks::secret::Secret;
use crate::write::{once, trail};

/// Make a webhook.
///
/// Events are posted to it as Standard Webhooks 1.0.0 says: signed, and again until they are taken. The secret is in this
/// answer and nowhere else; a repeated request gets the webhook without it.
#[utoipa::path(
    tag = "webhooks",
    params(IdempotencyKeyHeader),
    request_body = wire::WebhookProfile,
    security(("token" = [])),
    responses(
        (status = 201, description = "The webhook, with its secret this once", body = wire::WebhookWithSecret),
        Problems,
        BodyProblems,
        CreateProblems,
    )
)]
#[post("/webhooks")]
pub async fn create_webhook(caller: Caller, state: web::Data<State>, request: Once, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    caller.require_key()?;
    let profile = checked(&state, body.read()?)?;
    let signer = state.signer().map_err(Failure::internal)?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let most = state.config().webhooks.most;
        if webhooks::count(transaction).await? >= u64::from(most) {
            return Err(Failure::conflict(
                format!("已有 {most} 个网络钩子，不能再增加（webhooks.most）"),
                format!("there are {most} webhooks, and no more may be made (webhooks.most)"),
            ));
        }
        let (id, salt) = (state.sources().id(), hex(&state.sources().secret()));
        let salts = Salts { key_id: signer.public().id(), salt, previous: None };
        let webhook = webhooks::insert(transaction, &id, &profile, &salts, caller.id(), state.now_ms()).await?;
        let detail = json!({ "events": profile.events, "enabled": profile.enabled });
        trail(transaction, &state, &caller, "create_webhook", &subject(&id), detail).await?;
        let (place, tag) = (format!("{API_ROOT}/{}", subject(&id)), tag(&webhook));
        let secret = Secret::of(signer, &id, &webhook.salts.salt).reveal();
        let mut shown = wire::WebhookWithSecret { webhook: present(webhook), secret: Some(secret) };
        let answer = Answer::created(&place, &shown, &tag);
        shown.secret = None;
        Ok(answer.keeping(&shown))
    })
    .await
}
