//! Adjustments: bonuses and deductions on the rounded total (section 4.7 of the method).

use citygauge_indicators::exact::{nearest_double, round};
use citygauge_indicators::{AdjustmentKind, Arithmetic, Fault};
use dashu_ratio::RBig;
use polars::prelude::Float64Chunked;

use crate::exact::leaf::Cells;
use crate::normalise::number;
use crate::tree::{Inputs, Tree};

/// What the adjustments of one city add up to, exactly.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sums {
    /// Each adjustment: the value of its formula, and its points after the cap.
    pub each: Vec<(Option<RBig>, RBig)>,
    /// The limited sum of the bonuses.
    pub bonus: RBig,
    /// The limited sum of the deductions.
    pub deduction: RBig,
}

/// The adjustments of a row; a missing value counts 0.
pub(crate) fn sums(inputs: Inputs, row: usize) -> (Sums, Vec<Fault>) {
    let document = inputs.set.document();
    let cells = Cells::new(inputs.set, inputs.observations, inputs.at);
    let mut sums = Sums { each: Vec::new(), bonus: RBig::ZERO, deduction: RBig::ZERO };
    let mut warnings = Vec::new();
    for (adjustment, formula) in document.adjustments.iter().zip(inputs.set.adjustment_formulas()) {
        let (value, failures) = cells.formula(formula, row);
        warnings.extend(
            failures
                .into_iter()
                .map(|failure| cells.located(failure.warning().value(&adjustment.code), citygauge_indicators::TOTAL, row)),
        );
        let points = value.clone().unwrap_or(RBig::ZERO) * number(adjustment.points_per_unit);
        let points = match adjustment.cap {
            Some(cap) => points.min(number(cap)),
            None => points,
        };
        match adjustment.kind {
            AdjustmentKind::Bonus => sums.bonus += &points,
            AdjustmentKind::Deduction => sums.deduction += &points,
        }
        sums.each.push((value, points));
    }
    let limits = document.adjustment_limits.as_ref();
    if let Some(limit) = limits.and_then(|limits| limits.bonus) {
        sums.bonus = sums.bonus.min(number(limit));
    }
    if let Some(limit) = limits.and_then(|limits| limits.deduction) {
        sums.deduction = sums.deduction.min(number(limit));
    }
    (sums, warnings)
}

/// The adjusted total: total + bonus - deduction, kept within the limits of the result and rounded again.
pub(crate) fn adjusted(inputs: Inputs, total: RBig, sums: &Sums) -> RBig {
    let document = inputs.set.document();
    let [low, high] = document.adjustment_limits.and_then(|limits| limits.result).unwrap_or([0.0, document.full_mark]);
    let result = (total + &sums.bonus - &sums.deduction).max(number(low)).min(number(high));
    match inputs.set.nodes()[0].places {
        Some(places) => round(&result, places.places, places.mode),
        None => result,
    }
}

/// Puts the adjusted total into a tree. Adjustments are few and rare, and a total is one cell per city: all of them
/// are computed exactly.
pub(crate) fn apply(
    inputs: Inputs,
    tree: &mut Tree,
    warnings: &mut Vec<Fault>,
    exact_total: impl Fn(&Tree, usize) -> Option<RBig>,
) {
    if inputs.set.document().adjustments.is_empty() {
        return;
    }
    let totals: Float64Chunked = (0..tree.scores[0].len())
        .map(|row| {
            let (sums, failures) = sums(inputs, row);
            warnings.extend(failures);
            let total = exact_total(tree, row)?;
            Some(nearest_double(&adjusted(inputs, total, &sums)))
        })
        .collect();
    if inputs.set.document().arithmetic == Arithmetic::Points {
        tree.marks[0] = totals.clone();
    }
    tree.scores[0] = totals;
    tree.bounds[0] = tree.largest[0].max(inputs.set.full_mark()) * f64::EPSILON;
}
