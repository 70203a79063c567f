//! The scores of the leaves of one period.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Fault, IndicatorSet, NodeIndex};
use polars::prelude::*;

use super::{Applicability, Inputs};
use crate::columns;
use crate::error::Result;
use crate::exact::leaf::Cells;
use crate::measure::Measured;
use crate::normalise::{self, Scored};
use crate::numbers::{Extent, extent, patched, rows};
use crate::plan;
use crate::quantity::{EPSILON, either};

/// A column whose bound exceeds this is made exactly, also where nothing is rounded: unrounded results are within 1e-9.
const PRECISE: f64 = 2e-10;

/// Whether the exact score decides if it is beyond all use.
fn is_nearly_beyond(score: f64) -> bool {
    score.is_nan() || score.abs() >= normalise::GREATEST / 2.0
}

/// The scores of the leaves, with their bounds, in the places of their nodes; inner nodes have no values yet.
#[derive(Clone)]
pub(super) struct Leaves {
    pub scores: Vec<Float64Chunked>,
    pub bounds: Vec<f64>,
    pub largest: Vec<f64>,
}

/// Scores every leaf: one plan, then the exact repair of the cells in doubt.
pub(super) fn score(inputs: Inputs, warnings: &mut Vec<Fault>) -> Result<Leaves> {
    let Inputs { set, observations, fitted, measured, at, .. } = inputs;
    let slice = &observations.slices[at];
    let measured = &measured[at];
    let count = set.nodes().len();
    let mut leaves =
        Leaves { scores: vec![Float64Chunked::default(); count], bounds: vec![0.0; count], largest: vec![0.0; count] };
    let mut expressions = Vec::new();
    let mut plan: Vec<(NodeIndex, Option<Expr>, Option<f64>)> = Vec::new();
    for (node, leaf) in set.leaves() {
        let raw = measured.to_score(node).1;
        let value = col(columns::value(node));
        let Scored { value, bound, largest, doubt } = if leaf.formula.is_none() {
            normalise::checklist::score(value, raw, set.full_mark())
        } else {
            normalise::score(leaf, value, raw, fitted.of(node, slice.period), set.full_mark())
        };
        let imprecise = (bound.is_nan() || bound > PRECISE).then(|| col(columns::value(node)).is_not_null());
        leaves.bounds[node] = if imprecise.is_some() { f64::NAN } else { bound };
        expressions.push(value.cast(DataType::Float64).alias(columns::score(node)));
        plan.push((node, either(doubt, imprecise), largest));
    }
    let doubts =
        plan.iter().filter_map(|(node, doubt, _)| Some(doubt.clone()?.fill_null(lit(false)).alias(columns::doubt(*node))));
    expressions.extend(doubts);
    let values = set.leaves().map(|(node, _)| measured.to_score(node).0.clone().with_name(columns::value(node)).into_column());
    let made = plan::run(DataFrame::new(slice.height(), values.collect())?, expressions)?;
    let (scores, doubts) = made.split_at(plan.len());
    let mut doubts = doubts.iter();
    let cells = Cells::new(set, observations, at);
    for ((node, doubt, greatest), scored) in plan.into_iter().zip(scores) {
        let mut scored = scored.f64()?.clone();
        let mut in_doubt =
            if doubt.is_some() { rows(doubts.next().expect("every doubt is in the plan").bool()?) } else { Vec::new() };
        if greatest.is_none() {
            in_doubt
                .extend(scored.iter().enumerate().filter(|(_, score)| score.is_some_and(is_nearly_beyond)).map(|(row, _)| row));
        }
        if !in_doubt.is_empty() {
            in_doubt.sort_unstable();
            in_doubt.dedup();
            scored =
                patched(&scored, in_doubt.iter().map(|&row| (row, cells.score(node, row, fitted).as_ref().map(nearest_double))));
            let without = in_doubt.into_iter().filter(|&row| scored.get(row).is_none());
            warnings.extend(without.filter_map(|row| cells.overflow(node, row, fitted)));
        }
        leaves.largest[node] = greatest.unwrap_or_else(|| extent(&scored).map_or(0.0, Extent::magnitude)).max(set.full_mark());
        if leaves.bounds[node].is_nan() {
            // Every cell was made exactly and is the nearest double.
            leaves.bounds[node] = leaves.largest[node] * EPSILON;
        }
        leaves.scores[node] = scored;
    }
    Ok(leaves)
}

/// The leaves with `score` wherever one that applies has none, or has one for an imputed value only; `None` where there
/// is no such leaf.
pub(super) fn without_missing(
    set: &IndicatorSet,
    applicability: &Applicability,
    measured: &Measured,
    leaves: &Leaves,
    score: f64,
) -> Result<Option<Leaves>> {
    let mut filled = None;
    for (node, _) in set.leaves() {
        let observed = measured.imputed(node).map(|imputed| leaves.scores[node].set(imputed, None)).transpose()?;
        let scores = observed.as_ref().unwrap_or(&leaves.scores[node]);
        if scores.null_count() == 0 {
            continue;
        }
        let complete = scores.fill_null_with_values(score)?;
        let complete = match applicability.flags(node) {
            Some(applies) => complete.set(&!applies, None)?,
            None => complete,
        };
        filled.get_or_insert_with(|| leaves.clone()).scores[node] = complete;
    }
    Ok(filled)
}
