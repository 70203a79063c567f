//! Mean and standard deviation of the values that a rule is fitted on.

use std::sync::OnceLock;

use dashu_ratio::RBig;
use polars::prelude::Float64Chunked;

use super::members::Members;
use crate::exact::{real, sums};
use crate::numbers::{Deviations, deviations};
use crate::quantity::EPSILON;

/// Mean and standard deviation of the sample (divisor n - 1): doubles with their bounds, and exactly once a decision
/// needs it.
#[derive(Debug, Clone)]
pub(crate) struct Spread {
    pub mean: f64,
    /// How far the mean may lie from the exact one.
    pub mean_bound: f64,
    pub sd: f64,
    /// How far the standard deviation may lie from the exact one.
    pub sd_bound: f64,
    members: Members,
    exact: OnceLock<ExactSpread>,
}

/// The mean exactly, the standard deviation to 50 digits.
#[derive(Debug, Clone)]
pub(crate) struct ExactSpread {
    pub mean: RBig,
    pub sd: RBig,
}

impl Spread {
    /// Two passes: the mean, then the sum of deviations from it and of their squares, the first of which makes good what
    /// rounding the mean has lost (Chan, Golub and LeVeque, "Algorithms for computing the sample variance", The American
    /// Statistician 37 (1983), 242-247, the corrected two-pass algorithm). Sums are compensated, so that their
    /// error does not grow with the cohort.
    pub(super) fn of(members: Members) -> Option<Self> {
        let all = |from: f64| {
            let of_column = |column: &Float64Chunked| deviations(column, from);
            members.columns().map(of_column).fold(Deviations::default(), |one, other| one + other)
        };
        let first = all(0.0);
        let n = first.count as f64;
        if first.count == 0 {
            return None;
        }
        let middle = first.sum / n;
        let Deviations { sum, squares, .. } = all(middle);
        let mean = middle + sum / n;
        // The mean magnitude of a deviation is at most their root mean square.
        let mean_bound = members.bound + 8.0 * EPSILON * (squares / n).sqrt() + 4.0 * EPSILON * mean.abs() + f64::MIN_POSITIVE;
        let around = (squares - sum * sum / n).max(0.0);
        let freedom = (n - 1.0).max(1.0);
        let sd = (around / freedom).sqrt();
        // The root of the sum of squares around the mean is a norm, so it moves by no more than the norm of what moves
        // the values; what rounding does to the sums moves it by that over the root.
        let moved = n.sqrt() * members.bound + EPSILON * squares.sqrt();
        let rounded = 8.0 * EPSILON * (squares + sum * sum / n) / around.sqrt();
        let sd_bound = (moved + rounded) / freedom.sqrt() + 4.0 * EPSILON * sd + f64::MIN_POSITIVE;
        Some(Self { mean, mean_bound, sd, sd_bound, members, exact: OnceLock::new() })
    }

    /// Whether some decision has needed the exact values.
    #[cfg(test)]
    pub(super) fn is_exact(&self) -> bool {
        self.exact.get().is_some()
    }

    /// The same without error; made once.
    pub(crate) fn exact(&self) -> &ExactSpread {
        self.exact.get_or_init(|| {
            let values = self.members.all_exact();
            let variance = sums::variance(&values).unwrap_or(RBig::ZERO);
            ExactSpread {
                mean: sums::mean(&values).unwrap_or(RBig::ZERO),
                sd: real::sqrt(&variance).expect("a variance is not negative"),
            }
        })
    }
}
