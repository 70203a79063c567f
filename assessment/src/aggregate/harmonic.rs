//! The weighted harmonic mean.
//!
//! Source: COINr's `a_hmean`, sum(w) / sum(w / x); weights are rescaled over what is there. A score of zero or below has
//! none: the node is left without a score, with a warning.

use std::cmp::Ordering;

use super::number::{Number, Why, shares, sum};

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
