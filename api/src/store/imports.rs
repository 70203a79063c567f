//! Uploads of cities or observations, and how they ended; what was found in them stands in `faults`.

mod faults;

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::import::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::indicator_sets::SetKey;
use super::jobs::WorkState;
use super::row::{self, Row, words};
use super::{Clash, Page, StoreError, Word};

pub use faults::{Severity, count_faults_of, page_faults, page_faults_of, replace_faults};

const TABLE: &str = "imports";

words! {
    /// What an upload holds.
    ImportKind {
        /// Rows for the register of cities.
        Cities = "cities",
        /// Values of data items.
        Observations = "observations",
    }
}

words! {
    /// Whether an upload is only looked at.
    ImportMode {
        /// Find the faults and change nothing.
        Validate = "validate",
        /// Keep what is right.
        Commit = "commit",
    }
}

words! {
    /// What a fault does to the rest of the file.
    OnFault {
        /// One fault and nothing is kept.
        RejectAll = "reject_all",
        /// Rows with a fault are left out and the import is `partial`.
        SkipRows = "skip_rows",
    }
}

words! {
    /// The form of a table of observations.
    TableShape {
        /// A row per city, period and item.
        Long = "long",
        /// A row per city and period, a column per item.
        Wide = "wide",
        /// SDMX-CSV.
        SdmxCsv = "sdmx_csv",
    }
}

/// An upload that is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImport {
    /// Its identifier.
    pub id: String,
    /// Cities or observations.
    pub kind: ImportKind,
    /// Look or keep.
    pub mode: ImportMode,
    /// All or what is right.
    pub on_fault: OnFault,
    /// The set whose data items give the values their types.
    pub set: Option<SetKey>,
    /// The period of a file that has no period column.
    pub period: Option<String>,
    /// The mapping by which the file is to be understood.
    pub mapping: Option<UsedMapping>,
    /// The run of a source that fetched it, where nobody sent it.
    pub fetched: Option<FetchedBy>,
    /// The language of the fault messages, `zh` or `en`.
    pub lang: String,
    /// What the sender calls the file.
    pub file_name: Option<String>,
    /// The content type it was sent with.
    pub media_type: String,
    /// SHA-256 of the bytes in hex; under that name they are in the object store.
    pub upload_digest: String,
    /// How many bytes.
    pub upload_bytes: i64,
    /// The job that reads it.
    pub job_id: String,
    /// When it arrived.
    pub created_at_ms: i64,
    /// Who sent it.
    pub created_by: String,
}

/// A mapping as it was when an import used it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedMapping {
    /// Its code, where it was a named one.
    pub code: Option<String>,
    /// The document in its canonical form.
    pub document: String,
    /// SHA-256 of the document in hex.
    pub digest: String,
}

/// What fetched a file that nobody sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedBy {
    /// The code of the source.
    pub source: String,
    /// The run.
    pub run: String,
}

/// How a file was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HowRead {
    /// The encoding of a text file, as IANA registers it.
    pub encoding: Option<String>,
    /// The form of a table of observations.
    pub shape: Option<TableShape>,
}

/// What an import did, counted in rows and, for the last two, in faults and in warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Rows that were new or changed something.
    pub accepted: i64,
    /// Rows that were not kept.
    pub rejected: i64,
    /// Rows that said what was known already.
    pub unchanged: i64,
    /// Faults found, kept or not.
    pub faults_total: i64,
    /// Warnings found; they withhold no row.
    pub warnings_total: i64,
}

/// An upload and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// What was asked for.
    pub request: NewImport,
    /// How far it has come.
    pub state: WorkState,
    /// What it did; all 0 until it is finished.
    pub tally: Tally,
    /// How the file was read, where it could be.
    pub how_read: HowRead,
    /// What a commit would do to scores, where it was computed.
    pub score_changes: Option<Value>,
    /// When it reached its final state.
    pub finished_at_ms: Option<i64>,
    /// The row's version.
    pub revision: i64,
}

/// The import with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Import, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The imports before one, newest first.
pub async fn page(conn: &impl ConnectionTrait, before: Option<&str>, limit: u64) -> Result<Page<Import, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let rows = query.all(conn).await?;
    let imports = rows.into_iter().map(Import::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(imports, limit, |import: &Import| import.request.id.clone()))
}

/// Keeps an upload as queued, in the transaction that enqueues its job.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewImport) -> Result<(), StoreError> {
    let id = new.id.clone();
    Entity::insert(Model::from(new.clone()).into_active_model()).exec_without_returning(conn).await.keyed(TABLE, id)?;
    Ok(())
}

/// Shows that a worker has begun, for the first time or again.
pub async fn start(conn: &impl ConnectionTrait, id: &str) -> Result<(), StoreError> {
    advance(conn, id, WorkState::Running, Tally::default(), None).await
}

/// Says how the file was read, in the transaction that ends the import and before its end.
pub async fn note_reading(conn: &impl ConnectionTrait, id: &str, how: &HowRead) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::Encoding, Expr::value(how.encoding.clone()))
        .col_expr(Column::Shape, Expr::value(how.shape.map(Word::as_str)))
        .filter(COLUMN.id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Says what a commit would do to scores, in the transaction that ends the import and before its end.
pub async fn note_score_changes(conn: &impl ConnectionTrait, id: &str, changes: &Value) -> Result<(), StoreError> {
    let changes = row::text(changes)?;
    Entity::update_many().col_expr(Column::ScoreChanges, Expr::value(changes)).filter(COLUMN.id.eq(id)).exec(conn).await?;
    Ok(())
}

/// Ends an import with what it did, in the transaction that did it and that finishes its job.
pub async fn finish(
    conn: &impl ConnectionTrait,
    id: &str,
    state: WorkState,
    tally: Tally,
    now_ms: i64,
) -> Result<(), StoreError> {
    advance(conn, id, state, tally, Some(now_ms)).await
}

async fn advance(
    conn: &impl ConnectionTrait,
    id: &str,
    state: WorkState,
    tally: Tally,
    finished_at_ms: Option<i64>,
) -> Result<(), StoreError> {
    let changed = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::Accepted, Expr::value(tally.accepted))
        .col_expr(Column::Rejected, Expr::value(tally.rejected))
        .col_expr(Column::Unchanged, Expr::value(tally.unchanged))
        .col_expr(Column::FaultsTotal, Expr::value(tally.faults_total))
        .col_expr(Column::WarningsTotal, Expr::value(tally.warnings_total))
        .col_expr(Column::FinishedAtMs, Expr::value(finished_at_ms))
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(COLUMN.id.eq(id))
        .filter(COLUMN.state.is_in([WorkState::Queued.as_str(), WorkState::Running.as_str()]))
        .exec(conn)
        .await?;
    if changed.rows_affected == 0 {
        find(conn, id).await?;
        return Err(StoreError::conflict(TABLE, id, Clash::WrongState));
    }
    Ok(())
}

impl From<NewImport> for Model {
    fn from(new: NewImport) -> Self {
        let (set_code, set_version) = new.set.map(|set| (set.code, set.version)).unzip();
        let (mapping_code, mapping, mapping_digest) = match new.mapping {
            Some(used) => (used.code, Some(used.document), Some(used.digest)),
            None => (None, None, None),
        };
        let (source_code, source_run_id) = new.fetched.map(|fetched| (fetched.source, fetched.run)).unzip();
        Self {
            id: new.id,
            kind: new.kind.as_str().to_owned(),
            mode: new.mode.as_str().to_owned(),
            on_fault: new.on_fault.as_str().to_owned(),
            set_code,
            set_version,
            period: new.period,
            lang: new.lang,
            file_name: new.file_name,
            media_type: new.media_type,
            upload_digest: new.upload_digest,
            upload_bytes: new.upload_bytes,
            state: WorkState::Queued.as_str().to_owned(),
            accepted: 0,
            rejected: 0,
            unchanged: 0,
            faults_total: 0,
            warnings_total: 0,
            mapping_code,
            mapping_digest,
            mapping,
            encoding: None,
            shape: None,
            score_changes: None,
            source_code,
            source_run_id,
            job_id: new.job_id,
            created_at_ms: new.created_at_ms,
            created_by: new.created_by,
            finished_at_ms: None,
            revision: 1,
        }
    }
}

impl TryFrom<Model> for Import {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let at = Row { table: TABLE, key: &row.id };
        let set = row.set_code.zip(row.set_version);
        let fetched = row.source_code.zip(row.source_run_id);
        let (code, mapping) = (row.mapping_code, row.mapping.zip(row.mapping_digest));
        let shape = row.shape.as_deref().map(|shape| at.word("shape", shape)).transpose()?;
        Ok(Self {
            state: at.word("state", &row.state)?,
            tally: Tally {
                accepted: row.accepted,
                rejected: row.rejected,
                unchanged: row.unchanged,
                faults_total: row.faults_total,
                warnings_total: row.warnings_total,
            },
            how_read: HowRead { encoding: row.encoding, shape },
            score_changes: row.score_changes.as_deref().map(|text| at.json("score_changes", text)).transpose()?,
            finished_at_ms: row.finished_at_ms,
            revision: row.revision,
            request: NewImport {
                kind: at.word("kind", &row.kind)?,
                mode: at.word("mode", &row.mode)?,
                on_fault: at.word("on_fault", &row.on_fault)?,
                set: set.map(|(code, version)| SetKey { code, version }),
                id: row.id,
                period: row.period,
                mapping: mapping.map(|(document, digest)| UsedMapping { code, document, digest }),
                fetched: fetched.map(|(source, run)| FetchedBy { source, run }),
                lang: row.lang,
                file_name: row.file_name,
                media_type: row.media_type,
                upload_digest: row.upload_digest,
                upload_bytes: row.upload_bytes,
                job_id: row.job_id,
                created_at_ms: row.created_at_ms,
                created_by: row.created_by,
            },
        })
    }
}
