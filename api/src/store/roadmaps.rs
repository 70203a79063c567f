//! Roadmaps as they were answered.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::roadmap::{COLUMN, Entity, Model};
use super::error::Keyed;
use super::row::{self, Row};
use super::{Page, StoreError};

const TABLE: &str = "roadmaps";

/// The schedule of the projects of one city.
#[derive(Debug, Clone, PartialEq)]
pub struct Roadmap {
    /// Its identifier.
    pub id: String,
    /// The assessment it was derived from.
    pub assessment_id: String,
    /// The city.
    pub city: String,
    /// The whole answer.
    pub document: Value,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who asked for it.
    pub created_by: String,
}

/// The roadmap with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Roadmap, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The roadmaps before one, newest first, of one city or of all.
pub async fn page(
    conn: &impl ConnectionTrait,
    city: Option<&str>,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<Roadmap, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(city) = city {
        query = query.filter(COLUMN.city.eq(city));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let rows = query.all(conn).await?;
    let roadmaps = rows.into_iter().map(Roadmap::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(roadmaps, limit, |roadmap: &Roadmap| roadmap.id.clone()))
}

/// Keeps a roadmap; its assessment must be there.
pub async fn insert(conn: &impl ConnectionTrait, new: &Roadmap) -> Result<(), StoreError> {
    let new = new.clone();
    let id = new.id.clone();
    let row = Model {
        document: row::text(&new.document)?,
        id: new.id,
        assessment_id: new.assessment_id,
        city: new.city,
        created_at_ms: new.created_at_ms,
        created_by: new.created_by,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, id)?;
    Ok(())
}

/// Removes a roadmap.
pub async fn remove(conn: &impl ConnectionTrait, id: &str) -> Result<(), StoreError> {
    let gone = Entity::delete_by_id(id).exec(conn).await?;
    if gone.rows_affected == 0 { Err(StoreError::absent(TABLE, id)) } else { Ok(()) }
}

impl TryFrom<Model> for Roadmap {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let document = Row { table: TABLE, key: &row.id }.json("document", &row.document)?;
        Ok(Self {
            document,
            id: row.id,
            assessment_id: row.assessment_id,
            city: row.city,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
        })
    }
}
