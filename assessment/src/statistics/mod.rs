//! Statistics of a set on a cohort, for one period: what an author looks at before trusting a set, and an evaluator
//! before trusting its data.
//!
//! They describe; no score depends on them. What cannot be computed is none, with the [`Absence`] that says why.
//! Sources: OECD and JRC, *Handbook on Constructing Composite Indicators* (2008), steps 3 to 5 and 7; Becker et al.,
//! *COINr* (2022), whose results the tests reproduce.

mod absence;
mod availability;
mod balance;
mod components;
mod consistency;
mod correlations;
mod indicators;
mod members;
mod screening;
mod standing;
#[cfg(test)]
mod tests;
mod variable;

use citygauge_indicators::{IndicatorSet, NodeIndex, Period};
use polars::prelude::Float64Chunked;

pub use absence::Absence;
pub use availability::Availability;
pub use balance::Balance;
pub use components::{Component, Components};
pub use consistency::Consistency;
pub use correlations::{Between, Correlation, CorrelationKind, Correlations, Relation};
pub use indicators::{Concern, IndicatorLimits, IndicatorStatistics, Outliers};
pub use members::Members;
pub use screening::{Reason, Screened, Screening};
pub use standing::{Standing, Standings};

use crate::assessment::{Assessment, PeriodScores, is_option};
use crate::measure::Measured;
use crate::tree::Computed;

/// Which numbers of a leaf are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Of {
    /// Scores: every indicator points the same way.
    #[default]
    Score,
    /// Raw values, as they were reported, in their units.
    Value,
    /// What the scoring rule saw: raw values after imputation and treatment.
    Prepared,
}

impl Of {
    /// All of them, in the order in which they come about.
    pub const ALL: [Self; 3] = [Self::Value, Self::Prepared, Self::Score];

    /// The word used in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Value => "value",
            Self::Prepared => "prepared",
        }
    }
}

/// The statistics of one period of an assessment; every one is computed when it is asked for.
#[derive(Clone, Copy)]
pub struct Statistics<'a> {
    assessment: &'a Assessment,
    scores: &'a PeriodScores,
    computed: &'a Computed,
}

impl<'a> Statistics<'a> {
    /// The statistics of a period; `None` where the assessment has no result for it.
    #[must_use]
    pub fn of(assessment: &'a Assessment, period: Period) -> Option<Self> {
        let scores = assessment.periods.iter().find(|scores| assessment.observations.slices[scores.at].period == period)?;
        Some(Self { assessment, scores, computed: &assessment.computed[scores.at] })
    }

    /// The set with the weights that hold in the period.
    fn set(&self) -> &'a IndicatorSet {
        self.assessment.weighed.set(self.scores.at)
    }

    /// The number of cities.
    fn height(&self) -> usize {
        self.assessment.observations.slices[self.scores.at].height()
    }

    fn measured(&self) -> &'a Measured {
        &self.assessment.measured[self.scores.at]
    }

    /// The code of the city of a row.
    fn city(&self, row: usize) -> &'a str {
        let observations = &self.assessment.observations;
        &observations.cities[observations.slices[self.scores.at].cities[row]].code
    }

    /// Raw or prepared values of a leaf, or scores of a node. Only a leaf has a raw value, and an option of a choice is no
    /// number.
    fn column(&self, node: NodeIndex, of: Of) -> Option<&'a Float64Chunked> {
        match of {
            Of::Score => self.computed.actual.scores.get(node),
            Of::Value | Of::Prepared if is_option(self.assessment, node) => None,
            Of::Value => self.measured().values.get(&node),
            Of::Prepared => self.set().nodes()[node].leaf().map(|_| self.measured().to_score(node).0),
        }
    }
}

/// A statistic as decisions see it: rounded to ten decimals, as scores are before ranking, so that the last bit of a
/// double decides nothing.
fn settled(value: f64) -> f64 {
    let scaled = value * 1e10;
    if scaled.abs() < 1e15 { scaled.round() / 1e10 } else { value }
}

/// A share of counts. Division is rounded correctly, so that 9 of 10 is the double 0.9 and compares equal to it.
fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Sums and powers of values near the end of the range of doubles leave it; such a statistic is none.
fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}
