//! Taking jobs, and taking them back from workers that are gone.

use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, Query};
use sea_orm::{Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Statement, UpdateMany};
use serde_json::{Value, json};

use super::{TABLE, WorkState, sql, subjects};
use crate::store::entity::job::{COLUMN, Column, Entity, Model};
use crate::store::row::{self, Row};
use crate::store::{Store, StoreError, Word};

/// The right to work on a job, as long as nobody else has claimed it since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The job.
    pub job_id: String,
    /// Who holds it.
    pub worker: String,
    /// Which start of the job this is; the fence.
    pub attempt: i32,
}

/// A job that is the caller's to do.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedJob {
    /// What every write on its behalf has to show.
    pub claim: Claim,
    /// Which work it is.
    pub kind: String,
    /// What the work needs to know.
    pub payload: Value,
    /// The identifier of the import or assessment it works on.
    pub subject: Option<String>,
    /// How many times it may be started; this is the last when it equals the claim's attempt.
    pub attempts_limit: i32,
    /// Who enqueued it.
    pub created_by: String,
    /// When it was enqueued.
    pub created_at_ms: i64,
    /// The request that made it necessary, where it was one.
    pub request_id: Option<String>,
}

/// Which kinds of jobs a worker takes, so that what waits for others does not keep what computes waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    /// Every kind.
    All,
    /// This kind alone.
    Only(&'static str),
    /// Every other kind.
    AllBut(&'static str),
}

impl Kinds {
    fn named(self) -> Option<&'static str> {
        match self {
            Self::All => None,
            Self::Only(kind) | Self::AllBut(kind) => Some(kind),
        }
    }
}

/// Takes the job of these kinds that has waited longest: a queued one whose time has come, or a running one whose lease
/// has run out.
///
/// A job whose worker is gone and that was cancelled, or has no attempt left, ends here instead. While
/// nothing is due this only reads. A worker that is gone may leave a database session that still holds locks until
/// it is found out: what is locked is skipped, and what waits for such a lock is left to the next look.
pub async fn claim(
    store: &Store,
    worker: &str,
    kinds: Kinds,
    now_ms: i64,
    lease_ms: i64,
) -> Result<Option<ClaimedJob>, StoreError> {
    let backend = store.backend();
    let due = Statement::from_sql_and_values(backend, sql::due(), [now_ms.into()]);
    if store.db().query_one_raw(due).await?.is_none() {
        return Ok(None);
    }
    end_abandoned(store, now_ms).await?;
    let lease_until_ms = now_ms.saturating_add(lease_ms);
    let mut values = vec![worker.into(), lease_until_ms.into(), now_ms.into()];
    values.extend(kinds.named().map(sea_orm::Value::from));
    let statement = Statement::from_sql_and_values(backend, sql::claim(backend, kinds), values);
    let turn = store.turn().await;
    let row = Model::find_by_statement(statement).one(store.db()).await?;
    drop(turn);
    row.map(|row| ClaimedJob::new(row, worker)).transpose()
}

/// Gives the jobs that a worker of this name holds back to the queue, and says how many.
///
/// To be called by a worker that works on none, before its next [`claim`]: those of a former process, and one whose end could not be kept, need
/// not wait for their lease. One that is locked by what the former process left behind does; it is not waited for.
pub async fn release_claims_of(store: &Store, worker: &str, now_ms: i64) -> Result<u64, StoreError> {
    let held = || Condition::all().add(COLUMN.worker.eq(worker)).add(COLUMN.state.eq(WorkState::Running.as_str()));
    let turn = store.turn().await;
    update_unlocked(held()).col_expr(Column::LeaseUntilMs, Expr::value(now_ms)).exec(store.db()).await?;
    drop(turn);
    end_abandoned(store, now_ms).await?;
    let may_start_again = held()
        .add(COLUMN.cancel_requested.eq(false))
        .add(Expr::col(Column::Attempt).lt(Expr::col(Column::AttemptsLimit)))
        .add(COLUMN.lease_until_ms.lte(now_ms));
    let _turn = store.turn().await;
    let released = update_unlocked(may_start_again)
        .col_expr(Column::State, Expr::value(WorkState::Queued.as_str()))
        .col_expr(Column::Worker, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntilMs, Expr::value(None::<i64>))
        .exec(store.db())
        .await?;
    Ok(released.rows_affected)
}

/// A change of the jobs that nobody has locked; SQLite has no locks of rows.
fn update_unlocked(which: Condition) -> UpdateMany<Entity> {
    let unlocked = Query::select()
        .column(Column::Id)
        .from(Entity)
        .cond_where(which)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .take();
    Entity::update_many().filter(COLUMN.id.in_subquery(unlocked))
}

/// Ends the jobs whose worker is gone and that must not start again; what would have to wait for locks that the worker
/// has left behind is done at the next look.
async fn end_abandoned(store: &Store, now_ms: i64) -> Result<(), StoreError> {
    let transaction = store.begin_briefly().await?;
    match end_abandoned_in(&transaction, now_ms).await {
        Ok(()) => transaction.commit().await,
        Err(StoreError::Unavailable(_)) => transaction.rollback().await,
        Err(error) => Err(error),
    }
}

async fn end_abandoned_in(conn: &impl ConnectionTrait, now_ms: i64) -> Result<(), StoreError> {
    let backend = conn.get_database_backend();
    let error = json!({
        "code": "attempts-exhausted",
        "message": "the worker stopped answering during the last attempt that was allowed",
    });
    let values = [now_ms.into(), row::text(&error)?.into()];
    let statement = Statement::from_sql_and_values(backend, sql::end_abandoned(backend), values);
    let ended = Model::find_by_statement(statement).all(conn).await?;
    for (state, error) in [(WorkState::Failed, Some(&error)), (WorkState::Cancelled, None)] {
        let jobs = ended.iter().filter(|job| job.state == state.as_str());
        let jobs: Vec<&str> = jobs.map(|job| job.id.as_str()).collect();
        subjects::end(conn, &jobs, state, error, now_ms).await?;
    }
    Ok(())
}

impl ClaimedJob {
    fn new(row: Model, worker: &str) -> Result<Self, StoreError> {
        let payload = Row { table: TABLE, key: &row.id }.json("payload", &row.payload)?;
        Ok(Self {
            claim: Claim { job_id: row.id, worker: worker.to_owned(), attempt: row.attempt },
            kind: row.kind,
            payload,
            subject: row.subject,
            attempts_limit: row.attempts_limit,
            created_by: row.created_by,
            created_at_ms: row.created_at_ms,
            request_id: row.request_id,
        })
    }
}
