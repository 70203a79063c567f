//! The median score, unweighted: half of the children are no better, half no worse.
//!
//! Source: R's `quantile(type = 7)` at one half: of an even count the mean of the two in the middle. Weights do not
//! matter, but a child of weight 0 is left out.

use super::number::{Number, Why};

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
