//! `ratio`: value times full mark, clamped to 0..cap times full mark.
//!
//! Source: the sub-items of the 2016 notice on new-type smart city evaluation, score = ratio x 100.

use dashu_ratio::RBig;
use polars::prelude::*;

use super::Raw;
use crate::quantity::EPSILON;
use crate::sql::{Dialect, Quantity};

/// min(max(value, 0), cap) x full mark.
pub(crate) fn expression(value: Expr, cap: f64, full_mark: f64) -> Expr {
    value.clip(lit(0.0), lit(cap)) * lit(full_mark)
}

pub(crate) fn exact(value: &RBig, cap: &RBig, full_mark: &RBig) -> RBig {
    value.clone().max(RBig::ZERO).min(cap.clone()) * full_mark
}

/// The same in SQL: a line from 0 to the cap.
pub(crate) fn sql(dialect: Dialect, raw: &Quantity, cap: f64, full_mark: f64) -> Quantity {
    let cap = super::number(cap);
    super::goalposts::line_sql(dialect, raw, [&RBig::ZERO, &cap], &(&cap * super::number(full_mark)), true)
}

/// Clamping moves no value further from its exact one; the product rounds once.
pub(crate) fn bound(raw: Raw, cap: f64, full_mark: f64) -> f64 {
    full_mark * (raw.bound.min(cap) + 2.0 * cap * EPSILON)
}

pub(crate) fn invert(score: &RBig, cap: &RBig, full_mark: &RBig) -> Option<RBig> {
    let value = score / full_mark;
    (value >= RBig::ZERO && value <= *cap).then_some(value)
}
