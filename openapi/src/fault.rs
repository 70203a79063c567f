//! One finding, in the shape it has everywhere: on the terminal, in tables, in problem documents.

use citygauge_indicators as indicators;
use citygauge_indicators::Language;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether a finding refuses the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = FaultSeverity)]
pub enum Severity {
    /// The result stands, and a reader should know this.
    Warning,
    /// The input is refused.
    Error,
}

impl Severity {
    /// The word used in files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        indicators::Severity::from(self).word()
    }
}

/// One fault or warning; what does not apply is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// Whether it refuses the input.
    pub severity: Severity,
    /// Stable and dotted; programs may rely on it.
    #[schema(example = "observation.above_max")]
    pub code: String,
    /// The name of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The row, counted from 1 with the header as row 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// The header of the column, or its letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// RFC 6901 pointer into the JSON document that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The code of the city.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The code of the node or data item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_or_item: Option<String>,
    /// The value found, shortened where it is long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What would have been accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// How to mend it, in the caller's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What is wrong, in the caller's language.
    pub message: String,
}

impl Fault {
    /// The finding with its sentences in one language.
    #[must_use]
    pub fn new(fault: &indicators::Fault, language: Language) -> Self {
        let fault = fault.clone();
        Self {
            severity: fault.severity.into(),
            code: fault.code.to_owned(),
            file: fault.file,
            sheet: fault.sheet,
            row: fault.row,
            column: fault.column,
            pointer: fault.pointer,
            city: fault.city,
            period: fault.period,
            node_or_item: fault.node_or_item,
            value: fault.value,
            expected: fault.expected,
            hint: fault.hint.map(|hint| hint.get(language).to_owned()),
            message: fault.message.get(language).to_owned(),
        }
    }

    /// Every finding of a list, in one language.
    #[must_use]
    pub fn list(faults: &indicators::Faults, language: Language) -> Vec<Self> {
        faults.0.iter().map(|fault| Self::new(fault, language)).collect()
    }
}

impl From<indicators::Severity> for Severity {
    fn from(severity: indicators::Severity) -> Self {
        match severity {
            indicators::Severity::Warning => Self::Warning,
            indicators::Severity::Error => Self::Error,
        }
    }
}

impl From<Severity> for indicators::Severity {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Warning => Self::Warning,
            Severity::Error => Self::Error,
        }
    }
}
