//! `min_max`: smallest and largest of the cohort onto `range`.
//!
//! Source: COINr's `n_minmax`, (x - min) / (max - min) x (u - l) + l; direction `lower` turns the value's sign
//! first, which makes it (max - x) / (max - min).
//!
//! Example: 10, 20 and 40 score 0, 33.33 and 100; under `lower` 100, 66.67 and 0.

use super::line::Line;
use crate::fitted::Fit;

/// The worst value of the cohort scores the lower end of the range, the best the upper one; not clamped, since a base
/// period may lie elsewhere.
pub(super) fn line(fit: &Fit, rising: bool, [low, high]: [f64; 2]) -> Line {
    Line { from: fit.worst(rising), to: fit.best(rising), low, high, cap: false }
}
