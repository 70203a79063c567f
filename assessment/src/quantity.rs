//! A double with a proven bound on its error.
//!
//! Every quantity of a plan carries how far its double may lie from the exact value, the way robust geometry
//! does it: where a decision (a threshold, a half to be rounded, a division by zero) lies within the bound, the
//! cell is *in doubt* and is evaluated again in exact arithmetic. Bounds follow the standard model of floating
//! point arithmetic, fl(x op y) = (x op y)(1 + d) with |d| <= 2^-53 (Higham, *Accuracy and Stability of Numerical
//! Algorithms*, 2nd ed., section 2.2), with a factor to spare for the error of the bound itself.

use polars::prelude::*;

/// The relative error allowed for one operation: four times the unit roundoff 2^-53.
pub(crate) const EPSILON: f64 = 4.0 * (f64::EPSILON / 2.0);

/// A double, its bound and its doubt, as expressions over a frame.
#[derive(Clone)]
pub(crate) struct Quantity {
    /// The double; null where the value is missing.
    pub value: Expr,
    /// How far it may lie from the exact value.
    pub bound: Expr,
    /// Whether a decision on the way to it is open; absent where there was none. Never null.
    pub doubt: Option<Expr>,
    /// Whether the double stands for its own decimal, so that comparing doubles compares decimals.
    pub is_decimal: bool,
}

impl Quantity {
    /// A number that was read: it means its shortest decimal, at most half a unit in the last place away.
    pub(crate) fn decimal(value: Expr) -> Self {
        let bound = value.clone().abs() * lit(f64::EPSILON / 2.0);
        Self { value, bound, doubt: None, is_decimal: true }
    }

    /// A result with the rounding error of the operation that made it added to `bound`.
    pub(crate) fn rounded(value: Expr, bound: Expr, doubt: Option<Expr>) -> Self {
        // The smallest normal double stands for what underflow loses.
        let own = value.clone().abs() * lit(EPSILON) + lit(f64::MIN_POSITIVE);
        Self { value, bound: bound + own, doubt, is_decimal: false }
    }
}

/// Either of two doubts.
pub(crate) fn either(one: Option<Expr>, other: Option<Expr>) -> Option<Expr> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.or(other)),
        (one, other) => one.or(other),
    }
}

/// A doubt from a condition that may be null: what is missing is not in doubt.
pub(crate) fn doubtful(condition: Expr) -> Option<Expr> {
    Some(condition.fill_null(lit(false)))
}
