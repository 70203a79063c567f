//! Frozen copies of the observations. A row names its Parquet artifact by digest and never changes.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};

use super::entity::release::{COLUMN, Entity, Model};
use super::error::Keyed;
use super::{Page, StoreError};

const TABLE: &str = "releases";

/// A release; the artifact must be in the object store before this is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Its identifier.
    pub id: String,
    /// SHA-256 of the Parquet artifact in hex, which is also its name.
    pub digest: String,
    /// The size of the artifact.
    pub byte_size: i64,
    /// How many observations it holds.
    pub rows: i64,
    /// How many different data items.
    pub items: i64,
    /// How many different cities.
    pub cities: i64,
    /// How many different periods.
    pub periods: i64,
    /// Whether somebody sent it, and it was not frozen here.
    pub is_uploaded: bool,
    /// The moment whose observations it shows.
    pub as_of_ms: i64,
    /// When it was frozen.
    pub created_at_ms: i64,
    /// Who asked for it.
    pub created_by: String,
}

/// The release with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Release, StoreError> {
    find_by_id(conn, id).await?.ok_or_else(|| StoreError::absent(TABLE, id))
}

/// The release with this identifier, if there is one.
pub async fn find_by_id(conn: &impl ConnectionTrait, id: &str) -> Result<Option<Release>, StoreError> {
    Ok(Entity::find_by_id(id).one(conn).await?.map(Release::from))
}

/// The releases before one, newest first.
pub async fn page(conn: &impl ConnectionTrait, before: Option<&str>, limit: u64) -> Result<Page<Release, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let releases = query.all(conn).await?.into_iter().map(Release::from).collect();
    Ok(Page::cut(releases, limit, |release: &Release| release.id.clone()))
}

/// Keeps a release.
pub async fn insert(conn: &impl ConnectionTrait, new: &Release) -> Result<(), StoreError> {
    Entity::insert(Model::from(new.clone()).into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.id)?;
    Ok(())
}

impl From<Model> for Release {
    fn from(row: Model) -> Self {
        let Model { id, digest, byte_size, rows, items, cities, periods, is_uploaded, as_of_ms, created_at_ms, created_by } = row;
        Self { id, digest, byte_size, rows, items, cities, periods, is_uploaded, as_of_ms, created_at_ms, created_by }
    }
}

impl From<Release> for Model {
    fn from(release: Release) -> Self {
        let Release { id, digest, byte_size, rows, items, cities, periods, is_uploaded, as_of_ms, created_at_ms, created_by } =
            release;
        Self { id, digest, byte_size, rows, items, cities, periods, is_uploaded, as_of_ms, created_at_ms, created_by }
    }
}
