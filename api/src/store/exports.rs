//! Exports: what was asked for, by whom, and the file that came of it. How far the work is, its job says.

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::export::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::jobs::{self, Job};
use super::row::{self, Row};
use super::{Clash, Page, StoreError};

const TABLE: &str = "exports";

/// An export that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewExport {
    /// Its identifier.
    pub id: String,
    /// The path and query of the table.
    pub address: String,
    /// The word of the format.
    pub format: String,
    /// Whether CSV begins with a byte order mark.
    pub bom: bool,
    /// The tag of the language.
    pub language: String,
    /// The one who asked, with the rights and limits that the work is done under.
    pub caller: Value,
    /// About how many rows it will have.
    pub estimated_rows: i64,
    /// The job that makes it, which must be there.
    pub job_id: String,
    /// When it was asked for.
    pub created_at_ms: i64,
    /// Who asked for it.
    pub created_by: String,
    /// When it is removed.
    pub expires_at_ms: i64,
}

/// The file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it is called.
    pub name: String,
    /// Its SHA-256 digest.
    pub digest: String,
    /// Its size in bytes.
    pub bytes: i64,
}

/// An export and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// What was asked for.
    pub asked: NewExport,
    /// The file, once it is there.
    pub file: Option<File>,
    /// The job, which says how far it is.
    pub job: Job,
}

/// The export with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Export, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?.ok_or_else(|| StoreError::absent(TABLE, id))?;
    let job = jobs::find(conn, &row.job_id).await?;
    export(row, job)
}

/// The exports before one, the newest first; of one caller where one is named.
pub async fn page(
    conn: &impl ConnectionTrait,
    created_by: Option<&str>,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<Export, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(created_by) = created_by {
        query = query.filter(COLUMN.created_by.eq(created_by));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let rows = query.all(conn).await?;
    let with_job = jobs::beside(conn, rows, |row| &row.job_id).await?;
    let found = with_job.into_iter().map(|(row, job)| export(row, job));
    Ok(Page::cut(found.collect::<Result<_, _>>()?, limit, |export: &Export| export.asked.id.clone()))
}

/// How many exports are kept.
pub async fn count(conn: &impl ConnectionTrait) -> Result<u64, StoreError> {
    Ok(Entity::find().count(conn).await?)
}

/// Keeps an export; its job must be there.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewExport) -> Result<(), StoreError> {
    let NewExport {
        id,
        address,
        format,
        bom,
        language,
        caller,
        estimated_rows,
        job_id,
        created_at_ms,
        created_by,
        expires_at_ms,
    } = new.clone();
    let row = Model {
        caller: row::text(&caller)?,
        file_name: None,
        digest: None,
        byte_size: None,
        id,
        address,
        format,
        bom,
        language,
        estimated_rows,
        job_id,
        created_at_ms,
        created_by,
        expires_at_ms,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.id)?;
    Ok(())
}

/// Gives an export its file, in the transaction that finishes its job; the file must be in the object store.
pub async fn finish(conn: &impl ConnectionTrait, id: &str, file: &File, expires_at_ms: i64) -> Result<(), StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::FileName, Expr::value(file.name.as_str()))
        .col_expr(Column::Digest, Expr::value(file.digest.as_str()))
        .col_expr(Column::ByteSize, Expr::value(file.bytes))
        .col_expr(Column::ExpiresAtMs, Expr::value(expires_at_ms))
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

/// Ends the time of an export.
pub async fn expire(conn: &impl ConnectionTrait, id: &str, now_ms: i64) -> Result<(), StoreError> {
    let ended =
        Entity::update_many().col_expr(Column::ExpiresAtMs, Expr::value(now_ms)).filter(COLUMN.id.eq(id)).exec(conn).await?;
    if ended.rows_affected == 0 { Err(StoreError::absent(TABLE, id)) } else { Ok(()) }
}

/// The exports whose time is over and on which no job is at work.
pub async fn expired(conn: &impl ConnectionTrait, now_ms: i64) -> Result<Vec<String>, StoreError> {
    let rows = Entity::find().filter(COLUMN.expires_at_ms.lte(now_ms)).order_by_asc(COLUMN.id).all(conn).await?;
    let with_job = jobs::beside(conn, rows, |row| &row.job_id).await?;
    Ok(with_job.into_iter().filter(|(_, job)| job.state.is_final()).map(|(row, _)| row.id).collect())
}

/// Forgets an export, whose file is gone; its job stays. That it is forgotten already is as good.
pub async fn remove(conn: &impl ConnectionTrait, id: &str) -> Result<(), StoreError> {
    Entity::delete_many().filter(COLUMN.id.eq(id)).exec(conn).await?;
    Ok(())
}

fn export(row: Model, job: Job) -> Result<Export, StoreError> {
    let at = Row { table: TABLE, key: &row.id };
    let file = match (row.file_name, row.digest, row.byte_size) {
        (Some(name), Some(digest), Some(bytes)) => Some(File { name, digest, bytes }),
        _ => None,
    };
    Ok(Export {
        file,
        job,
        asked: NewExport {
            caller: at.json("caller", &row.caller)?,
            id: row.id,
            address: row.address,
            format: row.format,
            bom: row.bom,
            language: row.language,
            estimated_rows: row.estimated_rows,
            job_id: row.job_id,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            expires_at_ms: row.expires_at_ms,
        },
    })
}
