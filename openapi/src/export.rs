//! Exports: tables as files, made by a job and kept for a while.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Digest, Id, Moment, WorkState};

/// Asks for a table as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExport {
    /// The address of the table with its query, as it would be asked for: `/api/v1/assessments/.../scores?node=TOTAL`. `limit` and `cursor`
    /// mean nothing here.
    #[schema(min_length = 1, max_length = 8000)]
    pub table: String,
    /// The format; that of the address unless given, and CSV where it says nothing either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<ExportFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bom: Option<bool>,
}

/// The formats of files. Every table has the first six; scores and observations have those of SDMX and NGSI-LD too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// CSV.
    Csv,
    /// One JSON document.
    Json,
    /// A JSON object per line.
    Ndjson,
    /// An Arrow IPC file.
    Arrow,
    /// Parquet.
    Parquet,
    /// A workbook.
    Xlsx,
    /// SDMX-CSV 2.0.
    SdmxCsv,
    /// SDMX-JSON 2.0.
    SdmxJson,
    /// NGSI-LD entities.
    NgsiLd,
}

/// A table as a file, or on its way to be one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Export {
    /// Its identifier.
    pub id: Id,
    /// How far it is; the file is there once it has succeeded.
    pub state: WorkState,
    /// The job that makes it.
    pub job: Id,
    /// The address of the table.
    pub table: String,
    /// The format.
    pub format: ExportFormat,
    /// Whether CSV begins with a byte order mark.
    pub bom: bool,
    /// About how many rows it has.
    pub estimated_rows: u64,
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
    /// When it is removed.
    pub expires_at: Moment,
}

page_of!(
    /// A page of exports, the newest first.
    ExportPage, Export
);
