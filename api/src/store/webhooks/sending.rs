//! What a sender writes: it takes a delivery up for a while, and ends it or gives it back, unless somebody else has it by then.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Statement};

use super::deliveries::{Attempt, Delivery, DeliveryState, PENDING};
use super::{Webhook, changing, sql};
use crate::store::entity::webhook;
use crate::store::entity::webhook_delivery::{COLUMN, Column, Entity, Model};
use crate::store::{Store, StoreError, Word, row};

/// The most attempts that a delivery remembers.
const REMEMBERED: usize = 20;

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing more: it has reached this state.
    Ended(DeliveryState),
    /// It is tried again at this moment.
    Again(i64),
}

/// Whether any delivery is due.
pub async fn is_due(store: &Store, now_ms: i64) -> Result<bool, StoreError> {
    let due = Statement::from_sql_and_values(store.backend(), sql::is_due(), [now_ms.into()]);
    Ok(store.db().query_one_raw(due).await?.is_some())
}

/// Takes the delivery that has waited longest, of those whose secrets are made with this key; after `lease_ms` it is due
/// again, unless it was ended.
pub async fn claim(store: &Store, key_id: &str, now_ms: i64, lease_ms: i64) -> Result<Option<Delivery>, StoreError> {
    let backend = store.backend();
    let values = [now_ms.into(), now_ms.saturating_add(lease_ms).into(), key_id.into()];
    let statement = Statement::from_sql_and_values(backend, sql::claim(backend), values);
    let turn = store.turn().await;
    let row = Model::find_by_statement(statement).one(store.db()).await?;
    drop(turn);
    row.map(Delivery::try_from).transpose()
}

/// Writes how an attempt ended; answers whether the delivery was still the caller's.
pub async fn end(
    conn: &impl ConnectionTrait,
    claimed: &Delivery,
    attempt: Attempt,
    next: Next,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let mut attempts = claimed.attempts.clone();
    attempts.push(attempt);
    let forgotten = attempts.len().saturating_sub(REMEMBERED);
    let attempts = row::text(&attempts[forgotten..])?;
    let (state, run_at_ms, finished) = match next {
        Next::Ended(state) => (state, claimed.run_at_ms, Some(now_ms)),
        Next::Again(at_ms) => (DeliveryState::Pending, at_ms, None),
    };
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::Attempts, Expr::value(attempts))
        .col_expr(Column::RunAtMs, Expr::value(run_at_ms))
        .col_expr(Column::FinishedAtMs, Expr::value(finished))
        .filter(COLUMN.id.eq(claimed.id))
        .filter(COLUMN.claims.eq(claimed.claims))
        .filter(COLUMN.state.eq(PENDING))
        .exec(conn)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Notes that a receiver took a delivery.
pub async fn succeeded(conn: &impl ConnectionTrait, webhook: &Webhook, now_ms: i64) -> Result<(), StoreError> {
    if webhook.failing_since_ms.is_none() {
        return Ok(());
    }
    changing(&webhook.id, now_ms)
        .col_expr(webhook::Column::Failures, Expr::value(0_i64))
        .col_expr(webhook::Column::FailingSinceMs, Expr::value(None::<i64>))
        .col_expr(webhook::Column::PausedUntilMs, Expr::value(0_i64))
        .exec(conn)
        .await?;
    Ok(())
}

/// Notes that a receiver did not take a delivery, and that it is left alone until a moment.
pub async fn failed(conn: &impl ConnectionTrait, webhook: &Webhook, paused_until_ms: i64, now_ms: i64) -> Result<(), StoreError> {
    let update = match webhook.failing_since_ms {
        // Only the first failure changes what people see.
        None => changing(&webhook.id, now_ms).col_expr(webhook::Column::FailingSinceMs, Expr::value(now_ms)),
        Some(_) => webhook::Entity::update_many().filter(webhook::COLUMN.id.eq(&webhook.id)),
    };
    update
        .col_expr(webhook::Column::Failures, Expr::col(webhook::Column::Failures).add(1))
        .col_expr(webhook::Column::PausedUntilMs, Expr::value(paused_until_ms))
        .exec(conn)
        .await?;
    Ok(())
}
