//! The median score, unweighted: half of the children are no better, half no worse.
//!
//! Source: R's `quantile(type = 7)` at one half: of an even count the mean of the two in the middle. Weights do not
//! matter, but a child of weight 0 is left out.

use super::number::{Number, Why};
use crate::quantity::EPSILON;
use crate::sql::{Dialect, MethodSql};

/// The score in the middle.
pub(crate) fn of<N: Number>(scores: &[N]) -> Result<N, Why> {
    let falling = N::falling(scores);
    let middle = falling.len() / 2;
    match falling.len() {
        0 => Err(Why::DivisionByZero),
        count if count % 2 == 1 => Ok(falling[middle].clone()),
        _ => (falling[middle - 1].clone() + falling[middle].clone()).over(N::decimal(2.0)),
    }
}

/// The score in the middle in SQL: the column `place` counts the children that are there from the smallest, `there` says how
/// many they are.
pub(crate) fn sql(dialect: Dialect, key: usize) -> MethodSql {
    let n = |number: f64| dialect.number(number);
    let middle = format!("middle_{key}");
    let is_middle = "place = FLOOR((there + 1) / 2) OR place = FLOOR(there / 2) + 1";
    MethodSql {
        gathered: vec![(middle.clone(), format!("AVG(CASE WHEN {is_middle} THEN x END)"))],
        value: middle,
        // The mean of two is no decimal of its own; one of an odd count is.
        bound: format!(
            "CASE WHEN err = {0} AND there = 2 * FLOOR(there / 2) + 1 THEN {0} ELSE err + top * {1} END",
            n(0.0),
            n(EPSILON)
        ),
        doubt: None,
    }
}
