//! The grey relational grade: how closely a city follows the ideal series.
//!
//! Source: Deng, *Introduction to grey system theory* (1989): xi = (dmin + rho dmax) / (d + rho dmax), the grade being
//! the weighted mean of xi. The differences d are taken on scores between worst and best, so that dmin is 0 (the best is
//! somewhere reached) and dmax is 1; with fixed ideals they are those of 0 and the full mark. The grade does not
//! reach down to 0: a city that is worst everywhere has rho / (1 + rho).

use citygauge_indicators::Ideals;

use super::cohort::{self, City, Ends, Scores};
use super::number::{Number, Why, shares};

/// The grade x full mark with the ideals 0 and the full mark.
pub(crate) fn of<N: Number>(scores: &[N], weights: &[N], rho: f64, full_mark: f64) -> Result<N, Why> {
    grade(scores, weights, &cohort::fixed(scores.len(), full_mark), rho, full_mark)
}

/// The grade of every city with the ideals of the cohort. Where no child differs in any city, dmax is 0 and the formula
/// divides by zero.
pub(crate) fn of_cohort<N: Number>(cities: &[City<N>], weights: &[N], rho: f64, full_mark: f64) -> Result<Scores<N>, Why> {
    let ends = cohort::ends(cities, weights.len(), Ideals::Cohort, full_mark)?;
    let is_constant = ends.iter().all(Option::is_none);
    cohort::by_city(cities, |places, scores| {
        if is_constant {
            return Err(Why::DivisionByZero);
        }
        Ok(grade(scores, &cohort::at(weights, places), &cohort::at(&ends, places), rho, full_mark)?.settled())
    })
}

fn grade<N: Number>(scores: &[N], weights: &[N], ends: &[Ends<N>], rho: f64, full_mark: f64) -> Result<N, Why> {
    let mut grade = N::decimal(0.0);
    for (share, coefficient) in shares(weights)?.into_iter().zip(coefficients(scores, ends, rho)?) {
        grade = grade + (share * coefficient).narrowed();
    }
    Ok(grade * N::decimal(full_mark))
}

/// The relational coefficient of each child; 1 for a child in which no city differs, which lies at the ideal.
pub(crate) fn coefficients<N: Number>(scores: &[N], ends: &[Ends<N>], rho: f64) -> Result<Vec<N>, Why> {
    let rho = N::decimal(rho);
    let each = scores.iter().zip(ends).map(|(score, ends)| {
        let Some((worst, best)) = ends else { return Ok(N::decimal(1.0)) };
        let difference = (best.clone() - score.clone()).over(best.clone() - worst.clone())?;
        let magnitude = difference.clone().greatest(N::decimal(0.0) - difference);
        rho.clone().over(magnitude + rho.clone())
    });
    each.collect()
}
