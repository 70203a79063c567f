//! Aggregation: a parent's score out of its children's scores (section 4.3 of the method).
//!
//! The arithmetic and the geometric mean are expressions of the plan. Every other method is one formula, written once for
//! any [`Number`] and called in one pass over the columns of the children (`tree/pass.rs`): with doubles that carry
//! their bound for all cities, with fractions where the doubles leave a cell open, and with plain doubles in
//! replications. The methods that look at one city take the scores and weights of the children that are there
//! ([`of_city`]), those that compare cities take all of them ([`of_cohort`]).
//!
//! **Adding a method:** write its file with the formula and its source, add its arm here, and its SQL to [`sql`] where
//! windows over the children tell it; name it in `explain/aggregation.rs`, and give it a worked example in `docs/methods/aggregation.md`.

pub(crate) mod arithmetic;
pub(crate) mod bounded;
pub(crate) mod cohort;
pub(crate) mod copeland;
pub(crate) mod fuzzy;
pub(crate) mod geometric;
pub(crate) mod grey_relational;
pub(crate) mod harmonic;
pub(crate) mod mazziotta_pareto;
pub(crate) mod median;
pub(crate) mod minimum;
pub(crate) mod number;
pub(crate) mod owa;
pub(crate) mod power;
#[cfg(test)]
mod tests;
pub(crate) mod topsis;
pub(crate) mod vikor;
pub(crate) mod warning;

use citygauge_indicators::{Aggregation, Method};
use dashu_ratio::RBig;
use polars::prelude::*;

use crate::sql::{Dialect, MethodSql};
use cohort::{City, Scores};
use number::{Number, Why};

/// What one child contributes to its parent.
#[derive(Clone)]
pub(crate) struct Term {
    /// Its score, own or filled (under points arithmetic its mark); null where it is left out.
    pub value: Expr,
    /// Its weight.
    pub weight: f64,
    /// Whether it may be left out at all.
    pub may_be_absent: bool,
}

/// How a method is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The expression of the arithmetic mean.
    Arithmetic,
    /// The expression of the geometric mean.
    Geometric,
    /// A pass, city by city.
    City,
    /// A pass over all cities of the period.
    Cohort,
}

/// How a method is computed; the power mean has both expressions among its exponents.
pub(crate) fn way(method: &Method) -> Way {
    match method {
        Method::Arithmetic | Method::ReportedPoints => Way::Arithmetic,
        Method::Power { p } if *p == 1.0 => Way::Arithmetic,
        Method::Geometric => Way::Geometric,
        Method::Power { p } if *p == 0.0 => Way::Geometric,
        method if method.reads_cohort() => Way::Cohort,
        _ => Way::City,
    }
}

/// The aggregate over the children that are there, null where none is, of the methods that are expressions.
pub(crate) fn expression(aggregation: &Aggregation, terms: &[Term]) -> Expr {
    match way(&aggregation.method) {
        Way::Geometric => geometric::expression(terms),
        _ => arithmetic::expression(terms),
    }
}

/// The score of a city out of the children that are there, by a method that looks at it alone.
pub(crate) fn of_city<N: Number>(method: &Method, scores: &[N], weights: &[N], full_mark: f64) -> Result<N, Why> {
    match method {
        Method::Geometric => power::of(scores, weights, 0.0),
        Method::Harmonic => harmonic::of(scores, weights),
        Method::Power { p } => power::of(scores, weights, *p),
        Method::Minimum => minimum::of(scores),
        Method::Median => median::of(scores),
        Method::MazziottaPareto { penalty, sd, .. } => mazziotta_pareto::of(scores, weights, *penalty, *sd),
        Method::Topsis { .. } => topsis::of(scores, weights, full_mark),
        Method::Vikor { v, .. } => vikor::of(scores, weights, *v, full_mark),
        Method::GreyRelational { rho, .. } => grey_relational::of(scores, weights, *rho, full_mark),
        Method::Fuzzy { grades, operator } => fuzzy::of(scores, weights, grades, *operator),
        Method::Owa { weights: positions } => owa::of(scores, positions),
        Method::Arithmetic | Method::ReportedPoints | Method::Copeland { .. } => arithmetic::of(scores, weights),
    }
}

/// A method in SQL; `key` tells its columns from those of others. None for the methods that windows over the children do
/// not tell.
pub(crate) fn sql(method: &Method, dialect: Dialect, key: usize, full_mark: f64) -> Option<MethodSql> {
    Some(match (way(method), method) {
        (_, Method::ReportedPoints) => return None,
        (Way::Arithmetic, _) => arithmetic::sql(dialect, key),
        (Way::Geometric, _) => geometric::sql(dialect, key),
        (_, Method::Harmonic) => harmonic::sql(dialect, key),
        (_, Method::Power { p }) => power::sql(dialect, key, *p, full_mark),
        (_, Method::Minimum) => minimum::sql(),
        (_, Method::Median) => median::sql(dialect, key),
        _ => return None,
    })
}

/// The scores of all cities of a period, by any method.
///
/// # Errors
/// `Why::Open` where what is fitted on the cohort leaves a decision open.
pub(crate) fn of_cohort<N: Number>(method: &Method, cities: &[City<N>], weights: &[N], full_mark: f64) -> Result<Scores<N>, Why> {
    match method {
        Method::Copeland { scale } => copeland::of_cohort(cities, weights, *scale, full_mark),
        Method::MazziottaPareto { penalty, standardise, sd } if method.reads_cohort() => {
            mazziotta_pareto::of_cohort(cities, weights, *penalty, *standardise, *sd)
        }
        Method::Topsis { ideals, norm } if method.reads_cohort() => topsis::of_cohort(cities, weights, *ideals, *norm, full_mark),
        Method::Vikor { v, .. } if method.reads_cohort() => vikor::of_cohort(cities, weights, *v, full_mark),
        Method::GreyRelational { rho, .. } if method.reads_cohort() => {
            grey_relational::of_cohort(cities, weights, *rho, full_mark)
        }
        _ => cohort::by_city(cities, |places, scores| of_city(method, scores, &cohort::at(weights, places), full_mark)),
    }
}

/// The score of a city in exact arithmetic over (weight, score), by a method that looks at it alone.
pub(crate) fn exact(aggregation: &Aggregation, terms: &[(RBig, RBig)], full_mark: f64) -> Result<RBig, Why> {
    let (weights, scores): (Vec<RBig>, Vec<RBig>) = terms.iter().cloned().unzip();
    of_city(&aggregation.method, &scores, &weights, full_mark)
}
