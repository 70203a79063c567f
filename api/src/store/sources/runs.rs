//! The runs of sources: each is due at a moment or asked for, fetches, and ends with its import.
//!
//! Whoever writes a source and one of its runs in one transaction writes the source first, so that nobody waits in a circle.

use citygauge_openapi::path_segment;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, UpdateMany};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Known, remember};
use crate::store::entity::source_run::{COLUMN, Column, Entity, Model};
use crate::store::imports::ImportMode;
use crate::store::jobs::WorkState;
use crate::store::row::{self, Row, words};
use crate::store::webhooks::outbox;
use crate::store::{Clash, Page, StoreError, Word};

const TABLE: &str = "source_runs";

words! {
    /// How far a run is.
    RunState {
        /// Waits for a worker.
        Queued = "queued",
        /// Fetches, waits to fetch again, or is being imported.
        Running = "running",
        /// There was nothing new.
        Unchanged = "unchanged",
        /// What was fetched was imported, wholly or as far as it was sound.
        Imported = "imported",
        /// What was fetched was checked, and nothing kept.
        Validated = "validated",
        /// What the source gives cannot be taken.
        Refused = "refused",
        /// It could not be fetched, or the work on it failed.
        Failed = "failed",
        /// It was due while another run was unfinished.
        Skipped = "skipped",
        /// Somebody stopped it.
        Cancelled = "cancelled",
    }
}

words! {
    /// What started a run.
    StartedBy {
        /// The schedule.
        Schedule = "schedule",
        /// A person.
        Person = "person",
        /// A person who wants nothing to be kept.
        DryRun = "dry_run",
    }
}

words! {
    /// How an attempt ended.
    AttemptEnd {
        /// With content.
        Fetched = "fetched",
        /// With the word that there is nothing new.
        Unchanged = "unchanged",
        /// With something that may pass.
        Transient = "transient",
        /// With something that does not pass by itself.
        Refused = "refused",
        /// Its process was gone.
        Interrupted = "interrupted",
    }
}

/// One attempt to fetch, as its run keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Which start of the job it was, from 1.
    pub number: i32,
    /// When it began.
    pub started_at_ms: i64,
    /// When it ended.
    pub ended_at_ms: Option<i64>,
    /// How it ended.
    pub end: Option<String>,
    /// What went wrong, in both languages.
    pub faults: Vec<Value>,
}

/// A run that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// Its identifier.
    pub id: String,
    /// The code of the source.
    pub source: String,
    /// What starts it.
    pub started_by: StartedBy,
    /// The moment of the schedule that it is for.
    pub due_at_ms: Option<i64>,
    /// The job that does it; a run without one is skipped.
    pub job_id: Option<String>,
    /// When it is made.
    pub created_at_ms: i64,
    /// Who makes it.
    pub created_by: String,
}

/// What was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Received {
    /// The digest of how it was fetched and is imported.
    pub fingerprint: Option<String>,
    /// SHA-256 of the content in hex.
    pub digest: Option<String>,
    /// Its size.
    pub bytes: Option<i64>,
    /// How many answers it came in.
    pub pages: Option<i64>,
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// A run and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// What was asked for.
    pub request: NewRun,
    /// How far it is.
    pub state: RunState,
    /// The attempts to fetch, the first of them first.
    pub attempts: Vec<Attempt>,
    /// What went wrong in the end, in both languages.
    pub faults: Vec<Value>,
    /// What was fetched.
    pub received: Received,
    /// The import of it.
    pub import_id: Option<String>,
    /// When it reached its final state.
    pub finished_at_ms: Option<i64>,
}

impl RunState {
    /// Whether nothing will change any more.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// Keeps a run, unless its due moment has one already or its source has another that is unfinished; answers whether it did.
pub async fn insert(conn: &impl ConnectionTrait, new: &NewRun) -> Result<bool, StoreError> {
    let row = Model {
        id: new.id.clone(),
        source_code: new.source.clone(),
        started_by: new.started_by.as_str().to_owned(),
        due_at_ms: new.due_at_ms,
        state: (if new.job_id.is_some() { RunState::Queued } else { RunState::Skipped }).as_str().to_owned(),
        attempts: "[]".to_owned(),
        faults: "[]".to_owned(),
        fingerprint: None,
        digest: None,
        bytes: None,
        pages: None,
        etag: None,
        last_modified: None,
        import_id: None,
        job_id: new.job_id.clone(),
        created_at_ms: new.created_at_ms,
        created_by: new.created_by.clone(),
        finished_at_ms: new.job_id.is_none().then_some(new.created_at_ms),
    };
    let insert = Entity::insert(row.into_active_model()).on_conflict(OnConflict::new().do_nothing().to_owned());
    let inserted = match insert.exec_without_returning(conn).await {
        Ok(rows) => rows > 0,
        Err(DbErr::RecordNotInserted) => false,
        Err(error) => return Err(error.into()),
    };
    if inserted && new.job_id.is_none() {
        tell(conn, &new.source, &new.id, RunState::Skipped, new.created_at_ms).await?;
    }
    Ok(inserted)
}

/// Writes the event of how a run ended.
async fn tell(conn: &impl ConnectionTrait, source: &str, run: &str, state: RunState, now_ms: i64) -> Result<(), StoreError> {
    let path = format!("sources/{}/runs/{run}", path_segment(source));
    outbox::insert(conn, &format!("source_run.{}", state.as_str()), &json!({ "path": path, "state": state.as_str() }), now_ms)
        .await
}

/// The run with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Run, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The runs of a source before one, newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    source: &str,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<Run, String>, StoreError> {
    let mut query = Entity::find().filter(COLUMN.source_code.eq(source)).order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let runs = query.all(conn).await?.into_iter().map(Run::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(runs, limit, |run: &Run| run.request.id.clone()))
}

/// The run of a source that is not over, if there is one.
pub async fn find_unfinished(conn: &impl ConnectionTrait, source: &str) -> Result<Option<Run>, StoreError> {
    let unfinished = Entity::find().filter(COLUMN.source_code.eq(source)).filter(COLUMN.state.is_in(UNFINISHED));
    unfinished.one(conn).await?.map(Run::try_from).transpose()
}

/// Writes how far an unfinished run is: its state, attempts and faults, what was fetched, and its import.
pub async fn advance(conn: &impl ConnectionTrait, run: &Run) -> Result<(), StoreError> {
    let Received { fingerprint, digest, bytes, pages, etag, last_modified } = run.received.clone();
    let changed = unfinished()
        .col_expr(Column::State, Expr::value(run.state.as_str()))
        .col_expr(Column::Attempts, Expr::value(row::text(&run.attempts)?))
        .col_expr(Column::Faults, Expr::value(row::text(&run.faults)?))
        .col_expr(Column::Fingerprint, Expr::value(fingerprint))
        .col_expr(Column::Digest, Expr::value(digest))
        .col_expr(Column::Bytes, Expr::value(bytes))
        .col_expr(Column::Pages, Expr::value(pages))
        .col_expr(Column::Etag, Expr::value(etag))
        .col_expr(Column::LastModified, Expr::value(last_modified))
        .col_expr(Column::ImportId, Expr::value(run.import_id.clone()))
        .col_expr(Column::FinishedAtMs, Expr::value(run.finished_at_ms))
        .filter(COLUMN.id.eq(&run.request.id))
        .exec(conn)
        .await?;
    if changed.rows_affected == 0 {
        find(conn, &run.request.id).await?;
        return Err(StoreError::conflict(TABLE, &run.request.id, Clash::WrongState));
    }
    Ok(())
}

/// Ends the run whose import is over, in the transaction that ends the import. What was imported without a fault is
/// remembered; what was left out may be accepted at the next run, so that of a partial import nothing is.
pub async fn end_with_import(
    conn: &impl ConnectionTrait,
    import_id: &str,
    mode: ImportMode,
    ended: WorkState,
    now_ms: i64,
) -> Result<(), StoreError> {
    let Some(row) = Entity::find().filter(COLUMN.import_id.eq(import_id)).one(conn).await? else { return Ok(()) };
    let run = Run::try_from(row)?;
    let state = match (ended, mode) {
        (WorkState::Succeeded | WorkState::Partial, ImportMode::Commit) => RunState::Imported,
        (WorkState::Succeeded | WorkState::Partial, ImportMode::Validate) => RunState::Validated,
        (WorkState::Cancelled, _) => RunState::Cancelled,
        _ => RunState::Refused,
    };
    if let (RunState::Imported, WorkState::Succeeded, Some(known)) = (state, ended, run.received.known()) {
        remember(conn, &run.request.source, &known).await?;
    }
    end(unfinished().filter(COLUMN.id.eq(run.request.id)), state, now_ms, conn).await
}

/// Ends the unfinished runs of jobs, or of imports, that were given up or cancelled.
pub(in crate::store) async fn end_with_jobs(
    conn: &impl ConnectionTrait,
    jobs: &[&str],
    imports: &[String],
    cancelled: bool,
    now_ms: i64,
) -> Result<(), StoreError> {
    let state = if cancelled { RunState::Cancelled } else { RunState::Failed };
    // A job that has handed its run over to an import has succeeded and does not come here.
    end(unfinished().filter(COLUMN.job_id.is_in(jobs.iter().copied())), state, now_ms, conn).await?;
    if imports.is_empty() {
        return Ok(());
    }
    end(unfinished().filter(COLUMN.import_id.is_in(imports.iter().map(String::as_str))), state, now_ms, conn).await
}

/// Removes the history of a source.
pub(super) async fn remove_all_of(conn: &impl ConnectionTrait, source: &str) -> Result<(), StoreError> {
    Entity::delete_many().filter(COLUMN.source_code.eq(source)).exec(conn).await?;
    Ok(())
}

const UNFINISHED: [&str; 2] = ["queued", "running"];

fn unfinished() -> UpdateMany<Entity> {
    Entity::update_many().filter(COLUMN.state.is_in(UNFINISHED))
}

async fn end(which: UpdateMany<Entity>, state: RunState, now_ms: i64, conn: &impl ConnectionTrait) -> Result<(), StoreError> {
    let ended = which
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::FinishedAtMs, Expr::value(now_ms))
        .exec_with_returning(conn)
        .await?;
    for run in ended {
        tell(conn, &run.source_code, &run.id, state, now_ms).await?;
    }
    Ok(())
}

impl Received {
    /// What is to be remembered of it.
    pub fn known(&self) -> Option<Known> {
        let (fingerprint, digest) = self.fingerprint.clone().zip(self.digest.clone())?;
        Some(Known { fingerprint, digest, etag: self.etag.clone(), last_modified: self.last_modified.clone() })
    }
}

impl TryFrom<Model> for Run {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let at = Row { table: TABLE, key: &row.id };
        Ok(Self {
            state: at.word("state", &row.state)?,
            attempts: at.json("attempts", &row.attempts)?,
            faults: at.json("faults", &row.faults)?,
            received: Received {
                fingerprint: row.fingerprint,
                digest: row.digest,
                bytes: row.bytes,
                pages: row.pages,
                etag: row.etag,
                last_modified: row.last_modified,
            },
            import_id: row.import_id,
            finished_at_ms: row.finished_at_ms,
            request: NewRun {
                started_by: at.word("started_by", &row.started_by)?,
                id: row.id,
                source: row.source_code,
                due_at_ms: row.due_at_ms,
                job_id: row.job_id,
                created_at_ms: row.created_at_ms,
                created_by: row.created_by,
            },
        })
    }
}
