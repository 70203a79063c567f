//! Benchmarks over years, by name.

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};

use super::entity::benchmark::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::{Page, StoreError};

const TABLE: &str = "benchmarks";

/// A benchmark as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benchmark {
    /// Its code, compared exactly.
    pub code: String,
    /// The document: titles, editions, crosswalks.
    pub document: String,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// The benchmark with this code.
pub async fn find(conn: &impl ConnectionTrait, code: &str) -> Result<Benchmark, StoreError> {
    find_by_code(conn, code).await?.ok_or_else(|| StoreError::absent(TABLE, code))
}

/// The benchmark with this code, if there is one.
pub async fn find_by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Benchmark>, StoreError> {
    Ok(Entity::find_by_id(code).one(conn).await?.map(Benchmark::from))
}

/// The benchmarks after a code, by code.
pub async fn page(conn: &impl ConnectionTrait, after: Option<&str>, limit: u64) -> Result<Page<Benchmark, String>, StoreError> {
    let mut query = Entity::find().order_by_asc(COLUMN.code).limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(COLUMN.code.gt(after));
    }
    let benchmarks = query.all(conn).await?.into_iter().map(Benchmark::from).collect();
    Ok(Page::cut(benchmarks, limit, |benchmark: &Benchmark| benchmark.code.clone()))
}

/// Keeps a new benchmark; its code must be new.
pub async fn insert(
    conn: &impl ConnectionTrait,
    code: &str,
    document: String,
    created_by: &str,
    now_ms: i64,
) -> Result<Benchmark, StoreError> {
    let row = Model {
        code: code.to_owned(),
        document,
        revision: 1,
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
        updated_at_ms: now_ms,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(conn).await.keyed(TABLE, code)?;
    Ok(row.into())
}

/// Changes a benchmark that still has the revision the caller has seen.
pub async fn replace(
    conn: &impl ConnectionTrait,
    code: &str,
    document: String,
    revision: i64,
    now_ms: i64,
) -> Result<Benchmark, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::Document, Expr::value(document))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(revision + 1))
        .filter(COLUMN.code.eq(code))
        .filter(COLUMN.revision.eq(revision))
        .exec(conn)
        .await?;
    let benchmark = find(conn, code).await?;
    if changed.rows_affected == 0 { Err(StoreError::stale(TABLE, code)) } else { Ok(benchmark) }
}

/// Removes a benchmark that still has the revision; its assessments stay.
pub async fn remove(conn: &impl ConnectionTrait, code: &str, revision: i64) -> Result<(), StoreError> {
    let removed = Entity::delete_many().filter(COLUMN.code.eq(code)).filter(COLUMN.revision.eq(revision)).exec(conn).await?;
    if removed.rows_affected == 0 {
        find(conn, code).await?;
        return Err(StoreError::stale(TABLE, code));
    }
    Ok(())
}

impl From<Model> for Benchmark {
    fn from(row: Model) -> Self {
        Self {
            code: row.code,
            document: row.document,
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
        }
    }
}
