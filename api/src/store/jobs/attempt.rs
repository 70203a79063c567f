//! What a worker writes about the attempt it holds; each write shows the claim and fails without it.

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, UpdateMany};
use serde_json::Value;

use super::{Claim, Job, TABLE, WorkState, subjects};
use crate::store::entity::job::{COLUMN, Column, Entity};
use crate::store::{StoreError, Word, row};

/// What a worker learns when it says that it is still at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heartbeat {
    /// Go on; the lease is extended.
    Alive,
    /// Go on or stop: somebody asked for the job to be cancelled. The lease is extended.
    CancelRequested,
    /// Stop: the job is no longer this worker's.
    Lost,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Everything was done.
    Succeeded {
        /// The path of what came out.
        result: Option<String>,
    },
    /// A part was done, as was asked for.
    Partial {
        /// The path of what came out.
        result: Option<String>,
    },
    /// Nothing was done and trying again would not help.
    Failed {
        /// Why, as an object with `code` and `message`.
        error: Value,
    },
    /// The worker followed a request to stop.
    Cancelled,
}

/// Says that the worker is alive and how far it is (0 to 1), and extends its lease.
///
/// Runs on the pool, beside the transaction of the work; on SQLite it waits until that has had its turn, in which
/// nobody can claim the job.
pub async fn heartbeat(
    conn: &impl ConnectionTrait,
    claim: &Claim,
    progress: f64,
    now_ms: i64,
    lease_ms: i64,
) -> Result<Heartbeat, StoreError> {
    let progress = if progress.is_nan() { 0.0 } else { progress.clamp(0.0, 1.0) };
    let rows = Entity::update_many()
        .col_expr(Column::Progress, Expr::value(progress))
        .col_expr(Column::LeaseUntilMs, Expr::value(now_ms.saturating_add(lease_ms)))
        .filter(held(claim))
        .exec_with_returning(conn)
        .await?;
    Ok(match rows.first() {
        None => Heartbeat::Lost,
        Some(job) if job.cancel_requested => Heartbeat::CancelRequested,
        Some(_) => Heartbeat::Alive,
    })
}

/// Makes sure, inside the worker's transaction, that the claim still holds until the commit; `Stale` if not.
///
/// On PostgreSQL this locks the job's row and makes heartbeats wait, so it comes right before the commit.
pub async fn fence(conn: &impl ConnectionTrait, claim: &Claim) -> Result<(), StoreError> {
    let job = Entity::find().filter(held(claim)).lock_exclusive().one(conn).await?;
    job.map(|_| ()).ok_or_else(|| lost(claim))
}

/// Ends the job, in the transaction of what it wrote; `Stale` when the claim no longer holds.
///
/// When it failed or was cancelled, the import or assessment it worked on ends with it. After a success the
/// worker has said so there itself, in the same transaction.
pub async fn finish(conn: &impl ConnectionTrait, claim: &Claim, outcome: &Outcome, now_ms: i64) -> Result<(), StoreError> {
    let (state, result, error) = match outcome {
        Outcome::Succeeded { result } => (WorkState::Succeeded, result.clone(), None),
        Outcome::Partial { result } => (WorkState::Partial, result.clone(), None),
        Outcome::Failed { error } => (WorkState::Failed, None, Some(error)),
        Outcome::Cancelled => (WorkState::Cancelled, None, None),
    };
    let mut update = let_go()
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::Result, Expr::value(result))
        .col_expr(Column::Error, Expr::value(error.map(row::text).transpose()?))
        .col_expr(Column::FinishedAtMs, Expr::value(now_ms));
    let done = matches!(state, WorkState::Succeeded | WorkState::Partial);
    if done {
        update = update.col_expr(Column::Progress, Expr::value(1.0));
    }
    if update.filter(held(claim)).exec(conn).await?.rows_affected == 0 {
        return Err(lost(claim));
    }
    if !done {
        subjects::end(conn, &[&claim.job_id], state, error, now_ms).await?;
    }
    Ok(())
}

/// Gives the job back to be tried again at `run_at_ms`, in a transaction; `Stale` when the claim no longer
/// holds.
///
/// Without an attempt left it fails with this error, and when somebody asked for it, it is cancelled; the
/// answer shows which, and what it worked on ends with it.
pub async fn retry(
    conn: &impl ConnectionTrait,
    claim: &Claim,
    run_at_ms: i64,
    error: &Value,
    now_ms: i64,
) -> Result<Job, StoreError> {
    let cancelled = || Expr::col(Column::CancelRequested);
    let used_up = || Expr::col(Column::Attempt).gte(Expr::col(Column::AttemptsLimit));
    let state = CaseStatement::new()
        .case(cancelled(), WorkState::Cancelled.as_str())
        .case(used_up(), WorkState::Failed.as_str())
        .finally(WorkState::Queued.as_str());
    let finished_at = CaseStatement::new().case(cancelled().or(used_up()), now_ms);
    let rows = let_go()
        .col_expr(Column::State, state.into())
        .col_expr(Column::FinishedAtMs, finished_at.into())
        .col_expr(Column::RunAtMs, Expr::value(run_at_ms))
        .col_expr(Column::Error, Expr::value(row::text(error)?))
        .filter(held(claim))
        .exec_with_returning(conn)
        .await?;
    let job = Job::try_from(rows.into_iter().next().ok_or_else(|| lost(claim))?)?;
    if job.state.is_final() {
        subjects::end(conn, &[&job.id], job.state, job.error.as_ref(), now_ms).await?;
    }
    Ok(job)
}

fn held(claim: &Claim) -> Condition {
    Condition::all()
        .add(COLUMN.id.eq(&claim.job_id))
        .add(COLUMN.worker.eq(claim.worker.as_str()))
        .add(COLUMN.attempt.eq(claim.attempt))
        .add(COLUMN.state.eq(WorkState::Running.as_str()))
}

fn let_go() -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Worker, Expr::value(None::<String>))
        .col_expr(Column::LeaseUntilMs, Expr::value(None::<i64>))
}

fn lost(claim: &Claim) -> StoreError {
    StoreError::stale(TABLE, &claim.job_id)
}
