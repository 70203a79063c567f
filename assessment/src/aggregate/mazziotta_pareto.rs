//! Mazziotta and Pareto's index: the mean less a penalty for unevenness among the children.
//!
//! Source: Mazziotta and Pareto, *On a generalized non-compensatory composite index for measuring socio-economic
//! phenomena* (2016); the adjusted index of the same (2018). M is the weighted mean of a city's scores and S their
//! weighted standard deviation; with equal weights these are the authors'. `z_score` brings every child to mean 100 and
//! standard deviation 10 over the cohort, `goalposts` to mean 100 with half the range of the cohort being 30 (70 to 130 where
//! mean and middle coincide). `sd` says for both deviations which is meant: the authors take the population's, the R
//! package Compind the sample's.

use std::cmp::Ordering;

use citygauge_indicators::{Penalty, Spread, Standardise};

use super::cohort::{self, City, Scores};
use super::number::{Number, Why, shares, sum};

/// What a child without spread is standardised to: the mean of every child.
const MEAN: f64 = 100.0;
/// The standard deviation of a child after `z_score`.
const SD: f64 = 10.0;
/// The range of a child after `goalposts`.
const RANGE: f64 = 60.0;

/// M - S^2 / M or M + S^2 / M of scores as they are. Where nothing differs there is no penalty, whatever the mean.
pub(crate) fn of<N: Number>(scores: &[N], weights: &[N], penalty: Penalty, sd: Spread) -> Result<N, Why> {
    let (mean, variance) = mean_and_variance(scores, weights, sd)?;
    if mean.sign()? == Ordering::Equal && variance.sign()? == Ordering::Equal {
        return Ok(mean);
    }
    let unevenness = variance.over(mean.clone())?;
    Ok(match penalty {
        Penalty::Negative => mean - unevenness,
        Penalty::Positive => mean + unevenness,
    })
}

/// The weighted mean and variance of some scores.
pub(crate) fn mean_and_variance<N: Number>(scores: &[N], weights: &[N], sd: Spread) -> Result<(N, N), Why> {
    let shares = shares(weights)?;
    let mean = sum(shares.iter().cloned().zip(scores).map(|(share, score)| share * score.clone()));
    let squares = shares.into_iter().zip(scores).map(|(share, score)| {
        let distance = score.clone() - mean.clone();
        share * distance.clone() * distance
    });
    let variance = scaled(sum(squares), scores.len(), sd)?;
    Ok((mean, variance))
}

/// A variance of the population as the one that is meant; a single value has none.
fn scaled<N: Number>(variance: N, count: usize, sd: Spread) -> Result<N, Why> {
    match sd {
        Spread::Population => Ok(variance),
        Spread::Sample if count < 2 => Ok(N::decimal(0.0)),
        Spread::Sample => (variance * N::decimal(count as f64)).over(N::decimal((count - 1) as f64)),
    }
}

/// The index of every city, the scores standardised over the cohort first.
pub(crate) fn of_cohort<N: Number>(
    cities: &[City<N>],
    weights: &[N],
    penalty: Penalty,
    standardise: Standardise,
    sd: Spread,
) -> Result<Scores<N>, Why> {
    let lines: Vec<Option<Line<N>>> =
        (0..weights.len()).map(|child| Line::of(cities, child, standardise, sd)).collect::<Result<_, _>>()?;
    cohort::by_city(cities, |places, scores| {
        let standardised = places.iter().zip(scores).map(|(&place, score)| match &lines[place] {
            Some(line) => line.standardised(score.clone()),
            None => Ok(N::decimal(MEAN)),
        });
        let standardised: Vec<N> = standardised.collect::<Result<_, _>>()?;
        Ok(of(&standardised, &cohort::at(weights, places), penalty, sd)?.settled())
    })
}

/// The line that standardises a child.
struct Line<N> {
    mean: N,
    /// What becomes of `spread`.
    unit: N,
    spread: N,
}

impl<N: Number> Line<N> {
    /// None where the child's scores do not differ.
    fn of(cities: &[City<N>], child: usize, standardise: Standardise, sd: Spread) -> Result<Option<Self>, Why> {
        let Some((smallest, largest)) = cohort::extremes(cities, child)? else { return Ok(None) };
        let scores: Vec<N> = cohort::of_child(cities, child).cloned().map(N::narrowed).collect();
        let count = N::decimal(scores.len() as f64);
        let mean = sum(scores.iter().cloned()).over(count.clone())?;
        let (unit, spread) = match standardise {
            Standardise::None => (N::decimal(1.0), N::decimal(1.0)),
            Standardise::Goalposts => (N::decimal(RANGE), largest - smallest),
            Standardise::ZScore => {
                let squares = scores.iter().map(|score| {
                    let distance = (score.clone() - mean.clone()).narrowed();
                    distance.clone() * distance
                });
                (N::decimal(SD), scaled(sum(squares).over(count)?, scores.len(), sd)?.root())
            }
        };
        Ok(Some(Self { mean, unit, spread }))
    }

    fn standardised(&self, score: N) -> Result<N, Why> {
        let distance = (score - self.mean.clone()) * self.unit.clone();
        Ok(N::decimal(MEAN) + distance.over(self.spread.clone())?.narrowed())
    }
}
