//! `max_fraction`: the fraction of the cohort's greatest value.
//!
//! Source: COINr's `n_fracmax`, x / max(x), times the full mark. Direction `lower` turns the value's sign first, which
//! makes it x / min(x): the smallest cost scores the full mark and a greater one more. Whoever does not mean that takes
//! another rule for costs.
//!
//! Example: 10, 20 and 40 score 25, 50 and 100.

use super::line::{End, Line};
use crate::fitted::Fit;

/// Zero scores 0, the greatest value the full mark.
pub(super) fn line(fit: &Fit, rising: bool, full_mark: f64) -> Line {
    Line { from: End::decimal(0.0), to: fit.best(rising), low: 0.0, high: full_mark, cap: false }
}
