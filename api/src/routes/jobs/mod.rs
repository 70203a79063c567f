//! Work in progress.

mod cancel;
mod list;
mod show;
#[cfg(test)]
mod tests;

use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, API_ROOT, Id, Moment};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::jobs::{ImportFile, Job as _, RunSource, message};
use crate::store::jobs::{Job, WorkState};

/// Mounts the operations on jobs.
pub fn operations(config: &mut ServiceConfig) {
    config.service(list::list_jobs).service(show::show_job).service(cancel::cancel_job);
}

/// A job as answers carry it.
pub fn present(job: Job, language: Language) -> wire::Job {
    let subject = job.subject.as_deref().map(|id| match job.kind.as_str() {
        ImportFile::NAME => format!("{API_ROOT}/imports/{id}"),
        RunSource::NAME => format!("{API_ROOT}/sources/{id}"),
        _ => format!("{API_ROOT}/assessments/{id}"),
    });
    let error = job.error.as_ref().filter(|_| job.state == WorkState::Failed);
    wire::Job {
        error: error.map(|error| message(error, language)),
        result: job.result.or(subject),
        id: Id::trusted(job.id),
        kind: job.kind,
        state: present_state(job.state),
        progress: job.progress,
        attempts: u32::try_from(job.attempt).unwrap_or(0),
        attempts_limit: u32::try_from(job.attempts_limit).unwrap_or(0),
        cancel_requested: job.cancel_requested,
        created_at: Moment::from_ms(job.created_at_ms),
        created_by: job.created_by,
        finished_at: job.finished_at_ms.map(Moment::from_ms),
    }
}

/// A state as answers carry it.
pub fn present_state(state: WorkState) -> wire::WorkState {
    match state {
        WorkState::Queued => wire::WorkState::Queued,
        WorkState::Running => wire::WorkState::Running,
        WorkState::Succeeded => wire::WorkState::Succeeded,
        WorkState::Partial => wire::WorkState::Partial,
        WorkState::Failed => wire::WorkState::Failed,
        WorkState::Cancelled => wire::WorkState::Cancelled,
    }
}

/// A state as the store knows it.
pub fn state(state: wire::WorkState) -> WorkState {
    match state {
        wire::WorkState::Queued => WorkState::Queued,
        wire::WorkState::Running => WorkState::Running,
        wire::WorkState::Succeeded => WorkState::Succeeded,
        wire::WorkState::Partial => WorkState::Partial,
        wire::WorkState::Failed => WorkState::Failed,
        wire::WorkState::Cancelled => WorkState::Cancelled,
    }
}
