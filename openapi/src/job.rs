//! Jobs: work in progress.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Id, Moment};

/// How far a piece of work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkState {
    /// Waits for a worker.
    Queued,
    /// A worker is on it.
    Running,
    /// Done, wholly.
    Succeeded,
    /// Done, but something was left out.
    Partial,
    /// Not done; nothing was changed.
    Failed,
    /// Stopped on request; nothing was changed.
    Cancelled,
}

impl WorkState {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// Its identifier.
    pub id: Id,
    /// What kind of work it is.
    #[schema(example = "import")]
    pub kind: String,
    /// How far it is.
    pub state: WorkState,
    /// From 0 to 1.
    #[schema(minimum = 0.0, maximum = 1.0)]
    pub progress: f64,
    /// The path of what it works on or has made.
    #[serde(default)]
    #[schema(example = "/api/v1/imports/0190d9a2-7c00-7000-8000-000000000001")]
    pub result: Option<String>,
    /// Why it failed.
    #[serde(default)]
    pub error: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// How often it is tried at most.
    pub attempts_limit: u32,
    /// Whether somebody asked for it to stop.
    pub cancel_requested: bool,
    /// When it was asked for.
    pub created_at: Moment,
    /// Who asked for it.
    pub created_by: String,
    /// When it was done.
    #[serde(default)]
    pub finished_at: Option<Moment>,
}

page_of!(
    /// A page of jobs, the newest first.
    JobPage, Job
);
