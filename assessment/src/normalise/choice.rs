//! `choice`: a score per option of an item; for a boolean the options are `true` and `false`.
//!
//! Source: maturity questionnaires, where each answer carries its points.

use citygauge_indicators::Leaf;
use citygauge_indicators::exact::nearest_double;
use dashu_ratio::RBig;
use polars::prelude::*;

use super::number;
use crate::sql::{Dialect, Quantity};

/// The options in the order of the numbers that stand for them: 0 and 1 for a boolean, the item's order otherwise.
pub(crate) fn options(leaf: &Leaf) -> &[String] {
    &leaf.options
}

/// The score of the option that the number stands for.
pub(crate) fn expression(value: Expr, scores: &[(String, f64)], options: &[String]) -> Expr {
    options.iter().enumerate().fold(lit(NULL).cast(DataType::Float64), |other, (place, option)| {
        let score = score_of(scores, option);
        when(value.clone().eq(lit(place as f64))).then(lit(score)).otherwise(other)
    })
}

/// The same in SQL.
pub(crate) fn sql(dialect: Dialect, raw: &Quantity, scores: &[(String, f64)], options: &[String]) -> Quantity {
    let n = |number: f64| dialect.number(number);
    let whens = options
        .iter()
        .enumerate()
        .map(|(place, option)| format!("WHEN {} = {} THEN {}", raw.value, n(place as f64), n(score_of(scores, option))));
    Quantity::decimal(format!("CASE {} END", whens.collect::<Vec<_>>().join(" ")))
}

pub(crate) fn exact(value: &RBig, scores: &[(String, f64)], options: &[String]) -> Option<RBig> {
    let place = nearest_double(value) as usize;
    options.get(place).map(|option| number(score_of(scores, option)))
}

fn score_of(scores: &[(String, f64)], option: &str) -> f64 {
    scores.iter().find(|(scored, _)| scored == option).map_or(0.0, |(_, score)| *score)
}
