//! The aggregates of one level of a tree: what the plan makes, and what passes over its columns make.

use std::cell::RefCell;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Aggregation, CoverageBy, Fault, MissingRule, NodeIndex, NodeKind};
use polars::lazy::dsl::sum_horizontal;
use polars::prelude::*;

use super::build::Step;
use super::child::Child;
use super::pass::{Pass, Passed, Passing};
use super::{Scenario, Tree, coefficient, counted_children};
use crate::aggregate::{self, Term, Way};
use crate::columns;
use crate::error::Result;
use crate::exact::node::Nodes;
use crate::numbers::rows;
use crate::quantity::{EPSILON, either};
use crate::{plan, round};

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
    /// The aggregates of a level's inner nodes, with the rows in doubt of each.
    pub(super) fn aggregates(
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
}
