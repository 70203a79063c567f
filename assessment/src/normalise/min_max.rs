//! `min_max`: smallest and largest of the cohort onto `range`.
//!
//! Source: COINr's `n_minmax`, (x - min) / (max - min) x (u - l) + l; direction `lower` turns the value's sign
//! first, which makes it (max - x) / (max - min).

use citygauge_indicators::{Constant, Direction};
use dashu_ratio::RBig;
use polars::prelude::*;

use super::{Raw, number};
use crate::fitted::Fit;
use crate::numbers::line;
use crate::quantity::EPSILON;

/// Linear over the fitted smallest and largest; not clamped, since a base period may lie elsewhere.
pub(crate) fn expression(
    value: Expr,
    fit: Option<&Fit>,
    direction: Direction,
    [low, high]: [f64; 2],
    constant: Constant,
    full_mark: f64,
) -> Expr {
    let Some(fit) = fit else { return value * lit(NULL).cast(DataType::Float64) };
    if fit.is_constant() {
        return match constant {
            Constant::Half => value * lit(0.0) + lit(full_mark / 2.0),
            Constant::Full => value * lit(0.0) + lit(full_mark),
            Constant::Missing | Constant::Refuse => value * lit(NULL).cast(DataType::Float64),
        };
    }
    let slope = (high - low) / (fit.largest - fit.smallest);
    if super::is_rising(direction) { line(value, fit.smallest, slope, low) } else { line(value, fit.largest, -slope, low) }
}

pub(crate) fn exact(
    value: &RBig,
    fit: &Fit,
    direction: Direction,
    [low, high]: [f64; 2],
    constant: Constant,
    full_mark: &RBig,
) -> Option<RBig> {
    if fit.is_constant() {
        return match constant {
            Constant::Half => Some(full_mark / RBig::from(2)),
            Constant::Full => Some(full_mark.clone()),
            Constant::Missing | Constant::Refuse => None,
        };
    }
    let (low, high) = (number(low), number(high));
    let above = if super::is_rising(direction) { value - &fit.exact_smallest } else { &fit.exact_largest - value };
    Some(above / (&fit.exact_largest - &fit.exact_smallest) * (high - &low) + low)
}

/// As between goalposts, the fitted ends having the bound of the raw values.
pub(crate) fn bound(raw: Raw, fit: Option<&Fit>, [low, high]: [f64; 2]) -> f64 {
    let Some(fit) = fit.filter(|fit| !fit.is_constant()) else { return 0.0 };
    let span = (fit.largest - fit.smallest).abs();
    let ends = fit.largest.abs() + fit.smallest.abs();
    let end_error = fit.bound + EPSILON * ends;
    let margin = span - 2.0 * end_error;
    if margin <= 0.0 {
        return f64::INFINITY;
    }
    let reach = raw.largest + raw.bound + ends;
    let share = reach / margin;
    (high - low) * ((raw.bound + end_error + EPSILON * reach) / margin + share * (2.0 * end_error / margin + 8.0 * EPSILON))
        + 4.0 * EPSILON * high.abs()
}

/// The greatest magnitude of a score: an end of the range, where no value lies outside of what was fitted.
pub(crate) fn largest(raw: Raw, fit: &Fit, [low, high]: [f64; 2]) -> Option<f64> {
    let inside = raw.extent.is_some_and(|extent| extent.smallest >= fit.smallest && extent.largest <= fit.largest);
    (inside && !fit.is_constant()).then(|| low.abs().max(high.abs()) * (1.0 + 8.0 * EPSILON))
}

pub(crate) fn invert(score: &RBig, fit: &Fit, direction: Direction, [low, high]: [f64; 2]) -> Option<RBig> {
    if fit.is_constant() {
        return None;
    }
    let share = (score - number(low)) / (number(high) - number(low));
    let span = &fit.exact_largest - &fit.exact_smallest;
    Some(if super::is_rising(direction) { &fit.exact_smallest + share * span } else { &fit.exact_largest - share * span })
}
