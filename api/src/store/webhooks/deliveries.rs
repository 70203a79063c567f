//! Deliveries: an event and a webhook that is told of it, with every attempt to do so.

use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ActiveValue, ConnectionTrait, DbErr, EntityTrait};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, UpdateMany};
use serde::{Deserialize, Serialize};

use crate::store::entity::webhook;
use crate::store::entity::webhook_delivery::{ActiveModel, COLUMN, Column, Entity, Model};
use crate::store::row::{Row, words};
use crate::store::{Page, StoreError, Word};

const TABLE: &str = "webhook_deliveries";

/// The word of what is still to be made.
pub(super) const PENDING: &str = "pending";

/// The most rows of one statement.
const AT_ONCE: usize = 1_000;

words! {
    /// How far a delivery is.
    DeliveryState {
        /// It is made, or tried again later.
        Pending = "pending",
        /// The receiver took it.
        Delivered = "delivered",
        /// It was tried as often as it may be.
        Failed = "failed",
        /// The webhook was disabled before it was made.
        Cancelled = "cancelled",
    }
}

/// One attempt to deliver, as its delivery keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    pub at_ms: i64,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// The status of the answer, where one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How the answer began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// A word for why no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What was said of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A delivery and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its number; later ones have greater ones.
    pub id: i64,
    /// The webhook.
    pub webhook: String,
    /// The number of the event.
    pub event: i64,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was taken up; the fence of whoever has taken it up.
    pub claims: i64,
    /// How often it was tried since it was last asked for.
    pub tries: i64,
    /// The last attempts, the first of them first.
    pub attempts: Vec<Attempt>,
    /// When it is tried next, where it is pending.
    pub run_at_ms: i64,
    /// When it was asked for.
    pub created_at_ms: i64,
    /// When it reached its final state.
    pub finished_at_ms: Option<i64>,
}

/// Asks for deliveries of events to webhooks, unless they are there already; answers nothing of those that were.
pub async fn insert<'w>(
    conn: &impl ConnectionTrait,
    wanted: impl IntoIterator<Item = (&'w str, i64)>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let rows: Vec<ActiveModel> = wanted.into_iter().map(|(webhook, event)| pending(webhook, event, now_ms)).collect();
    for rows in rows.chunks(AT_ONCE) {
        let insert = Entity::insert_many(rows.to_vec()).on_conflict(OnConflict::new().do_nothing().to_owned());
        match insert.exec_without_returning(conn).await {
            Ok(_) | Err(DbErr::RecordNotInserted) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn pending(webhook: &str, event: i64, now_ms: i64) -> ActiveModel {
    ActiveModel {
        id: ActiveValue::NotSet,
        webhook_id: ActiveValue::Set(webhook.to_owned()),
        event_id: ActiveValue::Set(event),
        state: ActiveValue::Set(PENDING.to_owned()),
        claims: ActiveValue::Set(0),
        tries: ActiveValue::Set(0),
        attempts: ActiveValue::Set("[]".to_owned()),
        run_at_ms: ActiveValue::Set(now_ms),
        created_at_ms: ActiveValue::Set(now_ms),
        finished_at_ms: ActiveValue::Set(None),
    }
}

/// The delivery of a webhook with this number.
pub async fn find(conn: &impl ConnectionTrait, webhook: &str, id: i64) -> Result<Delivery, StoreError> {
    let row = Entity::find_by_id(id).filter(COLUMN.webhook_id.eq(webhook)).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The delivery of an event to a webhook.
pub async fn find_by_event(conn: &impl ConnectionTrait, webhook: &str, event: i64) -> Result<Delivery, StoreError> {
    let found = Entity::find().filter(COLUMN.event_id.eq(event)).filter(COLUMN.webhook_id.eq(webhook));
    found.one(conn).await?.ok_or_else(|| StoreError::absent(TABLE, event))?.try_into()
}

/// The deliveries of a webhook before one, newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    webhook: &str,
    state: Option<DeliveryState>,
    before: Option<i64>,
    limit: u64,
) -> Result<Page<Delivery, i64>, StoreError> {
    let mut query = Entity::find().filter(COLUMN.webhook_id.eq(webhook)).order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(state) = state {
        query = query.filter(COLUMN.state.eq(state.as_str()));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let deliveries = query.all(conn).await?.into_iter().map(Delivery::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(deliveries, limit, |delivery: &Delivery| delivery.id))
}

/// Has a delivery made once more and now, whatever became of it; one that is pending is brought forward.
pub async fn again(conn: &impl ConnectionTrait, webhook: &str, id: i64, now_ms: i64) -> Result<Delivery, StoreError> {
    asked_again(now_ms).filter(COLUMN.id.eq(id)).filter(COLUMN.webhook_id.eq(webhook)).exec(conn).await?;
    find(conn, webhook, id).await
}

/// Has the deliveries of these events made that the webhook has not taken; answers how many that are.
pub async fn catch_up(conn: &impl ConnectionTrait, webhook: &str, events: &[i64], now_ms: i64) -> Result<u64, StoreError> {
    let mut asked = 0;
    for events in events.chunks(AT_ONCE) {
        let of_these = || COLUMN.event_id.is_in(events.iter().copied());
        insert(conn, events.iter().map(|event| (webhook, *event)), now_ms).await?;
        let ended = [DeliveryState::Failed.as_str(), DeliveryState::Cancelled.as_str()];
        let ended = COLUMN.state.is_in(ended);
        asked_again(now_ms).filter(COLUMN.webhook_id.eq(webhook)).filter(of_these()).filter(ended).exec(conn).await?;
        let pending = Entity::find().filter(COLUMN.webhook_id.eq(webhook)).filter(of_these()).filter(COLUMN.state.eq(PENDING));
        asked += sea_orm::PaginatorTrait::count(pending, conn).await?;
    }
    Ok(asked)
}

fn asked_again(now_ms: i64) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(PENDING))
        .col_expr(Column::Tries, Expr::value(0_i64))
        .col_expr(Column::RunAtMs, Expr::value(now_ms))
        .col_expr(Column::FinishedAtMs, Expr::value(None::<i64>))
}

/// Ends what a webhook would still be told.
pub(super) async fn cancel_pending(conn: &impl ConnectionTrait, webhook: &str, now_ms: i64) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Cancelled.as_str()))
        .col_expr(Column::FinishedAtMs, Expr::value(now_ms))
        .filter(COLUMN.webhook_id.eq(webhook))
        .filter(COLUMN.state.eq(PENDING))
        .exec(conn)
        .await?;
    Ok(())
}

/// Ends what webhooks would be told that were disabled in the moment in which it was written.
pub async fn cancel_of_disabled(conn: &impl ConnectionTrait, now_ms: i64) -> Result<(), StoreError> {
    let disabled =
        Query::select().column(webhook::Column::Id).from(webhook::Entity).and_where(webhook::COLUMN.enabled.eq(false)).take();
    Entity::update_many()
        .col_expr(Column::State, Expr::value(DeliveryState::Cancelled.as_str()))
        .col_expr(Column::FinishedAtMs, Expr::value(now_ms))
        .filter(COLUMN.state.eq(PENDING))
        .filter(COLUMN.webhook_id.in_subquery(disabled))
        .exec(conn)
        .await?;
    Ok(())
}

impl TryFrom<Model> for Delivery {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let at = Row { table: TABLE, key: &row.id };
        Ok(Self {
            state: at.word("state", &row.state)?,
            attempts: at.json("attempts", &row.attempts)?,
            id: row.id,
            webhook: row.webhook_id,
            event: row.event_id,
            claims: row.claims,
            tries: row.tries,
            run_at_ms: row.run_at_ms,
            created_at_ms: row.created_at_ms,
            finished_at_ms: row.finished_at_ms,
        })
    }
}
