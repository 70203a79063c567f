//! The least score before rounding that is published as at least a number.

use citygauge_indicators::{Arithmetic, IndicatorSet, NodeIndex, Places, RoundingMode};
use dashu_ratio::RBig;

use super::goal::tenths;
use crate::normalise::number;
use crate::tree::children_add_up_to_mark;

/// What a score has to exceed a limit by that it may not touch, as a part of the full mark.
const ABOVE: f64 = 1e-12;

/// The least score before rounding. `adjustment` is what bonuses and deductions add to the total.
pub(super) fn unrounded(set: &IndicatorSet, index: NodeIndex, score: &RBig, above: bool, adjustment: &RBig) -> RBig {
    let node = &set.nodes()[index];
    let touch = if above { number(ABOVE) * number(set.full_mark()) } else { RBig::ZERO };
    let Some(places) = node.places else { return score + touch - adjustment };
    let is_points = set.document().arithmetic == Arithmetic::Points;
    if node.parent.is_some() && is_points {
        if !children_add_up_to_mark(set, node) || node.weight == 0.0 {
            return score + touch;
        }
        // The mark is rounded, and the score is made of it.
        let marks_per_score = number(node.weight) / number(set.full_mark());
        return least(places, &(score * &marks_per_score), above, set) / marks_per_score;
    }
    let total = least(places, score, above, set);
    if *adjustment == RBig::ZERO {
        return total;
    }
    // The total is rounded before it is adjusted, and again after.
    least(places, &(total - adjustment), false, set)
}

/// The least number that is rounded to at least another, or above it.
fn least(places: Places, number: &RBig, above: bool, set: &IndicatorSet) -> RBig {
    let unit = tenths(places.places);
    let scaled = number / &unit;
    let whole = scaled.ceil();
    let whole = if above && RBig::from(whole.clone()) == scaled { whole + 1 } else { whole };
    let is_even = RBig::from(&whole / 2) * RBig::from(2) == RBig::from(whole.clone());
    let half = (RBig::from(whole.clone()) - crate::normalise::number(0.5)) * &unit;
    // A half goes away from zero, or to the even neighbour.
    let touches = match places.mode {
        RoundingMode::HalfUp => RBig::from(whole) > RBig::ZERO,
        RoundingMode::HalfEven => is_even,
    };
    if touches { half } else { half + crate::normalise::number(ABOVE) * crate::normalise::number(set.full_mark()) }
}
