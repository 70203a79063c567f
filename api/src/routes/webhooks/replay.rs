use actix_web::{post, web};
use citygauge_indicators::Fault;
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use super::{require_enabled, require_own, subject};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Once};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::webhooks::{self, deliveries, outbox};
use crate::webhooks::types::TYPES;
use crate::write::{once, trail};

/// The most events that are looked through at once.
const MOST: u64 = 50_000;

/// Send a webhook what it has missed since a moment.
///
/// Every event that it wants and has not taken is sent: what happened before it was made or while it was disabled, and what was
/// given up. What it has taken is not sent again; `redeliver` does that.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Id, Path, description = "The webhook"), IdempotencyKeyHeader),
    request_body = wire::WebhookReplay,
    security(("token" = [])),
    responses(
        (status = 200, description = "How many deliveries are to be made", body = wire::WebhookReplayed),
        Problems,
        BodyProblems,
        CreateProblems,
    )
)]
#[post("/webhooks/{id}/replay")]
pub async fn replay_webhook(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    request: Once,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    let wanted: wire::WebhookReplay = body.read()?;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let known = webhooks::find(transaction, id.as_str()).await?;
        require_own(&caller, &known)?;
        require_enabled(&known)?;
        let wishes = &known.profile.events;
        let kinds: Vec<&str> = TYPES.iter().map(|kind| kind.name).filter(|kind| outbox::wants(wishes, kind)).collect();
        let events = outbox::since(transaction, &kinds, wanted.since.as_ms(), MOST + 1).await?;
        if events.len() as u64 > MOST {
            let fault = Fault::error(
                "webhook.replay",
                format!("此后的事件超过 {MOST} 个"),
                format!("there are more than {MOST} events since then"),
            );
            return Err(Failure::invalid(fault.at("/since").hint("请给出较晚的时间", "give a later moment")));
        }
        let deliveries = deliveries::catch_up(transaction, id.as_str(), &events, state.now_ms()).await?;
        let detail = json!({ "since": wanted.since, "deliveries": deliveries });
        trail(transaction, &state, &caller, "replay_webhook", &subject(id.as_str()), detail).await?;
        Ok(Answer::ok(&wire::WebhookReplayed { deliveries }))
    })
    .await
}
