//! `steps`: thresholds, each with the score from there on.
//!
//! Source: graded scoring (分档计分) as evaluation notices write it: "80 % and above 100 points, 60 % and above 60".

use citygauge_indicators::{Edge, Step};
use dashu_ratio::RBig;
use polars::prelude::*;

use super::{Raw, number};
use crate::sql::{Dialect, Quantity, stairs};

/// The score of the last step that the value has reached, `otherwise` before the first.
pub(crate) fn expression(value: Expr, steps: &[Step], edge: Edge, otherwise: f64) -> Expr {
    steps.iter().fold(value.clone() * lit(0.0) + lit(otherwise), |score, step| {
        let reached = match edge {
            Edge::LowerInclusive => value.clone().gt_eq(lit(step.from)),
            Edge::UpperInclusive => value.clone().gt(lit(step.from)),
        };
        when(reached).then(lit(step.score)).otherwise(score)
    })
}

pub(crate) fn exact(value: &RBig, steps: &[Step], edge: Edge, otherwise: f64) -> RBig {
    let reached = |step: &&Step| match edge {
        Edge::LowerInclusive => *value >= number(step.from),
        Edge::UpperInclusive => *value > number(step.from),
    };
    number(steps.iter().rev().find(reached).map_or(otherwise, |step| step.score))
}

/// The same in SQL.
pub(crate) fn sql(dialect: Dialect, raw: &Quantity, steps: &[Step], edge: Edge, otherwise: f64) -> Quantity {
    let steps: Vec<(RBig, f64)> = steps.iter().map(|step| (number(step.from), step.score)).collect();
    stairs(dialect, raw, &steps, edge == Edge::UpperInclusive, otherwise)
}

/// A computed value within its bound of a threshold. A decimal that was read is compared exactly as it is.
pub(crate) fn doubt(value: Expr, raw: Raw, steps: &[Step]) -> Option<Expr> {
    if raw.is_decimal {
        return None;
    }
    let near =
        steps.iter().map(|step| (value.clone() - lit(step.from)).abs().lt_eq(lit(raw.bound + step.from.abs() * f64::EPSILON)));
    near.reduce(Expr::or)
}

/// The nearest threshold from which a score of at least this is given. Under `upper_inclusive` no smallest value
/// above a threshold exists, and there is no inverse.
pub(crate) fn invert(score: &RBig, value: Option<&RBig>, steps: &[Step], edge: Edge, _otherwise: f64) -> Option<RBig> {
    if edge == Edge::UpperInclusive {
        return None;
    }
    let thresholds = steps.iter().filter(|step| number(step.score) >= *score).map(|step| number(step.from)).collect();
    super::piecewise::nearest(thresholds, value)
}
