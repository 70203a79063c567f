//! Observations: reported values with their status, provenance and history.

use citygauge_indicators as indicators;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Day, Fault, Id, Line, Moment, Note, PeriodCode, SetRef};

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

/// How a value came about, from the best grade to the worst (U4SSC, KPIs Verification Manual, 2022, p. 153).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QualityGrade {
    /// Based on accurate measurements.
    AccurateMeasurement,
    /// Extrapolated based on survey of inhabitants.
    SurveyExtrapolation,
    /// Extrapolated based on higher-level data.
    HigherLevelExtrapolation,
    /// Estimation based on certain assumptions.
    AssumptionEstimate,
    /// Personal estimation.
    PersonalEstimate,
    /// Unknown methodology, not traceable.
    NotTraceable,
}

/// Who delivered a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObservationProvider {
    /// The city itself.
    City,
    /// A third party, such as a platform operator.
    ThirdParty,
    /// A central body that computes it for all cities.
    Central,
    /// A survey of citizens.
    Citizen,
    /// A panel of experts.
    Expert,
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
    /// Its quality: the word of a `QualityGrade`; what was recorded before there were grades may be any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// Where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What a reader should know; the reason where the item does not apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How it was obtained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Who delivered it, where that is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ObservationProvider>,
    /// The day of which it speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Day>,
    /// The unit in which the source states it; `value` is in the item's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How many were asked or measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub sample_size: Option<i64>,
    /// The half-width of the 95 % interval, in the item's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0)]
    pub margin: Option<f64>,
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
    /// What the validation rules found that refuses nothing, in the caller's language; only in the answer to a report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub warnings: Vec<Fault>,
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
    /// Its quality grade.
    #[serde(default)]
    pub quality: Option<QualityGrade>,
    /// Where it comes from.
    #[serde(default)]
    pub source: Option<Note>,
    /// What a reader should know; required where the item does not apply.
    #[serde(default)]
    pub note: Option<Note>,
    /// How it was obtained.
    #[serde(default)]
    pub method: Option<Note>,
    /// Who delivered it; that of the item in the set.
    #[serde(default)]
    pub provider: Option<ObservationProvider>,
    /// The day of which it speaks.
    #[serde(default)]
    pub as_of: Option<Day>,
    /// The unit in which the source states it; it is kept and converts nothing, `value` is in the item's unit.
    #[serde(default)]
    pub unit: Option<Line>,
    /// How many were asked or measured; only beside a value of an amount, a ratio, an index or a survey.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    pub sample_size: Option<i64>,
    /// The half-width of the 95 % interval, in the item's unit; only where a sample size may stand.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub margin: Option<f64>,
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

impl From<QualityGrade> for indicators::QualityGrade {
    fn from(grade: QualityGrade) -> Self {
        match grade {
            QualityGrade::AccurateMeasurement => Self::AccurateMeasurement,
            QualityGrade::SurveyExtrapolation => Self::SurveyExtrapolation,
            QualityGrade::HigherLevelExtrapolation => Self::HigherLevelExtrapolation,
            QualityGrade::AssumptionEstimate => Self::AssumptionEstimate,
            QualityGrade::PersonalEstimate => Self::PersonalEstimate,
            QualityGrade::NotTraceable => Self::NotTraceable,
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
