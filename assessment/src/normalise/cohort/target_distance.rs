//! `target_distance`: how much of the way from the cohort's worst value to a target is done.
//!
//! Source: COINr's `n_dist2targ`, 1 - (target - x) / (target - min), times the full mark, at most that where `cap` is
//! set; direction `lower` turns the signs of value and target first.
//!
//! Example: with the target 30, 10, 20 and 40 score 0, 50 and 150, capped 100.

use super::line::{End, Line};
use crate::fitted::Fit;

/// The worst value of the cohort scores 0, the target the full mark.
pub(super) fn line(fit: &Fit, rising: bool, target: f64, cap: bool, full_mark: f64) -> Line {
    Line { from: fit.worst(rising), to: End::decimal(target), low: 0.0, high: full_mark, cap }
}
