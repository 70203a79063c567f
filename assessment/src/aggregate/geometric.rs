//! The weighted geometric mean.
//!
//! Source: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), section 6.1, geometric aggregation; COINr's
//! `a_gmean`. A score of zero or below has no geometric mean: the node is left without a score, with a warning.

use dashu_ratio::RBig;
use polars::prelude::*;

use super::Term;
use crate::exact::real;
use crate::quantity::EPSILON;

/// exp(sum(w ln x) / sum(w)) over the children that are there; null where one of them is not positive.
pub(crate) fn expression(terms: &[Term]) -> Expr {
    let logarithms: Vec<Term> = terms
        .iter()
        .map(|term| Term {
            value: term.value.clone().log(lit(std::f64::consts::E)),
            weight: term.weight,
            may_be_absent: term.may_be_absent,
        })
        .collect();
    let mean = super::arithmetic::expression(&logarithms).exp();
    when(any_not_positive(terms)).then(lit(NULL)).otherwise(mean)
}

/// Whether some child that is there has a score of zero or below.
pub(crate) fn any_not_positive(terms: &[Term]) -> Expr {
    let each = terms.iter().map(|term| term.value.clone().lt_eq(lit(0.0)).fill_null(lit(false)));
    each.reduce(Expr::or).expect("a branch has children")
}

/// Whether some child that is there lies so near to zero that its double does not tell its sign, or leaves the
/// relative error of the mean without a useful bound.
pub(crate) fn doubt(terms: &[Term], children: f64) -> Expr {
    let margin = lit(children * 1e4 + f64::MIN_POSITIVE);
    let each = terms.iter().map(|term| term.value.clone().abs().lt_eq(margin.clone()).fill_null(lit(false)));
    each.reduce(Expr::or).expect("a branch has children")
}

pub(crate) fn exact(terms: &[(RBig, RBig)]) -> Option<RBig> {
    if terms.iter().any(|(_, value)| *value <= RBig::ZERO) {
        return None;
    }
    Some(real::geometric_mean(terms))
}

/// The relative error of the mean is at most the greatest of the scores' (each above the margin of [`doubt`], so at
/// most `children / smallest`) plus that of the logarithms, whose magnitude is at most 745 for a double.
pub(crate) fn bound(children: f64, smallest: f64, largest: f64, count: usize) -> f64 {
    let relative = if smallest > 0.0 { 2.0 * children / smallest } else { 1.0 };
    largest * (relative + EPSILON * 750.0 * (count as f64 + 8.0))
}
