//! The tree of one period: from the scores of its leaves up to TOTAL, level by level (sections 4.3 to 4.6).
//!
//! A level is one step of the plan. Where a cell's rounding, coverage or sign lies within the bound of its double, the
//! step ends with the exact evaluation of those cells; what stands above reads the repaired numbers.

use std::collections::BTreeMap;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{
    Aggregation, Arithmetic, CoverageBy, Fault, IndicatorSet, Method, MissingRule, NodeIndex, NodeKind, SetNode, WeightOf,
};
use polars::prelude::*;

use crate::aggregate::{self, Term};
use crate::assess::Outputs;
use crate::columns;
use crate::error::Result;
use crate::exact::node::Nodes;
use crate::fill;
use crate::fitted::Fitted;
use crate::measure::{Measured, collect};
use crate::observations::Observations;
use crate::quantity::{EPSILON, either};
use crate::round;

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

/// The numbers of a tree: scores and, under points arithmetic, marks.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    pub scenario: Scenario,
    /// Columns named by [`columns::score`], [`columns::mark`] and [`columns::fill`].
    pub frame: DataFrame,
    /// How far the score of each node may lie from the exact one.
    pub bounds: Vec<f64>,
    /// The same of its mark.
    pub mark_bounds: Vec<f64>,
    /// The greatest magnitude that the score of each node can have.
    pub largest: Vec<f64>,
}

impl Tree {
    /// The scores of a node, row by row.
    pub(crate) fn scores(&self, node: NodeIndex) -> Option<&Float64Chunked> {
        self.frame.column(&columns::score(node)).ok()?.f64().ok()
    }

    /// The score of a node in a row.
    pub(crate) fn score(&self, node: NodeIndex, row: usize) -> Option<f64> {
        self.scores(node)?.get(row)
    }

    /// The mark of a node in a row.
    pub(crate) fn mark(&self, node: NodeIndex, row: usize) -> Option<f64> {
        self.frame.column(&columns::mark(node)).ok()?.f64().ok()?.get(row)
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
    /// Columns named by [`columns::coverage`], where they were asked for.
    pub coverage: Option<DataFrame>,
    /// The nodes that do not apply to every city.
    pub applicability: Applicability,
    pub warnings: Vec<Fault>,
}

/// Whether a node applies, for the nodes that do not apply to every city.
#[derive(Debug, Clone, Default)]
pub(crate) struct Applicability(pub BTreeMap<NodeIndex, BooleanChunked>);

impl Applicability {
    /// A leaf does not apply when it has no raw value and an item it reads is not applicable, a checklist when all of
    /// its items are; an inner node when nothing below it applies.
    fn of(set: &IndicatorSet, observations: &Observations, at: usize, measured: &Measured) -> Result<Self> {
        let slice = &observations.slices[at];
        let mut absent: BTreeMap<NodeIndex, BooleanChunked> = BTreeMap::new();
        for (node, leaf) in set.leaves() {
            let concerned: Vec<usize> = leaf.items.iter().copied().filter(|item| slice.not_applicable.contains(item)).collect();
            let is_checklist = leaf.formula.is_none();
            if concerned.is_empty() || (is_checklist && concerned.len() < leaf.items.len()) {
                continue;
            }
            let mut flags: Option<BooleanChunked> = None;
            for item in concerned {
                let flag = slice.frame.column(&columns::not_applicable(item))?.bool()?.clone();
                flags = Some(match flags {
                    None => flag,
                    Some(flags) if is_checklist => &flags & &flag,
                    Some(flags) => &flags | &flag,
                });
            }
            let Some(flags) = flags else { continue };
            let without_value = measured.values.column(&columns::value(node))?.is_null();
            absent.insert(node, &flags & &without_value);
        }
        for (index, node) in set.nodes().iter().enumerate().rev().filter(|(_, node)| !node.children.is_empty()) {
            let counted: Vec<NodeIndex> = counted_children(set, node).collect();
            if counted.iter().all(|child| absent.contains_key(child)) && !counted.is_empty() {
                let all =
                    counted.iter().map(|child| absent[child].clone()).reduce(|all, next| &all & &next).expect("it has children");
                absent.insert(index, all);
            }
        }
        Ok(Self(absent.into_iter().filter(|(_, flags)| flags.any()).map(|(node, flags)| (node, !&flags)).collect()))
    }

    pub(crate) fn applies(&self, node: NodeIndex, row: usize) -> bool {
        self.0.get(&node).is_none_or(|flags| flags.get(row) != Some(false))
    }

    fn expression(&self, node: NodeIndex) -> Option<Expr> {
        self.0.contains_key(&node).then(|| col(columns::applies(node)))
    }
}

/// The children that take part in their parent: those with a weight above 0.
pub(crate) fn counted_children<'s>(set: &'s IndicatorSet, node: &'s SetNode) -> impl Iterator<Item = NodeIndex> + 's {
    node.children.iter().copied().filter(|&child| set.nodes()[child].weight > 0.0)
}

/// How a mark is made of a score under points arithmetic: m = coefficient x s.
pub(crate) fn coefficient(set: &IndicatorSet, node: &SetNode) -> dashu_ratio::RBig {
    let number = crate::normalise::number;
    match node.weight_of {
        _ if node.parent.is_none() => dashu_ratio::RBig::ONE,
        WeightOf::Total => number(node.weight) / number(set.full_mark()),
        WeightOf::Parent => number(node.weight) / dashu_ratio::RBig::from(100),
        WeightOf::Siblings => node.normalised_weight.clone(),
    }
}

/// Whether the marks of a node's children add up to its own mark (weighted of the total) rather than to its score.
pub(crate) fn children_add_up_to_mark(set: &IndicatorSet, node: &SetNode) -> bool {
    node.children.first().is_some_and(|&child| set.nodes()[child].weight_of == WeightOf::Total)
}

/// The inputs of every step.
#[derive(Clone, Copy)]
pub(crate) struct Inputs<'a> {
    pub set: &'a IndicatorSet,
    pub observations: &'a Observations,
    pub fitted: &'a Fitted,
    pub measured: &'a [Measured],
    /// The slice.
    pub at: usize,
    /// The slices before it.
    pub earlier: &'a [Computed],
}

/// Computes the trees of one period in all three scenarios.
pub(crate) fn compute(inputs: Inputs, outputs: Outputs) -> Result<Computed> {
    let Inputs { set, observations, at, measured, .. } = inputs;
    let applicability = Applicability::of(set, observations, at, &measured[at])?;
    let mut warnings = measured[at].warnings.clone();
    let leaves = with_context(inputs, &applicability, leaf_scores(inputs)?)?;
    let actual =
        Step { inputs, applicability: &applicability, actual: None }.tree(Scenario::Actual, leaves.clone(), &mut warnings)?;
    let bracket = |scenario, score: f64| -> Result<Tree> {
        let Some(filled) = without_missing(set, &applicability, &leaves, score)? else {
            return Ok(Tree { scenario, ..actual.clone() });
        };
        Step { inputs, applicability: &applicability, actual: Some(&actual) }.tree(scenario, filled, &mut Vec::new())
    };
    let (low, high, coverage) = match outputs {
        Outputs::Scores => (None, None, None),
        Outputs::All => (
            Some(bracket(Scenario::Low, 0.0)?),
            Some(bracket(Scenario::High, set.full_mark())?),
            Some(coverage(set, &applicability, &actual, &measured[at])?),
        ),
    };
    Ok(Computed { actual, low, high, coverage, applicability, warnings })
}

/// A column of scores whose bound exceeds this is made exactly, also where nothing is rounded: unrounded results are
/// within 1e-9.
const PRECISE: f64 = 2e-10;

/// The scores of the leaves of a slice, with their bounds.
#[derive(Clone)]
pub(crate) struct Leaves {
    pub frame: DataFrame,
    pub bounds: Vec<f64>,
    pub largest: Vec<f64>,
}

fn leaf_scores(inputs: Inputs) -> Result<Leaves> {
    let Inputs { set, observations, fitted, measured, at, .. } = inputs;
    let slice = &observations.slices[at];
    let cells = crate::exact::leaf::Cells::new(set, observations, at);
    let measured = &measured[at];
    let mut bounds = vec![0.0; set.nodes().len()];
    let mut plan = Vec::new();
    let mut in_doubt = Vec::new();
    for (node, leaf) in set.leaves() {
        let raw = measured.raw[&node];
        let value = col(columns::value(node));
        let scored = if leaf.formula.is_none() {
            let full_mark = set.full_mark();
            crate::normalise::Scored { value: value * lit(full_mark), bound: full_mark * (raw.bound + EPSILON), doubt: None }
        } else {
            crate::normalise::score(leaf, value, raw, fitted.of(node, slice.period), set.full_mark())
        };
        bounds[node] = scored.bound;
        let imprecise = (scored.bound.is_nan() || scored.bound > PRECISE).then(|| col(columns::value(node)).is_not_null());
        if imprecise.is_some() {
            bounds[node] = f64::NAN;
        }
        plan.push(scored.value.cast(DataType::Float64).alias(columns::score(node)));
        if let Some(doubt) = either(scored.doubt, imprecise) {
            plan.push(doubt.fill_null(lit(false)).alias(columns::doubt(node)));
            in_doubt.push(node);
        }
    }
    let mut frame = collect(measured.values.clone().lazy().select(plan))?;
    for node in in_doubt {
        repair(&mut frame, columns::doubt(node), &[columns::score(node)], |row| vec![cells.score(node, row, fitted)])?;
    }
    let names: Vec<PlSmallStr> = set.leaves().map(|(node, _)| columns::score(node)).collect();
    let frame = if names.is_empty() { DataFrame::empty_with_height(slice.height()) } else { frame.select(names)? };
    let mut largest = vec![0.0; set.nodes().len()];
    for (node, _) in set.leaves() {
        let scores = frame.column(&columns::score(node))?.f64()?;
        largest[node] = crate::measure::largest(scores).max(set.full_mark());
        if bounds[node].is_nan() {
            // Every cell was made exactly and is the nearest double.
            bounds[node] = largest[node] * EPSILON;
        }
    }
    Ok(Leaves { frame, bounds, largest })
}

/// Adds the columns that the steps above the leaves read: attributes of the cities, and what does not apply.
fn with_context(inputs: Inputs, applicability: &Applicability, mut leaves: Leaves) -> Result<Leaves> {
    let slice = &inputs.observations.slices[inputs.at];
    for column in slice.frame.columns().iter().filter(|column| column.name().starts_with("attribute:")) {
        leaves.frame.with_column(column.clone())?;
    }
    for (&node, flags) in &applicability.0 {
        leaves.frame.with_column(flags.clone().with_name(columns::applies(node)).into_column())?;
    }
    Ok(leaves)
}

/// The leaves with `score` wherever one that applies has none; `None` where every one has.
fn without_missing(set: &IndicatorSet, applicability: &Applicability, leaves: &Leaves, score: f64) -> Result<Option<Leaves>> {
    let mut plan = Vec::new();
    for (node, _) in set.leaves() {
        let name = columns::score(node);
        if leaves.frame.column(&name)?.null_count() == 0 {
            continue;
        }
        let filled = col(name.clone()).fill_null(lit(score));
        plan.push(match applicability.expression(node) {
            Some(applies) => when(applies).then(filled).otherwise(col(name.clone())).alias(name),
            None => filled,
        });
    }
    if plan.is_empty() {
        return Ok(None);
    }
    let frame = collect(leaves.frame.clone().lazy().with_columns(plan))?;
    Ok(Some(Leaves { frame, ..leaves.clone() }))
}

/// Puts the exact value into every cell in doubt of some columns; `exact` gives one value per column.
pub(crate) fn repair(
    frame: &mut DataFrame,
    doubt: PlSmallStr,
    names: &[PlSmallStr],
    mut exact: impl FnMut(usize) -> Vec<Option<dashu_ratio::RBig>>,
) -> Result<()> {
    let doubts = frame.column(&doubt)?.bool()?.clone();
    if !doubts.any() {
        return Ok(());
    }
    let mut columns: Vec<Vec<Option<f64>>> =
        names.iter().map(|name| Ok(frame.column(name)?.f64()?.iter().collect())).collect::<Result<_>>()?;
    for row in (0..frame.height()).filter(|&row| doubts.get(row) == Some(true)) {
        for (column, value) in columns.iter_mut().zip(exact(row)) {
            column[row] = value.as_ref().map(nearest_double);
        }
    }
    for (name, values) in names.iter().zip(columns) {
        frame.with_column(Float64Chunked::from_iter_options(name.clone(), values.into_iter()).into_column())?;
    }
    Ok(())
}

/// One tree under construction.
struct Step<'a> {
    inputs: Inputs<'a>,
    applicability: &'a Applicability,
    /// The actual tree, whose scores fill in the other scenarios.
    actual: Option<&'a Tree>,
}

/// A child as its parent sees it.
struct Child {
    term: Term,
    own: Expr,
    applies: Option<Expr>,
    weight: f64,
    blocks: bool,
    doubt: Option<Expr>,
}

impl Step<'_> {
    fn tree(&self, scenario: Scenario, leaves: Leaves, warnings: &mut Vec<Fault>) -> Result<Tree> {
        let set = self.inputs.set;
        let count = set.nodes().len();
        let mut tree =
            Tree { scenario, frame: leaves.frame, bounds: leaves.bounds, mark_bounds: vec![0.0; count], largest: leaves.largest };
        self.add_fills(&mut tree)?;
        for level in levels(set) {
            let mut plan = Vec::new();
            let mut in_doubt = Vec::new();
            let fills = level.iter().filter(|&&node| set.nodes()[node].leaf().is_none());
            let fills: Vec<Expr> = fills.flat_map(|&node| self.peer_fills(node, &tree)).collect();
            if !fills.is_empty() {
                tree.frame = collect(tree.frame.lazy().with_columns(fills))?;
            }
            let aggregated: Vec<(NodeIndex, Option<Expr>)> =
                level.iter().map(|&node| (node, self.aggregated(node, &mut tree, &mut plan))).collect();
            if !plan.is_empty() {
                tree.frame = collect(tree.frame.lazy().with_columns(std::mem::take(&mut plan)))?;
            }
            for (node, doubt) in aggregated {
                self.published(node, doubt, &mut tree, &mut plan, &mut in_doubt);
            }
            if !plan.is_empty() {
                tree.frame = collect(tree.frame.lazy().with_columns(plan))?;
            }
            for node in in_doubt {
                self.repair(node, &mut tree)?;
            }
            for &node in level.iter().filter(|&&node| is_geometric(&set.nodes()[node])) {
                self.warn_of_not_positive(node, &tree, warnings)?;
            }
        }
        let actual = self.actual;
        crate::adjust::apply(self.inputs, &mut tree, warnings, |tree, row| {
            Nodes::new(self.inputs, self.applicability, tree, actual.unwrap_or(tree)).score(0, row)
        })?;
        Ok(tree)
    }

    /// The columns of fillings that do not follow from this tree itself.
    fn add_fills(&self, tree: &mut Tree) -> Result<()> {
        let Inputs { set, observations, at, earlier, .. } = self.inputs;
        for (index, node) in
            set.nodes().iter().enumerate().filter(|(_, node)| fill::looks_elsewhere(node) && node.parent.is_some())
        {
            match (self.actual, &node.missing) {
                (Some(actual), _) => {
                    let column = actual.frame.column(&columns::fill(index))?.clone();
                    tree.frame.with_column(column)?;
                }
                (None, MissingRule::Previous { at_most }) => {
                    tree.frame.with_column(fill::of_earlier(index, *at_most, observations, at, earlier))?;
                }
                (None, _) => {}
            }
        }
        Ok(())
    }

    /// The fillings of a node's children out of the actual tree itself.
    fn peer_fills(&self, node: NodeIndex, tree: &Tree) -> Vec<Expr> {
        if tree.scenario != Scenario::Actual {
            return Vec::new();
        }
        let set = self.inputs.set;
        set.nodes()[node].children.iter().filter_map(|&child| fill::of_peers(child, &set.nodes()[child].missing)).collect()
    }

    fn is_published_as_made(&self, node: &SetNode) -> bool {
        self.inputs.set.document().arithmetic == Arithmetic::Scores && node.places.is_none()
    }

    /// Adds the aggregate of an inner node's children to the plan of its level; gives its doubt.
    fn aggregated(&self, index: NodeIndex, tree: &mut Tree, plan: &mut Vec<Expr>) -> Option<Expr> {
        let node = &self.inputs.set.nodes()[index];
        let NodeKind::Inner { aggregation, .. } = &node.kind else { return None };
        let (made, doubt) = self.inner(index, aggregation, tree);
        let name = if self.is_published_as_made(node) { columns::score(index) } else { columns::aggregate(index) };
        plan.push(made.alias(name));
        let doubt = doubt?;
        plan.push(doubt.fill_null(lit(false)).alias(columns::doubt(index)));
        Some(col(columns::doubt(index)))
    }

    /// Adds score and mark of a node, rounded as it says, to the plan of its level.
    fn published(
        &self,
        index: NodeIndex,
        doubt: Option<Expr>,
        tree: &mut Tree,
        plan: &mut Vec<Expr>,
        in_doubt: &mut Vec<NodeIndex>,
    ) {
        let set = self.inputs.set;
        let node = &set.nodes()[index];
        let mut doubts = doubt;
        if self.is_published_as_made(node) {
            in_doubt.extend(doubts.map(|_| index));
            return;
        }
        let made = col(if node.leaf().is_some() { columns::score(index) } else { columns::aggregate(index) });
        if set.document().arithmetic == Arithmetic::Points {
            let mark = self.marked(index, made, tree, plan, &mut doubts);
            plan.push(mark);
        } else {
            let published = rounded(node, made, tree.bounds[index], &mut doubts);
            tree.bounds[index] = tree.largest[index] * EPSILON;
            plan.push(published.alias(columns::score(index)));
        }
        if let Some(doubt) = doubts {
            plan.push(doubt.fill_null(lit(false)).alias(columns::doubt(index)));
            in_doubt.push(index);
        }
    }

    /// Score and mark of a node under points arithmetic; gives the mark's expression and adds the score's to the plan.
    fn marked(&self, index: NodeIndex, sum: Expr, tree: &mut Tree, plan: &mut Vec<Expr>, doubts: &mut Option<Expr>) -> Expr {
        let set = self.inputs.set;
        let node = &set.nodes()[index];
        let factor = nearest_double(&coefficient(set, node));
        let adds_up = children_add_up_to_mark(set, node);
        if node.parent.is_none() || adds_up {
            // `sum` is the mark itself.
            let mark = rounded(node, sum, tree.bounds[index], doubts);
            tree.mark_bounds[index] = if node.places.is_some() { tree.largest[index] * EPSILON } else { tree.bounds[index] };
            let back = if node.parent.is_none() || node.weight == 0.0 { 1.0 } else { set.full_mark() / node.weight };
            tree.bounds[index] = tree.mark_bounds[index] * back + tree.largest[index] * back * 4.0 * EPSILON;
            let score = if back == 1.0 { mark.clone() } else { mark.clone() * lit(set.full_mark()) / lit(node.weight) };
            plan.push(score.alias(columns::score(index)));
            tree.largest[index] *= back;
            return mark.alias(columns::mark(index));
        }
        let bound = tree.bounds[index] * factor + tree.largest[index] * factor * 4.0 * EPSILON;
        let mark = rounded(node, sum.clone() * lit(factor), bound, doubts);
        tree.mark_bounds[index] = if node.places.is_some() { tree.largest[index] * EPSILON } else { bound };
        if node.leaf().is_none() {
            plan.push(sum.alias(columns::score(index)));
        }
        mark.alias(columns::mark(index))
    }

    /// The aggregate of a node's children: its score before rounding, or the sum of marks under points arithmetic.
    fn inner(&self, index: NodeIndex, aggregation: &Aggregation, tree: &mut Tree) -> (Expr, Option<Expr>) {
        let set = self.inputs.set;
        let node = &set.nodes()[index];
        let points = set.document().arithmetic == Arithmetic::Points;
        let children: Vec<NodeIndex> = counted_children(set, node).collect();
        let seen: Vec<Child> = children.iter().map(|&child| self.child(child, aggregation, tree)).collect();
        let mut doubt = seen.iter().map(|child| child.doubt.clone()).fold(None, either);
        let widest = |of: &Vec<f64>| children.iter().map(|&child| of[child]).fold(0.0, f64::max);
        let largest = widest(&tree.largest).max(aggregation.floor.unwrap_or(0.0));
        let count = children.len();
        let fill_error =
            if seen.iter().any(|child| child.term.may_be_absent) { EPSILON * largest * self.height() as f64 } else { 0.0 };
        let value = if points {
            let all: f64 = children.iter().map(|&child| set.nodes()[child].weight).sum();
            let terms: Vec<Term> = seen.iter().map(|child| Term { weight: 1.0, ..child.term.clone() }).collect();
            let sum = aggregate::arithmetic::horizontal(terms.into_iter().map(|term| term.value).collect());
            let weights: Vec<Term> = seen.iter().map(|child| child.term.clone()).collect();
            let value = if weights.iter().any(|term| term.may_be_absent) {
                aggregate::arithmetic::over(sum * lit(all), &weights)
            } else {
                sum
            };
            // The scale grows with what is left out: at most all weights over the smallest of them.
            let smallest = children.iter().map(|&child| set.nodes()[child].weight).fold(f64::INFINITY, f64::min);
            let scale = if seen.iter().any(|child| child.term.may_be_absent) { all / smallest } else { 1.0 };
            let sum_of = |of: &dyn Fn(NodeIndex) -> f64| children.iter().map(|&child| of(child)).sum::<f64>();
            let marks = sum_of(&|child| tree.largest[child] * nearest_double(&coefficient(set, &set.nodes()[child])).max(0.0));
            let errors = sum_of(&|child| tree.mark_bounds[child]);
            tree.bounds[index] = scale * (errors + marks * EPSILON * (count as f64 + 8.0) + fill_error);
            tree.largest[index] = scale * marks.max(1.0);
            value
        } else {
            let terms: Vec<Term> = seen.iter().map(|child| child.term.clone()).collect();
            let errors = widest(&tree.bounds) + fill_error;
            tree.largest[index] = largest;
            if aggregation.method == Method::Geometric {
                doubt = either(doubt, Some(aggregate::geometric::doubt(&terms, errors)));
                tree.bounds[index] = aggregate::geometric::bound(errors, errors * 1e4, largest, count);
            } else {
                tree.bounds[index] = aggregate::arithmetic::bound(errors, largest, count);
            }
            aggregate::expression(aggregation, &terms)
        };
        let mut unless: Option<Expr> = seen.iter().filter(|child| child.blocks).map(Child::lacks).fold(None, either);
        if let Some(least) = node.min_coverage.filter(|least| least.at_least > 0.0) {
            let weight = |child: &Child| if least.by == CoverageBy::Weight { child.weight } else { 1.0 };
            let present = aggregate::arithmetic::horizontal(
                seen.iter().map(|c| when(c.own.clone()).then(lit(weight(c))).otherwise(lit(0.0))).collect(),
            );
            let applying = aggregate::arithmetic::horizontal(
                seen.iter()
                    .map(|c| match &c.applies {
                        Some(applies) => when(applies.clone()).then(lit(weight(c))).otherwise(lit(0.0)),
                        None => lit(weight(c)),
                    })
                    .collect(),
            );
            let share = present / applying;
            let margin = 4.0 * EPSILON * (count as f64 + 4.0);
            doubt = either(doubt, Some((share.clone() - lit(least.at_least)).abs().lt_eq(lit(margin))));
            unless = either(unless, Some(share.lt(lit(least.at_least))));
        }
        let value = match unless {
            Some(unless) => when(unless.fill_null(lit(false))).then(lit(NULL)).otherwise(value),
            None => value,
        };
        (value.cast(DataType::Float64), doubt)
    }

    fn height(&self) -> usize {
        self.inputs.observations.slices[self.inputs.at].height()
    }

    /// A child with its own score, its filling, and its applicability.
    fn child(&self, index: NodeIndex, aggregation: &Aggregation, tree: &Tree) -> Child {
        let set = self.inputs.set;
        let node = &set.nodes()[index];
        let points = set.document().arithmetic == Arithmetic::Points;
        let applies = self.applicability.expression(index);
        let score = col(columns::score(index));
        let complete = tree.frame.column(&columns::score(index)).is_ok_and(|column| column.null_count() == 0);
        let own = if complete { lit(true) } else { score.clone().is_not_null() };
        let base = if points { col(columns::mark(index)) } else { score };
        let mut doubt = None;
        let value = match &node.missing {
            _ if complete => base,
            MissingRule::Skip | MissingRule::NoScore => base,
            MissingRule::Zero => base.fill_null(lit(0.0)),
            _ => {
                let fill = col(columns::fill(index));
                let fill = if points {
                    let factor = nearest_double(&coefficient(set, node));
                    let bound = (tree.bounds[index] + EPSILON * tree.largest[index] * self.height() as f64) * factor * 2.0;
                    let mut marked = None;
                    let mark = rounded(node, fill * lit(factor), bound, &mut marked);
                    doubt = marked.map(|marked| marked.and(base.clone().is_null()));
                    mark
                } else {
                    fill
                };
                coalesce(&[base, fill])
            }
        };
        let value = match aggregation.floor {
            Some(floor) => value.clip_min(lit(floor)),
            None => value,
        };
        let value = match &applies {
            Some(applies) if !complete => when(applies.clone()).then(value).otherwise(lit(NULL)),
            _ => value,
        };
        let may_be_absent = !complete && (node.missing != MissingRule::Zero || applies.is_some());
        let term = Term { value, weight: node.weight, may_be_absent };
        Child { term, own, applies, weight: node.weight, blocks: node.missing == MissingRule::NoScore && !complete, doubt }
    }

    /// Evaluates the cells in doubt of a node exactly.
    fn repair(&self, node: NodeIndex, tree: &mut Tree) -> Result<()> {
        let points = self.inputs.set.document().arithmetic == Arithmetic::Points;
        let mut names = vec![columns::score(node)];
        if points {
            names.push(columns::mark(node));
        }
        let mut frame = std::mem::take(&mut tree.frame);
        let reading = Tree { frame: frame.clone(), ..tree.clone() };
        let nodes = Nodes::new(self.inputs, self.applicability, &reading, self.actual.unwrap_or(&reading));
        repair(&mut frame, columns::doubt(node), &names, |row| {
            let made = nodes.make(node, row);
            vec![made.score, made.mark]
        })?;
        tree.frame = frame.drop(&columns::doubt(node))?;
        Ok(())
    }

    /// Warns where a score of zero or below has left a geometric mean without a score.
    fn warn_of_not_positive(&self, node: NodeIndex, tree: &Tree, warnings: &mut Vec<Fault>) -> Result<()> {
        let scores = tree.frame.column(&columns::score(node))?.f64()?.clone();
        if scores.null_count() == 0 {
            return Ok(());
        }
        let nodes = Nodes::new(self.inputs, self.applicability, tree, self.actual.unwrap_or(tree));
        for row in (0..scores.len()).filter(|&row| scores.get(row).is_none()) {
            warnings.extend(nodes.make(node, row).warning);
        }
        Ok(())
    }
}

impl Child {
    /// Whether it applies and has no score of its own.
    fn lacks(&self) -> Option<Expr> {
        let lacks = self.own.clone().not();
        Some(match &self.applies {
            Some(applies) => lacks.and(applies.clone()),
            None => lacks,
        })
    }
}

fn is_geometric(node: &SetNode) -> bool {
    matches!(&node.kind, NodeKind::Inner { aggregation, .. } if aggregation.method == Method::Geometric)
}

/// The value as it is published: rounded where the node says so, its doubts added.
fn rounded(node: &SetNode, value: Expr, bound: f64, doubts: &mut Option<Expr>) -> Expr {
    let Some(places) = node.places else { return value };
    let (rounded, doubt) = round::expression(value, lit(bound), places.places);
    *doubts = either(doubts.take(), Some(doubt));
    rounded
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

/// Coverage: for a leaf 1 or 0 (a checklist: points reported over points), for a node the weighted mean of its
/// children's, those that do not apply left out.
fn coverage(set: &IndicatorSet, applicability: &Applicability, actual: &Tree, measured: &Measured) -> Result<DataFrame> {
    let mut frame = actual.frame.clone();
    for (node, column) in &measured.checklist_coverage {
        frame.with_column(column.clone().with_name(columns::coverage(*node)))?;
    }
    for level in levels(set) {
        let mut plan = Vec::new();
        for index in level {
            let node = &set.nodes()[index];
            let own = if node.children.is_empty() {
                if measured.checklist_coverage.contains_key(&index) {
                    col(columns::coverage(index)).fill_null(lit(0.0))
                } else if frame.column(&columns::score(index))?.null_count() == 0 {
                    col(columns::score(index)) * lit(0.0) + lit(1.0)
                } else {
                    col(columns::score(index)).is_not_null().cast(DataType::Float64)
                }
            } else {
                let terms: Vec<Term> = counted_children(set, node)
                    .map(|child| Term {
                        value: col(columns::coverage(child)),
                        weight: set.nodes()[child].weight,
                        may_be_absent: applicability.0.contains_key(&child),
                    })
                    .collect();
                aggregate::arithmetic::expression(&terms)
            };
            let own = match applicability.expression(index) {
                Some(applies) => when(applies).then(own).otherwise(lit(NULL)),
                None => own,
            };
            plan.push(own.cast(DataType::Float64).alias(columns::coverage(index)));
        }
        frame = collect(frame.lazy().with_columns(plan))?;
    }
    let names: Vec<PlSmallStr> = (0..set.nodes().len()).map(columns::coverage).collect();
    Ok(frame.select(names)?)
}
