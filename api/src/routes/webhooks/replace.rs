use actix_web::{put, web};
use citygauge_openapi::{self as wire, Id};
use serde_json::json;

use super::{checked, present, require_own, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, ChangeProblems, Failure, Problems};
use crate::extract::{IfMatch, JsonBody};
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::webhooks;
use crate::write::trail;

/// Change a webhook.
///
/// Its health begins anew, and whoever changes it answers for it from then on. Where it is disabled, what it would still be told
/// is cancelled; `replay` sends it later. The secret stays.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Id, Path, description = "The webhook"), IfMatchHeader),
    request_body = wire::WebhookProfile,
    security(("token" = [])),
    responses(
        (status = 200, description = "The webhook as it is now", body = wire::Webhook),
        Problems,
        BodyProblems,
        ChangeProblems,
    )
)]
#[put("/webhooks/{id}")]
pub async fn replace_webhook(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    if_match: IfMatch,
    body: JsonBody,
) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    let profile = checked(&state, body.read()?)?;
    if profile.enabled {
        caller.require_key()?;
    }
    let transaction = state.store().begin().await?;
    let known = webhooks::find(&transaction, id.as_str()).await?;
    require_own(&caller, &known)?;
    if_match.admit(&tag(&known))?;
    let webhook = webhooks::replace(&transaction, id.as_str(), &profile, caller.id(), known.revision, state.now_ms()).await?;
    let detail = json!({ "events": profile.events, "enabled": profile.enabled });
    trail(&transaction, &state, &caller, "replace_webhook", &subject(id.as_str()), detail).await?;
    transaction.commit().await?;
    let tag = tag(&webhook);
    Ok(Answer::row(&present(webhook), &tag))
}
