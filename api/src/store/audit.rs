//! The append-only trail: a line for every write, kept in the write's own transaction, and chained to the line before.

use sea_orm::{ActiveValue, ConnectionTrait, DbBackend, EntityTrait};
use sea_orm::{PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::audit_event::{ActiveModel, COLUMN, Entity, Model};
use super::row::{self, Row};
use super::{Page, StoreError};
use crate::audit::{BEFORE_THE_FIRST, Line, digest};

const TABLE: &str = "audit_events";

/// A line of the trail.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// Its number, growing.
    pub id: i64,
    /// When it happened.
    pub at_ms: i64,
    /// Who did it: a key's identifier or a part of the service.
    pub actor: String,
    /// What was done, in the operation's name (`publish_indicator_set`).
    pub action: String,
    /// What it was done to, as a path (`/api/v1/indicator-sets/a/versions/1`).
    pub subject: String,
    /// What else is worth knowing later.
    pub detail: Value,
    /// Its place in the chain, from 1.
    pub place: Option<i64>,
    /// The digest of the line before.
    pub previous: Option<String>,
    /// Its own digest.
    pub digest: Option<String>,
}

/// So many lines are read at once where many are.
const BATCH: u64 = 1_000;

/// Others who add lines wait until the transaction has ended; whoever reads does not.
const ONE_AT_A_TIME: &str = "LOCK TABLE audit_events IN SHARE ROW EXCLUSIVE MODE";

/// A line that is about to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAuditEvent {
    /// When it happened.
    pub at_ms: i64,
    /// Who did it: a key's identifier or a part of the service.
    pub actor: String,
    /// What was done, in the operation's name (`publish_indicator_set`).
    pub action: String,
    /// What it was done to, as a path (`/api/v1/indicator-sets/a/versions/1`).
    pub subject: String,
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

/// Adds lines at the end of the chain; nothing can change or remove them afterwards. The last thing that a transaction does: whoever else
/// adds lines waits for its end.
pub(super) async fn append(conn: &impl ConnectionTrait, lines: Vec<NewAuditEvent>) -> Result<(), StoreError> {
    let (mut place, mut last) = chain_loose(conn).await?;
    for NewAuditEvent { at_ms, actor, action, subject, detail } in lines {
        place += 1;
        let said = Line { at_ms, actor: &actor, action: &action, subject: &subject, detail: &detail };
        let own = digest(said, place, &last);
        let row = ActiveModel {
            id: ActiveValue::NotSet,
            at_ms: ActiveValue::Set(at_ms),
            detail: ActiveValue::Set(row::text(&detail)?),
            actor: ActiveValue::Set(actor),
            action: ActiveValue::Set(action),
            subject: ActiveValue::Set(subject),
            place: ActiveValue::Set(Some(place)),
            previous: ActiveValue::Set(Some(std::mem::replace(&mut last, own.clone()))),
            digest: ActiveValue::Set(Some(own)),
        };
        Entity::insert(row).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Gives its place to every line that has none: those of before there was a chain, and of a former version of the service that still runs.
/// The end of the chain.
pub(super) async fn chain_loose(conn: &impl ConnectionTrait) -> Result<(i64, String), StoreError> {
    if conn.get_database_backend() == DbBackend::Postgres {
        conn.execute_unprepared(ONE_AT_A_TIME).await?;
    }
    let (mut place, mut last) = end(conn).await?;
    loop {
        let loose = Entity::find().filter(COLUMN.place.is_null()).order_by_asc(COLUMN.id).limit(BATCH).all(conn).await?;
        if loose.is_empty() {
            return Ok((place, last));
        }
        for row in loose {
            place += 1;
            let event = AuditEvent::try_from(row)?;
            let AuditEvent { at_ms, actor, action, subject, detail, .. } = &event;
            let own = digest(Line { at_ms: *at_ms, actor, action, subject, detail }, place, &last);
            let chained = ActiveModel {
                id: ActiveValue::Unchanged(event.id),
                place: ActiveValue::Set(Some(place)),
                previous: ActiveValue::Set(Some(std::mem::replace(&mut last, own.clone()))),
                digest: ActiveValue::Set(Some(own)),
                ..Default::default()
            };
            Entity::update(chained).exec(conn).await?;
        }
    }
}

/// The place and the digest of the last line of the chain.
pub async fn end(conn: &impl ConnectionTrait) -> Result<(i64, String), StoreError> {
    let last = Entity::find().filter(COLUMN.place.is_not_null()).order_by_desc(COLUMN.place).one(conn).await?;
    let Some(row) = last else { return Ok((0, BEFORE_THE_FIRST.to_owned())) };
    match (row.place, row.digest) {
        (Some(place), Some(digest)) => Ok((place, digest)),
        _ => Err(Row { table: TABLE, key: &row.id }.corrupt("digest", "it has a place and no digest".into())),
    }
}

/// The lines of the chain after a place, in its order; as many as are read at once.
pub async fn after(conn: &impl ConnectionTrait, place: i64) -> Result<Vec<AuditEvent>, StoreError> {
    let rows = Entity::find().filter(COLUMN.place.gt(place)).order_by_asc(COLUMN.place).limit(BATCH).all(conn).await?;
    rows.into_iter().map(AuditEvent::try_from).collect()
}

/// How many lines have no place yet.
pub async fn count_loose(conn: &impl ConnectionTrait) -> Result<u64, StoreError> {
    Ok(Entity::find().filter(COLUMN.place.is_null()).count(conn).await?)
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
        let Model { id, at_ms, actor, action, subject, place, previous, digest, .. } = row;
        Ok(Self { id, at_ms, actor, action, subject, detail, place, previous, digest })
    }
}
