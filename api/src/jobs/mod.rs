//! Jobs: work that outlives a request.
//!
//! # Adding a job
//!
//! 1. A file `jobs/<job>.rs` with a small struct that says what is to be done. It is kept as JSON, so it holds
//!    identifiers rather than content, and a later version must still read it.
//! 2. `impl Job` for it: a `NAME` that never changes, and `run`. It may run twice; the second time must be
//!    harmless. What is slow (files, the engine, artifacts) comes first; then one transaction
//!    (`begin_patiently`) holds every write and goes, uncommitted, into [`Done`]: the runner finishes the job in
//!    it, fenced, and commits.
//! 3. A line in `find`.
//! 4. [`enqueue`] in the transaction of the write that makes the work necessary, and
//!    `state.work_arrived()` after its commit.
//!
//! A job that fails with [`JobError::Retry`] is tried again later, up to the configured number of times; with
//! [`JobError::GiveUp`] it has failed. Both undo whatever it wrote.

mod assessment;
mod context;
mod export;
mod import;
mod release;
mod report;
mod runner;
mod source;
#[cfg(test)]
mod tests;
mod uncertainty;
mod upload;

use std::error::Error;
use std::pin::Pin;
use std::time::Duration;

use citygauge_indicators::{Faults, Language, Text};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use assessment::ComputeAssessment;
pub use context::JobContext;
pub use export::{WriteExport, sweep_exports};
pub use import::{ImportFile, recorded_form};
pub use release::FreezeRelease;
pub use report::MakeReport;
pub use runner::{Workers, start};
pub use source::RunSource;
pub use uncertainty::AnalyseUncertainty;
pub use upload::ReadRelease;

use crate::artifacts::ArtifactError;
use crate::assessments::kept::KeptError;
use crate::auth::Caller;
use crate::envelope::current_request;
use crate::error::Failure;
use crate::state::{EngineStopped, State};
use crate::store::jobs::{NewJob, Outcome};
use crate::store::{self, StoreError, Transaction};

/// A kind of work.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name it is kept under; never changes.
    const NAME: &'static str;

    /// Does the work.
    fn run(&self, context: &JobContext) -> impl Future<Output = Result<Done, JobError>> + Send;
}

/// Work that is done but for its commit.
#[derive(Debug)]
pub struct Done {
    transaction: Transaction,
    outcome: Outcome,
}

impl Done {
    /// Everything was done; `transaction` holds every write of the work, `result` is the path of what came out.
    pub fn succeeded(transaction: Transaction, result: String) -> Self {
        Self { transaction, outcome: Outcome::Succeeded { result: Some(result) } }
    }

    /// A part was left out, as was asked for.
    pub fn partial(transaction: Transaction, result: String) -> Self {
        Self { transaction, outcome: Outcome::Partial { result: Some(result) } }
    }

    /// Nothing was done, and `transaction` holds the report that says why.
    pub fn refused(transaction: Transaction, reason: &JobError) -> Self {
        Self { transaction, outcome: Outcome::Failed { error: reason.kept() } }
    }
}

/// Why work was not done; the author of the job chooses.
#[derive(Debug)]
pub enum JobError {
    /// The same work may succeed later.
    Retry(Box<dyn Error + Send + Sync>),
    /// The same work may succeed later, but not before a pause that somebody else has asked for.
    RetryAfter {
        /// What happened.
        error: Box<dyn Error + Send + Sync>,
        /// The shortest pause.
        pause: Duration,
    },
    /// Trying again would not help.
    GiveUp {
        /// Stable, for programs.
        code: &'static str,
        /// For people.
        message: Text,
    },
}

/// Faults that the error of a job tells one by one.
const TOLD: usize = 100;

impl JobError {
    /// Work that cannot be done, with its reason in both languages.
    pub fn give_up(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::GiveUp { code, message: Text::both(zh, en) }
    }

    /// Work that the input makes impossible: its faults, of very many the first, and how many there are.
    pub fn refused(code: &'static str, faults: &Faults) -> Self {
        let lines = |language| {
            let shown: Vec<String> = faults.0.iter().take(TOLD).map(|fault| fault.line(language)).collect();
            let more = faults.0.len().saturating_sub(shown.len());
            match (more, language) {
                (0, _) => shown.join("\n"),
                (more, Language::Zh) => format!("{}\n另有 {more} 处", shown.join("\n")),
                (more, Language::En) => format!("{}\nand {more} more", shown.join("\n")),
            }
        };
        Self::give_up(code, lines(Language::Zh), lines(Language::En))
    }

    /// Work that needs an artifact which is lost or damaged.
    fn lost(digest: &str) -> Self {
        Self::give_up("artifact-lost", format!("文件 {digest} 已丢失或损坏"), format!("the file {digest} is lost or damaged"))
    }

    /// The pause that somebody else has asked for.
    fn asked_pause(&self) -> Duration {
        match self {
            Self::RetryAfter { pause, .. } => *pause,
            Self::Retry(_) | Self::GiveUp { .. } => Duration::ZERO,
        }
    }

    /// Whether the artifact store did not do its work.
    fn is_of_objects(&self) -> bool {
        matches!(self, Self::Retry(error) if matches!(error.downcast_ref(), Some(ArtifactError::Failed(_))))
    }

    /// The error as the job keeps it.
    fn kept(&self) -> Value {
        match self {
            Self::Retry(_) if self.is_of_objects() => json!({
                "code": "objects-unavailable",
                "message": Text::both("产物存储不可用，详见日志", "the artifact store did not do its work; the log has more"),
            }),
            Self::Retry(_) | Self::RetryAfter { .. } => json!({
                "code": "internal",
                "message": Text::both("服务内部错误，详见日志", "the service made a mistake; the log has more"),
            }),
            Self::GiveUp { code, message } => json!({ "code": code, "message": message }),
        }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Retry(Box::new(error))
    }
}

impl From<ArtifactError> for JobError {
    fn from(error: ArtifactError) -> Self {
        match error {
            ArtifactError::Absent(digest) | ArtifactError::Damaged(digest) => Self::lost(&digest),
            other => Self::Retry(Box::new(other)),
        }
    }
}

impl From<KeptError> for JobError {
    fn from(error: KeptError) -> Self {
        match error {
            KeptError::Artifact(error) => error.into(),
            KeptError::File(_) => Self::Retry(Box::new(error)),
        }
    }
}

impl From<EngineStopped> for JobError {
    fn from(stopped: EngineStopped) -> Self {
        Self::Retry(Box::new(stopped))
    }
}

/// What was done once is done again from the same rows and files: a refusal now is a defect.
fn defect(failure: Failure) -> JobError {
    match failure {
        Failure::Artifact { digest, .. } => JobError::lost(&digest),
        Failure::Unavailable(error) | Failure::Internal(error) => JobError::Retry(error),
        other => JobError::Retry(format!("{other:?}").into()),
    }
}

/// The sentence of an error as a job keeps it, in one language.
pub fn message(error: &Value, language: Language) -> String {
    match error.get("message") {
        Some(Value::String(message)) => message.clone(),
        Some(message) => serde_json::from_value::<Text>(message.clone()).unwrap_or_default().get(language).to_owned(),
        None => String::new(),
    }
}

/// A job read back, with its type forgotten.
type Work =
    Box<dyn for<'a> Fn(&'a JobContext) -> Pin<Box<dyn Future<Output = Result<Done, JobError>> + Send + 'a>> + Send + Sync>;

/// The work of a kind, read from what was kept of it; `None` where no job has this name.
fn find(kind: &str, payload: &Value) -> Option<Result<Work, serde_json::Error>> {
    fn read<J: Job>(payload: &Value) -> Result<Work, serde_json::Error> {
        let job = std::sync::Arc::new(serde_json::from_value::<J>(payload.clone())?);
        Ok(Box::new(move |context| {
            let job = job.clone();
            Box::pin(async move { job.run(context).await })
        }))
    }
    Some(match kind {
        ImportFile::NAME => read::<ImportFile>(payload),
        ComputeAssessment::NAME => read::<ComputeAssessment>(payload),
        FreezeRelease::NAME => read::<FreezeRelease>(payload),
        ReadRelease::NAME => read::<ReadRelease>(payload),
        AnalyseUncertainty::NAME => read::<AnalyseUncertainty>(payload),
        RunSource::NAME => read::<RunSource>(payload),
        WriteExport::NAME => read::<WriteExport>(payload),
        MakeReport::NAME => read::<MakeReport>(payload),
        _ => return None,
    })
}

/// Enqueues work under an identifier, in the transaction of the write that makes it necessary. `subject` is
/// the identifier of the import or assessment it works on, with what stands below that in the path.
pub async fn enqueue<J: Job>(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    id: &str,
    subject: Option<&str>,
    job: &J,
) -> Result<(), StoreError> {
    let now_ms = state.now_ms();
    let new = NewJob {
        id: id.to_owned(),
        kind: J::NAME.to_owned(),
        payload: serde_json::to_value(job).map_err(|error| StoreError::Internal(Box::new(error)))?,
        subject: subject.map(str::to_owned),
        attempts_limit: i32::try_from(state.config().jobs.attempts).unwrap_or(i32::MAX),
        run_at_ms: now_ms,
        created_at_ms: now_ms,
        created_by: caller.id().to_owned(),
        request_id: current_request(),
    };
    store::jobs::enqueue(transaction, &new).await
}
