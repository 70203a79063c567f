//! Observations: reported values with their status, provenance and history.

use citygauge_indicators as indicators;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Id, Line, Moment, Note, PeriodCode, SetRef};

/// Whether a value counts, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObservationStatus {
    /// The value was reported and counts.
    #[default]
    Reported,
    /// Nothing was reported.
    Missing,
    /// The item does not apply to this city; `note` says why.
    NotApplicable,
    /// The value was refused in review and counts as missing.
    Rejected,
}

/// A value as it is written: a number, yes or no, or the code of an option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ObservationValue {
    /// Yes or no, of a boolean item.
    Flag(bool),
    /// A number; of a boolean item 1 or 0.
    Number(f64),
    /// The code of an option, or a number or yes/no as text.
    Text(Line),
}

/// The value of one data item for one city and period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Observation {
    /// The code of the city.
    pub city: Code,
    /// The period.
    pub period: PeriodCode,
    /// The code of the data item.
    pub item: Code,
    /// The value; absent unless the status is `reported` or `rejected`.
    #[serde(default)]
    pub value: Option<ObservationValue>,
    /// Whether the value counts.
    pub status: ObservationStatus,
    /// What is said of its quality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What a reader should know; the reason where the item does not apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The import that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<Id>,
    /// When it was recorded.
    pub recorded_at: Moment,
    /// Who recorded it.
    pub recorded_by: String,
    /// When a correction took its place; absent while it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<Moment>,
}

page_of!(
    /// A page of observations, by city, period and item.
    ObservationPage, Observation
);

/// Every value that one city, period and item ever had, the newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObservationHistory {
    /// The values.
    pub items: Vec<Observation>,
}

/// A value that is reported, or corrects the one before; the earlier one stays in the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationReport {
    /// The set whose data item it is; the item's kind and range are checked.
    pub set: SetRef,
    /// The value; absent unless the status is `reported` or `rejected`.
    #[serde(default)]
    pub value: Option<ObservationValue>,
    /// Whether the value counts.
    #[serde(default)]
    pub status: ObservationStatus,
    /// What is said of its quality.
    #[serde(default)]
    pub quality: Option<Line>,
    /// Where it comes from.
    #[serde(default)]
    pub source: Option<Note>,
    /// What a reader should know; required where the item does not apply.
    #[serde(default)]
    pub note: Option<Note>,
}

/// Refuses a value in review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationRejection {
    /// Why; it becomes the note of the value.
    pub reason: Note,
}

/// A value inside a request that is not kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationInput {
    /// The code of the city.
    pub city: Code,
    /// The period.
    pub period: PeriodCode,
    /// The code of the data item.
    pub item: Code,
    /// The value; absent unless the status is `reported` or `rejected`.
    #[serde(default)]
    pub value: Option<ObservationValue>,
    /// Whether the value counts.
    #[serde(default)]
    pub status: ObservationStatus,
    /// What a reader should know; required where the item does not apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}

impl ObservationValue {
    /// The value as a person would write it in a table.
    #[must_use]
    pub fn as_written(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.to_string(),
        }
    }
}

impl From<ObservationStatus> for indicators::Status {
    fn from(status: ObservationStatus) -> Self {
        match status {
            ObservationStatus::Reported => Self::Reported,
            ObservationStatus::Missing => Self::Missing,
            ObservationStatus::NotApplicable => Self::NotApplicable,
            ObservationStatus::Rejected => Self::Rejected,
        }
    }
}

impl From<indicators::Status> for ObservationStatus {
    fn from(status: indicators::Status) -> Self {
        match status {
            indicators::Status::Reported => Self::Reported,
            indicators::Status::Missing => Self::Missing,
            indicators::Status::NotApplicable => Self::NotApplicable,
            indicators::Status::Rejected => Self::Rejected,
        }
    }
}
