//! Sources: where files are fetched from, when, and what became of each run.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{
    Code, Digest, Fault, Id, ImportKind, ImportMode, Line, MappingDocument, Moment, Note, OnFault, PeriodCode, SetRef, SourceKind,
};

/// How what was fetched is imported: the parameters of an upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceImport {
    /// What it holds; observations unless given.
    #[serde(default = "observations")]
    pub kind: ImportKind,
    /// The set that gives the data items their types; needed for observations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<SetRef>,
    /// The period of content that has no column for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodCode>,
    /// The code of the mapping by which it is to be understood, as the mapping stands when a run begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<Code>,
    /// A mapping without a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping_document: Option<MappingDocument>,
    /// Whether the rows are kept; `commit` unless given.
    #[serde(default)]
    pub mode: ImportMode,
    /// What a faulty row does to the others; `reject_all` unless given.
    #[serde(default)]
    pub on_fault: OnFault,
}

fn observations() -> ImportKind {
    ImportKind::Observations
}

/// When a source is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceSchedule {
    /// A cron expression of five fields: minute, hour, day of the month, month, day of the week.
    #[schema(example = "30 6 * * 1-5")]
    pub cron: Line,
    /// The time zone by its IANA name; `UTC` unless given.
    #[serde(default = "utc")]
    #[schema(example = "Asia/Shanghai")]
    pub time_zone: Line,
}

fn utc() -> Line {
    Line::trusted("UTC")
}

/// What is said of a source when it is made or changed; one of the titles must be there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceProfile {
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// Where it is fetched from.
    pub from: SourceKind,
    /// The name of the secret with which the service identifies itself there; the secret stands in the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Line>,
    /// How what was fetched is imported.
    pub import: SourceImport,
    /// When it is fetched; without a schedule only on request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<SourceSchedule>,
    /// Whether the schedule is followed; it is unless given.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What people should know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

fn yes() -> bool {
    true
}

/// A source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// Its code.
    pub code: Code,
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// Where it is fetched from.
    pub from: SourceKind,
    /// The name of the secret with which the service identifies itself there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Line>,
    /// How what was fetched is imported.
    pub import: SourceImport,
    /// When it is fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<SourceSchedule>,
    /// Whether the schedule is followed.
    pub enabled: bool,
    /// What people should know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Moment,
}

/// What started a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceRunTrigger {
    /// The schedule.
    Schedule,
    /// A person.
    Person,
    /// A person who wants nothing to be kept.
    DryRun,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceRunState {
    /// Waits for a worker.
    Queued,
    /// Fetches, waits to try again, or is being imported.
    Running,
    /// There was nothing new since the last import without a fault.
    Unchanged,
    /// What was fetched was imported, wholly or as far as it was sound: the import says which.
    Imported,
    /// What was fetched was checked, and nothing was kept.
    Validated,
    /// What the source gives cannot be taken: the faults, or those of the import, say why.
    Refused,
    /// It could not be fetched however often it was tried, or the work on it failed.
    Failed,
    /// It was due while another run of the source was unfinished.
    Skipped,
    /// Somebody stopped it.
    Cancelled,
}

impl SourceRunState {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }
}

/// How an attempt to fetch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceAttemptOutcome {
    /// With content.
    Fetched,
    /// With the word of the source that there is nothing new.
    Unchanged,
    /// With something that may pass; it is tried again after a pause, as often as jobs are.
    Transient,
    /// With something that does not pass by itself.
    Refused,
    /// The process that fetched was gone.
    Interrupted,
}

/// One attempt to fetch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceAttempt {
    /// Which one it was, from 1.
    pub number: u32,
    /// When it began.
    pub started_at: Moment,
    /// When it ended.
    #[serde(default)]
    pub ended_at: Option<Moment>,
    /// How it ended.
    #[serde(default)]
    pub outcome: Option<SourceAttemptOutcome>,
    /// What went wrong.
    pub faults: Vec<Fault>,
}

/// A run of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SourceRun {
    /// Its identifier.
    pub id: Id,
    /// The code of the source.
    pub source: Code,
    /// What started it.
    pub trigger: SourceRunTrigger,
    /// The moment of the schedule that it is for.
    #[serde(default)]
    pub due_at: Option<Moment>,
    /// How far it is.
    pub state: SourceRunState,
    /// The job that fetches; a skipped run has none.
    #[serde(default)]
    pub job: Option<Id>,
    /// The attempts to fetch, the first of them first.
    pub attempts: Vec<SourceAttempt>,
    /// How many bytes the content has.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// How many answers it came in.
    #[serde(default)]
    pub pages: Option<u32>,
    /// Its SHA-256 digest.
    #[serde(default)]
    pub digest: Option<Digest>,
    /// The `ETag` that the source gave it.
    #[serde(default)]
    pub etag: Option<String>,
    /// The `Last-Modified` that the source gave it.
    #[serde(default)]
    pub last_modified: Option<String>,
    /// What went wrong in the end.
    pub faults: Vec<Fault>,
    /// The import of what was fetched.
    #[serde(default)]
    pub import: Option<Id>,
    /// The path of every fault and warning of that import.
    #[serde(default)]
    #[schema(example = "/api/v1/imports/0190d9a2-7c00-7000-8000-000000000001/faults")]
    pub report: Option<String>,
    /// When it was asked for, or the schedule was followed.
    pub created_at: Moment,
    /// Who asked for it.
    pub created_by: String,
    /// When it was over.
    #[serde(default)]
    pub finished_at: Option<Moment>,
}

page_of!(
    /// A page of sources, by code.
    SourcePage, Source
);

page_of!(
    /// A page of the runs of a source, the newest first.
    SourceRunPage, SourceRun
);
