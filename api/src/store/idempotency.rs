//! Answers already given, so that a repeated POST with the same `Idempotency-Key` gets the same one.
//!
//! The answer is kept in the transaction of the write it reports. Of two equal requests that run at the same
//! time, the second one's [`insert`] is a conflict: it rolls back and reads the first one's answer.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::StoreError;
use super::entity::idempotency_key::{COLUMN, Entity, Model};
use super::error::Keyed;
use super::row::{self, Row};

const TABLE: &str = "idempotency_keys";

/// An answer and the request it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Who asked; keys of different callers never meet.
    pub caller: String,
    /// The `Idempotency-Key`.
    pub key: String,
    /// SHA-256 of the request in hex: the same key with another request is a fault of the caller.
    pub request_digest: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers worth repeating, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// When it was given.
    pub created_at_ms: i64,
}

/// The answer this caller got for this key, if there was one.
pub async fn find_by_key(conn: &impl ConnectionTrait, caller: &str, key: &str) -> Result<Option<Answer>, StoreError> {
    let row = Entity::find_by_id((caller.to_owned(), key.to_owned())).one(conn).await?;
    row.map(Answer::try_from).transpose()
}

/// Keeps an answer; a conflict when the key was used before.
pub async fn insert(conn: &impl ConnectionTrait, answer: &Answer) -> Result<(), StoreError> {
    let answer = answer.clone();
    let key = answer.key.clone();
    let row = Model {
        headers: row::text(&answer.headers)?,
        caller: answer.caller,
        key: answer.key,
        request_digest: answer.request_digest,
        status: answer.status.into(),
        body: answer.body,
        created_at_ms: answer.created_at_ms,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, key)?;
    Ok(())
}

/// Forgets the answers given before a moment and says how many.
pub async fn remove_before(conn: &impl ConnectionTrait, at_ms: i64) -> Result<u64, StoreError> {
    let removed = Entity::delete_many().filter(COLUMN.created_at_ms.lt(at_ms)).exec(conn).await?;
    Ok(removed.rows_affected)
}

impl TryFrom<Model> for Answer {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let key = format!("{} of {}", row.key, row.caller);
        let at = Row { table: TABLE, key: &key };
        Ok(Self {
            status: u16::try_from(row.status).map_err(|error| at.corrupt("status", error.to_string()))?,
            headers: at.json("headers", &row.headers)?,
            caller: row.caller,
            key: row.key,
            request_digest: row.request_digest,
            body: row.body,
            created_at_ms: row.created_at_ms,
        })
    }
}
