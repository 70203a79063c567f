//! `z_score`: standard deviations from the cohort's mean, moved to a mean and a standard deviation of choice.
//!
//! Source: COINr's `n_zscore`, (x - mean(x)) / sd(x) x s + m, sd of the sample (divisor n - 1); *Handbook on Constructing
//! Composite Indicators* (OECD and JRC, 2008), step 5, standardisation. Direction `lower` turns the value's sign first.
//!
//! Example: 10, 20 and 30 score -1, 0 and 1; with mean 100 and sd 15 they score 85, 100 and 115.

use dashu_ratio::RBig;
use polars::prelude::Expr;

use super::super::{Raw, number};
use crate::fitted::Fit;
use crate::fitted::spread::Spread;
use crate::numbers;
use crate::quantity::EPSILON;

/// The rule with what was fitted for it.
pub(super) struct ZScore<'f> {
    pub fit: &'f Fit,
    pub spread: &'f Spread,
    pub rising: bool,
    /// The score of the cohort's mean.
    pub mean: f64,
    /// The score that a standard deviation adds.
    pub sd: f64,
}

impl ZScore<'_> {
    /// Whether nothing differs, so that there is no deviation; a single value differs from none.
    pub(super) fn is_degenerate(&self) -> bool {
        self.fit.exact_smallest == self.fit.exact_largest
    }

    fn slope(&self) -> f64 {
        if self.rising { self.sd / self.spread.sd } else { 0.0 - self.sd / self.spread.sd }
    }

    /// (value - mean) / sd, times the sd and plus the mean asked for.
    pub(super) fn expression(&self, value: Expr) -> Expr {
        numbers::line(value, self.spread.mean, self.slope(), self.mean)
    }

    /// The same in exact arithmetic; the standard deviation to 50 digits.
    pub(super) fn exact(&self, value: &RBig) -> RBig {
        let spread = self.spread.exact();
        let deviation = if self.rising { value - &spread.mean } else { &spread.mean - value };
        deviation / &spread.sd * number(self.sd) + number(self.mean)
    }

    /// The deviation enters with the bounds of value and mean, the standard deviation with its own; then three
    /// operations round.
    pub(super) fn bound(&self, raw: Raw) -> f64 {
        let Spread { mean, mean_bound, sd, sd_bound, .. } = *self.spread;
        let margin = sd - sd_bound;
        if margin.is_nan() || margin <= 0.0 {
            return f64::INFINITY;
        }
        let reach = raw.extent.map_or(0.0, |extent| (extent.largest - mean).abs().max((extent.smallest - mean).abs()));
        let deviation = raw.bound + mean_bound + EPSILON * reach;
        let score = self.sd * reach / margin;
        self.sd * deviation / margin + score * (sd_bound / margin + 4.0 * EPSILON) + 2.0 * EPSILON * (score + self.mean.abs())
    }

    /// The raw value that has a score.
    pub(super) fn invert(&self, score: &RBig) -> RBig {
        let spread = self.spread.exact();
        let deviation = (score - number(self.mean)) / number(self.sd) * &spread.sd;
        if self.rising { &spread.mean + deviation } else { &spread.mean - deviation }
    }
}
