//! The weighted arithmetic mean.
//!
//! Source: OECD/JRC, *Handbook on Constructing Composite Indicators* (2008), section 6.1, linear aggregation; weights are
//! rescaled over what is there, as COINr's `a_amean`.

use dashu_ratio::RBig;
use polars::prelude::*;

use super::Term;
use crate::quantity::EPSILON;

/// sum(w x) / sum(w) over the children that are there.
pub(crate) fn expression(terms: &[Term]) -> Expr {
    let weighted = |term: &Term| if term.weight == 1.0 { term.value.clone() } else { term.value.clone() * lit(term.weight) };
    let sum = horizontal(terms.iter().map(weighted).collect());
    over(sum, terms)
}

/// A sum over what is there, divided by the weights that are there; null where none is (0 / 0).
pub(crate) fn over(sum: Expr, terms: &[Term]) -> Expr {
    let mean = sum / weights(terms);
    if terms.iter().all(|term| term.may_be_absent) { mean.fill_nan(lit(NULL)) } else { mean }
}

/// The sum of the weights of the children that are there.
pub(crate) fn weights(terms: &[Term]) -> Expr {
    let constant: f64 = terms.iter().filter(|term| !term.may_be_absent).map(|term| term.weight).sum();
    let absent: Vec<&Term> = terms.iter().filter(|term| term.may_be_absent).collect();
    if absent.is_empty() {
        return lit(constant);
    }
    let mut present: Vec<Expr> =
        absent.iter().map(|term| when(term.value.clone().is_not_null()).then(lit(term.weight)).otherwise(lit(0.0))).collect();
    if constant > 0.0 {
        present.push(lit(constant));
    }
    horizontal(present)
}

/// The sum over columns, null counting nothing.
pub(crate) fn horizontal(terms: Vec<Expr>) -> Expr {
    if terms.len() == 1 {
        return terms.into_iter().next().expect("it has one").fill_null(lit(0.0));
    }
    polars::lazy::dsl::sum_horizontal(terms, true).expect("a branch has children")
}

pub(crate) fn exact(terms: &[(RBig, RBig)]) -> RBig {
    let weights = terms.iter().fold(RBig::ZERO, |sum, (weight, _)| sum + weight);
    let sum = terms.iter().fold(RBig::ZERO, |sum, (weight, value)| sum + weight * value);
    sum / weights
}

/// A mean is no further off than the worst of its terms; products, sums and the division round.
pub(crate) fn bound(children: f64, largest: f64, count: usize) -> f64 {
    children + largest * EPSILON * (count as f64 + 6.0)
}
