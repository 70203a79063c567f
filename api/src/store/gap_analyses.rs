//! Gap analyses as they were answered.

use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::gap_analysis::{COLUMN, Entity, Model};
use super::error::Keyed;
use super::row::{self, Row};
use super::{Page, StoreError};

const TABLE: &str = "gap_analyses";

/// How far one city was from a reference.
#[derive(Debug, Clone, PartialEq)]
pub struct GapAnalysis {
    /// Its identifier.
    pub id: String,
    /// The assessment it was derived from.
    pub assessment_id: String,
    /// The city.
    pub city: String,
    /// The reference, in the API's words (`peer_median`, `city:330100`).
    pub against: String,
    /// The period by which the gap is to close.
    pub by: Option<String>,
    /// The whole answer.
    pub document: Value,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who asked for it.
    pub created_by: String,
}

/// The analysis with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<GapAnalysis, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The analyses before one, newest first, of one assessment or of all.
pub async fn page(
    conn: &impl ConnectionTrait,
    assessment_id: Option<&str>,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<GapAnalysis, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(assessment_id) = assessment_id {
        query = query.filter(COLUMN.assessment_id.eq(assessment_id));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let rows = query.all(conn).await?;
    let analyses = rows.into_iter().map(GapAnalysis::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(analyses, limit, |analysis: &GapAnalysis| analysis.id.clone()))
}

/// Keeps an analysis; its assessment must be there.
pub async fn insert(conn: &impl ConnectionTrait, new: &GapAnalysis) -> Result<(), StoreError> {
    let new = new.clone();
    let id = new.id.clone();
    let row = Model {
        document: row::text(&new.document)?,
        id: new.id,
        assessment_id: new.assessment_id,
        city: new.city,
        against: new.against,
        by: new.by,
        created_at_ms: new.created_at_ms,
        created_by: new.created_by,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, id)?;
    Ok(())
}

impl TryFrom<Model> for GapAnalysis {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let document = Row { table: TABLE, key: &row.id }.json("document", &row.document)?;
        Ok(Self {
            document,
            id: row.id,
            assessment_id: row.assessment_id,
            city: row.city,
            against: row.against,
            by: row.by,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
        })
    }
}
