//! The ordered weighted average: weights belong to positions in the order of scores, not to children.
//!
//! Source: Yager, *On ordered weighted averaging aggregation operators in multicriteria decisionmaking* (1988). Where
//! children are missing the weights are read as the quantifier that they are steps of (Yager, *Quantifier guided
//! aggregation using OWA operators*, 1996): its straight line between the steps gives the weights of fewer positions.

use super::number::{Number, Why, sum};

/// sum(v_j x_(j)), x_(1) being the best score and v the weights of as many positions as there are scores.
pub(crate) fn of<N: Number>(scores: &[N], weights: &[f64]) -> Result<N, Why> {
    let positions: Vec<N> = positions(weights, scores.len())?;
    Ok(sum(positions.into_iter().zip(N::falling(scores)).map(|(weight, score)| weight * score)))
}

/// The weights of `count` positions, which add up to 1.
pub(crate) fn positions<N: Number>(weights: &[f64], count: usize) -> Result<Vec<N>, Why> {
    let weights: Vec<N> = weights.iter().map(|&weight| N::decimal(weight)).collect();
    let all = sum(weights.iter().cloned());
    // The quantifier at j of `count` positions: whole steps, and a part of the next.
    let at = |position: usize| -> Result<N, Why> {
        let (whole, part) = (position * weights.len() / count, position * weights.len() % count);
        let steps = sum(weights[..whole].iter().cloned());
        if part == 0 {
            return Ok(steps);
        }
        let next = weights[whole].clone() * N::decimal(part as f64);
        Ok(steps + next.over(N::decimal(count as f64))?)
    };
    (1..=count).map(|position| (at(position)? - at(position - 1)?).over(all.clone())).collect()
}
