//! Rounding of a column of doubles, with the cells in which the double does not decide.
//!
//! The official rounding is ours: a library's `round` has changed its mode between versions. A half is decided
//! on the exact decimal; here a cell is rounded as its double says, and marked where that may be wrong.

use polars::prelude::*;

use crate::quantity::EPSILON;

/// The rounded double, and whether the exact value may round otherwise.
///
/// `bound` is how far the double may lie from the exact value. The rounded double is the nearest double of the
/// decimal as long as its digits are a whole number below 2^52; beyond that the cell is in doubt. The mode plays no
/// part: modes differ on exact halves only, and every exact half is in doubt.
pub(crate) fn expression(value: Expr, bound: Expr, places: u32) -> (Expr, Expr) {
    let scale = 10f64.powi(places.try_into().unwrap_or(i32::MAX));
    let scaled = value.clone().abs() * lit(scale);
    let below = scaled.clone().floor();
    let fraction = scaled.clone() - below.clone();
    let half = (fraction.clone() - lit(0.5)).abs();
    let uncertain = bound * lit(scale) + scaled.clone() * lit(EPSILON);
    let doubt = half.lt_eq(uncertain).or(scaled.gt(lit(4_503_599_627_370_496.0)));
    let digits = when(fraction.gt_eq(lit(0.5))).then(below.clone() + lit(1.0)).otherwise(below);
    // Polars divides a column by a scalar as a product with its reciprocal, which is not the nearest double; a
    // division of columns is.
    let divisor = digits.clone() * lit(0.0) + lit(scale);
    let magnitude = digits / divisor;
    (when(value.lt(lit(0.0))).then(lit(0.0) - magnitude.clone()).otherwise(magnitude), doubt)
}
