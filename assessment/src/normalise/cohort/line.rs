//! The line that most cohort rules are: one end fitted on the cohort scores `low`, the other `high`. Which ends a rule
//! takes, its own file says.

use dashu_ratio::RBig;
use polars::prelude::{Expr, lit};

use super::super::{Raw, number};
use crate::numbers;
use crate::quantity::EPSILON;

/// An end of a line, as a double and exactly.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct End {
    pub value: f64,
    pub exact: RBig,
    /// How far the double may lie from the exact value.
    pub bound: f64,
}

impl End {
    /// A number that was read: it means its shortest decimal.
    pub(crate) fn decimal(value: f64) -> Self {
        Self { value, exact: number(value), bound: value.abs() * EPSILON }
    }
}

/// A line through two ends, which differ wherever it is used.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The raw value that scores `low`.
    pub from: End,
    /// The raw value that scores `high`.
    pub to: End,
    pub low: f64,
    pub high: f64,
    /// Whether no score exceeds `high`.
    pub cap: bool,
}

impl Line {
    /// Whether the ends are the same, so that the rule would divide by zero.
    pub(crate) fn is_degenerate(&self) -> bool {
        self.from.exact == self.to.exact
    }

    /// (value - from) / (to - from) x (high - low) + low, at most `high` where it is capped.
    pub(crate) fn expression(&self, value: Expr) -> Expr {
        let slope = (self.high - self.low) / (self.to.value - self.from.value);
        let score = numbers::line(value, self.from.value, slope, self.low);
        if self.cap { score.clip_max(lit(self.high)) } else { score }
    }

    /// The same in exact arithmetic.
    pub(crate) fn exact(&self, value: &RBig) -> RBig {
        let (low, high) = (number(self.low), number(self.high));
        let score = (value - &self.from.exact) / (&self.to.exact - &self.from.exact) * (&high - &low) + low;
        if self.cap { score.min(high) } else { score }
    }

    /// As between goalposts, each end having a bound of its own.
    pub(crate) fn bound(&self, raw: Raw) -> f64 {
        let span = (self.to.value - self.from.value).abs();
        let ends = self.to.value.abs() + self.from.value.abs();
        let end_error = self.from.bound.max(self.to.bound) + EPSILON * ends;
        let margin = span - 2.0 * end_error;
        if margin <= 0.0 {
            return f64::INFINITY;
        }
        let reach = raw.largest + raw.bound + ends;
        let share = reach / margin;
        (self.high - self.low).abs()
            * ((raw.bound + end_error + EPSILON * reach) / margin + share * (2.0 * end_error / margin + 8.0 * EPSILON))
            + 4.0 * EPSILON * self.high.abs()
    }

    /// The greatest magnitude of a score: an end of the range, where no value lies outside of it.
    pub(crate) fn largest(&self, raw: Raw) -> Option<f64> {
        let (least, greatest) = (self.from.value.min(self.to.value), self.from.value.max(self.to.value));
        let inside = raw.extent.is_some_and(|extent| extent.smallest >= least && extent.largest <= greatest);
        inside.then(|| self.low.abs().max(self.high.abs()) * (1.0 + 8.0 * EPSILON))
    }

    /// The raw value that gives a score.
    pub(crate) fn invert(&self, score: &RBig) -> Option<RBig> {
        if self.cap && *score > number(self.high) {
            return None;
        }
        let share = (score - number(self.low)) / (number(self.high) - number(self.low));
        Some(&self.from.exact + share * (&self.to.exact - &self.from.exact))
    }
}
