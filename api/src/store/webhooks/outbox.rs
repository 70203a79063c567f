//! What has happened, written in the transaction in which it happens, with a delivery for each webhook that wants to know.
//!
//! So neither a change without its event nor an event without its change can be there, whatever breaks off.

use sea_orm::sea_query::{LockType, Query};
use sea_orm::{ActiveValue, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde_json::Value;

use super::deliveries;
use crate::store::StoreError;
use crate::store::entity::webhook;
use crate::store::entity::webhook_delivery;
use crate::store::entity::webhook_event::{ActiveModel, COLUMN, Column, Entity, Model};
use crate::store::row::{self, Row};

const TABLE: &str = "webhook_events";

/// Something that has happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its number; later ones have greater ones.
    pub id: i64,
    /// Its type, such as `assessment.succeeded`.
    pub kind: String,
    /// To what, as an object: at least `path`, below the API's root.
    pub facts: Value,
    /// When.
    pub at_ms: i64,
}

/// Notes that something has happened, for all who want to know.
pub async fn insert(conn: &impl ConnectionTrait, kind: &str, facts: &Value, now_ms: i64) -> Result<(), StoreError> {
    let event = insert_alone(conn, kind, facts, now_ms).await?;
    // A webhook that is being removed in this moment is waited for, and not told.
    let enabled = webhook::Entity::find().filter(webhook::COLUMN.enabled.eq(true)).lock(LockType::KeyShare).all(conn).await?;
    let mut told = Vec::new();
    for row in enabled {
        let webhook = super::Webhook::try_from(row)?;
        if wants(&webhook.profile.events, kind) {
            told.push(webhook.id);
        }
    }
    deliveries::insert(conn, told.iter().map(|webhook| (webhook.as_str(), event)), now_ms).await
}

/// Notes that something has happened for one webhook alone, and gives the number of the delivery.
pub async fn insert_for(
    conn: &impl ConnectionTrait,
    webhook: &str,
    kind: &str,
    facts: &Value,
    now_ms: i64,
) -> Result<i64, StoreError> {
    let event = insert_alone(conn, kind, facts, now_ms).await?;
    deliveries::insert(conn, [(webhook, event)], now_ms).await?;
    Ok(deliveries::find_by_event(conn, webhook, event).await?.id)
}

async fn insert_alone(conn: &impl ConnectionTrait, kind: &str, facts: &Value, now_ms: i64) -> Result<i64, StoreError> {
    let row = ActiveModel {
        id: ActiveValue::NotSet,
        kind: ActiveValue::Set(kind.to_owned()),
        facts: ActiveValue::Set(row::text(facts)?),
        at_ms: ActiveValue::Set(now_ms),
    };
    Ok(Entity::insert(row).exec(conn).await?.last_insert_id)
}

/// Whether a list of wishes names a type: by its name, by its resource (`assessment.*`), or with every other (`*`).
pub fn wants(wishes: &[String], kind: &str) -> bool {
    wishes.iter().any(|wish| match wish.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => wish == kind,
    })
}

/// The event with this number.
pub async fn find(conn: &impl ConnectionTrait, id: i64) -> Result<Event, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The events with these numbers, in no order.
pub async fn find_all(conn: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Event>, StoreError> {
    let rows = Entity::find().filter(COLUMN.id.is_in(ids.iter().copied())).all(conn).await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// The numbers of the events of these types since a moment, so many at most.
pub async fn since(conn: &impl ConnectionTrait, kinds: &[&str], since_ms: i64, most: u64) -> Result<Vec<i64>, StoreError> {
    let found = Entity::find().filter(COLUMN.at_ms.gte(since_ms)).filter(COLUMN.kind.is_in(kinds.iter().copied()));
    Ok(found.select_only().column(Column::Id).limit(most).into_tuple().all(conn).await?)
}

/// Forgets what happened before a moment, with its deliveries, unless one of them is still to be made.
pub async fn remove_before(conn: &impl ConnectionTrait, before_ms: i64) -> Result<u64, StoreError> {
    let pending = Query::select()
        .column(webhook_delivery::Column::EventId)
        .from(webhook_delivery::Entity)
        .and_where(webhook_delivery::COLUMN.state.eq(deliveries::PENDING))
        .take();
    let old = Entity::delete_many().filter(COLUMN.at_ms.lt(before_ms)).filter(COLUMN.id.not_in_subquery(pending));
    Ok(old.exec(conn).await?.rows_affected)
}

impl TryFrom<Model> for Event {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let facts = Row { table: TABLE, key: &row.id }.json("facts", &row.facts)?;
        Ok(Self { id: row.id, kind: row.kind, facts, at_ms: row.at_ms })
    }
}

#[cfg(test)]
mod tests {
    use super::wants;

    #[test]
    fn a_type_is_wanted_by_name_by_resource_or_with_all() {
        let wants = |wish: &str, kind| wants(&[wish.to_owned()], kind);
        assert!(wants("*", "round.closed") && wants("round.*", "round.closed") && wants("round.closed", "round.closed"));
        assert!(!wants("round.*", "rounds.closed") && !wants("round", "round.closed") && !wants("round.opened", "round.closed"));
    }
}
