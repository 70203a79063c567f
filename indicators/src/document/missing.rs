//! What happens in a parent when a child has no score, and how much must be there.

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read, read_words, wrong_word};

/// What happens in its parent when a node has no score.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum MissingRule {
    /// The other weights are rescaled.
    #[default]
    Skip,
    /// It counts 0 and its weight stays.
    Zero,
    /// The parent has no score either.
    NoScore,
    /// It counts the mean of the cohort's own scores of it in that period.
    PeerMean {
        /// Restricts the peers to the cities that share this attribute.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// It counts the median of the cohort's own scores of it in that period.
    PeerMedian {
        /// Restricts the peers to the cities that share this attribute.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
    },
    /// It counts its own score of at most `at_most` periods earlier.
    Previous {
        /// How many periods back it may lie, 1 unless given.
        at_most: u32,
    },
}

impl MissingRule {
    /// The word that names the rule in a document.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Zero => "zero",
            Self::NoScore => "no_score",
            Self::PeerMean { .. } => "peer_mean",
            Self::PeerMedian { .. } => "peer_median",
            Self::Previous { .. } => "previous",
        }
    }
}

impl Read for MissingRule {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let word: String = object.required("rule", faults)?;
        let rule = match word.as_str() {
            "skip" => Self::Skip,
            "zero" => Self::Zero,
            "no_score" => Self::NoScore,
            "peer_mean" => Self::PeerMean { group: object.optional("group", faults) },
            "peer_median" => Self::PeerMedian { group: object.optional("group", faults) },
            "previous" => Self::Previous { at_most: object.or("at_most", 1, faults) },
            other => {
                let words = ["skip", "zero", "no_score", "peer_mean", "peer_median", "previous"];
                return wrong_word(other, &object.pointer("rule"), &words, faults);
            }
        };
        object.close(faults).then_some(rule)
    }
}

/// What the least coverage is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CoverageBy {
    /// The share of the children's weights.
    #[default]
    Weight,
    /// The share of the children's number.
    Count,
}

read_words!(CoverageBy { "weight" => Self::Weight, "count" => Self::Count });

/// The least share of direct children with a score of their own; below it the node has no score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MinCoverage {
    /// What the share is measured in.
    pub by: CoverageBy,
    /// The least share, 0 to 1.
    #[cfg_attr(feature = "schema", schema(minimum = 0.0, maximum = 1.0))]
    pub at_least: f64,
}

impl Read for MinCoverage {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let by = object.or("by", CoverageBy::Weight, faults);
        let at_least = object.required("at_least", faults);
        object.close(faults).then_some(Self { by, at_least: at_least? })
    }
}
