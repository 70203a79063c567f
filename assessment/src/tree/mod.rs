//! The tree of one period: from the scores of its leaves up to TOTAL, level by level (sections 4.3 to 4.6).
//!
//! A level is one step of the plan. Where a cell's rounding, coverage or sign lies within the bound of its double, the
//! step ends with the exact evaluation of those cells; what stands above reads the repaired numbers.

mod applicability;
mod build;
mod child;
mod coverage;
mod leaves;
mod level;
mod lights;
mod pass;

use std::collections::BTreeMap;

use citygauge_indicators::{Fault, IndicatorSet, NodeIndex, SetNode, WeightOf};
use dashu_ratio::RBig;
use polars::prelude::Float64Chunked;

pub(crate) use applicability::Applicability;
pub(crate) use lights::Lights;

use crate::assess::Outputs;
use crate::error::Result;
use crate::fitted::Fitted;
use crate::measure::Measured;
use crate::normalise::number;
use crate::observations::Observations;
use crate::weigh::Weighed;
use build::Step;

/// Which scores the leaves without one take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scenario {
    /// None: the tree as it is.
    Actual,
    /// Zero.
    Low,
    /// The full mark.
    High,
}

/// The numbers of a tree: scores and, under points arithmetic, marks, a column per node.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    pub scenario: Scenario,
    pub scores: Vec<Float64Chunked>,
    /// Empty under score arithmetic.
    pub marks: Vec<Float64Chunked>,
    /// What missing rules put in the place of a score that is not there, for the nodes whose rule looks elsewhere.
    pub fillings: BTreeMap<NodeIndex, Float64Chunked>,
    /// How far the score of each node may lie from the exact one.
    pub bounds: Vec<f64>,
    /// The same of its mark.
    pub mark_bounds: Vec<f64>,
    /// The nodes that show every city in its best light, before rounding.
    pub lights: BTreeMap<NodeIndex, Lights>,
    /// The greatest magnitude that the score of each node can have.
    pub largest: Vec<f64>,
}

impl Tree {
    /// The score of a node in a row.
    pub(crate) fn score(&self, node: NodeIndex, row: usize) -> Option<f64> {
        self.scores[node].get(row)
    }

    /// The mark of a node in a row.
    pub(crate) fn mark(&self, node: NodeIndex, row: usize) -> Option<f64> {
        self.marks.get(node)?.get(row)
    }
}

/// Everything computed of one period.
#[derive(Debug, Clone)]
pub(crate) struct Computed {
    pub actual: Tree,
    /// The tree with 0 for every missing leaf, where it was asked for.
    pub low: Option<Tree>,
    /// The tree with the full mark for every missing leaf, where it was asked for.
    pub high: Option<Tree>,
    /// A column per node, where it was asked for.
    pub coverage: Option<Vec<Float64Chunked>>,
    /// The nodes that do not apply to every city.
    pub applicability: Applicability,
    pub warnings: Vec<Fault>,
}

/// The inputs of every step.
#[derive(Clone, Copy)]
pub(crate) struct Inputs<'a> {
    /// The set of the slice, with the weights that hold in it.
    pub set: &'a IndicatorSet,
    pub weighed: &'a Weighed,
    pub observations: &'a Observations,
    pub fitted: &'a Fitted,
    pub measured: &'a [Measured],
    /// The slice.
    pub at: usize,
    /// The slices before it.
    pub earlier: &'a [Computed],
}

/// The scores of the leaves of one period by node, before they are rounded.
pub(crate) fn leaf_scores(inputs: Inputs) -> Result<Vec<Float64Chunked>> {
    Ok(leaves::score(inputs, &mut Vec::new())?.scores)
}

impl Inputs<'_> {
    /// The inputs of another slice.
    pub(crate) fn of_slice(self, at: usize) -> Self {
        Self { set: self.weighed.set(at), at, ..self }
    }
}

/// Computes some nodes of one period, with all that stands below them; the columns of the others stay empty.
pub(crate) fn part(inputs: Inputs, wanted: &[bool]) -> Result<Computed> {
    let Inputs { set, observations, at, measured, .. } = inputs;
    let applicability = Applicability::of(set, &observations.slices[at], &measured[at]);
    let leaves = leaves::score(inputs, &mut Vec::new())?;
    let step = Step { inputs, applicability: &applicability, actual: None, only: Some(wanted) };
    let actual = step.tree(Scenario::Actual, leaves, &mut Vec::new())?;
    Ok(Computed { actual, low: None, high: None, coverage: None, applicability, warnings: Vec::new() })
}

/// Computes the trees of one period in all three scenarios.
pub(crate) fn compute(inputs: Inputs, outputs: Outputs) -> Result<Computed> {
    let Inputs { set, observations, at, measured, .. } = inputs;
    let applicability = Applicability::of(set, &observations.slices[at], &measured[at]);
    let mut warnings = measured[at].warnings.clone();
    let leaves = leaves::score(inputs, &mut warnings)?;
    let step = Step { inputs, applicability: &applicability, actual: None, only: None };
    let actual = step.tree(Scenario::Actual, leaves.clone(), &mut warnings)?;
    let bracket = |scenario, score: f64| -> Result<Tree> {
        match leaves::without_missing(set, &applicability, &measured[at], &leaves, score)? {
            None => Ok(Tree { scenario, ..actual.clone() }),
            Some(filled) => Step { actual: Some(&actual), ..step }.tree(scenario, filled, &mut Vec::new()),
        }
    };
    let (low, high, coverage) = match outputs {
        Outputs::Scores => (None, None, None),
        Outputs::All => (
            Some(bracket(Scenario::Low, 0.0)?),
            Some(bracket(Scenario::High, set.full_mark())?),
            Some(coverage::coverage(set, &applicability, &actual, &measured[at])),
        ),
    };
    Ok(Computed { actual, low, high, coverage, applicability, warnings })
}

/// The nodes that take part in a node's aggregate: its terms with a weight above 0.
pub(crate) fn counted_children<'s>(set: &'s IndicatorSet, node: &'s SetNode) -> impl Iterator<Item = NodeIndex> + 's {
    node.terms.iter().copied().filter(|&child| set.nodes()[child].weight > 0.0)
}

/// How a mark is made of a score under points arithmetic: m = coefficient x s.
pub(crate) fn coefficient(set: &IndicatorSet, node: &SetNode) -> RBig {
    match node.weight_of {
        _ if node.parent.is_none() => RBig::ONE,
        WeightOf::Total => number(node.weight) / number(set.full_mark()),
        WeightOf::Parent => number(node.weight) / RBig::from(100),
        WeightOf::Siblings => node.normalised_weight.clone(),
    }
}

/// Whether the marks of a node's children add up to its own mark (weighted of the total) rather than to its score.
pub(crate) fn children_add_up_to_mark(set: &IndicatorSet, node: &SetNode) -> bool {
    node.children.first().is_some_and(|&child| set.nodes()[child].weight_of == WeightOf::Total)
}

/// The nodes by height above the leaves: leaves first, TOTAL last.
fn levels(set: &IndicatorSet) -> Vec<Vec<NodeIndex>> {
    let mut heights = vec![0usize; set.nodes().len()];
    for (index, node) in set.nodes().iter().enumerate().rev() {
        heights[index] = node.children.iter().map(|&child| heights[child] + 1).max().unwrap_or(0);
    }
    let mut levels = vec![Vec::new(); heights[0] + 1];
    for (index, height) in heights.into_iter().enumerate() {
        levels[height].push(index);
    }
    levels
}
