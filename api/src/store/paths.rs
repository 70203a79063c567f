//! Least-effort paths as they were answered.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::path::{COLUMN, Entity, Model};
use super::error::Keyed;
use super::row::{self, Row};
use super::{Page, StoreError};

const TABLE: &str = "paths";

/// A least-effort path of one city to a goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Its identifier.
    pub id: String,
    /// The assessment it was derived from.
    pub assessment_id: String,
    /// The city.
    pub city: String,
    /// The goal, in the API's words (`level:growth`, `rank:10`).
    pub goal: String,
    /// The period by which the goal is to be reached.
    pub by: String,
    /// The whole answer.
    pub document: Value,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who asked for it.
    pub created_by: String,
}

/// The path with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Path, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The paths before one, newest first, of one assessment or of all.
pub async fn page(
    conn: &impl ConnectionTrait,
    assessment_id: Option<&str>,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<Path, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(assessment_id) = assessment_id {
        query = query.filter(COLUMN.assessment_id.eq(assessment_id));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let rows = query.all(conn).await?;
    let paths = rows.into_iter().map(Path::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(paths, limit, |path: &Path| path.id.clone()))
}

/// Keeps a path; its assessment must be there.
pub async fn insert(conn: &impl ConnectionTrait, new: &Path) -> Result<(), StoreError> {
    let new = new.clone();
    let id = new.id.clone();
    let row = Model {
        document: row::text(&new.document)?,
        id: new.id,
        assessment_id: new.assessment_id,
        city: new.city,
        goal: new.goal,
        by: new.by,
        created_at_ms: new.created_at_ms,
        created_by: new.created_by,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, id)?;
    Ok(())
}

impl TryFrom<Model> for Path {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let document = Row { table: TABLE, key: &row.id }.json("document", &row.document)?;
        Ok(Self {
            document,
            id: row.id,
            assessment_id: row.assessment_id,
            city: row.city,
            goal: row.goal,
            by: row.by,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
        })
    }
}
