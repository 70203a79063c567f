//! From a method to raw weights: the arms of every method but benefit of the doubt, whose weights differ from city to city.

use citygauge_indicators::{Cohort, Combination, Evidence, MixPart, NodeIndex, Period, Weighting, ahp};

use super::derivation::Statistic;
use super::sample::Sample;
use super::{critic, entropy, optimised, principal, spread};

/// The fewest cities from which weights are derived.
pub(crate) const FEWEST: usize = 3;

/// What keeps weights from being derived; a child is its place among those that count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Obstacle {
    /// Fewer cities than [`FEWEST`] have a value of every child.
    TooFewCities(usize),
    /// No child differs between the cities.
    Constant,
    /// The method gives every child the weight 0.
    ZeroSum,
    /// A value below 0, which entropy cannot take.
    Negative(usize),
    /// A mean of 0, by which a coefficient of variation would divide.
    ZeroMean(usize),
    /// A search that did not end.
    NotConverged,
    /// A base period without data.
    NoBase(Period),
    /// A base period that is none; the check refuses it.
    NoPeriod,
}

/// Weights that add up to 1, and what the method tells beside them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Derived {
    pub weights: Vec<f64>,
    pub cities: Option<usize>,
    pub statistics: Vec<Statistic>,
    /// The children that do not differ and weigh nothing for it.
    pub constant: Vec<usize>,
}

/// The children of a node that count, and where the values of a cohort come from.
pub(crate) struct Children<'a> {
    pub nodes: &'a [NodeIndex],
    /// Their weights as given.
    pub given: &'a [f64],
    pub sample: &'a dyn Fn(Evidence, &Cohort) -> Result<Sample, Obstacle>,
}

impl Children<'_> {
    /// The weights by a method, unrounded.
    pub(crate) fn weights(&self, weighting: &Weighting) -> Result<Derived, Obstacle> {
        match weighting {
            Weighting::Given | Weighting::BenefitOfTheDoubt { .. } => self.of_no_data(self.given.to_vec(), Vec::new()),
            Weighting::Equal => self.of_no_data(vec![1.0; self.nodes.len()], Vec::new()),
            Weighting::Ahp { matrices, .. } => self.judged(matrices),
            Weighting::Mix { of, combine } => self.mixed(of, *combine),
            by_data => self.of_data(by_data),
        }
    }

    fn of_no_data(&self, raw: Vec<f64>, statistics: Vec<Statistic>) -> Result<Derived, Obstacle> {
        Ok(Derived { weights: scaled(raw)?, cities: None, statistics, constant: Vec::new() })
    }

    fn judged(&self, matrices: &[Vec<Vec<f64>>]) -> Result<Derived, Obstacle> {
        let group = ahp::priorities(&ahp::group(matrices));
        let told = |matrix: Option<usize>, priorities: &ahp::Priorities| {
            [
                ("lambda_max", priorities.lambda_max),
                ("consistency_index", priorities.consistency_index),
                ("consistency_ratio", priorities.consistency_ratio),
            ]
            .map(|(name, value)| Statistic { name, part: None, child: None, matrix, value })
        };
        let mut statistics = told(None, &group).to_vec();
        for (m, matrix) in matrices.iter().enumerate() {
            statistics.extend(told(Some(m), &ahp::priorities(matrix)));
        }
        self.of_no_data(group.weights, statistics)
    }

    fn of_data(&self, weighting: &Weighting) -> Result<Derived, Obstacle> {
        let cohort = weighting.cohort().unwrap_or(&Cohort::Period);
        let evidence = weighting.evidence().unwrap_or(Evidence::Scores);
        let sample = (self.sample)(evidence, cohort)?;
        if sample.cities() < FEWEST {
            return Err(Obstacle::TooFewCities(sample.cities()));
        }
        let differing = sample.differing();
        if differing.is_empty() {
            return Err(Obstacle::Constant);
        }
        let sample = if evidence == Evidence::MinMax { sample.min_max() } else { sample };
        let mut statistics = Vec::new();
        let mut tell = |name: &'static str, child: Option<usize>, value: f64| {
            let child = child.map(|child| self.nodes[child]);
            statistics.push(Statistic { name, part: None, child, matrix: None, value });
        };
        let all: Vec<usize> = (0..sample.children()).collect();
        let raw = match weighting {
            Weighting::Entropy { shift, .. } => {
                let entropies = entropy::entropies(&sample, *shift).map_err(Obstacle::Negative)?;
                entropies.iter().zip(&all).for_each(|(entropy, &child)| tell("entropy", Some(child), *entropy));
                entropies.into_iter().map(|entropy| 1.0 - entropy).collect()
            }
            Weighting::Critic { .. } => {
                let information = critic::information(&sample);
                information.iter().zip(&all).for_each(|(information, &child)| tell("information", Some(child), *information));
                information
            }
            Weighting::StdDev { .. } => {
                let deviations = spread::deviations(&sample);
                deviations.iter().zip(&all).for_each(|(sd, &child)| tell("sd", Some(child), *sd));
                deviations
            }
            Weighting::CoefficientOfVariation { .. } => {
                let variations = spread::variations(&sample).map_err(Obstacle::ZeroMean)?;
                variations.iter().zip(&all).for_each(|(variation, &child)| tell("variation", Some(child), *variation));
                variations
            }
            Weighting::Pca { .. } => {
                let first = principal::first(&sample.of(&differing)).ok_or(Obstacle::NotConverged)?;
                tell("explained_variance", None, first.explained);
                first.weights.iter().zip(&differing).for_each(|(part, &child)| tell("squared_loading", Some(child), *part));
                spread_over(&first.weights, &differing, sample.children())
            }
            Weighting::Correlations { aim, targets, .. } => {
                let targets = targets.clone().unwrap_or_else(|| vec![1.0; sample.children()]);
                let targets: Vec<f64> = differing.iter().map(|&child| targets[child]).collect();
                let found = optimised::search(&sample.of(&differing), *aim, &targets).ok_or(Obstacle::NotConverged)?;
                let correlations = found.correlations.iter().zip(&differing);
                correlations.for_each(|(correlation, &child)| tell("correlation", Some(child), *correlation));
                spread_over(&found.weights, &differing, sample.children())
            }
            _ => return Err(Obstacle::ZeroSum),
        };
        let constant = all.into_iter().filter(|child| !differing.contains(child)).collect();
        Ok(Derived { weights: scaled(raw)?, cities: Some(sample.cities()), statistics, constant })
    }

    /// A mixture: the sum of the weights times their parts, or the product of the weights to the power of their parts.
    ///
    /// Source of the product (组合赋权法, multiplicative synthesis): Hwang and Yoon 1981, section 2.3.2, for entropy and
    /// given weights: w_j = a_j b_j / sum a b.
    fn mixed(&self, of: &[MixPart], combine: Combination) -> Result<Derived, Obstacle> {
        let mut mixed = Derived {
            weights: vec![if combine == Combination::Sum { 0.0 } else { 1.0 }; self.nodes.len()],
            cities: None,
            statistics: Vec::new(),
            constant: Vec::new(),
        };
        for (p, part) in of.iter().enumerate() {
            let derived = self.weights(&part.weighting)?;
            for (mixed, weight) in mixed.weights.iter_mut().zip(&derived.weights) {
                match combine {
                    Combination::Sum => *mixed += part.part * weight,
                    Combination::Product => *mixed *= weight.powf(part.part),
                }
            }
            mixed.statistics.extend(self.of_part(p, &derived));
            mixed.cities = mixed.cities.into_iter().chain(derived.cities).min();
            mixed.constant.extend(derived.constant);
        }
        mixed.constant.sort_unstable();
        mixed.constant.dedup();
        mixed.weights = scaled(mixed.weights)?;
        Ok(mixed)
    }

    /// The weights by one part of a mixture, and what it tells beside them.
    fn of_part<'s>(&'s self, part: usize, derived: &'s Derived) -> impl Iterator<Item = Statistic> + 's {
        let weights = self.nodes.iter().zip(&derived.weights);
        let weights =
            weights.map(|(&child, &value)| Statistic { name: "weight", part: None, child: Some(child), matrix: None, value });
        weights.chain(derived.statistics.iter().cloned()).map(move |told| Statistic { part: Some(part), ..told })
    }
}

/// The weights of some children in their places, 0 elsewhere.
fn spread_over(weights: &[f64], places: &[usize], children: usize) -> Vec<f64> {
    let mut all = vec![0.0; children];
    places.iter().zip(weights).for_each(|(&place, weight)| all[place] = *weight);
    all
}

/// Raw weights as parts of their sum.
fn scaled(raw: Vec<f64>) -> Result<Vec<f64>, Obstacle> {
    let sum: f64 = raw.iter().sum();
    if sum.is_finite() && sum > 0.0 { Ok(raw.into_iter().map(|weight| weight / sum).collect()) } else { Err(Obstacle::ZeroSum) }
}
