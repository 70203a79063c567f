//! The weighted harmonic mean.
//!
//! Source: COINr's `a_hmean`, sum(w) / sum(w / x); weights are rescaled over what is there. A score of zero or below has
//! none: the node is left without a score, with a warning.

use std::cmp::Ordering;

use super::number::{Number, Why, shares, sum};
use crate::quantity::EPSILON;
use crate::sql::{Dialect, MethodSql};

/// 1 / sum(w / x), the weights adding up to 1.
pub(crate) fn of<N: Number>(scores: &[N], weights: &[N]) -> Result<N, Why> {
    for score in scores {
        if score.sign()? != Ordering::Greater {
            return Err(Why::NotPositive);
        }
    }
    let parts = shares(weights)?.into_iter().zip(scores).map(|(share, score)| share.over(score.clone()));
    let parts: Vec<N> = parts.collect::<Result<_, _>>()?;
    N::decimal(1.0).over(sum(parts.into_iter()))
}

/// The mean in SQL. Means of positive numbers have no greater relative error than the worst of these.
pub(crate) fn sql(dialect: Dialect, key: usize) -> MethodSql {
    let n = |number: f64| dialect.number(number);
    let over = format!("over_{key}");
    let value = format!("CASE WHEN smallest > 0 THEN sum_w / {over} END");
    MethodSql {
        gathered: vec![(over, "SUM(w / CASE WHEN x > 0 THEN x END)".to_owned())],
        bound: format!("{value} * ({} * worst + {} * (count_x + {}))", n(2.0), n(EPSILON), n(8.0)),
        value,
        doubt: Some("close > 0".to_owned()),
    }
}
