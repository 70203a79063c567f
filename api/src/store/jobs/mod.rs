//! Work that outlives a request: enqueued with the write that needs it, claimed under a lease, fenced.
//!
//! A worker [`claim`]s a job, which raises the job's attempt number. That number stands in every later write
//! of the worker: once the lease has run out and somebody else has claimed the job, [`heartbeat`] says
//! `Lost` and [`fence`], [`finish`] and [`retry`] refuse. The writes of the work itself go into one
//! transaction that ends with `fence` (or `finish`, which fences) and the commit, so a worker that lost its
//! claim leaves nothing behind.
//!
//! An import or an assessment shows the state of its job. Where the store ends a job by itself (attempts
//! used up, cancelled before it ran, given up), it ends them in the same transaction; see `subjects`.

mod attempt;
mod claim;
mod sql;
mod subjects;

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entity::job::{COLUMN, Column, Entity, Model};
use super::error::Keyed;
use super::row::{self, Row, words};
use super::{Page, StoreError, Word};

pub use attempt::{Heartbeat, Outcome, fence, finish, heartbeat, retry};
pub use claim::{Claim, ClaimedJob, Kinds, claim, release_claims_of};

const TABLE: &str = "jobs";

words! {
    /// How far a job, or what it works on, has come.
    WorkState {
        /// Waits for its time and a worker.
        Queued = "queued",
        /// A worker holds it.
        Running = "running",
        /// Everything was done.
        Succeeded = "succeeded",
        /// A part was done, as was asked for; the rest is reported.
        Partial = "partial",
        /// Nothing was done, for the reason given.
        Failed = "failed",
        /// Nothing was done because somebody said so.
        Cancelled = "cancelled",
    }
}

impl WorkState {
    /// Whether nothing will change any more.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// A job as a client sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its identifier.
    pub id: String,
    /// Which work it is.
    pub kind: String,
    /// What the work needs to know.
    pub payload: Value,
    /// How far it has come.
    pub state: WorkState,
    /// From 0 to 1, within the running attempt.
    pub progress: f64,
    /// The path of what came out.
    pub result: Option<String>,
    /// Why it failed, or why the last attempt did.
    pub error: Option<Value>,
    /// How many times it was started.
    pub attempt: i32,
    /// How many times it may be started.
    pub attempts_limit: i32,
    /// When it may start.
    pub run_at_ms: i64,
    /// Whether somebody asked the running worker to stop.
    pub cancel_requested: bool,
    /// The identifier of the import or assessment it works on.
    pub subject: Option<String>,
    /// When it was enqueued.
    pub created_at_ms: i64,
    /// Who enqueued it.
    pub created_by: String,
    /// When it reached its final state.
    pub finished_at_ms: Option<i64>,
}

/// Work to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Its identifier.
    pub id: String,
    /// Which work it is.
    pub kind: String,
    /// What the work needs to know.
    pub payload: Value,
    /// The identifier of the import or assessment it works on.
    pub subject: Option<String>,
    /// How many times it may be started, at least once.
    pub attempts_limit: i32,
    /// When it may start.
    pub run_at_ms: i64,
    /// When it is enqueued.
    pub created_at_ms: i64,
    /// Who enqueues it.
    pub created_by: String,
    /// The request that makes it necessary, where it is one.
    pub request_id: Option<String>,
}

/// Which jobs a list shows; all by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// Only jobs in this state.
    pub state: Option<WorkState>,
    /// Only jobs of this kind.
    pub kind: Option<String>,
}

/// The jobs with these identifiers, in no order.
async fn find_all(conn: &impl ConnectionTrait, ids: &[&str]) -> Result<Vec<Job>, StoreError> {
    let rows = Entity::find().filter(COLUMN.id.is_in(ids.iter().copied())).all(conn).await?;
    rows.into_iter().map(Job::try_from).collect()
}

/// Rows with the jobs that they name.
pub async fn beside<R>(
    conn: &impl ConnectionTrait,
    rows: Vec<R>,
    job_id: impl Fn(&R) -> &str,
) -> Result<Vec<(R, Job)>, StoreError> {
    let jobs = find_all(conn, &rows.iter().map(&job_id).collect::<Vec<_>>()).await?;
    let with_job = rows.into_iter().map(|row| {
        let job = jobs.iter().find(|job| job.id == job_id(&row)).cloned();
        let job = job.ok_or_else(|| StoreError::absent(TABLE, job_id(&row)))?;
        Ok((row, job))
    });
    with_job.collect()
}

/// The job with this identifier.
pub async fn find(conn: &impl ConnectionTrait, id: &str) -> Result<Job, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// The jobs before one, newest first.
pub async fn page(
    conn: &impl ConnectionTrait,
    filter: &JobFilter,
    before: Option<&str>,
    limit: u64,
) -> Result<Page<Job, String>, StoreError> {
    let mut query = Entity::find().order_by_desc(COLUMN.id).limit(limit.saturating_add(1));
    if let Some(state) = filter.state {
        query = query.filter(COLUMN.state.eq(state.as_str()));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(COLUMN.kind.eq(kind));
    }
    if let Some(before) = before {
        query = query.filter(COLUMN.id.lt(before));
    }
    let rows = query.all(conn).await?;
    let jobs = rows.into_iter().map(Job::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(jobs, limit, |job: &Job| job.id.clone()))
}

/// Jobs in a state that is not final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// The state.
    pub state: WorkState,
    /// How many.
    pub count: i64,
    /// When the first of them may start.
    pub earliest_ms: Option<i64>,
}

/// How many jobs have not ended.
pub async fn pending(conn: &impl ConnectionTrait) -> Result<Vec<Pending>, StoreError> {
    let unfinished = [WorkState::Queued, WorkState::Running].map(|state| state.as_str());
    let counted = Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(COLUMN.id.count(), "total")
        .column_as(COLUMN.run_at_ms.min(), "earliest")
        .filter(COLUMN.state.is_in(unfinished))
        .group_by(Column::State);
    let rows: Vec<(String, i64, Option<i64>)> = counted.into_tuple().all(conn).await?;
    let pending = |(state, count, earliest_ms): (String, i64, Option<i64>)| {
        Ok(Pending { state: Row { table: TABLE, key: &"state" }.word("state", &state)?, count, earliest_ms })
    };
    rows.into_iter().map(pending).collect()
}

/// Enqueues work, in the transaction of the write that makes it necessary.
pub async fn enqueue(conn: &impl ConnectionTrait, new: &NewJob) -> Result<(), StoreError> {
    let row = Model {
        id: new.id.clone(),
        kind: new.kind.clone(),
        payload: row::text(&new.payload)?,
        state: WorkState::Queued.as_str().to_owned(),
        progress: 0.0,
        result: None,
        error: None,
        attempt: 0,
        attempts_limit: new.attempts_limit,
        run_at_ms: new.run_at_ms,
        lease_until_ms: None,
        worker: None,
        cancel_requested: false,
        subject: new.subject.clone(),
        created_at_ms: new.created_at_ms,
        created_by: new.created_by.clone(),
        finished_at_ms: None,
        request_id: new.request_id.clone(),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await.keyed(TABLE, &new.id)?;
    Ok(())
}

/// Cancels a queued job at once, asks the worker of a running one to stop, and leaves a finished one alone;
/// belongs into a transaction. The answer shows which it was.
pub async fn request_cancel(conn: &impl ConnectionTrait, id: &str, now_ms: i64) -> Result<Job, StoreError> {
    let waiting = || Expr::col(Column::State).eq(WorkState::Queued.as_str());
    let state = CaseStatement::new().case(waiting(), WorkState::Cancelled.as_str()).finally(Expr::col(Column::State));
    let finished_at = CaseStatement::new().case(waiting(), now_ms);
    let changed = Entity::update_many()
        .col_expr(Column::State, state.into())
        .col_expr(Column::FinishedAtMs, finished_at.into())
        .col_expr(Column::CancelRequested, Expr::value(true))
        .filter(COLUMN.id.eq(id))
        .filter(COLUMN.state.is_in([WorkState::Queued.as_str(), WorkState::Running.as_str()]))
        .exec_with_returning(conn)
        .await?;
    let Some(row) = changed.into_iter().next() else {
        return find(conn, id).await;
    };
    let job = Job::try_from(row)?;
    if job.state == WorkState::Cancelled {
        subjects::end(conn, &[&job.id], WorkState::Cancelled, None, now_ms).await?;
    }
    Ok(job)
}

impl TryFrom<Model> for Job {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let at = Row { table: TABLE, key: &row.id };
        Ok(Self {
            payload: at.json("payload", &row.payload)?,
            state: at.word("state", &row.state)?,
            error: at.json_null("error", row.error.as_deref())?,
            id: row.id,
            kind: row.kind,
            progress: row.progress,
            result: row.result,
            attempt: row.attempt,
            attempts_limit: row.attempts_limit,
            run_at_ms: row.run_at_ms,
            cancel_requested: row.cancel_requested,
            subject: row.subject,
            created_at_ms: row.created_at_ms,
            created_by: row.created_by,
            finished_at_ms: row.finished_at_ms,
        })
    }
}
