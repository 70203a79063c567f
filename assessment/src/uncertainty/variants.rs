//! The scores of leaves under other rules and treatments: the engine itself makes them, once for every alternative.

use std::num::NonZeroUsize;

use citygauge_indicators::{Aggregation, IndicatorSet, NodeIndex, Scoring, SetDocument, TOTAL, Treatment};

use super::plan::{Planned, Way, limited};
use crate::Assessment;
use crate::error::Result;
use crate::fitted::Fitted;
use crate::tree::{self, Inputs};

/// Whether a treatment moves extremes.
pub(super) fn winsorises(treatment: &Treatment) -> bool {
    match treatment {
        Treatment::Winsorise { .. } => true,
        Treatment::TwoStage { first, second, .. } => winsorises(first) || winsorises(second),
        _ => false,
    }
}

/// The set's document with another rule or another limit of winsorised values in some leaves.
pub(super) fn document(set: &IndicatorSet, leaves: &[NodeIndex], rule: Option<&Scoring>, limit: Option<u32>) -> SetDocument {
    let mut document = set.document().clone();
    change(set, &mut document, leaves, rule, limit);
    document
}

fn change(set: &IndicatorSet, document: &mut SetDocument, leaves: &[NodeIndex], rule: Option<&Scoring>, limit: Option<u32>) {
    let concerned = |code: &str| set.node_index(code).is_some_and(|node| leaves.contains(&node));
    for node in document.nodes.iter_mut().filter(|node| concerned(&node.code)) {
        let Some(indicator) = &mut node.indicator else { continue };
        if let Some(rule) = rule {
            // The direction was read off the rule where the indicator did not say it.
            let leaf = set.node_index(&node.code).and_then(|node| set.nodes()[node].leaf());
            indicator.direction = indicator.direction.or(leaf.map(|leaf| leaf.direction).filter(|_| rule.cohort().is_some()));
            indicator.scoring = rule.clone();
        }
        if let Some(limit) = limit {
            for treatment in &mut indicator.treatment {
                *treatment = limited(treatment, limit);
            }
        }
    }
}

/// The set's document with another aggregation in some nodes.
pub(super) fn with_aggregation(set: &IndicatorSet, nodes: &[NodeIndex], method: &Aggregation) -> SetDocument {
    let mut document = set.document().clone();
    let listed = document.nodes.iter().any(|node| node.code == TOTAL);
    if nodes.contains(&0) && !listed {
        document.aggregation = method.clone();
    }
    for node in document.nodes.iter_mut().filter(|node| set.node_index(&node.code).is_some_and(|node| nodes.contains(&node))) {
        node.aggregation = Some(method.clone());
    }
    document
}

/// The scores of the leaves under every combination of a scoring and a treatment alternative, before they are rounded.
pub(super) struct Variants {
    /// By scoring alternative, then by treatment alternative, then by node; empty for inner nodes.
    columns: Vec<Vec<Vec<Vec<f64>>>>,
    /// The choice of rules and of treatments that concerns a leaf, by their places among the choices.
    choices: Vec<[Option<usize>; 2]>,
}

impl Variants {
    /// Scores the leaves of one period under all combinations. Choices of one kind concern different leaves, so their
    /// first alternatives share a pass, their second ones the next, and so on.
    pub(super) fn of(assessment: &Assessment, at: usize, planned: &[Planned], threads: Option<NonZeroUsize>) -> Result<Self> {
        let set = assessment.set();
        let mut choices = vec![[None, None]; set.nodes().len()];
        let (mut rules, mut limits) = (1, 1);
        for (place, choice) in planned.iter().enumerate() {
            match &choice.way {
                Way::Scoring { leaves, rules: alternatives } => {
                    rules = rules.max(alternatives.len());
                    leaves.iter().for_each(|&leaf| choices[leaf][0] = Some(place));
                }
                Way::Treatment { leaves, at_most } => {
                    limits = limits.max(at_most.len());
                    leaves.iter().for_each(|&leaf| choices[leaf][1] = Some(place));
                }
                _ => {}
            }
        }
        let combinations = crate::parallel::in_parallel(threads, rules * limits, |i| {
            let (rule, limit) = (i / limits, i % limits);
            let mut document = set.document().clone();
            for choice in planned {
                match &choice.way {
                    Way::Scoring { leaves, rules } => {
                        let rule = rules.get(rule).or(rules.first()).and_then(Option::as_ref);
                        change(set, &mut document, leaves, rule, None);
                    }
                    Way::Treatment { leaves, at_most } => {
                        let limit = at_most.get(limit).or(at_most.first()).copied();
                        change(set, &mut document, leaves, None, limit);
                    }
                    _ => {}
                }
            }
            leaf_scores(assessment, at, &document.check()?, threads)
        })?;
        let mut combinations = combinations.into_iter();
        let columns = (0..rules).map(|_| combinations.by_ref().take(limits).collect()).collect();
        Ok(Self { columns, choices })
    }

    /// The scores of a leaf where `drawn` is the alternative of each choice.
    pub(super) fn leaf(&self, node: NodeIndex, drawn: impl Fn(usize) -> usize) -> &[f64] {
        let [rule, limit] = self.choices[node].map(|choice| choice.map_or(0, &drawn));
        &self.columns[rule][limit][node]
    }
}

/// The scores of the leaves of a variant of the set, by node; NaN where there is none.
fn leaf_scores(
    assessment: &Assessment,
    at: usize,
    variant: &IndicatorSet,
    threads: Option<NonZeroUsize>,
) -> Result<Vec<Vec<f64>>> {
    let observations = &assessment.observations;
    // The columns are shared; only what is prepared of them differs.
    let mut measured = assessment.measured.clone();
    let fitted = Fitted::from_cohort(variant, observations, &mut measured, threads)?;
    let (fitted, measured) = (&fitted, measured.as_slice());
    let inputs = Inputs { set: variant, fitted, measured, ..assessment.inputs(at) };
    let columns = tree::leaf_scores(inputs)?;
    let column = |column: &polars::prelude::Float64Chunked| column.iter().map(|score| score.unwrap_or(f64::NAN)).collect();
    Ok(columns.iter().map(column).collect())
}
