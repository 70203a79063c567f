//! What a leaf measures and how the measure becomes a score.

use serde::Serialize;
use serde_json::Value;

use super::imputation::Imputation;
use super::scoring::Scoring;
use super::treatment::Treatment;
use crate::fault::Faults;
use crate::read::{Object, Read, read_words};

/// Which way a raw value is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Best inside an interval.
    Target,
}

read_words!(Direction { "higher" => Self::Higher, "lower" => Self::Lower, "target" => Self::Target });

/// How a raw value is shown; it changes text only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Display {
    /// As the number is.
    #[default]
    Plain,
    /// Times one hundred with a per cent sign.
    Percent,
}

read_words!(Display { "plain" => Self::Plain, "percent" => Self::Percent });

/// A leaf: a formula over data items and a scoring rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Indicator {
    /// The formula over data items; a checklist has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    /// The unit of the raw value; UCUM where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How the raw value is shown.
    #[serde(skip_serializing_if = "crate::document::is_default")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub display: Display,
    /// Which way the raw value is better; read off the scoring rule where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// How the raw value becomes a score.
    pub scoring: Scoring,
    /// What is done to the raw value before a cohort rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub treatment: Vec<Treatment>,
    /// How a missing raw value is imputed; as the set says unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imputation: Option<Imputation>,
}

impl Read for Indicator {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let formula = object.optional("formula", faults);
        let unit = object.optional("unit", faults);
        let display = object.or("display", Display::Plain, faults);
        let direction = object.optional("direction", faults);
        let scoring = object.required("scoring", faults);
        let treatment = object.optional("treatment", faults).unwrap_or_default();
        let imputation = object.optional("imputation", faults);
        object.close(faults);
        Some(Self { formula, unit, display, direction, scoring: scoring?, treatment, imputation })
    }
}
