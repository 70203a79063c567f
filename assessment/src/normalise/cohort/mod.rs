//! Rules that look at the whole cohort (section 4.2): they read what [`Fitted`](crate::Fitted) holds of it.
//!
//! Direction `lower` turns the value's sign first, so that the greatest value becomes the worst; `constant` says what is
//! scored where a rule would divide by zero.

pub(crate) mod line;
mod max_distance;
mod max_fraction;
mod min_max;
mod reference_distance;
mod target_distance;

use citygauge_indicators::{Constant, Leaf, Scoring};

use crate::fitted::Fit;
use line::Line;

/// The line of a leaf's rule; `None` where it lacks an end.
pub(crate) fn line(leaf: &Leaf, fit: &Fit, full_mark: f64) -> Option<Line> {
    let rising = super::is_rising(leaf.direction);
    match &leaf.scoring {
        Scoring::MinMax { range, .. } => Some(min_max::line(fit, rising, range.unwrap_or([0.0, full_mark]))),
        Scoring::MaxDistance { .. } => Some(max_distance::line(fit, rising, full_mark)),
        Scoring::MaxFraction { .. } => Some(max_fraction::line(fit, rising, full_mark)),
        Scoring::TargetDistance { target, cap, .. } => Some(target_distance::line(fit, rising, *target, *cap, full_mark)),
        Scoring::ReferenceDistance { cap, .. } => reference_distance::line(fit, rising, *cap, full_mark),
        other => unreachable!("the engine refuses '{}' before it fits", other.word()),
    }
}

/// What a rule scores where it would divide by zero.
pub(crate) fn constant(scoring: &Scoring) -> Constant {
    match scoring {
        Scoring::MinMax { constant, .. }
        | Scoring::ZScore { constant, .. }
        | Scoring::PercentileRank { constant, .. }
        | Scoring::TargetDistance { constant, .. }
        | Scoring::ReferenceDistance { constant, .. }
        | Scoring::MaxDistance { constant, .. }
        | Scoring::MaxFraction { constant, .. } => *constant,
        _ => Constant::Missing,
    }
}
