//! Sources: where files are fetched from, when, and what is known of the one that was imported last.

pub mod runs;

use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, UpdateMany};
use serde_json::Value;

use super::entity::source::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::row::{self, Row};
use super::{Page, StoreError};

const TABLE: &str = "sources";

/// What is said of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSource {
    /// Its code, compared exactly.
    pub code: String,
    /// The Chinese title.
    pub title_zh: Option<String>,
    /// The English title.
    pub title_en: Option<String>,
    /// Where it is fetched from, how it is imported, and its schedule.
    pub document: Value,
    /// Whether its schedule is followed.
    pub enabled: bool,
    /// When it is due next, where it has a schedule that is followed.
    pub next_due_at_ms: Option<i64>,
}

/// What is known of the content that was imported last without a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The digest of how it was fetched and imported; under another one it tells nothing.
    pub fingerprint: String,
    /// SHA-256 of the content in hex.
    pub digest: String,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// A source as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// What is said of it.
    pub profile: NewSource,
    /// What is known of the content that was imported last.
    pub known: Option<Known>,
    /// The row's version, for `If-Match`; the schedule's course and what is known leave it alone.
    pub revision: i64,
    /// When it was made.
    pub created_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// When somebody last changed it.
    pub updated_at_ms: i64,
}

/// The source with this code.
pub async fn find(conn: &impl ConnectionTrait, code: &str) -> Result<Source, StoreError> {
    find_by_code(conn, code).await?.ok_or_else(|| StoreError::absent(TABLE, code))
}

/// The source with this code, if there is one.
pub async fn find_by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Source>, StoreError> {
    Entity::find_by_id(code).one(conn).await?.map(Source::try_from).transpose()
}

/// The sources after a code, by code.
pub async fn page(conn: &impl ConnectionTrait, after: Option<&str>, limit: u64) -> Result<Page<Source, String>, StoreError> {
    let mut query = Entity::find().order_by_asc(COLUMN.code).limit(limit.saturating_add(1));
    if let Some(after) = after {
        query = query.filter(COLUMN.code.gt(after));
    }
    let sources = query.all(conn).await?.into_iter().map(Source::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(sources, limit, |source: &Source| source.profile.code.clone()))
}

/// Keeps a new source; its code must be new.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewSource, created_by: &str, now_ms: i64) -> Result<Source, StoreError> {
    let row = Model {
        code: new.code.clone(),
        title_zh: new.title_zh.clone(),
        title_en: new.title_en.clone(),
        document: row::text(&new.document)?,
        enabled: new.enabled,
        next_due_at_ms: new.next_due_at_ms,
        known_fingerprint: None,
        known_digest: None,
        known_etag: None,
        known_last_modified: None,
        revision: 1,
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
        updated_at_ms: now_ms,
    };
    Entity::insert(row.clone().into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.code)?;
    row.try_into()
}

/// Changes a source that still has the revision the caller has seen.
pub async fn replace(conn: &impl ConnectionTrait, new: &NewSource, revision: i64, now_ms: i64) -> Result<Source, StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::TitleZh, Expr::value(new.title_zh.clone()))
        .col_expr(Column::TitleEn, Expr::value(new.title_en.clone()))
        .col_expr(Column::Document, Expr::value(row::text(&new.document)?))
        .col_expr(Column::Enabled, Expr::value(new.enabled))
        .col_expr(Column::NextDueAtMs, Expr::value(new.next_due_at_ms))
        .col_expr(Column::UpdatedAtMs, Expr::value(now_ms))
        .col_expr(Column::Revision, Expr::value(revision + 1))
        .filter(COLUMN.code.eq(&new.code))
        .filter(COLUMN.revision.eq(revision))
        .exec(conn)
        .await?;
    let source = find(conn, &new.code).await?;
    if changed.rows_affected == 0 { Err(StoreError::stale(TABLE, &new.code)) } else { Ok(source) }
}

/// Removes a source that still has the revision, with the history of its runs; imports keep what was fetched. Belongs into
/// a transaction.
pub async fn remove(conn: &impl ConnectionTrait, code: &str, revision: i64) -> Result<(), StoreError> {
    let removed = Entity::delete_many().filter(COLUMN.code.eq(code)).filter(COLUMN.revision.eq(revision)).exec(conn).await?;
    if removed.rows_affected == 0 {
        find(conn, code).await?;
        return Err(StoreError::stale(TABLE, code));
    }
    runs::remove_all_of(conn, code).await
}

/// The sources whose moment has come, the one that has waited longest first.
pub async fn due(conn: &impl ConnectionTrait, now_ms: i64, limit: u64) -> Result<Vec<Source>, StoreError> {
    let query = Entity::find().filter(COLUMN.next_due_at_ms.lte(now_ms)).order_by_asc(COLUMN.next_due_at_ms);
    let rows = query.order_by_asc(COLUMN.code).limit(limit).all(conn).await?;
    rows.into_iter().map(Source::try_from).collect()
}

/// The sources that wait for a moment after this one.
pub async fn waiting(conn: &impl ConnectionTrait, now_ms: i64) -> Result<Vec<Source>, StoreError> {
    let rows = Entity::find().filter(COLUMN.next_due_at_ms.gt(now_ms)).order_by_asc(COLUMN.code).all(conn).await?;
    rows.into_iter().map(Source::try_from).collect()
}

/// Moves a source from one due moment to the next; answers whether nobody else has done so.
pub async fn advance(
    conn: &impl ConnectionTrait,
    code: &str,
    from_ms: i64,
    next_due_at_ms: Option<i64>,
) -> Result<bool, StoreError> {
    let moved = of(code)
        .col_expr(Column::NextDueAtMs, Expr::value(next_due_at_ms))
        .filter(COLUMN.next_due_at_ms.eq(from_ms))
        .exec(conn)
        .await?;
    Ok(moved.rows_affected > 0)
}

/// Remembers what was imported without a fault; a source that was removed meanwhile has nothing to remember it.
pub async fn remember(conn: &impl ConnectionTrait, code: &str, known: &Known) -> Result<(), StoreError> {
    of(code)
        .col_expr(Column::KnownFingerprint, Expr::value(known.fingerprint.clone()))
        .col_expr(Column::KnownDigest, Expr::value(known.digest.clone()))
        .col_expr(Column::KnownEtag, Expr::value(known.etag.clone()))
        .col_expr(Column::KnownLastModified, Expr::value(known.last_modified.clone()))
        .exec(conn)
        .await?;
    Ok(())
}

fn of(code: &str) -> UpdateMany<Entity> {
    Entity::update_many().filter(COLUMN.code.eq(code))
}

impl TryFrom<Model> for Source {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let document = Row { table: TABLE, key: &row.code }.json("document", &row.document)?;
        let known = row.known_fingerprint.zip(row.known_digest).map(|(fingerprint, digest)| Known {
            fingerprint,
            digest,
            etag: row.known_etag,
            last_modified: row.known_last_modified,
        });
        Ok(Self {
            profile: NewSource {
                code: row.code,
                title_zh: row.title_zh,
                title_en: row.title_en,
                document,
                enabled: row.enabled,
                next_due_at_ms: row.next_due_at_ms,
            },
            known,
            revision: row.revision,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            updated_at_ms: row.updated_at_ms,
        })
    }
}
