//! The weighted geometric mean.
//!
//! Source: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), section 6.1, geometric aggregation; COINr's
//! `a_gmean`. A score of zero or below has no geometric mean: the node is left without a score, with a warning.

use polars::prelude::*;

use super::Term;
use crate::quantity::EPSILON;
use crate::sql::{Dialect, MethodSql};

/// exp(sum(w ln x) / sum(w)) over the children that are there; null where one of them is not positive.
pub(crate) fn expression(terms: &[Term]) -> Expr {
    let logarithms: Vec<Term> = terms
        .iter()
        .map(|term| Term {
            value: term.value.clone().log(lit(std::f64::consts::E)),
            weight: term.weight,
            may_be_absent: term.may_be_absent,
        })
        .collect();
    let mean = super::arithmetic::expression(&logarithms).exp();
    when(any_not_positive(terms)).then(lit(NULL)).otherwise(mean)
}

/// Whether some child that is there has a score of zero or below.
pub(crate) fn any_not_positive(terms: &[Term]) -> Expr {
    let each = terms.iter().map(|term| term.value.clone().lt_eq(lit(0.0)).fill_null(lit(false)));
    each.reduce(Expr::or).expect("a branch has children")
}

/// Below it a score is so near to zero that its double does not tell its sign, or its logarithm not enough digits: a
/// mean of scores above it lies within 1e-10 of the exact one.
pub(crate) fn margin(children: f64, largest: f64) -> f64 {
    (2.0 * children * largest.max(1.0) * 1e10).max(f64::MIN_POSITIVE)
}

/// Whether some child that is there lies below the margin.
pub(crate) fn doubt(terms: &[Term], margin: f64) -> Expr {
    let each = terms.iter().map(|term| term.value.clone().abs().lt_eq(lit(margin)).fill_null(lit(false)));
    each.reduce(Expr::or).expect("a branch has children")
}

/// The relative error of the mean is at most the greatest of the scores' (each above the margin) plus that of the
/// logarithms, whose magnitude is greatest at the margin or at the largest score.
pub(crate) fn bound(children: f64, margin: f64, largest: f64, count: usize) -> f64 {
    let logarithm = margin.ln().abs().max(largest.max(1.0).ln()) + 1.0;
    largest * (2.0 * children / margin + EPSILON * logarithm * (count as f64 + 8.0))
}

/// The mean in SQL.
pub(crate) fn sql(dialect: Dialect, key: usize) -> MethodSql {
    let logarithm = "LN(CASE WHEN x > 0 THEN x END)";
    let (log, size) = (format!("log_{key}"), format!("size_{key}"));
    let gathered = vec![(log.clone(), format!("SUM(w * {logarithm})")), (size.clone(), format!("MAX(ABS({logarithm}))"))];
    let n = |number: f64| dialect.number(number);
    let value = format!("CASE WHEN smallest > 0 THEN EXP({log} / NULLIF(sum_w, {})) END", n(0.0));
    let relative = format!("({} * worst + {} * (count_x + {}) * ({size} + {}))", n(2.0), n(EPSILON), n(8.0), n(1.0));
    MethodSql { gathered, bound: format!("{value} * {relative}"), value, doubt: Some("close > 0".to_owned()) }
}
