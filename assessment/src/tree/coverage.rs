//! Coverage: the share of a node's weight for which a score exists (section 4.5 of the method).

use citygauge_indicators::{IndicatorSet, NodeIndex};
use polars::prelude::*;

use super::{Applicability, Tree, counted_children};
use crate::aggregate::arithmetic;
use crate::measure::Measured;

/// For a leaf 1 or 0 (a checklist: points reported over points), 0 also where its value was imputed, for a node the weighted mean of its children's, those
/// that do not apply left out; a column per node.
pub(super) fn coverage(
    set: &IndicatorSet,
    applicability: &Applicability,
    actual: &Tree,
    measured: &Measured,
) -> Vec<Float64Chunked> {
    let mut coverage = vec![Float64Chunked::default(); set.nodes().len()];
    for (index, node) in set.nodes().iter().enumerate().rev() {
        let own = if node.children.is_empty() {
            of_leaf(index, actual, measured)
        } else {
            let children: Vec<NodeIndex> = counted_children(set, node).collect();
            let weights: Vec<f64> = children.iter().map(|&child| set.nodes()[child].weight).collect();
            let columns: Vec<Float64Chunked> = children.iter().map(|&child| coverage[child].clone()).collect();
            arithmetic::mean(&columns, &weights)
        };
        coverage[index] = match applicability.flags(index) {
            Some(applies) => {
                own.iter().zip(applies.iter()).map(|(own, applies)| own.filter(|_| applies != Some(false))).collect()
            }
            None => own,
        };
    }
    coverage
}

fn of_leaf(node: NodeIndex, actual: &Tree, measured: &Measured) -> Float64Chunked {
    let scores = &actual.scores[node];
    if let Some(imputed) = measured.imputed(node) {
        let is_observed = scores.iter().zip(imputed.iter()).map(|(score, imputed)| score.is_some() && imputed != Some(true));
        return is_observed.map(|observed| Some(if observed { 1.0 } else { 0.0 })).collect();
    }
    match measured.checklist_coverage.get(&node) {
        Some(reported) => reported.iter().map(|share| Some(share.unwrap_or(0.0))).collect(),
        None if scores.null_count() == 0 => Float64Chunked::full(PlSmallStr::EMPTY, 1.0, scores.len()),
        None => scores.iter().map(|score| Some(if score.is_some() { 1.0 } else { 0.0 })).collect(),
    }
}
