//! `max_distance`: how little is missing to the cohort's best.
//!
//! Source: COINr's `n_dist2max`, 1 - (max - x) / (max - min), times the full mark; direction `lower` turns the value's
//! sign first.
//!
//! Example: 10, 20 and 40 score 0, 33.33 and 100.

use super::line::Line;
use crate::fitted::Fit;

/// The worst value of the cohort scores 0, the best the full mark.
pub(super) fn line(fit: &Fit, rising: bool, full_mark: f64) -> Line {
    Line { from: fit.worst(rising), to: fit.best(rising), low: 0.0, high: full_mark, cap: false }
}
