use actix_web::{delete, web};
use citygauge_openapi::Id;
use serde_json::json;

use super::{require_own, subject, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{ChangeProblems, Failure, Problems};
use crate::extract::IfMatch;
use crate::routes::parameters::IfMatchHeader;
use crate::state::State;
use crate::store::webhooks;
use crate::write::trail;

/// Remove a webhook, with its deliveries.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Id, Path, description = "The webhook"), IfMatchHeader),
    security(("token" = [])),
    responses((status = 204, description = "The webhook is gone"), Problems, ChangeProblems)
)]
#[delete("/webhooks/{id}")]
pub async fn remove_webhook(
    caller: Caller,
    state: web::Data<State>,
    id: web::Path<Id>,
    if_match: IfMatch,
) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    let transaction = state.store().begin().await?;
    let known = webhooks::find(&transaction, id.as_str()).await?;
    require_own(&caller, &known)?;
    if_match.admit(&tag(&known))?;
    webhooks::remove(&transaction, id.as_str(), known.revision).await?;
    trail(&transaction, &state, &caller, "remove_webhook", &subject(id.as_str()), json!({})).await?;
    transaction.commit().await?;
    Ok(Answer::nothing())
}
