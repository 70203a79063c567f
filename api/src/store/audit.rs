//! The append-only trail: a line for every write, kept in the write's own transaction.

use sea_orm::{ActiveValue, ConnectionTrait, EntityTrait};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::audit_event::{ActiveModel, COLUMN, Entity, Model};
use super::row::{self, Row};
use super::{Page, StoreError};

const TABLE: &str = "audit_events";

/// A line of the trail.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// Its place in the trail, growing.
    pub id: i64,
    /// When it happened.
    pub at_ms: i64,
    /// Who did it: a key's identifier or a part of the service.
    pub actor: String,
    /// What was done, in the operation's name (`publish_indicator_set`).
    pub action: String,
    /// What it was done to, as a path (`indicator-sets/a/versions/1`).
    pub subject: String,
    /// What else is worth knowing later.
    pub detail: Value,
}

/// A line that is about to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAuditEvent<'a> {
    /// When it happened.
    pub at_ms: i64,
    /// Who did it.
    pub actor: &'a str,
    /// What was done.
    pub action: &'a str,
    /// What it was done to.
    pub subject: &'a str,
    /// What else is worth knowing later; an object.
    pub detail: Value,
}

/// Which lines a list shows; all by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Only what was done to this.
    pub subject: Option<String>,
    /// Only what this one did.
    pub actor: Option<String>,
}

/// Adds a line; nothing can change or remove it afterwards.
pub async fn insert(conn: &impl ConnectionTrait, new: NewAuditEvent<'_>) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: ActiveValue::NotSet,
        at_ms: ActiveValue::Set(new.at_ms),
        actor: ActiveValue::Set(new.actor.to_owned()),
        action: ActiveValue::Set(new.action.to_owned()),
        subject: ActiveValue::Set(new.subject.to_owned()),
        detail: ActiveValue::Set(row::text(&new.detail)?),
    };
    Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// The lines before one, newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: u64,
) -> Result<Page<AuditEvent, i64>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(subject) = &filter.subject {
        query = query.filter(COLUMN.subject.eq(subject));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(COLUMN.actor.eq(actor));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let rows = query.all(conn).await?;
    let events = rows.into_iter().map(AuditEvent::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(events, limit, |event: &AuditEvent| event.id))
}

impl TryFrom<Model> for AuditEvent {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let detail = Row { table: TABLE, key: &row.id }.json("detail", &row.detail)?;
        Ok(Self { id: row.id, at_ms: row.at_ms, actor: row.actor, action: row.action, subject: row.subject, detail })
    }
}
