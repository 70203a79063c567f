//! Bonuses and deductions on the total (4.7).

use std::collections::BTreeSet;

use citygauge_indicators::{AdjustmentKind, AdjustmentLimits, TOTAL};
use num_traits::Zero;

use super::Warning;
use super::measure::{Data, Row};
use super::number::{Exact, decimal};
use super::rules::clamp;

/// What is added to a total, before its limits and its rounding; `None` where the set adjusts nothing.
pub fn difference(data: &Data, row: &Row, warnings: &mut BTreeSet<Warning>) -> Option<Exact> {
    let document = data.set.document();
    if document.adjustments.is_empty() {
        return None;
    }
    let (mut bonus, mut deduction) = (Exact::zero(), Exact::zero());
    for (adjustment, formula) in document.adjustments.iter().zip(data.set.adjustment_formulas()) {
        let units = data.evaluate(formula, TOTAL, row, warnings).unwrap_or_else(Exact::zero);
        let points = at_most(units * decimal(adjustment.points_per_unit), adjustment.cap);
        match adjustment.kind {
            AdjustmentKind::Bonus => bonus += points,
            AdjustmentKind::Deduction => deduction += points,
        }
    }
    let limit = |of: fn(&AdjustmentLimits) -> Option<f64>| document.adjustment_limits.as_ref().and_then(of);
    Some(at_most(bonus, limit(|limits| limits.bonus)) - at_most(deduction, limit(|limits| limits.deduction)))
}

/// An adjusted total within its limits: 0 and the full mark, unless the set says otherwise.
pub fn within_limits(data: &Data, total: Exact) -> Exact {
    let document = data.set.document();
    match document.adjustment_limits.and_then(|limits| limits.result) {
        Some([low, high]) => clamp(total, decimal(low), decimal(high)),
        None => clamp(total, Exact::zero(), decimal(document.full_mark)),
    }
}

fn at_most(value: Exact, limit: Option<f64>) -> Exact {
    match limit {
        Some(limit) => value.min(decimal(limit)),
        None => value,
    }
}
