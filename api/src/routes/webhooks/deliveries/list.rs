use std::collections::HashMap;

use actix_web::{get, web};
use citygauge_openapi::{self as wire, Cursor, Id, WebhookDeliveryState};
use serde::Deserialize;
use utoipa::IntoParams;

use super::present;
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::routes::webhooks::require_own;
use crate::state::State;
use crate::store::StoreError;
use crate::store::webhooks::deliveries::DeliveryState;
use crate::store::webhooks::{self, deliveries, outbox};

/// Which deliveries, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Only those in this state.
    state: Option<WebhookDeliveryState>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the deliveries of a webhook, the newest first.
///
/// They are kept for a time (`webhooks.keep_days`).
#[utoipa::path(
    tag = "webhooks",
    params(("id" = Id, Path, description = "The webhook"), Filter, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of deliveries with their attempts", body = wire::WebhookDeliveryPage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/webhooks/{id}/deliveries")]
pub async fn list_webhook_deliveries(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    id: web::Path<Id>,
    query: Query<Filter>,
) -> Result<Answer, Failure> {
    caller.require(Right::ManageWebhooks)?;
    require_own(&caller, &webhooks::find(state.db(), id.as_str()).await?)?;
    let before: Option<i64> = position(query.cursor.as_ref())?;
    let wanted = query.state.map(|state| match state {
        WebhookDeliveryState::Pending => DeliveryState::Pending,
        WebhookDeliveryState::Delivered => DeliveryState::Delivered,
        WebhookDeliveryState::Failed => DeliveryState::Failed,
        WebhookDeliveryState::Cancelled => DeliveryState::Cancelled,
    });
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = deliveries::page(state.db(), id.as_str(), wanted, before, limit).await?;
    let events: Vec<i64> = page.items.iter().map(|delivery| delivery.event).collect();
    let events = outbox::find_all(state.db(), &events).await?;
    let events: HashMap<i64, _> = events.into_iter().map(|event| (event.id, event)).collect();
    // One whose event was forgotten since the page was read is forgotten, too.
    let items = page.items.into_iter().filter_map(|delivery| {
        let event = events.get(&delivery.event)?;
        Some(present(delivery, event, language.0))
    });
    let items = items.collect::<Result<_, StoreError>>()?;
    let next = page.next.as_ref().map(Cursor::after);
    Ok(Answer::page(&wire::WebhookDeliveryPage { items, next: next.clone() }, next.as_ref()))
}
