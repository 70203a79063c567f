//! What jobs work on ends with them: an import, an assessment or a run of a source never waits for a job that is over.
//!
//! Only failing and being cancelled spread from the job to its subject. Success goes the other way: the work
//! says what it has done, and the job reports that it is done.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::Value;

use super::WorkState;
use crate::store::entity::{assessment, import};
use crate::store::sources::runs;
use crate::store::{StoreError, Word, row};

/// Ends the unfinished subjects of these jobs.
pub(super) async fn end(
    conn: &impl ConnectionTrait,
    jobs: &[&str],
    state: WorkState,
    error: Option<&Value>,
    now_ms: i64,
) -> Result<(), StoreError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let unfinished = [WorkState::Queued.as_str(), WorkState::Running.as_str()];
    let imports = import::Entity::update_many()
        .col_expr(import::Column::State, Expr::value(state.as_str()))
        .col_expr(import::Column::FinishedAtMs, Expr::value(now_ms))
        .col_expr(import::Column::Revision, Expr::col(import::Column::Revision).add(1))
        .filter(import::COLUMN.job_id.is_in(jobs.iter().copied()))
        .filter(import::COLUMN.state.is_in(unfinished))
        .exec_with_returning(conn)
        .await?;
    let imports: Vec<String> = imports.into_iter().map(|import| import.id).collect();
    runs::end_with_jobs(conn, jobs, &imports, state == WorkState::Cancelled, now_ms).await?;
    assessment::Entity::update_many()
        .col_expr(assessment::Column::State, Expr::value(state.as_str()))
        .col_expr(assessment::Column::FinishedAtMs, Expr::value(now_ms))
        .col_expr(assessment::Column::Error, Expr::value(error.map(row::text).transpose()?))
        .filter(assessment::COLUMN.job_id.is_in(jobs.iter().copied()))
        .filter(assessment::COLUMN.state.is_in(unfinished))
        .exec(conn)
        .await?;
    Ok(())
}
