//! VIKOR: a compromise of the sum of regrets and the greatest single regret.
//!
//! Source: Opricovic and Tzeng, *Compromise solution by MCDM methods: a comparative analysis of VIKOR and TOPSIS* (2004).
//! S = sum(w (f* - x) / (f* - f-)), R the greatest of its terms, Q = v (S - S*) / (S- - S*) + (1 - v) (R - R*) / (R- - R*);
//! less is better in Q, so that the score is (1 - Q) x full mark. With ideals of the cohort, f*, f-, S*, S-, R* and R- are
//! the best and worst of the cohort. With fixed ideals they are those of a city with the full mark everywhere (S and R
//! 0) and of one with 0 everywhere (S is 1, R the greatest weight), so that a city's score does not depend on the others.
//! Weights are rescaled over the children that are there.

use std::cmp::Ordering;

use super::cohort::{self, City, Ends, Scores};
use super::number::{Number, Why, shares, sum};

/// The score with fixed ideals.
pub(crate) fn of<N: Number>(scores: &[N], weights: &[N], v: f64, full_mark: f64) -> Result<N, Why> {
    let (all, greatest) = regrets(scores, weights, &cohort::fixed(scores.len(), full_mark))?;
    let zero = || N::decimal(0.0);
    let heaviest = shares(weights)?.into_iter().fold(zero(), N::greatest);
    score(
        &Regret { own: all, best: zero(), worst: N::decimal(1.0) },
        &Regret { own: greatest, best: zero(), worst: heaviest },
        v,
        full_mark,
    )
}

/// The scores with ideals of the cohort.
pub(crate) fn of_cohort<N: Number>(cities: &[City<N>], weights: &[N], v: f64, full_mark: f64) -> Result<Scores<N>, Why> {
    let ends: Vec<Ends<N>> = (0..weights.len()).map(|child| cohort::extremes(cities, child)).collect::<Result<_, _>>()?;
    let regrets = cities.iter().map(|city| {
        let Some((places, scores)) = city.as_ref().map(|city| cohort::present(city)) else { return Ok(None) };
        if places.is_empty() {
            return Ok(None);
        }
        regrets(&scores, &cohort::at(weights, &places), &cohort::at(&ends, &places)).map(Some)
    });
    let regrets: Vec<Option<(N, N)>> = regrets.collect::<Result<_, _>>()?;
    let spread = |of: fn(&(N, N)) -> N| -> Option<(N, N)> {
        let each = || regrets.iter().flatten().map(of);
        Some((each().reduce(N::least)?, each().reduce(N::greatest)?))
    };
    let (Some(sums), Some(greatest)) = (spread(|regret| regret.0.clone()), spread(|regret| regret.1.clone())) else {
        return Ok(vec![None; cities.len()]);
    };
    let each = regrets.into_iter().map(|own| {
        let Some((sum, single)) = own else { return Ok(None) };
        let sum = Regret { own: sum, best: sums.0.clone(), worst: sums.1.clone() };
        let single = Regret { own: single, best: greatest.0.clone(), worst: greatest.1.clone() };
        match score(&sum, &single, v, full_mark) {
            // What is open here is open for the whole cohort.
            Err(Why::Open) => Err(Why::Open),
            made => Ok(Some(made)),
        }
    });
    each.collect()
}

/// Sum and greatest of the weighted regrets; a child in which no city differs leaves none.
pub(crate) fn regrets<N: Number>(scores: &[N], weights: &[N], ends: &[Ends<N>]) -> Result<(N, N), Why> {
    let each = shares(weights)?.into_iter().zip(scores).zip(ends).map(|((share, score), ends)| match ends {
        Some((worst, best)) => Ok((share * (best.clone() - score.clone())).over(best.clone() - worst.clone())?.narrowed()),
        None => Ok(N::decimal(0.0)),
    });
    let each: Vec<N> = each.collect::<Result<_, Why>>()?;
    let greatest = each.iter().cloned().reduce(N::greatest).ok_or(Why::DivisionByZero)?;
    Ok((sum(each.into_iter()).narrowed(), greatest))
}

/// A regret between that of the best city and that of the worst.
struct Regret<N> {
    own: N,
    best: N,
    worst: N,
}

/// (1 - Q) x full mark. A part in which no city differs adds nothing; where that holds for every part that counts, the
/// formula divides by zero.
fn score<N: Number>(sum: &Regret<N>, greatest: &Regret<N>, v: f64, full_mark: f64) -> Result<N, Why> {
    let one = N::decimal(1.0);
    let parts = [(N::decimal(v), sum), (one.clone() - N::decimal(v), greatest)];
    let mut compromise = None;
    for ((part, Regret { own, best, worst }), counts) in parts.into_iter().zip([v > 0.0, v < 1.0]) {
        let span = worst.clone() - best.clone();
        if !counts || span.sign()? == Ordering::Equal {
            continue;
        }
        let term = part * (own.clone() - best.clone()).over(span)?;
        compromise = Some(match compromise {
            None => term,
            Some(others) => term + others,
        });
    }
    let compromise: N = compromise.ok_or(Why::DivisionByZero)?;
    Ok(((one - compromise) * N::decimal(full_mark)).settled())
}
