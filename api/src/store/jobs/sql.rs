//! The statements of the claim that the query builder cannot say.
//!
//! They differ between the databases in one place: PostgreSQL locks the rows it looks at and skips those
//! that somebody else has locked; SQLite has one writer at a time, and that is the caller. The list of
//! states is spelled as in the partial index `ix_jobs_due`, or SQLite would not use it.

use sea_orm::DbBackend;

use super::Kinds;

/// The longest pause before a further try, in milliseconds: a day.
const LONGEST_PAUSE_MS: i64 = 86_400_000;

/// Whether anything can be claimed or has to be ended. Binds: now.
pub(super) fn due() -> String {
    format!("SELECT id FROM jobs WHERE state IN ('queued', 'running') AND {} LIMIT 1", is_due("$1"))
}

/// Whether the time of a job has come. A new one is begun at once, and a pause is never longer than it may be: what seems to wait for
/// longer was enqueued by a clock that was ahead and has gone back since.
fn is_due(now: &str) -> String {
    format!(
        "(state = 'queued' AND (run_at_ms <= {now} OR attempt = 0 OR run_at_ms - {LONGEST_PAUSE_MS} > {now})
          OR state = 'running' AND lease_until_ms <= {now})"
    )
}

/// Takes the job that has waited longest; those that must not start again are left to [`end_abandoned`]. Binds:
/// worker, end of the lease, now, and where kinds are told apart, the kind.
pub(super) fn claim(backend: DbBackend, kinds: Kinds) -> String {
    let of_kind = match kinds {
        Kinds::All => "",
        Kinds::Only(_) => "AND kind = $4",
        Kinds::AllBut(_) => "AND kind <> $4",
    };
    format!(
        "UPDATE jobs
         SET state = 'running', attempt = attempt + 1, progress = 0, worker = $1, lease_until_ms = $2
         WHERE id = (
             SELECT id FROM jobs
             WHERE state IN ('queued', 'running')
               AND attempt < attempts_limit
               AND (state = 'queued' OR NOT cancel_requested)
               AND {}
               {of_kind}
             ORDER BY run_at_ms, id LIMIT 1 {}
         )
         RETURNING *",
        is_due("$3"),
        skip_locked(backend)
    )
}

/// Ends the jobs whose worker is gone and that must not start again. Binds: now, error.
pub(super) fn end_abandoned(backend: DbBackend) -> String {
    format!(
        "UPDATE jobs
         SET state = CASE WHEN cancel_requested THEN 'cancelled' ELSE 'failed' END,
             error = CASE WHEN cancel_requested THEN error ELSE $2 END,
             finished_at_ms = $1, worker = NULL, lease_until_ms = NULL
         WHERE id IN (
             SELECT id FROM jobs
             WHERE state IN ('queued', 'running')
               AND state = 'running' AND lease_until_ms <= $1
               AND (cancel_requested OR attempt >= attempts_limit)
             {}
         )
         RETURNING *",
        skip_locked(backend)
    )
}

fn skip_locked(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "FOR UPDATE SKIP LOCKED",
        _ => "",
    }
}
