//! The direction of a leaf, which its rule must not contradict.

use crate::document::indicator::{Direction, Indicator};
use crate::fault::{Fault, Faults};

/// Which way the score moves when the raw value rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Rising,
    Falling,
    /// Both, as with a target interval.
    Mixed,
    /// Neither: the rule goes by the direction, or the value is no number.
    Free,
}

impl Shape {
    /// The shape of a rule that gives these scores as the raw value rises.
    pub(super) fn of(scores: impl Iterator<Item = f64>) -> Self {
        let scores: Vec<f64> = scores.collect();
        let rises = scores.windows(2).any(|pair| pair[1] > pair[0]);
        let falls = scores.windows(2).any(|pair| pair[1] < pair[0]);
        match (rises, falls) {
            (true, true) => Self::Mixed,
            (false, true) => Self::Falling,
            (true, false) => Self::Rising,
            (false, false) => Self::Free,
        }
    }
}

/// The direction, as it is stated or as the rule implies it.
pub(super) fn check(indicator: &Indicator, shape: Shape, at: &str, faults: &mut Faults) -> Direction {
    let contradicts = match (indicator.direction, shape) {
        (Some(Direction::Higher), Shape::Falling | Shape::Mixed) | (Some(Direction::Lower), Shape::Rising | Shape::Mixed) => true,
        (Some(Direction::Target), Shape::Rising | Shape::Falling) => true,
        (Some(Direction::Target), Shape::Free) => indicator.scoring.cohort().is_some(),
        _ => false,
    };
    if contradicts {
        faults.push(
            Fault::error("direction.contradicted", "评分规则与 direction 相矛盾", "the scoring rule contradicts the direction")
                .at(format!("{at}/direction"))
                .value(indicator.scoring.word())
                .hint("改正 direction 或评分规则", "correct the direction or the scoring rule"),
        );
    }
    indicator.direction.unwrap_or(match shape {
        Shape::Rising | Shape::Free => Direction::Higher,
        Shape::Falling => Direction::Lower,
        Shape::Mixed => Direction::Target,
    })
}
