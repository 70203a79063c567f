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
mod runner;
mod source;
#[cfg(test)]
mod tests;
mod uncertainty;

use std::error::Error;
use std::pin::Pin;
use std::time::Duration;

use citygauge_indicators::{Faults, Language, Text};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use assessment::ComputeAssessment;
pub use context::JobContext;
pub use export::WriteExport;
pub use import::{ImportFile, recorded_form};
pub use release::FreezeRelease;
pub use runner::{Workers, start};
pub use source::RunSource;
pub use uncertainty::AnalyseUncertainty;

use crate::artifacts::ArtifactError;
use crate::auth::Caller;
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

impl JobError {
    /// Work that cannot be done, with its reason in both languages.
    pub fn give_up(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::GiveUp { code, message: Text::both(zh, en) }
    }

    /// Work that the input makes impossible: the first faults, and how many there are.
    pub fn refused(code: &'static str, faults: &Faults) -> Self {
        let lines = |language| {
            let shown: Vec<String> = faults.0.iter().take(5).map(|fault| fault.line(language)).collect();
            let more = faults.0.len().saturating_sub(shown.len());
            match (more, language) {
                (0, _) => shown.join("\n"),
                (more, Language::Zh) => format!("{}\n另有 {more} 处", shown.join("\n")),
                (more, Language::En) => format!("{}\nand {more} more", shown.join("\n")),
            }
        };
        Self::give_up(code, lines(Language::Zh), lines(Language::En))
    }

    /// The pause that somebody else has asked for.
    fn asked_pause(&self) -> Duration {
        match self {
            Self::RetryAfter { pause, .. } => *pause,
            Self::Retry(_) | Self::GiveUp { .. } => Duration::ZERO,
        }
    }

    /// The error as the job keeps it.
    fn kept(&self) -> Value {
        match self {
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
            ArtifactError::Absent(digest) | ArtifactError::Damaged(digest) => Self::give_up(
                "artifact-lost",
                format!("文件 {digest} 已丢失或损坏"),
                format!("the file {digest} is lost or damaged"),
            ),
            other => Self::Retry(Box::new(other)),
        }
    }
}

impl From<EngineStopped> for JobError {
    fn from(stopped: EngineStopped) -> Self {
        Self::Retry(Box::new(stopped))
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
        AnalyseUncertainty::NAME => read::<AnalyseUncertainty>(payload),
        RunSource::NAME => read::<RunSource>(payload),
        WriteExport::NAME => read::<WriteExport>(payload),
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
    };
    store::jobs::enqueue(transaction, &new).await
}
