//! One tree, built level by level out of the scores of its leaves.

use std::cell::RefCell;
use std::collections::BTreeMap;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Aggregation, Arithmetic, CoverageBy, Fault, MissingRule, NodeIndex, NodeKind, SetNode};
use polars::lazy::dsl::sum_horizontal;
use polars::prelude::*;

use super::child::Child;
use super::leaves::Leaves;
use super::pass::{self, Pass, Passed, Passing};
use super::{Applicability, Inputs, Scenario, Tree, children_add_up_to_mark, coefficient, counted_children, levels};
use crate::aggregate::{self, Term, Way};
use crate::columns;
use crate::error::Result;
use crate::exact::node::Nodes;
use crate::numbers::{patched, rows};
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

/// The aggregate of a node before it is rounded, and the rows in which it is open.
struct Aggregate {
    node: NodeIndex,
    made: Made,
    doubt: Option<Expr>,
}

/// How an aggregate is made.
enum Made {
    /// By the plan.
    Planned(Expr),
    /// In a pass over the columns that the plan leaves.
    Passed(Pass),
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

    fn is_points(&self) -> bool {
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

    /// The aggregates of a level's inner nodes, with the rows in doubt of each.
    fn aggregates(
        &self,
        level: &[NodeIndex],
        tree: &mut Tree,
        warnings: &mut Vec<Fault>,
    ) -> Result<Vec<(NodeIndex, Float64Chunked, Vec<usize>)>> {
        let mut inner = Vec::new();
        for &node in level {
            if let NodeKind::Inner { aggregation, .. } = &self.inputs.set.nodes()[node].kind {
                inner.push(self.aggregate(node, aggregation, tree));
            }
        }
        let doubts = inner.iter().filter_map(|made| {
            let doubt = made.doubt.clone()?;
            Some(doubt.fill_null(lit(false)).alias(columns::doubt(made.node)))
        });
        let values: Vec<Expr> = inner.iter().flat_map(|made| self.columns_of(made)).collect();
        let count = values.len();
        let made = plan::run(self.frame(level, tree)?, values.into_iter().chain(doubts).collect())?;
        let (values, doubts) = made.split_at(count);
        let (mut values, mut doubts) = (values.iter(), doubts.iter());
        let mut next = || values.next().expect("every column is in the plan");
        let mut finished = Vec::with_capacity(inner.len());
        for Aggregate { node, made, doubt } in &inner {
            let doubt = if doubt.is_some() { doubts.next() } else { None };
            let in_doubt = doubt.map(|flags| flags.bool().map(rows)).transpose()?.unwrap_or_default();
            match made {
                Made::Planned(_) => finished.push((*node, next().f64()?.clone(), in_doubt)),
                Made::Passed(pass) => {
                    let entered = pass.terms.iter().map(|_| Ok(next().f64()?.clone())).collect::<Result<Vec<_>>>()?;
                    let unless = pass.unless.as_ref().map(|_| next().bool().cloned()).transpose()?;
                    let passed = self.pass(*node, pass, entered, unless, in_doubt, tree, warnings);
                    finished.push((*node, passed.scores, passed.doubts));
                }
            }
        }
        Ok(finished)
    }

    /// The columns of the plan that an aggregate needs.
    fn columns_of(&self, aggregate: &Aggregate) -> Vec<Expr> {
        match &aggregate.made {
            Made::Planned(value) => vec![value.clone().alias(columns::score(aggregate.node))],
            Made::Passed(pass) => {
                let children = counted_children(self.inputs.set, &self.inputs.set.nodes()[aggregate.node]);
                let entered = pass.terms.iter().zip(children);
                let entered =
                    entered.map(|(term, child)| term.value.clone().cast(DataType::Float64).alias(columns::entered(child)));
                let unless =
                    pass.unless.clone().map(|unless| unless.fill_null(lit(false)).alias(columns::unless(aggregate.node)));
                entered.chain(unless).collect()
            }
        }
    }

    /// Makes a node in a pass over what enters it.
    #[expect(clippy::too_many_arguments, reason = "what the plan left for one node")]
    fn pass(
        &self,
        node: NodeIndex,
        pass: &Pass,
        entered: Vec<Float64Chunked>,
        unless: Option<BooleanChunked>,
        doubts: Vec<usize>,
        tree: &mut Tree,
        warnings: &mut Vec<Fault>,
    ) -> Passed {
        let set = self.inputs.set;
        let NodeKind::Inner { aggregation, .. } = &set.nodes()[node].kind else {
            unreachable!("only inner nodes are aggregated")
        };
        let nodes = Nodes::new(self.inputs, self.applicability, tree, self.actual.unwrap_or(tree));
        let children = counted_children(set, &set.nodes()[node]).collect();
        let method = &aggregation.method;
        let (warns, exact) = (tree.scenario == Scenario::Actual, RefCell::default());
        let passed = Passing { set, node, method, children, pass, entered, unless, doubts, nodes: &nodes, warns, exact }.run();
        let period = self.inputs.observations.slices[self.inputs.at].period;
        let constant = |child: &NodeIndex| aggregate::warning::constant(&set.nodes()[node], &set.nodes()[*child].code, period);
        warnings.extend(passed.constant.iter().map(constant));
        (tree.bounds[node], tree.largest[node]) = (passed.bound, passed.largest);
        passed
    }

    /// How far a score that enters the parent of a node may lie from the exact one: its own, or one that fills.
    fn bound_of(&self, node: NodeIndex, tree: &Tree) -> f64 {
        let elsewhere = self.actual.iter().copied().chain(match self.inputs.set.nodes()[node].missing {
            MissingRule::Previous { .. } => self.inputs.earlier.iter().map(|computed| &computed.actual).collect(),
            _ => Vec::new(),
        });
        elsewhere.map(|tree| tree.bounds[node]).fold(tree.bounds[node], f64::max)
    }

    /// The aggregate of a node's children: its score before rounding, or the sum of marks under points arithmetic.
    fn aggregate(&self, index: NodeIndex, aggregation: &Aggregation, tree: &mut Tree) -> Aggregate {
        let set = self.inputs.set;
        let node = &set.nodes()[index];
        let children: Vec<NodeIndex> = counted_children(set, node).collect();
        let seen: Vec<Child> = children.iter().map(|&child| Child::of(self, child, aggregation, tree)).collect();
        let mut doubt = seen.iter().map(|child| child.doubt.clone()).fold(None, either);
        let may_be_absent = seen.iter().any(|child| child.term.may_be_absent);
        let largest = children.iter().map(|&child| tree.largest[child]).fold(aggregation.floor.unwrap_or(0.0), f64::max);
        let count = children.len();
        let fill_error = if may_be_absent { EPSILON * largest * self.height() as f64 } else { 0.0 };
        let terms: Vec<Term> = seen.iter().map(|child| child.term.clone()).collect();
        let way = aggregate::way(&aggregation.method);
        let value = if matches!(way, Way::City | Way::Cohort) {
            None
        } else if self.is_points() {
            let all: f64 = children.iter().map(|&child| set.nodes()[child].weight).sum();
            // The scale grows with what is left out: at most all weights over the smallest of them.
            let smallest = children.iter().map(|&child| set.nodes()[child].weight).fold(f64::INFINITY, f64::min);
            let scale = if may_be_absent { all / smallest } else { 1.0 };
            let sum_of = |of: &dyn Fn(NodeIndex) -> f64| children.iter().map(|&child| of(child)).sum::<f64>();
            let marks = sum_of(&|child| tree.largest[child] * nearest_double(&coefficient(set, &set.nodes()[child])).max(0.0));
            let errors = sum_of(&|child| tree.mark_bounds[child]);
            tree.bounds[index] = scale * (errors + marks * EPSILON * (count as f64 + 8.0) + fill_error);
            tree.largest[index] = scale * marks.max(1.0);
            Some(aggregate::arithmetic::scaled_sum(&terms))
        } else {
            let errors = children.iter().map(|&child| self.bound_of(child, tree)).fold(0.0, f64::max) + fill_error;
            tree.largest[index] = largest;
            if way == Way::Geometric {
                let margin = aggregate::geometric::margin(errors, largest);
                doubt = either(doubt, Some(aggregate::geometric::doubt(&terms, margin)));
                tree.bounds[index] = aggregate::geometric::bound(errors, margin, largest, count);
            } else {
                tree.bounds[index] = aggregate::arithmetic::bound(errors, largest, count);
            }
            Some(aggregate::expression(aggregation, &terms))
        };
        let mut unless: Option<Expr> =
            seen.iter().filter(|child| child.blocks).map(|child| Some(child.lacks())).fold(None, either);
        if let Some(least) = node.min_coverage.filter(|least| least.at_least > 0.0) {
            let weight = |child: &Child| if least.by == CoverageBy::Weight { child.term.weight } else { 1.0 };
            let sum = |of: &dyn Fn(&Child) -> Expr| sum_horizontal(seen.iter().map(of).collect::<Vec<_>>(), true);
            let sum = |of: &dyn Fn(&Child) -> Expr| sum(of).expect("a branch has children");
            let share = sum(&|child| child.present(weight(child))) / sum(&|child| child.applying(weight(child)));
            let margin = 4.0 * EPSILON * (count as f64 + 4.0);
            doubt = either(doubt, Some((share.clone() - lit(least.at_least)).abs().lt_eq(lit(margin))));
            unless = either(unless, Some(share.lt(lit(least.at_least))));
        }
        let Some(value) = value else {
            let errors = children.iter().map(|&child| self.bound_of(child, tree) + fill_error).collect();
            let is_decimal = |(&child, term): (&NodeIndex, &Term)| {
                let places = set.nodes()[child].places;
                !term.may_be_absent && places.is_some_and(|places| round::tells_decimals(tree.largest[child], places.places))
            };
            let decimal = children.iter().zip(&terms).map(is_decimal).collect();
            return Aggregate { node: index, made: Made::Passed(Pass { terms, errors, decimal, unless }), doubt };
        };
        let value = match unless {
            Some(unless) => when(unless.fill_null(lit(false))).then(lit(NULL)).otherwise(value),
            None => value,
        };
        Aggregate { node: index, made: Made::Planned(value.cast(DataType::Float64)), doubt }
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
