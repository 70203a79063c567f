//! The runs of a source.

mod create;
mod list;
mod show;

use citygauge_indicators::Language;
use citygauge_openapi::{
    self as wire, API_ROOT, Code, Digest, Id, Moment, SourceAttemptOutcome, SourceRunState, SourceRunTrigger,
};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::error::Failure;
use crate::faults::from_kept;
use crate::store::sources::runs::{Attempt, AttemptEnd, NewRun, Received, Run, RunState, StartedBy};
use crate::store::{StoreError, Word};

/// Mounts the operations on runs.
pub fn operations(config: &mut ServiceConfig) {
    config.service(list::list_source_runs).service(create::run_source).service(show::show_source_run);
}

/// A run as answers carry it.
fn present(run: Run, language: Language) -> Result<wire::SourceRun, Failure> {
    let Run { request, state, attempts, faults, received, import_id, finished_at_ms } = run;
    let NewRun { id, source, started_by, due_at_ms, job_id, created_at_ms, created_by } = request;
    let Received { digest, bytes, pages, etag, last_modified, .. } = received;
    let attempts = attempts.into_iter().map(|attempt| present_attempt(attempt, &id, language)).collect::<Result<_, _>>()?;
    Ok(wire::SourceRun {
        source: Code::trusted(source),
        trigger: match started_by {
            StartedBy::Schedule => SourceRunTrigger::Schedule,
            StartedBy::Person => SourceRunTrigger::Person,
            StartedBy::DryRun => SourceRunTrigger::DryRun,
        },
        due_at: due_at_ms.map(Moment::from_ms),
        state: match state {
            RunState::Queued => SourceRunState::Queued,
            RunState::Running => SourceRunState::Running,
            RunState::Unchanged => SourceRunState::Unchanged,
            RunState::Imported => SourceRunState::Imported,
            RunState::Validated => SourceRunState::Validated,
            RunState::Refused => SourceRunState::Refused,
            RunState::Failed => SourceRunState::Failed,
            RunState::Skipped => SourceRunState::Skipped,
            RunState::Cancelled => SourceRunState::Cancelled,
        },
        job: job_id.map(Id::trusted),
        attempts,
        bytes: bytes.and_then(|bytes| u64::try_from(bytes).ok()),
        pages: pages.and_then(|pages| u32::try_from(pages).ok()),
        digest: digest.map(Digest::trusted),
        etag,
        last_modified,
        faults: faults.into_iter().map(|fault| from_kept(fault, language)).collect::<Result<_, _>>()?,
        report: import_id.as_ref().map(|import| format!("{API_ROOT}/imports/{import}/faults")),
        import: import_id.map(Id::trusted),
        created_at: Moment::from_ms(created_at_ms),
        created_by,
        finished_at: finished_at_ms.map(Moment::from_ms),
        id: Id::trusted(id),
    })
}

fn present_attempt(attempt: Attempt, run: &str, language: Language) -> Result<wire::SourceAttempt, Failure> {
    let outcome = |end: String| {
        let known = AttemptEnd::parse(&end).ok_or_else(|| StoreError::Corrupt {
            table: "source_runs",
            column: "attempts",
            row: run.to_owned(),
            reason: format!("{end:?} is not one of its words"),
        })?;
        Ok::<_, Failure>(match known {
            AttemptEnd::Fetched => SourceAttemptOutcome::Fetched,
            AttemptEnd::Unchanged => SourceAttemptOutcome::Unchanged,
            AttemptEnd::Transient => SourceAttemptOutcome::Transient,
            AttemptEnd::Refused => SourceAttemptOutcome::Refused,
            AttemptEnd::Interrupted => SourceAttemptOutcome::Interrupted,
        })
    };
    Ok(wire::SourceAttempt {
        number: u32::try_from(attempt.number).unwrap_or(0),
        started_at: Moment::from_ms(attempt.started_at_ms),
        ended_at: attempt.ended_at_ms.map(Moment::from_ms),
        outcome: attempt.end.map(outcome).transpose()?,
        faults: attempt.faults.into_iter().map(|fault| from_kept(fault, language)).collect::<Result<_, _>>()?,
    })
}
