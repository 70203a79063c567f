//! A leaf in SQL: what it measures, and its score.

use dashu_ratio::RBig;

use super::Dialect;
use super::quantity::{OPEN, Quantity, any};

/// The column that says whether an item is not applicable.
pub(crate) fn flag(index: usize) -> String {
    format!("n{index}")
}

/// The score of the last threshold that a value reaches (exceeds, where `strictly`), `otherwise` below the first. Where the
/// value lies within its bound of a threshold, the bound spans all scores.
pub(crate) fn stairs(dialect: Dialect, raw: &Quantity, steps: &[(RBig, f64)], strictly: bool, otherwise: f64) -> Quantity {
    let n = |number: f64| dialect.number(number);
    let (mut whens, mut open) = (Vec::new(), Vec::new());
    for (from, score) in steps.iter().rev() {
        let (reached, near) = raw.reaches(dialect, from, strictly);
        whens.push(format!("WHEN {reached} THEN {}", n(*score)));
        open.push(near);
    }
    let value = format!("CASE WHEN {} IS NULL THEN NULL {} ELSE {} END", raw.value, whens.join(" "), n(otherwise));
    let scores = || steps.iter().map(|(_, score)| *score).chain([otherwise]);
    let spread = scores().fold(f64::NEG_INFINITY, f64::max) - scores().fold(f64::INFINITY, f64::min);
    let most = scores().fold(0.0_f64, |most, score| most.max(score.abs()));
    let bound = any(open).map(|open| format!("CASE WHEN {open} THEN {} ELSE {} END", n(spread + OPEN * (1.0 + most)), n(0.0)));
    Quantity { value, bound, doubt: raw.doubt.clone(), fraction: None }
}
