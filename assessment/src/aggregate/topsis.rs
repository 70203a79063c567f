//! TOPSIS: how much nearer a city is to the ideal than to its opposite.
//!
//! Source: Hwang and Yoon, *Multiple Attribute Decision Making* (1981). The distances are Euclidean over weighted scores,
//! as the method has it: the weight stands inside the square. Ideals of 0 and the full mark keep a city's score
//! independent of the others; those of the cohort are the classical ones. `vector` divides each child's scores by the
//! root of the sum of their squares first, which is for scores on different scales.

use std::cmp::Ordering;

use citygauge_indicators::{Ideals, Norm};

use super::cohort::{self, City, Ends, Scores};
use super::number::{Number, Why, shares, sum};

/// D- / (D+ + D-) x full mark with the ideals 0 and the full mark.
pub(crate) fn of<N: Number>(scores: &[N], weights: &[N], full_mark: f64) -> Result<N, Why> {
    let norms = vec![Some(N::decimal(1.0)); scores.len()];
    closeness(&distances(scores, weights, &cohort::fixed(scores.len(), full_mark), &norms)?, full_mark)
}

/// The closeness of every city, with ideals or norms of the cohort.
pub(crate) fn of_cohort<N: Number>(
    cities: &[City<N>],
    weights: &[N],
    ideals: Ideals,
    norm: Norm,
    full_mark: f64,
) -> Result<Scores<N>, Why> {
    let ends = cohort::ends(cities, weights.len(), ideals, full_mark)?;
    let norms: Vec<Option<N>> = (0..weights.len()).map(|child| squares(cities, child, norm)).collect::<Result<_, _>>()?;
    cohort::by_city(cities, |places, scores| {
        let weights = cohort::at(weights, places);
        closeness(&distances(scores, &weights, &cohort::at(&ends, places), &cohort::at(&norms, places))?, full_mark)
    })
}

/// The square of what a child's scores are divided by; none where all are 0, so that the child tells nothing.
fn squares<N: Number>(cities: &[City<N>], child: usize, norm: Norm) -> Result<Option<N>, Why> {
    if norm == Norm::None {
        return Ok(Some(N::decimal(1.0)));
    }
    let squares = cohort::of_child(cities, child).map(|score| {
        let score = score.clone().narrowed();
        score.clone() * score
    });
    let sum = sum(squares);
    Ok((sum.sign()? != Ordering::Equal).then_some(sum))
}

/// The distances from the ideal and from its opposite; `norms` are squares. A child that tells nothing adds nothing.
pub(crate) fn distances<N: Number>(scores: &[N], weights: &[N], ends: &[Ends<N>], norms: &[Option<N>]) -> Result<(N, N), Why> {
    let (mut to_best, mut to_worst) = (N::decimal(0.0), N::decimal(0.0));
    for (((share, score), ends), norm) in shares(weights)?.into_iter().zip(scores).zip(ends).zip(norms) {
        let (Some((worst, best)), Some(norm)) = (ends, norm) else { continue };
        let part = |end: &N| {
            let distance = (score.clone() - end.clone()) * share.clone();
            (distance.clone() * distance).over(norm.clone())
        };
        to_best = to_best + part(best)?.narrowed();
        to_worst = to_worst + part(worst)?.narrowed();
    }
    Ok((to_best.root(), to_worst.root()))
}

fn closeness<N: Number>((to_best, to_worst): &(N, N), full_mark: f64) -> Result<N, Why> {
    let part = to_worst.clone().over(to_best.clone() + to_worst.clone())?;
    Ok((part * N::decimal(full_mark)).settled())
}
