//! What jobs work on ends with them: an import, an assessment or a run of a source never waits for a job that is over.
//!
//! Only failing and being cancelled spread from the job to its subject. Success goes the other way: the work
//! says what it has done, and the job reports that it is done.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::WorkState;
use crate::store::entity::{assessment, import, job};
use crate::store::sources::runs;
use crate::store::webhooks::outbox;
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
    let assessments = assessment::Entity::update_many()
        .col_expr(assessment::Column::State, Expr::value(state.as_str()))
        .col_expr(assessment::Column::FinishedAtMs, Expr::value(now_ms))
        .col_expr(assessment::Column::Error, Expr::value(error.map(row::text).transpose()?))
        .filter(assessment::COLUMN.job_id.is_in(jobs.iter().copied()))
        .filter(assessment::COLUMN.state.is_in(unfinished))
        .exec_with_returning(conn)
        .await?;
    let tell = Tell { conn, state, now_ms };
    for import in &imports {
        tell.that("import", format!("imports/{import}")).await?;
    }
    for assessment in &assessments {
        tell.that("assessment", format!("assessments/{}", assessment.id)).await?;
    }
    for job in
        job::Entity::find().filter(job::COLUMN.id.is_in(jobs.iter().copied())).order_by_asc(job::COLUMN.id).all(conn).await?
    {
        // An analysis has no state of its own; the job knows its path.
        if let Some(subject) = job.subject.filter(|subject| subject.contains("/uncertainty/")) {
            tell.that("uncertainty_analysis", format!("assessments/{subject}")).await?;
        }
        tell.that("job", format!("jobs/{}", job.id)).await?;
    }
    Ok(())
}

/// Writes events of what has failed or was cancelled.
struct Tell<'c, C> {
    conn: &'c C,
    state: WorkState,
    now_ms: i64,
}

impl<C: ConnectionTrait> Tell<'_, C> {
    async fn that(&self, resource: &str, path: String) -> Result<(), StoreError> {
        outbox::insert(self.conn, &format!("{resource}.{}", self.state.as_str()), &json!({ "path": path }), self.now_ms).await
    }
}
