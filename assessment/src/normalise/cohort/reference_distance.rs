//! `reference_distance`: how much of the way from the cohort's worst value to a reference city's is done.
//!
//! Source: COINr's `n_dist2ref`, 1 - (reference - x) / (reference - min), times the full mark, at most that where `cap`
//! is set; direction `lower` turns the values' signs first.
//!
//! Example: against the city with 20, 10, 20 and 40 score 0, 100 and 300, capped 100.

use super::line::Line;
use crate::fitted::Fit;

/// The worst value of the cohort scores 0, the reference city's the full mark; `None` where it has no value.
pub(super) fn line(fit: &Fit, rising: bool, cap: bool, full_mark: f64) -> Option<Line> {
    Some(Line { from: fit.worst(rising), to: fit.reference.clone()?, low: 0.0, high: full_mark, cap })
}
