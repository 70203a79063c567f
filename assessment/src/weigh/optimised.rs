//! Weights under which the children correlate with their parent as they should.
//!
//! Source: W. Becker, M. Saisana, P. Paruolo and I. Vandecasteele, "Weights and importance in composite indicators: closing
//! the gap", Ecological Indicators 80 (2017), 12-22; the objectives are those of COINr's `get_opt_weights`: *balance* makes the
//! correlations proportional to the targets, *infomax* makes the sum of their squares greatest. Searched by J. A. Nelder and
//! R. Mead, "A simplex method for function minimization", The Computer Journal 7 (1965), 308-313. Weights are squares of what
//! is searched for, so that none is negative.

use argmin::core::{CostFunction, Error, Executor, State};
use argmin::solver::neldermead::NelderMead;
use citygauge_indicators::Aim;

use super::sample::Sample;
use crate::sample::moments;

/// How often the search begins anew where it ended, with a fresh simplex.
const ROUNDS: usize = 4;
/// The greatest number of steps of a round per child.
const STEPS: u64 = 500;
/// A round ends when the costs of the simplex differ less than this.
const TOLERANCE: f64 = 1e-12;
/// A weight below this is none.
const NEGLIGIBLE: f64 = 1e-9;
/// So many children are few.
const FEW: usize = 12;
/// Costs are logarithms; a distance below this is none.
const NOTHING: f64 = 1e-30;

/// The weights found, adding up to 1, and the correlation of every child with the weighted mean under them.
pub(crate) struct Found {
    pub weights: Vec<f64>,
    pub correlations: Vec<f64>,
}

/// Searches weights for children that all differ; `targets` are relative to each other. `None` where the search fails.
pub(crate) fn search(sample: &Sample, aim: Aim, targets: &[f64]) -> Option<Found> {
    let children = sample.children();
    let covariances = covariances(sample);
    let of = |roots: &[f64]| cost(&correlations(&covariances, &weights(roots)), aim, targets);
    let found = starts(children).into_iter().filter_map(|start| minimised(start, of));
    let best = found.min_by(|one, other| of(one).total_cmp(&of(other)))?;
    let mut weights = weights(&best);
    // The search comes as near to 0 as it is let; that is 0.
    weights.iter_mut().filter(|weight| **weight < NEGLIGIBLE).for_each(|weight| *weight = 0.0);
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    let correlations = correlations(&covariances, &weights);
    Some(Found { weights, correlations })
}

/// Where the search begins: at equal weights and, where children are few, with each child well in front; the costs may have
/// several valleys.
fn starts(children: usize) -> Vec<Vec<f64>> {
    let equal = vec![(1.0 / children as f64).sqrt(); children];
    let in_front = |child: usize| {
        let mut start = equal.clone();
        start[child] *= 3.0;
        start
    };
    let few = if children <= FEW { 0..children } else { 0..0 };
    std::iter::once(equal.clone()).chain(few.map(in_front)).collect()
}

fn weights(roots: &[f64]) -> Vec<f64> {
    let sum: f64 = roots.iter().map(|root| root * root).sum();
    roots.iter().map(|root| if sum > 0.0 { root * root / sum } else { 0.0 }).collect()
}

fn covariances(sample: &Sample) -> Vec<Vec<f64>> {
    let columns = sample.columns();
    let centred = columns.iter().map(|column| {
        let mean = moments::mean(column).unwrap_or(0.0);
        column.iter().map(|value| value - mean).collect::<Vec<f64>>()
    });
    let centred: Vec<Vec<f64>> = centred.collect();
    let product = |one: &[f64], other: &[f64]| one.iter().zip(other).map(|(one, other)| one * other).sum::<f64>();
    centred.iter().map(|one| centred.iter().map(|other| product(one, other)).collect()).collect()
}

/// The correlation of every child with the sum of the children times their weights; 0 where that sum does not differ.
fn correlations(covariances: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let with_sum: Vec<f64> =
        covariances.iter().map(|row| row.iter().zip(weights).map(|(covariance, weight)| covariance * weight).sum()).collect();
    let variance: f64 = with_sum.iter().zip(weights).map(|(covariance, weight)| covariance * weight).sum();
    let of = |(child, covariance): (usize, &f64)| {
        let scale = (covariances[child][child] * variance).sqrt();
        if scale > 0.0 { covariance / scale } else { 0.0 }
    };
    with_sum.iter().enumerate().map(of).collect()
}

/// What is made as small as possible.
pub(crate) fn cost(correlations: &[f64], aim: Aim, targets: &[f64]) -> f64 {
    match aim {
        Aim::Balance => {
            let sum: f64 = correlations.iter().sum();
            if sum <= 0.0 {
                // Proportions mean nothing here; the way out is towards a sum above 0.
                return 1.0 - sum;
            }
            let all: f64 = targets.iter().sum();
            let distance =
                correlations.iter().zip(targets).map(|(correlation, target)| (target / all - correlation / sum).powi(2));
            (distance.sum::<f64>() / correlations.len() as f64 + NOTHING).ln()
        }
        Aim::Infomax => -(correlations.iter().map(|correlation| correlation * correlation).sum::<f64>() + NOTHING).ln(),
    }
}

struct Objective<F>(F);

impl<F: Fn(&[f64]) -> f64> CostFunction for Objective<F> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, at: &Self::Param) -> Result<f64, Error> {
        Ok((self.0)(at))
    }
}

/// The place of the least cost near `start`. No chance takes part: the same start leads to the same place.
pub(crate) fn minimised(start: Vec<f64>, cost: impl Fn(&[f64]) -> f64) -> Option<Vec<f64>> {
    let mut best = start;
    for _ in 0..ROUNDS {
        // As in Nelder and Mead's own trials: the start, and a step along every axis.
        let mut simplex = vec![best.clone()];
        for axis in 0..best.len() {
            let mut corner = best.clone();
            corner[axis] += 0.1;
            simplex.push(corner);
        }
        let steps = STEPS * best.len() as u64;
        let solver = NelderMead::new(simplex).with_sd_tolerance(TOLERANCE).ok()?;
        let run = Executor::new(Objective(&cost), solver).configure(|state| state.max_iters(steps)).run().ok()?;
        let before = cost(&best);
        best = run.state().get_best_param()?.clone();
        if cost(&best) >= before - TOLERANCE {
            break;
        }
    }
    best.iter().all(|value| value.is_finite()).then_some(best)
}

#[cfg(test)]
mod tests;
