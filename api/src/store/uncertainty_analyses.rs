//! Uncertainty analyses: what was asked of an assessment, and where the result is. How far the work is, its job says.

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::assessment;
use super::entity::uncertainty_analysis::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::jobs::{self, Job};
use super::row::{self, Row};
use super::{Clash, Page, StoreError};

const TABLE: &str = "uncertainty_analyses";

/// An analysis that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAnalysis {
    /// Its identifier.
    pub id: String,
    /// The assessment whose ranking is looked at.
    pub assessment_id: String,
    /// The request, with every default filled in.
    pub request: Value,
    /// The version of the engine.
    pub engine_version: String,
    /// The job that makes it, which must be there.
    pub job_id: String,
    /// When it was asked for.
    pub created_at_ms: i64,
    /// Who asked for it.
    pub created_by: String,
}

/// An analysis and what became of it; once it has a result it never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// What was asked for.
    pub asked: NewAnalysis,
    /// Its number among those of the assessment, from 1.
    pub number: i64,
    /// Where the result is: the digests of its artifacts.
    pub result: Option<Value>,
    /// The result in brief.
    pub summary: Option<Value>,
    /// The job, which says how far it is.
    pub job: Job,
}

/// The analysis with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Analysis, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    with_job(conn, row.ok_or_else(|| StoreError::absent(TABLE, id))?).await
}

/// The analysis of an assessment with this number.
pub async fn find_numbered(conn: &impl ConnectionTrait, assessment_id: &str, number: i64) -> Result<Analysis, StoreError> {
    let of_assessment = Entity::find().filter(COLUMN.assessment_id.eq(assessment_id));
    let row = of_assessment.filter(COLUMN.number.eq(number)).one(conn).await?;
    with_job(conn, row.ok_or_else(|| StoreError::absent(TABLE, format!("{assessment_id}/{number}")))?).await
}

async fn with_job(conn: &impl ConnectionTrait, row: Model) -> Result<Analysis, StoreError> {
    let job = jobs::find(conn, &row.job_id).await?;
    analysis(row, job)
}

/// The analyses of an assessment before one, the newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    assessment_id: &str,
    before: Option<i64>,
    limit: u64,
) -> Result<Page<Analysis, i64>, StoreError> {
    let of_assessment = Entity::find().filter(COLUMN.assessment_id.eq(assessment_id));
    let mut query = of_assessment.order_by_desc(COLUMN.number).limit(limit.saturating_add(1));
    if let Some(before) = before {
        query = query.filter(COLUMN.number.lt(before));
    }
    let rows = query.all(conn).await?;
    let with_job = jobs::beside(conn, rows, |row| &row.job_id).await?;
    let found = with_job.into_iter().map(|(row, job)| analysis(row, job));
    Ok(Page::cut(found.collect::<Result<_, _>>()?, limit, |analysis: &Analysis| analysis.number))
}

/// The number that the next analysis of an assessment gets, in the transaction that keeps it.
///
/// On PostgreSQL this locks the assessment until the commit, so that no two analyses get the same number.
pub async fn next_number(conn: &impl ConnectionTrait, assessment_id: &str) -> Result<i64, StoreError> {
    assessment::Entity::find_by_id(assessment_id)
        .lock_exclusive()
        .one(conn)
        .await?
        .ok_or_else(|| StoreError::absent("assessments", assessment_id))?;
    let of_assessment = Entity::find().filter(COLUMN.assessment_id.eq(assessment_id));
    let latest = of_assessment.order_by_desc(COLUMN.number).one(conn).await?;
    Ok(latest.map_or(1, |latest| latest.number + 1))
}

/// Keeps an analysis under its number; its assessment and its job must be there.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewAnalysis, number: i64) -> Result<(), StoreError> {
    let new = new.clone();
    let id = new.id.clone();
    let row = Model {
        request: row::text(&new.request)?,
        id: new.id,
        assessment_id: new.assessment_id,
        number,
        engine_version: new.engine_version,
        result: None,
        summary: None,
        job_id: new.job_id,
        created_at_ms: new.created_at_ms,
        created_by: new.created_by,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, id)?;
    Ok(())
}

/// Gives an analysis its result, in the transaction that finishes its job; the artifacts must be in the object store.
pub async fn finish(conn: &impl ConnectionTrait, id: &str, result: &Value, summary: &Value) -> Result<(), StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::Result, Expr::value(row::text(result)?))
        .col_expr(Column::Summary, Expr::value(row::text(summary)?))
        .filter(COLUMN.id.eq(id))
        .filter(COLUMN.result.is_null())
        .exec(conn)
        .await
        .keyed(TABLE, id)?;
    if changed.rows_affected == 0 {
        find(conn, id).await?;
        return Err(StoreError::conflict(TABLE, id, Clash::WrongState));
    }
    Ok(())
}

fn analysis(row: Model, job: Job) -> Result<Analysis, StoreError> {
    let at = Row { table: TABLE, key: &row.id };
    Ok(Analysis {
        number: row.number,
        result: at.json_null("result", row.result.as_deref())?,
        summary: at.json_null("summary", row.summary.as_deref())?,
        job,
        asked: NewAnalysis {
            request: at.json("request", &row.request)?,
            id: row.id,
            assessment_id: row.assessment_id,
            engine_version: row.engine_version,
            job_id: row.job_id,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
        },
    })
}
