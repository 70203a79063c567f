//! What a leaf measures and how the measure becomes a score.

use serde::Serialize;
use serde_json::Value;

use super::scoring::Scoring;
use crate::fault::Faults;
use crate::read::{Object, Read, read_words, wrong_word};

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

/// A treatment of raw values before a cohort rule, as COINr defines it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Treatment {
    /// Moves the outermost values inward, at most this many.
    Winsorise {
        /// The greatest number of values moved.
        at_most: u32,
    },
    /// The natural logarithm.
    Log,
    /// Box and Cox' power transform.
    BoxCox {
        /// Its exponent.
        lambda: f64,
    },
}

impl Read for Treatment {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let word: String = object.required("method", faults)?;
        let treatment = match word.as_str() {
            "winsorise" => object.required("at_most", faults).map(|at_most| Self::Winsorise { at_most }),
            "log" => Some(Self::Log),
            "box_cox" => object.required("lambda", faults).map(|lambda| Self::BoxCox { lambda }),
            other => wrong_word(other, &object.pointer("method"), &["winsorise", "log", "box_cox"], faults),
        };
        if object.close(faults) { treatment } else { None }
    }
}

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
        object.close(faults);
        Some(Self { formula, unit, display, direction, scoring: scoring?, treatment })
    }
}
