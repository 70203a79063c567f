//! One tree, built level by level out of the scores of its leaves.

use std::collections::BTreeMap;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Arithmetic, Fault, MissingRule, NodeIndex, NodeKind, SetNode};
use polars::prelude::*;

use super::leaves::Leaves;
use super::pass;
use super::{Applicability, Inputs, Scenario, Tree, children_add_up_to_mark, coefficient, counted_children, levels};
use crate::aggregate::{self, Way};
use crate::columns;
use crate::error::Result;
use crate::exact::node::Nodes;
use crate::numbers::patched;
use crate::quantity::{EPSILON, either};
use crate::{adjust, fill, plan, round};

/// One tree under construction.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub inputs: Inputs<'a>,
    pub applicability: &'a Applicability,
    /// The actual tree, whose scores fill in the other scenarios.
    pub actual: Option<&'a Tree>,
    /// The nodes that are wanted, where not all are.
    pub only: Option<&'a [bool]>,
}

impl Step<'_> {
    /// Builds the tree over the leaves.
    pub(super) fn tree(&self, scenario: Scenario, leaves: Leaves, warnings: &mut Vec<Fault>) -> Result<Tree> {
        let set = self.inputs.set;
        let count = set.nodes().len();
        let Leaves { scores, bounds, largest } = leaves;
        let marks = if self.is_points() { vec![Float64Chunked::default(); count] } else { Vec::new() };
        let fillings = self.fillings_from_elsewhere();
        let mut tree =
            Tree { scenario, scores, marks, fillings, bounds, mark_bounds: vec![0.0; count], lights: BTreeMap::new(), largest };
        for mut level in levels(set) {
            level.retain(|&node| self.only.is_none_or(|wanted| wanted[node]));
            self.fill_from_peers(&level, &mut tree)?;
            for (node, made, doubts) in self.aggregates(&level, &mut tree, warnings)? {
                tree.scores[node] = self.in_best_light(node, made, &mut tree, warnings)?;
                self.publish(node, doubts, &mut tree);
                if is_passed(&set.nodes()[node]) {
                    pass::settle(node, &mut tree);
                }
            }
            for &node in level.iter().filter(|&&node| set.nodes()[node].leaf().is_some()) {
                self.publish(node, Vec::new(), &mut tree);
            }
            for &node in level.iter().filter(|&&node| scenario == Scenario::Actual && may_fail(&set.nodes()[node])) {
                self.warn_of_failures(node, &tree, warnings);
            }
        }
        let actual = self.actual;
        if self.only.is_some_and(|wanted| !wanted[0]) {
            return Ok(tree);
        }
        adjust::apply(self.inputs, &mut tree, warnings, |tree, row| {
            Nodes::new(self.inputs, self.applicability, tree, actual.unwrap_or(tree)).score(0, row)
        });
        Ok(tree)
    }

    pub(super) fn height(&self) -> usize {
        self.inputs.observations.slices[self.inputs.at].height()
    }

    pub(super) fn is_points(&self) -> bool {
        self.inputs.set.document().arithmetic == Arithmetic::Points
    }

    /// The fillings that do not follow from this tree itself.
    fn fillings_from_elsewhere(&self) -> BTreeMap<NodeIndex, Float64Chunked> {
        let Inputs { set, observations, at, earlier, .. } = self.inputs;
        if let Some(actual) = self.actual {
            return actual.fillings.clone();
        }
        let is_wanted = |index: NodeIndex| self.only.is_none_or(|wanted| wanted[index]);
        let nodes = set.nodes().iter().enumerate().filter(|&(index, node)| node.parent.is_some() && is_wanted(index));
        nodes
            .filter_map(|(index, node)| match node.missing {
                MissingRule::Previous { at_most } => Some((index, fill::of_earlier(index, at_most, observations, at, earlier))),
                _ => None,
            })
            .collect()
    }

    /// The fillings of the children of a level's nodes out of the actual tree itself.
    fn fill_from_peers(&self, level: &[NodeIndex], tree: &mut Tree) -> Result<()> {
        if tree.scenario != Scenario::Actual {
            return Ok(());
        }
        let set = self.inputs.set;
        let children = level.iter().flat_map(|&node| set.nodes()[node].terms.iter().copied());
        let (nodes, fillings): (Vec<NodeIndex>, Vec<Expr>) =
            children.filter_map(|child| Some((child, fill::of_peers(child, &set.nodes()[child].missing)?))).unzip();
        if nodes.is_empty() {
            return Ok(());
        }
        let made = plan::numbers(self.frame(level, tree)?, fillings)?;
        tree.fillings.extend(nodes.into_iter().zip(made));
        Ok(())
    }

    /// What the nodes of a level read: scores, marks and fillings of their children, attributes, and what applies.
    pub(super) fn frame(&self, level: &[NodeIndex], tree: &Tree) -> Result<DataFrame> {
        let slice = &self.inputs.observations.slices[self.inputs.at];
        let mut frame: Vec<Column> = self.applicability.columns().collect();
        frame
            .extend(slice.attributes.iter().map(|(name, texts)| texts.clone().with_name(columns::attribute(name)).into_column()));
        for &child in level.iter().flat_map(|&node| &self.inputs.set.nodes()[node].terms) {
            frame.push(tree.scores[child].clone().with_name(columns::score(child)).into_column());
            if let Some(marks) = tree.marks.get(child) {
                frame.push(marks.clone().with_name(columns::mark(child)).into_column());
            }
            if let Some(filling) = tree.fillings.get(&child) {
                frame.push(filling.clone().with_name(columns::fill(child)).into_column());
            }
        }
        Ok(DataFrame::new(slice.height(), frame)?)
    }

    /// Makes score and mark of a node out of the aggregate, or the leaf's score, that stands in the place of its score:
    /// rounded as the node says, and exactly in the rows in doubt.
    fn publish(&self, index: NodeIndex, mut doubts: Vec<usize>, tree: &mut Tree) {
        let set = self.inputs.set;
        let node = &set.nodes()[index];
        let made = self.whole_decimals(node, tree.scores[index].clone(), tree);
        if !self.is_points() {
            if node.places.is_some() {
                tree.scores[index] = round_column(node, &made, tree.bounds[index], &mut doubts);
                tree.bounds[index] = tree.largest[index] * EPSILON;
            }
        } else if node.parent.is_none() || children_add_up_to_mark(set, node) {
            // What was made is the mark itself.
            let mark = round_column(node, &made, tree.bounds[index], &mut doubts);
            tree.mark_bounds[index] = if node.places.is_some() { tree.largest[index] * EPSILON } else { tree.bounds[index] };
            let (full_mark, weight) = (set.full_mark(), node.weight);
            let back = if node.parent.is_none() || weight == 0.0 { 1.0 } else { full_mark / weight };
            tree.bounds[index] = tree.mark_bounds[index] * back + tree.largest[index] * back * 4.0 * EPSILON;
            tree.largest[index] *= back;
            tree.scores[index] = if back == 1.0 { mark.clone() } else { mark.apply_values(|mark| mark * full_mark / weight) };
            tree.marks[index] = mark;
        } else {
            let factor = nearest_double(&coefficient(set, node));
            let bound = tree.bounds[index] * factor + tree.largest[index] * factor * 4.0 * EPSILON;
            let marked = made.apply_values(|score| score * factor);
            tree.scores[index] = made;
            tree.marks[index] = round_column(node, &marked, bound, &mut doubts);
            tree.mark_bounds[index] = if node.places.is_some() { tree.largest[index] * EPSILON } else { bound };
        }
        self.repair(index, doubts, tree);
    }

    /// Under points arithmetic a sum of rounded marks is a decimal of as many places as they have: there it is the nearest
    /// double of that decimal. Where a child is left out the sum was scaled, and stays as it is.
    fn whole_decimals(&self, node: &SetNode, made: Float64Chunked, tree: &Tree) -> Float64Chunked {
        let children: Vec<NodeIndex> = counted_children(self.inputs.set, node).collect();
        let places = children.iter().map(|&child| self.inputs.set.nodes()[child].places.map(|places| places.places));
        let (true, Some(Some(places))) = (self.is_points(), places.collect::<Option<Vec<_>>>().map(|all| all.into_iter().max()))
        else {
            return made;
        };
        let scale = round::scale(places);
        let whole = |sum: f64| match round::number(sum, 0.0, scale) {
            (_, true) => sum,
            (decimal, false) => decimal,
        };
        if children.iter().all(|&child| tree.marks[child].null_count() == 0) {
            return made.apply_values(whole);
        }
        let counts_zero = |child: NodeIndex, row: usize| {
            self.inputs.set.nodes()[child].missing == MissingRule::Zero && self.applicability.applies(child, row)
        };
        let is_there = |child: NodeIndex, row: usize| tree.marks[child].get(row).is_some() || counts_zero(child, row);
        let is_complete = |row: usize| children.iter().all(|&child| is_there(child, row));
        let each = made.iter().enumerate().map(|(row, sum)| {
            let sum = sum?;
            Some(if is_complete(row) { whole(sum) } else { sum })
        });
        each.collect()
    }

    /// Evaluates the rows in doubt of a node exactly.
    fn repair(&self, node: NodeIndex, mut doubts: Vec<usize>, tree: &mut Tree) {
        if doubts.is_empty() {
            return;
        }
        doubts.sort_unstable();
        doubts.dedup();
        let nodes = Nodes::new(self.inputs, self.applicability, tree, self.actual.unwrap_or(tree));
        let made: Vec<_> = doubts.into_iter().map(|row| (row, nodes.make(node, row))).collect();
        let score = patched(&tree.scores[node], made.iter().map(|(row, made)| (*row, made.score.as_ref().map(nearest_double))));
        if self.is_points() {
            let mark = patched(&tree.marks[node], made.iter().map(|(row, made)| (*row, made.mark.as_ref().map(nearest_double))));
            tree.marks[node] = mark;
        }
        tree.scores[node] = score;
    }

    /// Warns where a method has left a node without a score: a score of zero or below under a geometric mean, a division
    /// by zero.
    fn warn_of_failures(&self, node: NodeIndex, tree: &Tree, warnings: &mut Vec<Fault>) {
        let scores = &tree.scores[node];
        if scores.null_count() == 0 {
            return;
        }
        let nodes = Nodes::new(self.inputs, self.applicability, tree, self.actual.unwrap_or(tree));
        let without = (0..scores.len()).filter(|&row| scores.get(row).is_none());
        warnings.extend(without.filter_map(|row| nodes.make(node, row).warning));
    }
}

/// Whether a node is made in a pass.
fn is_passed(node: &SetNode) -> bool {
    matches!(&node.kind, NodeKind::Inner { aggregation, .. } if matches!(aggregate::way(&aggregation.method), Way::City | Way::Cohort))
}

/// Whether a node may have no score although children have and nothing blocks it.
fn may_fail(node: &SetNode) -> bool {
    matches!(&node.kind, NodeKind::Inner { aggregation, .. } if aggregate::way(&aggregation.method) != Way::Arithmetic)
}

/// The column as it is published: rounded where the node says so, the rows in doubt added.
fn round_column(node: &SetNode, values: &Float64Chunked, bound: f64, doubts: &mut Vec<usize>) -> Float64Chunked {
    let Some(places) = node.places else { return values.clone() };
    let (rounded, in_doubt) = round::column(values, bound, places.places);
    doubts.extend(in_doubt);
    rounded
}

/// The same as an expression.
pub(super) fn rounded(node: &SetNode, value: Expr, bound: f64, doubts: &mut Option<Expr>) -> Expr {
    let Some(places) = node.places else { return value };
    let (rounded, doubt) = round::expression(value, lit(bound), places.places);
    *doubts = either(doubts.take(), Some(doubt));
    rounded
}
