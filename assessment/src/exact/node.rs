//! A node of one city in exact arithmetic: what the plan computes, computed again where its doubles do not decide.
//!
//! A number that was rounded is a decimal and is read from the tree; anything else is made again from what stands
//! below it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use citygauge_indicators::exact::round;
use citygauge_indicators::{
    Aggregation, Arithmetic, CoverageBy, Fault, IndicatorSet, MissingRule, NodeIndex, NodeKind, Places, SetNode,
};
use dashu_ratio::RBig;

use super::leaf::Cells;
use crate::aggregate::cohort::{City, Scores};
use crate::aggregate::number::Why;
use crate::aggregate::{self, Way};
use crate::normalise::{is_in_use, number};
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
    cohorts: RefCell<HashMap<NodeIndex, Rc<Scores<RBig>>>>,
}

impl<'a> Nodes<'a> {
    pub(crate) fn new(inputs: Inputs<'a>, applicability: &'a Applicability, tree: &'a Tree, actual: &'a Tree) -> Self {
        let cells = Cells::new(inputs.set, inputs.observations, inputs.at);
        Self { inputs, cells, applicability, tree, actual, fillings: RefCell::default(), cohorts: RefCell::default() }
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
                if let Some(lights) = self.tree.lights.get(&index) {
                    return match lights.score(row) {
                        Some(score) => self.finish(node, Some(number(score))),
                        None => Made { warning: lights.warning(&self.cells, index, row), ..Made::default() },
                    };
                }
                if self.is_points() {
                    let all: RBig = counted_children(self.set(), node)
                        .map(|child| number(self.set().nodes()[child].weight))
                        .fold(RBig::ZERO, |sum, weight| sum + weight);
                    let present = terms.iter().fold(RBig::ZERO, |sum, (weight, _)| sum + weight);
                    let sum = terms.iter().fold(RBig::ZERO, |sum, (_, mark)| sum + mark);
                    return self.finish(node, Some(sum * all / present));
                }
                match self.aggregated(index, aggregation, &terms, row) {
                    Ok(score) => self.finish(node, Some(score)),
                    Err(why) => Made { warning: Some(self.without(why, node, &entered, row)), ..Made::default() },
                }
            }
        }
    }

    /// The aggregate of a city's terms, or why there is none.
    pub(crate) fn aggregated(
        &self,
        index: NodeIndex,
        aggregation: &Aggregation,
        terms: &[(RBig, RBig)],
        row: usize,
    ) -> Result<RBig, Why> {
        let made = match aggregate::way(&aggregation.method) {
            Way::Cohort => self.of_cohort(index, aggregation)[row].clone().unwrap_or(Err(Why::DivisionByZero)),
            _ => aggregate::exact(aggregation, terms, self.set().full_mark()),
        };
        made.and_then(|score| if is_in_use(&score) { Ok(score) } else { Err(Why::Overflow) })
    }

    /// The aggregates of every city of the period, by a method that compares them.
    fn of_cohort(&self, index: NodeIndex, aggregation: &Aggregation) -> Rc<Scores<RBig>> {
        if let Some(known) = self.cohorts.borrow().get(&index) {
            return Rc::clone(known);
        }
        let node = &self.set().nodes()[index];
        let weights: Vec<RBig> =
            counted_children(self.set(), node).map(|child| number(self.set().nodes()[child].weight)).collect();
        let cities = self.cities(index);
        let scores = aggregate::of_cohort(&aggregation.method, &cities, &weights, self.set().full_mark());
        // Fractions leave nothing open, so that what is fitted on the cohort is always there.
        let scores = Rc::new(scores.unwrap_or_else(|why| vec![Some(Err(why)); cities.len()]));
        self.cohorts.borrow_mut().insert(index, Rc::clone(&scores));
        scores
    }

    /// The scores of the children of a node in every city of the period, as they are compared.
    pub(crate) fn cities(&self, index: NodeIndex) -> Vec<City<RBig>> {
        (0..self.cells.slice.height()).map(|row| self.compared(index, row)).collect()
    }

    /// The scores of the children of a node in a row, as they are compared with those of other cities; `None` where the
    /// node has no score.
    pub(crate) fn compared(&self, index: NodeIndex, row: usize) -> City<RBig> {
        let entered = self.entered(index, row);
        let has_score = self.is_covered(&self.set().nodes()[index], &entered, row) && !self.is_blocked(&entered);
        let scores: Vec<Option<RBig>> = entered.into_iter().map(|child| child.value).collect();
        (has_score && scores.iter().any(Option::is_some)).then_some(scores)
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
        let peers = Nodes { tree: self.actual, ..self.sharing() };
        let scores = (0..slice.height())
            .filter(|&other| group.is_none() || of(other) == own)
            .filter_map(|other| peers.score(child, other));
        let filling = statistic(scores.collect());
        self.fillings.borrow_mut().insert(key, filling.clone());
        filling
    }

    fn sharing(&self) -> Nodes<'a> {
        Nodes { fillings: RefCell::default(), cohorts: RefCell::default(), ..*self }
    }

    fn of_earlier(&self, child: NodeIndex, at_most: u32, row: usize) -> Option<RBig> {
        let Inputs { observations, earlier, .. } = self.inputs;
        let city = self.cells.slice.cities[row];
        observations.slices_before(self.inputs.at, at_most).find_map(|at| {
            let row = observations.slices[at].row_of(city)?;
            let computed = &earlier[at];
            let inputs = self.inputs.of_slice(at);
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

    /// The warning of a node that has no score although children have.
    fn without(&self, why: Why, node: &SetNode, entered: &[Entered], row: usize) -> Fault {
        let fits = |value: &RBig| match why {
            Why::Negative => *value < RBig::ZERO,
            _ => *value <= RBig::ZERO,
        };
        let culprit = entered.iter().find(|child| child.value.as_ref().is_some_and(fits));
        let child = culprit.map_or("", |child| self.set().nodes()[child.node].code.as_str());
        self.cells.located(aggregate::warning::without(why, node, child), &node.code, row)
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
