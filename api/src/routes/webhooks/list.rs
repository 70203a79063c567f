use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor};

use super::{own, present};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, Paging, position};
use crate::state::State;
use crate::store::webhooks;

/// List the webhooks, the newest first.
///
/// An evaluator sees its own, an administrator every one.
#[utoipa::path(
    tag = "webhooks",
    params(Paging, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of webhooks, without their secrets", body = wire::WebhookPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/webhooks")]
pub async fn list_webhooks(caller: Caller, state: web::Data<State>, query: Query<Paging>) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    let before: Option<String> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = webhooks::page(state.db(), own(&caller), before.as_deref(), limit).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(present).collect();
    Ok(Answer::page(&wire::WebhookPage { items, next: next.clone() }, next.as_ref()))
}
