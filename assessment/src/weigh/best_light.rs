//! Benefit of the doubt: every city is weighed in its best light.
//!
//! Source: L. Cherchye, W. Moesen, N. Rogge and T. Van Puyenbroeck, "An introduction to 'benefit of the doubt' composite
//! indicators", Social Indicators Research 82 (2007), 111-145: the score of city k is the greatest sum_i w_i x_ki over weights
//! w >= 0 under which no city of the cohort exceeds 1; bounds on the shares w_i x_ki / sum_i w_i x_ki keep a city from being
//! judged by what it is best at alone.
//!
//! Cities with a score of every child, none below 0, bound the weights; a city that lacks some is weighed over those it
//! has, and is bound by itself too. The optimum times the full mark is rounded to ten decimals, and *is* that decimal.

use std::collections::BTreeSet;

use good_lp::{Expression, ProblemVariables, Solution, SolverModel, constraint, microlp, variable};

use super::sample::Sample;

/// How far a peer may exceed 1 before it is taken in: what doubles leave.
const SLACK: f64 = 1e-13;

/// How many peers are taken in at once.
const AT_ONCE: usize = 4;

/// The decimals of an optimum.
const PLACES: f64 = 1e10;

/// The cities that bound the weights: those that no other exceeds in every child.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frontier {
    /// City by city, each child as a part of the greatest of the cohort: the optimum does not depend on units.
    peers: Vec<Vec<f64>>,
    /// The greatest score of each child; 1 where all are 0.
    greatest: Vec<f64>,
    shares: Option<[f64; 2]>,
}

/// A city in its best light.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Light {
    /// The score, a decimal of ten places.
    pub score: f64,
    /// What each child contributes to it, as a part of the whole; 0 for those that are not there. Other shares may lead to
    /// the same score.
    pub shares: Vec<f64>,
}

/// Why a city has no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shade {
    /// A child has a score below 0, or of 0 although it must have a share: its place among the children.
    NotPositive(usize),
    /// The children that are there cannot have the shares that are demanded.
    Shares,
    /// The linear programme could not be solved.
    Unsolved,
}

impl Frontier {
    pub(crate) fn new(sample: &Sample, shares: Option<[f64; 2]>) -> Self {
        let greatest = sample.columns().iter().map(|column| column.iter().copied().fold(0.0, f64::max));
        let greatest: Vec<f64> = greatest.map(|greatest| if greatest > 0.0 { greatest } else { 1.0 }).collect();
        let cities = (0..sample.cities()).map(|city| {
            sample.columns().iter().zip(&greatest).map(|(column, greatest)| column[city] / greatest).collect::<Vec<f64>>()
        });
        let mut cities: Vec<Vec<f64>> = cities.filter(|city| city.iter().all(|part| *part >= 0.0)).collect();
        // Who exceeds another in every child has the greater sum, so nobody is exceeded by one that stands later.
        let sum = |city: &Vec<f64>| city.iter().sum::<f64>();
        cities.sort_by(|one, other| sum(other).total_cmp(&sum(one)));
        let mut peers: Vec<Vec<f64>> = Vec::new();
        for city in cities {
            let exceeds = |peer: &Vec<f64>| peer.iter().zip(&city).all(|(peer, own)| peer >= own);
            if !peers.iter().any(exceeds) {
                peers.push(city);
            }
        }
        Self { peers, greatest, shares }
    }

    /// How many cities bound the weights.
    pub(crate) fn len(&self) -> usize {
        self.peers.len()
    }

    /// The city with these scores in its best light; `None` where it has none of the children.
    pub(crate) fn light(&self, scores: &[Option<f64>], full_mark: f64) -> Option<Result<Light, Shade>> {
        let own: Vec<(usize, f64)> =
            scores.iter().enumerate().filter_map(|(child, score)| Some((child, (*score)? / self.greatest[child]))).collect();
        if own.is_empty() {
            return None;
        }
        Some(self.weighed(&own).map(|(optimum, contributions)| {
            let mut shares = vec![0.0; scores.len()];
            for ((child, _), contribution) in own.iter().zip(contributions) {
                shares[*child] = if optimum > 0.0 { contribution / optimum } else { 0.0 };
            }
            Light { score: (optimum.clamp(0.0, 1.0) * full_mark * PLACES).round() / PLACES, shares }
        }))
    }

    /// The optimum and what each child contributes to it.
    fn weighed(&self, own: &[(usize, f64)]) -> Result<(f64, Vec<f64>), Shade> {
        let [low, high] = self.shares.unwrap_or([0.0, 1.0]);
        if let Some((child, _)) = own.iter().find(|(_, part)| *part < 0.0 || (*part == 0.0 && low > 0.0)) {
            return Err(Shade::NotPositive(*child));
        }
        let positive = own.iter().filter(|(_, part)| *part > 0.0).count() as f64;
        if positive == 0.0 {
            return Ok((0.0, vec![0.0; own.len()]));
        }
        if positive * low > 1.0 + 1e-9 || positive * high < 1.0 - 1e-9 {
            return Err(Shade::Shares);
        }
        self.solved(own, low, high).ok_or(Shade::Unsolved)
    }

    /// Few peers bind a city, so the programme begins with the best in each child, and takes in those that the weights it
    /// finds let exceed 1 until there are none.
    fn solved(&self, own: &[(usize, f64)], low: f64, high: f64) -> Option<(f64, Vec<f64>)> {
        let rows: Vec<Vec<f64>> = self.peers.iter().map(|peer| own.iter().map(|(child, _)| peer[*child]).collect()).collect();
        let best_in =
            |place: usize| (0..rows.len()).reduce(|best, row| if rows[row][place] > rows[best][place] { row } else { best });
        let mut binding: BTreeSet<usize> = (0..own.len()).filter_map(best_in).collect();
        loop {
            let weights = programme(own, &binding.iter().map(|&row| &rows[row]).collect::<Vec<_>>(), low, high)?;
            let reached = |row: &Vec<f64>| row.iter().zip(&weights).map(|(part, weight)| part * weight).sum::<f64>();
            let mut beyond: Vec<(usize, f64)> =
                rows.iter().map(reached).enumerate().filter(|(_, sum)| *sum > 1.0 + SLACK).collect();
            beyond.retain(|(row, _)| !binding.contains(row));
            if beyond.is_empty() {
                let contributions: Vec<f64> = own.iter().zip(&weights).map(|((_, part), weight)| part * weight).collect();
                return Some((contributions.iter().sum(), contributions));
            }
            beyond.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            binding.extend(beyond.iter().take(AT_ONCE).map(|(row, _)| *row));
        }
    }
}

/// The weights that are best for a city when these peers may not exceed 1, nor itself.
fn programme(own: &[(usize, f64)], peers: &[&Vec<f64>], low: f64, high: f64) -> Option<Vec<f64>> {
    let mut variables = ProblemVariables::new();
    let weights = variables.add_vector(variable().min(0.0), own.len());
    let total: Expression = weights.iter().zip(own).map(|(&weight, (_, part))| *part * weight).sum();
    let mut programme = variables.maximise(total.clone()).using(microlp);
    let itself: Vec<f64> = own.iter().map(|(_, part)| *part).collect();
    for row in peers.iter().copied().chain([&itself]) {
        let of_peer: Expression = weights.iter().zip(row).map(|(&weight, &part)| part * weight).sum();
        programme.add_constraint(constraint!(of_peer <= 1.0));
    }
    for (&weight, (_, part)) in weights.iter().zip(own) {
        if low > 0.0 {
            programme.add_constraint(constraint!(*part * weight - low * total.clone() >= 0.0));
        }
        if high < 1.0 {
            programme.add_constraint(constraint!(*part * weight - high * total.clone() <= 0.0));
        }
    }
    let solution = programme.solve().ok()?;
    Some(weights.into_iter().map(|weight| solution.value(weight).max(0.0)).collect())
}

#[cfg(test)]
mod tests;
