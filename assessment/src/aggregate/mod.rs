//! Aggregation: a parent's score out of its children's scores (section 4.3 of the method).
//!
//! **Adding a method:** write its file with `expression`, `exact` and `bound`, add its arm here, name its source.

pub(crate) mod arithmetic;
pub(crate) mod geometric;

use citygauge_indicators::{Aggregation, Fault, IndicatorSet, Method, NodeKind, Weighting};
use dashu_ratio::RBig;
use polars::prelude::*;

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

/// The faults of methods that this engine does not compute.
pub(crate) fn unsupported(set: &IndicatorSet) -> Vec<Fault> {
    let mut faults = Vec::new();
    for node in set.nodes() {
        if let NodeKind::Inner { aggregation, weighting } = &node.kind {
            if !matches!(aggregation.method, Method::Arithmetic | Method::Geometric | Method::ReportedPoints) {
                faults.push(crate::normalise::not_computed(aggregation.method.word()).of(node.code.clone()));
            }
            if weighting.as_ref().is_some_and(|weighting| *weighting != Weighting::Given) {
                faults.push(crate::normalise::not_computed("weighting").of(node.code.clone()));
            }
        }
    }
    faults
}

/// The aggregate over the children that are there, null where none is.
pub(crate) fn expression(aggregation: &Aggregation, terms: &[Term]) -> Expr {
    match aggregation.method {
        Method::Geometric => geometric::expression(terms),
        _ => arithmetic::expression(terms),
    }
}

/// The same in exact arithmetic over (weight, score); `None` where a score is not positive under a geometric mean.
pub(crate) fn exact(aggregation: &Aggregation, terms: &[(RBig, RBig)]) -> Option<RBig> {
    match aggregation.method {
        Method::Geometric => geometric::exact(terms),
        _ => Some(arithmetic::exact(terms)),
    }
}
