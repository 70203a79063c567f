//! Reports: the current-state assessment of a city or of a whole cohort as a document to be handed over.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Digest, Id, Line, Moment, PeriodCode, WorkState};

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportLanguage {
    /// Simplified Chinese.
    Zh,
    /// English.
    En,
}

impl ReportLanguage {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }
}

/// The formats of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    /// One page of HTML that needs nothing beside it.
    Html,
    /// A Word document.
    Docx,
    /// PDF.
    Pdf,
    /// A workbook of the tables, with formulas where a reader may want to check.
    Xlsx,
}

impl ReportFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Html, Self::Docx, Self::Pdf, Self::Xlsx];

    /// Its word, which is the extension of its files too.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
        }
    }
}

/// Asks for a report: of a city of an assessment, or of all its cities where none is named. It names the assessment, or a round whose newest
/// publication it takes then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// The assessment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessment: Option<Id>,
    /// The round, in place of an assessment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Code>,
    /// The class of the round, where it has classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Code>,
    /// The city; all of them unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<Code>,
    /// The period; the latest one of the assessment unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodCode>,
    /// With what a city is compared, as in a gap analysis; `peer_median` unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, max_length = 110, example = "peer_median")]
    pub against: Option<Line>,
    /// The period by which gaps are to close.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PeriodCode>,
    /// The body that hands the report over, as it is named on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Line>,
    /// The language; that of the request unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<ReportLanguage>,
    /// The format.
    pub format: ReportFormat,
}

/// A report, or what is on its way to be one. Once it is there it never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Its identifier.
    pub id: Id,
    /// How far it is; the file is there once it has succeeded.
    pub state: WorkState,
    /// The job that makes it.
    pub job: Id,
    /// The assessment.
    pub assessment: Id,
    /// The round to which the assessment belongs.
    #[serde(default)]
    pub round: Option<Code>,
    /// The city; none in a report of all of them.
    #[serde(default)]
    pub city: Option<Code>,
    /// The period.
    pub period: PeriodCode,
    /// With what a city is compared.
    #[serde(default)]
    pub against: Option<String>,
    /// The period by which gaps are to close.
    #[serde(default)]
    pub by: Option<PeriodCode>,
    /// The body that hands it over.
    #[serde(default)]
    pub body: Option<String>,
    /// Its language.
    pub language: ReportLanguage,
    /// Its format.
    pub format: ReportFormat,
    /// The SHA-256 digest of the template by which it was written.
    #[serde(default)]
    pub template: Option<Digest>,
    /// Where the file is downloaded.
    #[serde(default)]
    pub file: Option<String>,
    /// The size of the file.
    #[serde(default)]
    pub bytes: Option<u64>,
    /// The SHA-256 digest of the file.
    #[serde(default)]
    pub sha256: Option<Digest>,
    /// Why it failed, in the caller's language.
    #[serde(default)]
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: Moment,
    /// Who asked for it.
    pub created_by: String,
}

page_of!(
    /// A page of reports, the newest first.
    ReportPage, Report
);
