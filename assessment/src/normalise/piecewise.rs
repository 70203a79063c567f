//! `piecewise`: linear between points, flat outside; it carries target intervals.
//!
//! Source: the membership functions by which evaluation practice scores interval indicators (区间型指标).

use citygauge_indicators::exact::nearest_double;
use dashu_ratio::RBig;
use polars::prelude::*;

use super::{Raw, number};
use crate::quantity::EPSILON;
use crate::sql::{Dialect, Quantity};

/// The first score plus, for each segment, the part of it that lies below the value.
pub(crate) fn expression(value: Expr, points: &[[f64; 2]]) -> Expr {
    points.windows(2).fold(value.clone() * lit(0.0) + lit(points[0][1]), |score, pair| {
        let [[x0, y0], [x1, y1]] = [pair[0], pair[1]];
        let part = ((value.clone() - lit(x0)) / lit(x1 - x0)).clip(lit(0.0), lit(1.0));
        score + part * lit(y1 - y0)
    })
}

pub(crate) fn exact(value: &RBig, points: &[[f64; 2]]) -> RBig {
    let exact: Vec<[RBig; 2]> = points.iter().map(|point| point.map(number)).collect();
    let last = exact.len() - 1;
    if *value <= exact[0][0] {
        return exact[0][1].clone();
    }
    if *value >= exact[last][0] {
        return exact[last][1].clone();
    }
    let pair = exact.windows(2).find(|pair| *value < pair[1][0]).expect("the value lies between the first and the last point");
    let [[x0, y0], [x1, y1]] = [&pair[0], &pair[1]];
    y0 + (value - x0) / (x1 - x0) * (y1 - y0)
}

/// The same in SQL: the segment that holds the value. Where the double lies beside its point the neighbouring segment is
/// taken, whose line is no further off than twice the steepest slope times the error of the value.
pub(crate) fn sql(dialect: Dialect, raw: &Quantity, points: &[[f64; 2]]) -> Quantity {
    let n = |number: f64| dialect.number(number);
    let (v, vb) = (&raw.value, raw.bound(dialect));
    let ([first, first_score], [last, last_score]) = (points[0], points[points.len() - 1]);
    let mut whens = format!("WHEN {v} <= {} THEN {}", n(first), n(first_score));
    let (mut steepest, mut reach) = (0.0_f64, 0.0_f64);
    for pair in points.windows(2) {
        let [[x0, y0], [x1, y1]] = [pair[0], pair[1]];
        let slope = nearest_double(&((number(y1) - number(y0)) / (number(x1) - number(x0))));
        steepest = steepest.max(slope.abs());
        reach = reach.max(y0.abs()).max(y1.abs()).max((y1 - y0).abs());
        whens.push_str(&format!(" WHEN {v} < {} THEN {} + ({v} - {}) * {}", n(x1), n(y0), n(x0), n(slope)));
    }
    let value = format!("CASE {whens} WHEN {v} >= {} THEN {} END", n(last), n(last_score));
    let ends = first.abs().max(last.abs());
    let error = format!("({vb} + {}) * {} + {}", n(2.0 * ends * EPSILON), n(2.0 * steepest), n(4.0 * reach * EPSILON));
    let bound = format!("CASE WHEN {v} + {vb} <= {} OR {v} - {vb} >= {} THEN {} ELSE {error} END", n(first), n(last), n(0.0));
    Quantity { value, bound: Some(bound), doubt: raw.doubt.clone(), fraction: None }
}

/// The bounds of the segments, each a line between goalposts, added up.
pub(crate) fn bound(raw: Raw, points: &[[f64; 2]]) -> f64 {
    let largest = points.iter().map(|point| point[1].abs()).fold(0.0, f64::max);
    let segments = points.windows(2).map(|pair| {
        let rise = (pair[1][1] - pair[0][1]).abs();
        super::goalposts::bound(raw, pair[0][0], pair[1][0], true, rise)
    });
    segments.sum::<f64>() + EPSILON * largest * (points.len() as f64 + 2.0)
}

/// The points at which the line crosses the score; the one nearest to the present value is wanted.
pub(crate) fn invert(score: &RBig, value: Option<&RBig>, points: &[[f64; 2]]) -> Option<RBig> {
    let exact: Vec<[RBig; 2]> = points.iter().map(|point| point.map(number)).collect();
    let mut crossings: Vec<RBig> = exact.iter().filter(|point| point[1] == *score).map(|point| point[0].clone()).collect();
    for pair in exact.windows(2) {
        let [[x0, y0], [x1, y1]] = [&pair[0], &pair[1]];
        if (y0 < score && score < y1) || (y1 < score && score < y0) {
            crossings.push(x0 + (score - y0) / (y1 - y0) * (x1 - x0));
        }
    }
    nearest(crossings, value)
}

/// The candidate nearest to `value`, the smallest where there is no value.
pub(crate) fn nearest(candidates: Vec<RBig>, value: Option<&RBig>) -> Option<RBig> {
    let distance = |candidate: &RBig| match value {
        Some(value) if candidate > value => candidate - value,
        Some(value) => value - candidate,
        None => candidate.clone(),
    };
    candidates.into_iter().min_by(|one, other| distance(one).cmp(&distance(other)))
}
