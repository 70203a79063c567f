//! Reports: what was asked for, by whom, and the file that came of it. How far the work is, its job says.

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::entity::report::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::jobs::{self, Job};
use super::{Clash, Page, StoreError};

const TABLE: &str = "reports";

/// A report that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReport {
    /// Its identifier.
    pub id: String,
    /// The assessment, which must be there.
    pub assessment_id: String,
    /// The round to which the assessment belongs.
    pub round: Option<String>,
    /// The city; none for all of them.
    pub city: Option<String>,
    /// The period.
    pub period: String,
    /// With what a city is compared.
    pub against: Option<String>,
    /// The period by which gaps are to close.
    pub by: Option<String>,
    /// The body that hands it over.
    pub body: Option<String>,
    /// The word of the language.
    pub language: String,
    /// The word of the format.
    pub format: String,
    /// The job that makes it, which must be there.
    pub job_id: String,
    /// When it was asked for.
    pub created_at_ms: i64,
    /// Who asked for it.
    pub created_by: String,
}

/// The file of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The SHA-256 digest of the template by which it was written; a workbook has none.
    pub template: Option<String>,
    /// The SHA-256 digest of the file, which is in the object store.
    pub digest: String,
    /// Its size in bytes.
    pub bytes: i64,
}

/// A report and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What was asked for.
    pub asked: NewReport,
    /// The file, once it is there.
    pub file: Option<File>,
    /// The job, which says how far it is.
    pub job: Job,
}

/// Which reports.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Only those of this assessment.
    pub assessment: Option<&'a str>,
    /// Only those of these cities, and none of all cities together.
    pub cities: Option<&'a [String]>,
}

/// The report with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Report, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?.ok_or_else(|| StoreError::absent(TABLE, id))?;
    let job = jobs::find(conn, &row.job_id).await?;
    Ok(report(row, job))
}

/// The reports before one, the newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    wanted: Wanted<'_>,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<Report, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(assessment) = wanted.assessment {
        query = query.filter(COLUMN.assessment_id.eq(assessment));
    }
    if let Some(cities) = wanted.cities {
        query = query.filter(COLUMN.city.is_in(cities.iter().cloned()));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let rows = query.all(conn).await?;
    let with_job = jobs::beside(conn, rows, |row| &row.job_id).await?;
    let found = with_job.into_iter().map(|(row, job)| report(row, job)).collect();
    Ok(Page::cut(found, limit, |report: &Report| report.asked.id.clone()))
}

/// Keeps a report; its job and its assessment must be there.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewReport) -> Result<(), StoreError> {
    let NewReport {
        id,
        assessment_id,
        round,
        city,
        period,
        against,
        by,
        body,
        language,
        format,
        job_id,
        created_at_ms,
        created_by,
    } = new.clone();
    let row = Model {
        id,
        assessment_id,
        round_code: round,
        city,
        period,
        against,
        by_period: by,
        body,
        language,
        format,
        template_digest: None,
        digest: None,
        byte_size: None,
        job_id,
        created_at_ms,
        created_by,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.id)?;
    Ok(())
}

/// Gives a report its file, in the transaction that finishes its job; the file must be in the object store.
pub async fn finish(conn: &impl ConnectionTrait, id: &str, file: &File) -> Result<(), StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::TemplateDigest, Expr::value(file.template.clone()))
        .col_expr(Column::Digest, Expr::value(file.digest.as_str()))
        .col_expr(Column::ByteSize, Expr::value(file.bytes))
        .filter(COLUMN.id.eq(id))
        .filter(COLUMN.digest.is_null())
        .exec(conn)
        .await
        .keyed(TABLE, id)?;
    if changed.rows_affected == 0 {
        find(conn, id).await?;
        return Err(StoreError::conflict(TABLE, id, Clash::WrongState));
    }
    Ok(())
}

/// Forgets a report; its file stays until artifacts that nobody names are collected, its job stays.
pub async fn remove(conn: &impl ConnectionTrait, id: &str) -> Result<(), StoreError> {
    let removed = Entity::delete_many().filter(COLUMN.id.eq(id)).exec(conn).await?;
    if removed.rows_affected == 0 { Err(StoreError::absent(TABLE, id)) } else { Ok(()) }
}

fn report(row: Model, job: Job) -> Report {
    let file = row.digest.zip(row.byte_size).map(|(digest, bytes)| File { template: row.template_digest, digest, bytes });
    Report {
        file,
        job,
        asked: NewReport {
            id: row.id,
            assessment_id: row.assessment_id,
            round: row.round_code,
            city: row.city,
            period: row.period,
            against: row.against,
            by: row.by_period,
            body: row.body,
            language: row.language,
            format: row.format,
            job_id: row.job_id,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
        },
    }
}
