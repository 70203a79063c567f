//! Imports: files of cities or observations, and every fault found in them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Digest, Fault, Id, Line, Moment, PeriodCode, SetRef, UsedMapping, WorkState};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// Cities for the register.
    Cities,
    /// Values of data items.
    Observations,
}

/// Whether the rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportMode {
    /// Only look for faults.
    Validate,
    /// Keep the rows.
    #[default]
    Commit,
}

/// What a faulty row does to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnFault {
    /// One fault refuses the whole file.
    #[default]
    RejectAll,
    /// Faulty rows are left out, and the import says `partial`.
    SkipRows,
}

/// The form of a table of observations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportShape {
    /// A row per city, period and item.
    Long,
    /// A row per city and period, a column per item.
    Wide,
    /// SDMX-CSV.
    SdmxCsv,
}

/// An upload and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// Its identifier.
    pub id: Id,
    /// The job that works on it.
    pub job: Id,
    /// What the file holds.
    pub kind: ImportKind,
    /// Whether the rows are kept.
    pub mode: ImportMode,
    /// What a faulty row does to the others.
    pub on_fault: OnFault,
    /// The set that gave the types of the data items.
    #[serde(default)]
    pub set: Option<SetRef>,
    /// The period of rows that name none.
    #[serde(default)]
    pub period: Option<PeriodCode>,
    /// The mapping by which it was read.
    #[serde(default)]
    pub mapping: Option<UsedMapping>,
    /// The encoding in which a text file was read: `UTF-8` or `GB18030`.
    #[serde(default)]
    #[schema(example = "UTF-8")]
    pub encoding: Option<String>,
    /// The form of a table of observations, where it was recognised.
    #[serde(default)]
    pub shape: Option<ImportShape>,
    /// The source that it was fetched from, where nobody sent it.
    #[serde(default)]
    pub source: Option<Code>,
    /// The run of that source.
    #[serde(default)]
    pub source_run: Option<Id>,
    /// The name of the file.
    #[serde(default)]
    pub file_name: Option<Line>,
    /// Its media type.
    pub media_type: String,
    /// Its SHA-256 digest.
    pub digest: Digest,
    /// Its size.
    pub bytes: u64,
    /// How far it is; `partial` where rows were left out.
    pub state: WorkState,
    /// Rows that were new or changed something (in mode `validate`: would).
    pub accepted: u64,
    /// Rows with a fault.
    pub rejected: u64,
    /// Rows that said what was known already.
    pub unchanged: u64,
    /// What is wrong.
    pub faults: ImportFaults,
    /// What is accepted and yet worth a look; it withholds no row.
    #[serde(default)]
    pub warnings: ImportFaults,
    /// What a commit would do to scores; in mode `validate`, where the file can be imported.
    #[serde(default)]
    pub score_changes: Option<ImportScoreChanges>,
    /// When it was uploaded.
    pub created_at: Moment,
    /// Who uploaded it.
    pub created_by: String,
    /// When it was done.
    #[serde(default)]
    pub finished_at: Option<Moment>,
}

/// The faults or the warnings of an import: how many, and the first of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportFaults {
    /// How many there are.
    pub total: u64,
    /// The first hundred; all of them under `/imports/{id}/faults`.
    pub items: Vec<Fault>,
}

/// What a commit of a file would do to scores: the set over the stored observations of every city, without and with the
/// rows of the file, in the periods of the file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportScoreChanges {
    /// The first hundred scores of cities of the file that change.
    pub items: Vec<ImportScoreChange>,
    /// How many there are.
    pub total: u64,
    /// How many scores of other cities change with them, because they depend on all cities.
    pub others: u64,
    /// Why nothing could be computed; then there are no items.
    pub faults: Vec<Fault>,
}

/// The score of one city in one period, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportScoreChange {
    /// The city.
    pub city: Code,
    /// The period.
    pub period: PeriodCode,
    /// As things stand; absent where nothing is known of the city in the period.
    #[serde(default)]
    pub before: Option<CityScore>,
    /// With the file.
    #[serde(default)]
    pub after: Option<CityScore>,
}

/// The score of a city for the whole set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CityScore {
    /// The score, rounded as the set says; absent where too little is known.
    #[serde(default)]
    pub score: Option<f64>,
    /// The maturity level.
    #[serde(default)]
    pub level: Option<Code>,
    /// The share of the weight for which a score exists, 0 to 1.
    #[serde(default)]
    pub coverage: Option<f64>,
}

page_of!(
    /// A page of imports, the newest first.
    ImportPage, Import
);

page_of!(
    /// A page of faults, in the order of the file.
    FaultPage, Fault
);
