use actix_web::{get, web};
use citygauge_openapi::{self as wire, Id};

use super::{present, require_own, tag};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::webhooks;

/// Show a webhook, without its secret.
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Id, Path, description = "The webhook"), IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The webhook and how it fares", body = wire::Webhook),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/webhooks/{id}")]
pub async fn show_webhook(caller: Caller, state: web::Data<State>, id: web::Path<Id>) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    let webhook = webhooks::find(state.db(), id.as_str()).await?;
    require_own(&caller, &webhook)?;
    let tag = tag(&webhook);
    Ok(Answer::row(&present(webhook), &tag))
}
