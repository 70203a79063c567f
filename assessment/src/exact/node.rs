//! A node of one city in exact arithmetic: what the plan computes, computed again where its doubles do not decide.
//!
//! A number that was rounded is a decimal and is read from the tree; anything else is made again from what stands
//! below it.

use std::cell::RefCell;
use std::collections::HashMap;

use citygauge_indicators::exact::round;
use citygauge_indicators::{Arithmetic, CoverageBy, Fault, IndicatorSet, MissingRule, NodeIndex, NodeKind, Places, SetNode};
use dashu_ratio::RBig;

use super::leaf::Cells;
use crate::aggregate;
use crate::normalise::number;
use crate::tree::{Applicability, Inputs, Scenario, Tree, children_add_up_to_mark, coefficient, counted_children};

/// Score and mark of a node as they are published, with the warning that making them left.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Made {
    pub score: Option<RBig>,
    pub mark: Option<RBig>,
    pub warning: Option<Fault>,
}

/// A child as it entered its parent.
#[derive(Debug, Clone)]
pub(crate) struct Entered {
    pub node: NodeIndex,
    /// The score (under points arithmetic the mark) that was aggregated; none when it was left out.
    pub value: Option<RBig>,
    /// Whether it came from elsewhere than the city's own data of the period.
    pub filled: bool,
    pub applies: bool,
}

type Fillings = RefCell<HashMap<(NodeIndex, Option<String>), Option<RBig>>>;

/// The nodes of one period in one scenario.
pub(crate) struct Nodes<'a> {
    inputs: Inputs<'a>,
    cells: Cells<'a>,
    applicability: &'a Applicability,
    tree: &'a Tree,
    actual: &'a Tree,
    fillings: Fillings,
}

impl<'a> Nodes<'a> {
    pub(crate) fn new(inputs: Inputs<'a>, applicability: &'a Applicability, tree: &'a Tree, actual: &'a Tree) -> Self {
        let cells = Cells::new(inputs.set, inputs.observations, inputs.at);
        Self { inputs, cells, applicability, tree, actual, fillings: RefCell::default() }
    }

    fn set(&self) -> &'a IndicatorSet {
        self.inputs.set
    }

    fn is_points(&self) -> bool {
        self.set().document().arithmetic == Arithmetic::Points
    }

    /// The score as published: read where it was rounded, made where not.
    pub(crate) fn score(&self, node: NodeIndex, row: usize) -> Option<RBig> {
        let rounded = self.set().nodes()[node].places.filter(|_| !self.is_points());
        self.read(rounded, self.tree.score(node, row)).unwrap_or_else(|| self.make(node, row).score)
    }

    /// The mark as published.
    pub(crate) fn mark(&self, node: NodeIndex, row: usize) -> Option<RBig> {
        let rounded = self.set().nodes()[node].places;
        self.read(rounded, self.tree.mark(node, row)).unwrap_or_else(|| self.make(node, row).mark)
    }

    /// What a rounded double says; `None` where it says too little: where it was not rounded, and where it is so large
    /// that doubles lie further apart than the decimals it was rounded to.
    fn read(&self, rounded: Option<Places>, double: Option<f64>) -> Option<Option<RBig>> {
        let places = rounded?.places;
        match double {
            None => Some(None),
            Some(double) => crate::round::tells_decimals(double, places).then(|| Some(number(double))),
        }
    }

    /// Makes a node from what stands below it.
    pub(crate) fn make(&self, index: NodeIndex, row: usize) -> Made {
        let node = &self.set().nodes()[index];
        match &node.kind {
            NodeKind::Leaf(_) => self.finish(node, self.leaf(index, row)),
            NodeKind::Inner { aggregation, .. } => {
                let entered = self.entered(index, row);
                if !self.is_covered(node, &entered, row) || self.is_blocked(&entered) {
                    return Made::default();
                }
                let terms: Vec<(RBig, RBig)> = entered
                    .iter()
                    .filter_map(|child| Some((number(self.set().nodes()[child.node].weight), child.value.clone()?)))
                    .collect();
                if terms.is_empty() {
                    return Made::default();
                }
                if self.is_points() {
                    let all: RBig = counted_children(self.set(), node)
                        .map(|child| number(self.set().nodes()[child].weight))
                        .fold(RBig::ZERO, |sum, weight| sum + weight);
                    let present = terms.iter().fold(RBig::ZERO, |sum, (weight, _)| sum + weight);
                    let sum = terms.iter().fold(RBig::ZERO, |sum, (_, mark)| sum + mark);
                    return self.finish(node, Some(sum * all / present));
                }
                match aggregate::exact(aggregation, &terms) {
                    Some(score) => self.finish(node, Some(score)),
                    None => Made { warning: Some(self.not_positive(node, &entered, row)), ..Made::default() },
                }
            }
        }
    }

    /// Rounds what was made, and makes score and mark of each other.
    fn finish(&self, node: &SetNode, made: Option<RBig>) -> Made {
        let Some(made) = made else { return Made::default() };
        let published = |value: RBig| match node.places {
            Some(places) => round(&value, places.places, places.mode),
            None => value,
        };
        if !self.is_points() {
            return Made { score: Some(published(made)), ..Made::default() };
        }
        if node.parent.is_none() {
            let mark = published(made);
            return Made { score: Some(mark.clone()), mark: Some(mark), warning: None };
        }
        if children_add_up_to_mark(self.set(), node) {
            let mark = published(made);
            let score =
                if node.weight == 0.0 { mark.clone() } else { &mark * number(self.set().full_mark()) / number(node.weight) };
            return Made { score: Some(score), mark: Some(mark), warning: None };
        }
        let mark = published(coefficient(self.set(), node) * &made);
        Made { score: Some(made), mark: Some(mark), warning: None }
    }

    fn leaf(&self, index: NodeIndex, row: usize) -> Option<RBig> {
        let own = self.cells.score(index, row, self.inputs.fitted);
        let is_observed = own.is_some() && !self.inputs.measured[self.inputs.at].is_imputed(index, row);
        match self.tree.scenario {
            _ if is_observed => own,
            _ if !self.applicability.applies(index, row) => None,
            Scenario::Actual => own,
            Scenario::Low => Some(RBig::ZERO),
            Scenario::High => Some(number(self.set().full_mark())),
        }
    }

    /// The children as they enter a node, those of weight 0 left out.
    pub(crate) fn entered(&self, index: NodeIndex, row: usize) -> Vec<Entered> {
        let node = &self.set().nodes()[index];
        let NodeKind::Inner { aggregation, .. } = &node.kind else { return Vec::new() };
        let raised = |value: RBig| match aggregation.floor {
            Some(floor) => value.max(number(floor)),
            None => value,
        };
        counted_children(self.set(), node)
            .map(|child| {
                let applies = self.applicability.applies(child, row);
                let own = if self.is_points() { self.mark(child, row) } else { self.score(child, row) };
                let filled = own.is_none() && applies;
                let value = if filled { self.filling(child, row) } else { own };
                Entered { node: child, filled: filled && value.is_some(), value: value.map(raised), applies }
            })
            .collect()
    }

    /// What the missing rule of a child puts in its place; under points arithmetic the mark of it.
    fn filling(&self, child: NodeIndex, row: usize) -> Option<RBig> {
        let node = &self.set().nodes()[child];
        let score = match &node.missing {
            MissingRule::Skip | MissingRule::NoScore => return None,
            MissingRule::Zero => return Some(RBig::ZERO),
            MissingRule::PeerMean { group } => self.of_peers(child, group.as_deref(), row, mean),
            MissingRule::PeerMedian { group } => self.of_peers(child, group.as_deref(), row, median),
            MissingRule::Previous { at_most } => self.of_earlier(child, *at_most, row),
        }?;
        if !self.is_points() {
            return Some(score);
        }
        let mark = coefficient(self.set(), node) * score;
        Some(match node.places {
            Some(places) => round(&mark, places.places, places.mode),
            None => mark,
        })
    }

    fn of_peers(
        &self,
        child: NodeIndex,
        group: Option<&str>,
        row: usize,
        statistic: fn(Vec<RBig>) -> Option<RBig>,
    ) -> Option<RBig> {
        let slice = self.cells.slice;
        let attribute = group.and_then(|name| slice.attributes.get(name));
        let of = |row: usize| attribute.and_then(|texts| texts.get(row)).map(str::to_owned);
        let own = of(row);
        if group.is_some() && own.is_none() {
            return None;
        }
        let key = (child, own.clone());
        if let Some(known) = self.fillings.borrow().get(&key) {
            return known.clone();
        }
        let peers = Nodes { tree: self.actual, fillings: RefCell::default(), ..self.sharing() };
        let scores = (0..slice.height())
            .filter(|&other| group.is_none() || of(other) == own)
            .filter_map(|other| peers.score(child, other));
        let filling = statistic(scores.collect());
        self.fillings.borrow_mut().insert(key, filling.clone());
        filling
    }

    fn sharing(&self) -> Nodes<'a> {
        Nodes { fillings: RefCell::default(), ..*self }
    }

    fn of_earlier(&self, child: NodeIndex, at_most: u32, row: usize) -> Option<RBig> {
        let Inputs { observations, earlier, .. } = self.inputs;
        let city = self.cells.slice.cities[row];
        (1..=at_most).find_map(|count| {
            let at = observations.slice_of(self.cells.slice.period.earlier(count))?;
            let row = observations.slices[at].row_of(city)?;
            let computed = &earlier[at];
            let inputs = Inputs { at, ..self.inputs };
            Nodes::new(inputs, &computed.applicability, &computed.actual, &computed.actual).score(child, row)
        })
    }

    /// Whether enough of a node's children have a score of their own.
    fn is_covered(&self, node: &SetNode, entered: &[Entered], row: usize) -> bool {
        let Some(least) = node.min_coverage else { return true };
        let weight = |child: &Entered| match least.by {
            CoverageBy::Weight => number(self.set().nodes()[child.node].weight),
            CoverageBy::Count => RBig::ONE,
        };
        let sum = |of: &mut dyn Iterator<Item = &Entered>| of.map(weight).fold(RBig::ZERO, |sum, next| sum + next);
        let applying = sum(&mut entered.iter().filter(|child| child.applies));
        let own = sum(&mut entered.iter().filter(|child| child.applies && !child.filled && self.has_own(child.node, row)));
        applying == RBig::ZERO || own / applying >= number(least.at_least)
    }

    fn has_own(&self, node: NodeIndex, row: usize) -> bool {
        self.tree.score(node, row).is_some()
    }

    fn is_blocked(&self, entered: &[Entered]) -> bool {
        entered
            .iter()
            .any(|child| child.applies && child.value.is_none() && self.set().nodes()[child.node].missing == MissingRule::NoScore)
    }

    fn not_positive(&self, node: &SetNode, entered: &[Entered], row: usize) -> Fault {
        let culprit = entered.iter().find(|child| child.value.as_ref().is_some_and(|value| *value <= RBig::ZERO));
        let child = culprit.map_or("", |child| self.set().nodes()[child.node].code.as_str());
        let fault = Fault::warning(
            "aggregation.not_positive",
            format!("“{}”的下级“{child}”得分不大于 0，几何平均无法计算，该节点无得分", node.code),
            format!("the score of '{child}' is not above 0, so '{}' has no geometric mean and no score", node.code),
        );
        self.cells
            .located(fault, &node.code, row)
            .hint("给该节点设 floor，或改用算术平均", "give the node a floor, or use the arithmetic mean")
    }
}

fn mean(scores: Vec<RBig>) -> Option<RBig> {
    let count = scores.len();
    Some(scores.into_iter().reduce(|sum, next| sum + next)? / RBig::from(count))
}

fn median(mut scores: Vec<RBig>) -> Option<RBig> {
    scores.sort();
    let middle = scores.len() / 2;
    match scores.len() {
        0 => None,
        count if count % 2 == 1 => Some(scores[middle].clone()),
        _ => Some((&scores[middle - 1] + &scores[middle]) / RBig::from(2)),
    }
}
