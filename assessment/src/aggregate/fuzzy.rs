//! The fuzzy comprehensive evaluation: how far each child belongs to each grade, composed with the weights.
//!
//! Source: the usual form of Chinese evaluation practice (模糊综合评价), with triangular memberships around the centres
//! of the grades and four operators: M(., +), M(min, max), M(., max), M(min, bounded sum). The score is the mean of the
//! grades' centres, weighted with the memberships that come out.

use citygauge_indicators::FuzzyOperator;

use super::number::{Number, Why, shares, sum};

/// sum(b c) / sum(b), c the centres of the grades and b the memberships.
pub(crate) fn of<N: Number>(scores: &[N], weights: &[N], centres: &[f64], operator: FuzzyOperator) -> Result<N, Why> {
    let memberships = memberships(scores, weights, centres, operator)?;
    let all = sum(memberships.iter().cloned());
    sum(memberships.into_iter().zip(centres).map(|(membership, &centre)| membership * N::decimal(centre))).over(all)
}

/// The membership of the whole in each grade.
pub(crate) fn memberships<N: Number>(
    scores: &[N],
    weights: &[N],
    centres: &[f64],
    operator: FuzzyOperator,
) -> Result<Vec<N>, Why> {
    let shares = shares(weights)?;
    let each: Vec<Vec<N>> = scores.iter().map(|score| membership(score, centres)).collect::<Result<_, _>>()?;
    let of_grade = |grade: usize| {
        let pairs = shares.iter().cloned().zip(each.iter().map(|of_child| of_child[grade].clone()));
        let zero = N::decimal(0.0);
        match operator {
            FuzzyOperator::WeightedAverage => sum(pairs.map(|(share, membership)| share * membership)),
            FuzzyOperator::MaxMin => pairs.map(|(share, membership)| share.least(membership)).fold(zero, N::greatest),
            FuzzyOperator::MaxProduct => pairs.map(|(share, membership)| share * membership).fold(zero, N::greatest),
            FuzzyOperator::BoundedSumMin => sum(pairs.map(|(share, membership)| share.least(membership))).least(N::decimal(1.0)),
        }
    };
    Ok((0..centres.len()).map(of_grade).collect())
}

/// The membership of a score in each grade: 1 at its centre, falling to 0 at the neighbours' centres; beyond the first
/// and the last centre it stays 1. Written with minimum and maximum alone, so that nothing needs to be decided.
pub(crate) fn membership<N: Number>(score: &N, centres: &[f64]) -> Result<Vec<N>, Why> {
    let (zero, one) = (N::decimal(0.0), N::decimal(1.0));
    let of_grade = |grade: usize| {
        let centre = N::decimal(centres[grade]);
        let mut membership = one.clone();
        if grade > 0 {
            let below = N::decimal(centres[grade - 1]);
            membership = membership.least((score.clone() - below.clone()).over(centre.clone() - below)?);
        }
        if let Some(&above) = centres.get(grade + 1) {
            let above = N::decimal(above);
            membership = membership.least((above.clone() - score.clone()).over(above - centre)?);
        }
        Ok(membership.greatest(zero.clone()))
    };
    (0..centres.len()).map(of_grade).collect()
}
