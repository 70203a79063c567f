//! Maps that were uploaded, and where their shapes are.

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::entity::map::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::{Page, StoreError};

const TABLE: &str = "maps";

/// A map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// What is said of it.
    pub profile: NewMap,
    /// The row's version, for `If-Match`.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who uploaded it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// What is said of a map when it is made or changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewMap {
    /// Its own code, compared exactly.
    pub code: String,
    /// The Chinese title; one of the two titles is needed.
    pub title_zh: Option<String>,
    /// The English title.
    pub title_en: Option<String>,
    /// The number under which it was approved.
    pub approval_number: String,
    /// The property of a feature that holds the code of its city.
    pub key: String,
    /// How many features it has.
    pub features: i64,
    /// The SHA-256 digest of its GeoJSON, which must be in the object store.
    pub digest: String,
}

/// The map with this code.
pub async fn find(conn: &impl ConnectionTrait, code: &str) -> Result<Map, StoreError> {
    find_by_code(conn, code).await?.ok_or_else(|| StoreError::absent(TABLE, code))
}

/// The map with this code, if there is one.
pub async fn find_by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Map>, StoreError> {
    Ok(Entity::find_by_id(code).one(conn).await?.map(Map::from))
}

/// The maps after a code, by code.
pub async fn page(conn: &impl ConnectionTrait, after: Option<&str>, limit: u64) -> Result<Page<Map, String>, StoreError> {
    let mut query = Entity::find().order_by_asc(COLUMN.code).limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(COLUMN.code.gt(after));
    }
    let maps = query.all(conn).await?.into_iter().map(Map::from).collect();
    Ok(Page::cut(maps, limit, |map: &Map| map.profile.code.clone()))
}

/// Makes a map.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewMap, created_by: &str, now_ms: i64) -> Result<Map, StoreError> {
    let NewMap { code, title_zh, title_en, approval_number, key, features, digest } = new.clone();
    let row = Model {
        code,
        title_zh,
        title_en,
        approval_number,
        key_property: key,
        features,
        digest,
        revision: 1,
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
        updated_at_ms: now_ms,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.code)?;
    find(conn, &new.code).await
}

/// Changes a map that still has the revision the caller has seen.
pub async fn replace(conn: &impl ConnectionTrait, new: &NewMap, revision: i64, now_ms: i64) -> Result<Map, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::TitleZh, Expr::value(new.title_zh.clone()))
        .col_expr(Column::TitleEn, Expr::value(new.title_en.clone()))
        .col_expr(Column::ApprovalNumber, Expr::value(new.approval_number.as_str()))
        .col_expr(Column::KeyProperty, Expr::value(new.key.as_str()))
        .col_expr(Column::Features, Expr::value(new.features))
        .col_expr(Column::Digest, Expr::value(new.digest.as_str()))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(revision + 1))
        .filter(COLUMN.code.eq(&new.code))
        .filter(COLUMN.revision.eq(revision))
        .exec(conn)
        .await?;
    let map = find(conn, &new.code).await?;
    if changed.rows_affected == 0 { Err(StoreError::stale(TABLE, &new.code)) } else { Ok(map) }
}

/// Removes a map that still has the revision; its shapes stay until they are collected.
pub async fn remove(conn: &impl ConnectionTrait, code: &str, revision: i64) -> Result<(), StoreError> {
    let removed = Entity::delete_many()
        .filter(COLUMN.code.eq(code))
        .filter(COLUMN.revision.eq(revision))
        .exec(conn)
        .await
        .keyed(TABLE, code)?;
    if removed.rows_affected == 0 {
        find(conn, code).await?;
        return Err(StoreError::stale(TABLE, code));
    }
    Ok(())
}

impl From<Model> for Map {
    fn from(row: Model) -> Self {
        Self {
            profile: NewMap {
                code: row.code,
                title_zh: row.title_zh,
                title_en: row.title_en,
                approval_number: row.approval_number,
                key: row.key_property,
                features: row.features,
                digest: row.digest,
            },
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
        }
    }
}
