//! Mappings by name: how files are to be understood.

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};

use super::entity::mapping::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::{Page, StoreError};

const TABLE: &str = "mappings";

/// A mapping as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// Its code, compared exactly.
    pub code: String,
    /// The document in its canonical form.
    pub document: String,
    /// SHA-256 of the document in hex.
    pub digest: String,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// The mapping with this code.
pub async fn find(conn: &impl ConnectionTrait, code: &str) -> Result<Mapping, StoreError> {
    find_by_code(conn, code).await?.ok_or_else(|| StoreError::absent(TABLE, code))
}

/// The mapping with this code, if there is one.
pub async fn find_by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Mapping>, StoreError> {
    Ok(Entity::find_by_id(code).one(conn).await?.map(Mapping::from))
}

/// The mappings after a code, by code.
pub async fn page(conn: &impl ConnectionTrait, after: Option<&str>, limit: u64) -> Result<Page<Mapping, String>, StoreError> {
    let mut query = Entity::find().order_by_asc(COLUMN.code).limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(COLUMN.code.gt(after));
    }
    let mappings = query.all(conn).await?.into_iter().map(Mapping::from).collect();
    Ok(Page::cut(mappings, limit, |mapping: &Mapping| mapping.code.clone()))
}

/// Keeps a new mapping; its code must be new.
pub async fn insert(
    conn: &impl ConnectionTrait,
    code: &str,
    (document, digest): (String, String),
    created_by: &str,
    now_ms: i64,
) -> Result<Mapping, StoreError> {
    let row = Model {
        code: code.to_owned(),
        document,
        digest,
        revision: 1,
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
        updated_at_ms: now_ms,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(conn).await.keyed(TABLE, code)?;
    Ok(row.into())
}

/// Changes a mapping that still has the revision the caller has seen.
pub async fn replace(
    conn: &impl ConnectionTrait,
    code: &str,
    (document, digest): (String, String),
    revision: i64,
    now_ms: i64,
) -> Result<Mapping, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::Document, Expr::value(document))
        .col_expr(Column::Digest, Expr::value(digest))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(revision + 1))
        .filter(COLUMN.code.eq(code))
        .filter(COLUMN.revision.eq(revision))
        .exec(conn)
        .await?;
    let mapping = find(conn, code).await?;
    if changed.rows_affected == 0 { Err(StoreError::stale(TABLE, code)) } else { Ok(mapping) }
}

/// Removes a mapping that still has the revision; imports keep what it said when they used it.
pub async fn remove(conn: &impl ConnectionTrait, code: &str, revision: i64) -> Result<(), StoreError> {
    let removed = Entity::delete_many().filter(COLUMN.code.eq(code)).filter(COLUMN.revision.eq(revision)).exec(conn).await?;
    if removed.rows_affected == 0 {
        find(conn, code).await?;
        return Err(StoreError::stale(TABLE, code));
    }
    Ok(())
}

impl From<Model> for Mapping {
    fn from(row: Model) -> Self {
        Self {
            code: row.code,
            document: row.document,
            digest: row.digest,
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
        }
    }
}
