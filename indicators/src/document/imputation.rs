//! What is put in the place of a raw value that is missing, before anything is fitted or scored.

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read, read_words, wrong_word};

/// What an imputation across periods does where there is an observation on one side only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// The value stays missing.
    #[default]
    Missing,
    /// The nearest observed value is taken.
    Constant,
}

read_words!(Ends { "missing" => Self::Missing, "constant" => Self::Constant });

/// Which of a city's other indicators `row_mean` looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// The indicators under the same parent.
    #[default]
    Parent,
    /// All indicators of the set.
    All,
}

read_words!(Within { "parent" => Self::Parent, "all" => Self::All });

/// How a missing raw value is imputed; only values that were observed serve, never imputed ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Imputation {
    /// It stays missing; in an indicator this switches the set's imputation off.
    #[default]
    None,
    /// The mean of the cohort's raw values in that period.
    Mean {
        /// Restricts the donors to the cities that share this attribute.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// The median of the cohort's raw values in that period (R's type 7).
    Median {
        /// Restricts the donors to the cities that share this attribute.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// The city's own latest earlier value.
    Previous {
        /// How many periods back it may lie, 1 unless given.
        #[serde(skip_serializing_if = "is_one")]
        #[cfg_attr(feature = "schema", schema(required = false, default = 1, minimum = 1))]
        at_most: u32,
        /// What happens before the city's first value.
        #[serde(skip_serializing_if = "crate::document::is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        ends: Ends,
    },
    /// On the straight line between the city's nearest earlier and nearest later value.
    Interpolate {
        /// What happens before its first and after its last value.
        #[serde(skip_serializing_if = "crate::document::is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        ends: Ends,
    },
    /// The mean of the city's other indicators on a scale from the cohort's worst to its best, taken back to this
    /// indicator's scale.
    RowMean {
        /// Which other indicators.
        #[serde(skip_serializing_if = "crate::document::is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        within: Within,
    },
}

impl Imputation {
    /// The word that names the method in a document.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Mean { .. } => "mean",
            Self::Median { .. } => "median",
            Self::Previous { .. } => "previous",
            Self::Interpolate { .. } => "interpolate",
            Self::RowMean { .. } => "row_mean",
        }
    }

    /// The attribute that donors share with the city, where the method has one.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        match self {
            Self::Mean { group } | Self::Median { group } => group.as_deref(),
            _ => None,
        }
    }
}

impl Read for Imputation {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let word: String = object.required("method", faults)?;
        let imputation = match word.as_str() {
            "none" => Self::None,
            "mean" => Self::Mean { group: object.optional("group", faults) },
            "median" => Self::Median { group: object.optional("group", faults) },
            "previous" => {
                Self::Previous { at_most: object.or("at_most", 1, faults), ends: object.or("ends", Ends::Missing, faults) }
            }
            "interpolate" => Self::Interpolate { ends: object.or("ends", Ends::Missing, faults) },
            "row_mean" => Self::RowMean { within: object.or("within", Within::Parent, faults) },
            other => {
                let words = ["none", "mean", "median", "previous", "interpolate", "row_mean"];
                return wrong_word(other, &object.pointer("method"), &words, faults);
            }
        };
        object.close(faults).then_some(imputation)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_one(value: &u32) -> bool {
    *value == 1
}
