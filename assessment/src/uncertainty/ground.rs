//! A tree on plain slices: the loop over replications evaluates it many thousand times, where a plan would cost more
//! than its arithmetic.
//!
//! A column is a slice with a number per city; what is missing is NaN here, and nowhere outside of this module. Methods
//! of aggregation and fillings are those of the engine; this file only leads them over slices.

use std::collections::BTreeMap;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Aggregation, Arithmetic, IndicatorSet, Method, MissingRule, NodeIndex, NodeKind, WeightOf};

use super::rounding;
use crate::branch::{self, Branch, Seen};
use crate::sample::moments::mean;
use crate::sample::order::{quantile, sorted};
use crate::tree::Inputs;
use crate::{adjust, aggregate, fill};

/// What choices of aggregation, missing rules and left-out nodes make of a tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Structure {
    pub aggregation: Vec<Aggregation>,
    pub missing: Vec<MissingRule>,
    pub left_out: Option<NodeIndex>,
    /// What enters each aggregate; see [`Structure::settled`].
    terms: Vec<Vec<NodeIndex>>,
}

impl Structure {
    /// The tree as the set has it.
    pub(super) fn of_set(set: &IndicatorSet) -> Self {
        let aggregation = |kind: &NodeKind| match kind {
            NodeKind::Inner { aggregation, .. } => aggregation.clone(),
            NodeKind::Leaf(_) => Aggregation::default(),
        };
        Self {
            aggregation: set.nodes().iter().map(|node| aggregation(&node.kind)).collect(),
            missing: set.nodes().iter().map(|node| node.missing.clone()).collect(),
            left_out: None,
            terms: Vec::new(),
        }
    }

    /// The structure with what enters each aggregate: the children, under points over maximum points the leaves below;
    /// without what is left out.
    pub(super) fn settled(mut self, set: &IndicatorSet) -> Self {
        self.terms = vec![Vec::new(); set.nodes().len()];
        for (index, node) in set.nodes().iter().enumerate().rev() {
            let counts_points = |node: NodeIndex| self.aggregation[node].method == Method::ReportedPoints;
            let entering = node.children.iter().filter(|&&child| self.left_out != Some(child));
            self.terms[index] = entering
                .flat_map(|&child| match set.nodes()[child].leaf() {
                    None if counts_points(index) && counts_points(child) => self.terms[child].clone(),
                    _ => vec![child],
                })
                .collect();
        }
        self
    }
}

/// The columns of a tree by node: scores and, under points arithmetic, marks. An empty one is not computed.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub scores: Vec<Vec<f64>>,
    pub marks: Vec<Vec<f64>>,
    /// Whether a column has a number in every row.
    complete: Vec<bool>,
}

impl Columns {
    pub(super) fn of(nodes: usize) -> Self {
        Self { scores: vec![Vec::new(); nodes], marks: vec![Vec::new(); nodes], complete: vec![false; nodes] }
    }
}

/// Columns that some replications share, and those that this one makes anew.
pub(super) struct Layers<'a> {
    pub shared: &'a Columns,
    pub own: &'a mut Columns,
    /// Whether a node is made anew.
    pub is_own: &'a [bool],
}

impl Layers<'_> {
    fn of(&self, node: NodeIndex) -> &Columns {
        if self.is_own[node] { self.own } else { self.shared }
    }

    pub(super) fn scores(&self, node: NodeIndex) -> &[f64] {
        &self.of(node).scores[node]
    }
}

/// What no choice changes: the tree's form, who applies, earlier scores, groups and adjustments.
pub(super) struct Ground<'a> {
    inputs: Inputs<'a>,
    pub height: usize,
    is_points: bool,
    /// Children before their parents.
    pub bottom_up: Vec<NodeIndex>,
    /// Whether a leaf applies, for those that do not to every city.
    applies: BTreeMap<NodeIndex, Vec<bool>>,
    /// The group of each row, by attribute.
    groups: BTreeMap<String, Vec<Option<String>>>,
    /// Bonus less deduction of each row.
    adjustments: Option<Vec<f64>>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(inputs: Inputs<'a>, rules: &[&MissingRule]) -> Self {
        let Inputs { set, observations, at, earlier, .. } = inputs;
        let slice = &observations.slices[at];
        let applicability = &earlier[at].applicability;
        let applies = set.leaves().filter_map(|(leaf, _)| {
            let flags: Vec<bool> = (0..slice.height()).map(|row| applicability.applies(leaf, row)).collect();
            flags.contains(&false).then_some((leaf, flags))
        });
        let named = rules.iter().filter_map(|rule| match rule {
            MissingRule::PeerMean { group } | MissingRule::PeerMedian { group } => group.clone(),
            _ => None,
        });
        let groups = named.map(|name| {
            let group = |&city: &usize| observations.cities[city].attribute_in(&name, slice.period).map(str::to_owned);
            let of_rows = slice.cities.iter().map(group).collect();
            (name, of_rows)
        });
        let adjusted = !set.document().adjustments.is_empty();
        let difference = |row: usize| {
            let (sums, _) = adjust::sums(inputs, row);
            nearest_double(&(sums.bonus - sums.deduction))
        };
        Self {
            inputs,
            height: slice.height(),
            is_points: set.document().arithmetic == Arithmetic::Points,
            bottom_up: (0..set.nodes().len()).rev().collect(),
            applies: applies.collect(),
            groups: groups.collect(),
            adjustments: adjusted.then(|| (0..slice.height()).map(difference).collect()),
        }
    }

    fn set(&self) -> &'a IndicatorSet {
        self.inputs.set
    }

    /// The nodes that depend on the weight of some node: its ancestors and, under points arithmetic, whose marks are made
    /// with it.
    pub(super) fn reached_by(&self, weighed: &[NodeIndex]) -> Vec<bool> {
        let nodes = self.set().nodes();
        let mut reached = vec![false; nodes.len()];
        if self.is_points && !weighed.is_empty() {
            return vec![true; nodes.len()];
        }
        for &node in weighed {
            let mut next = nodes[node].parent;
            while let Some(parent) = next.filter(|&parent| !reached[parent]) {
                reached[parent] = true;
                next = nodes[parent].parent;
            }
        }
        reached
    }

    /// Whether each row of a node applies under a structure; none where every row does.
    fn applying(&self, node: NodeIndex, structure: &Structure, weights: &[f64]) -> Option<Vec<bool>> {
        if self.applies.is_empty() {
            return None;
        }
        if self.set().nodes()[node].children.is_empty() {
            return self.applies.get(&node).cloned();
        }
        let mut together: Option<Vec<bool>> = None;
        for child in Self::counted(node, structure, weights) {
            let child = self.applying(child, structure, weights)?;
            together = Some(match together {
                None => child,
                Some(all) => all.iter().zip(&child).map(|(one, other)| *one || *other).collect(),
            });
        }
        together
    }

    /// What takes part in an aggregate.
    fn counted<'s>(node: NodeIndex, structure: &'s Structure, weights: &'s [f64]) -> impl Iterator<Item = NodeIndex> + 's {
        structure.terms[node].iter().copied().filter(move |&child| weights[child] > 0.0)
    }

    /// Makes the column of a node: of a leaf out of `leaf`, its score before rounding; of any other out of its children.
    pub(super) fn make(
        &self,
        node: NodeIndex,
        leaf: Option<&[f64]>,
        structure: &Structure,
        weights: &[f64],
        layers: &mut Layers,
    ) {
        let mut made = std::mem::take(&mut layers.own.scores[node]);
        made.resize(self.height, 0.0);
        match leaf {
            Some(leaf) => made.copy_from_slice(leaf),
            None => self.aggregate(node, structure, weights, layers, &mut made),
        }
        self.publish(node, weights, &mut made, layers.own);
        if node == 0 {
            self.adjust(&mut made);
        }
        layers.own.complete[node] = !made.iter().any(|score| score.is_nan());
        layers.own.scores[node] = made;
    }

    fn aggregate(&self, node: NodeIndex, structure: &Structure, weights: &[f64], layers: &Layers, made: &mut [f64]) {
        let aggregation = &structure.aggregation[node];
        let least = self.set().nodes()[node].min_coverage.filter(|least| least.at_least > 0.0);
        let is_plain = |child: NodeIndex| layers.of(child).complete[child] || structure.missing[child] == MissingRule::Skip;
        let is_mean = !self.is_points
            && aggregate::way(&aggregation.method) == aggregate::Way::Arithmetic
            && aggregation.floor.is_none()
            && least.is_none();
        if is_mean && Self::counted(node, structure, weights).all(is_plain) {
            return mean_of_present(
                Self::counted(node, structure, weights).map(|child| {
                    let columns = layers.of(child);
                    (weights[child], columns.scores[child].as_slice(), columns.complete[child])
                }),
                made,
            );
        }
        let seen: Vec<Seen> = Self::counted(node, structure, weights)
            .map(|child| {
                let columns = layers.of(child);
                let own = if self.is_points { &columns.marks[child] } else { &columns.scores[child] };
                let rule = &structure.missing[child];
                let complete = columns.complete[child];
                Seen {
                    weight: weights[child],
                    own,
                    applies: self.applying(child, structure, weights),
                    filling: if complete { None } else { self.filling(child, rule, &columns.scores[child], weights) },
                    rule,
                }
            })
            .collect();
        let branch = Branch { aggregation, least, is_points: self.is_points, full_mark: self.set().full_mark() };
        if aggregate::way(&aggregation.method) == aggregate::Way::Cohort {
            return branch.cohort(&seen, made);
        }
        for (row, made) in made.iter_mut().enumerate() {
            *made = branch.city(&seen, row).unwrap_or(f64::NAN);
        }
    }

    /// What a missing rule puts in the place of a child, row by row; under points arithmetic its mark.
    fn filling(&self, child: NodeIndex, rule: &MissingRule, scores: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
        let Inputs { observations, at, earlier, .. } = self.inputs;
        let filling = match rule {
            MissingRule::Skip | MissingRule::NoScore | MissingRule::Zero => return None,
            MissingRule::PeerMean { group } => self.of_peers(scores, group.as_deref(), mean),
            MissingRule::PeerMedian { group } => self.of_peers(scores, group.as_deref(), |scores| quantile(&sorted(scores), 0.5)),
            MissingRule::Previous { at_most } => {
                let found = fill::of_earlier(child, *at_most, observations, at, earlier);
                found.iter().map(|score| score.unwrap_or(f64::NAN)).collect()
            }
        };
        if !self.is_points {
            return Some(filling);
        }
        let factor = self.coefficient(child, weights);
        let places = self.set().nodes()[child].places;
        Some(filling.into_iter().map(|score| rounding::published(score * factor, places)).collect())
    }

    fn of_peers(&self, scores: &[f64], group: Option<&str>, statistic: impl Fn(&[f64]) -> Option<f64>) -> Vec<f64> {
        let Some(groups) = group.map(|name| &self.groups[name]) else {
            let present: Vec<f64> = scores.iter().copied().filter(|score| !score.is_nan()).collect();
            return vec![statistic(&present).unwrap_or(f64::NAN); scores.len()];
        };
        let mut within: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (group, score) in groups.iter().zip(scores) {
            if let (Some(group), false) = (group, score.is_nan()) {
                within.entry(group).or_default().push(*score);
            }
        }
        let of_group: BTreeMap<&str, f64> =
            within.into_iter().filter_map(|(group, scores)| Some((group, statistic(&scores)?))).collect();
        groups.iter().map(|group| group.as_deref().and_then(|group| of_group.get(group)).copied().unwrap_or(f64::NAN)).collect()
    }

    /// How a mark is made of a score: m = coefficient x s.
    fn coefficient(&self, index: NodeIndex, weights: &[f64]) -> f64 {
        let node = &self.set().nodes()[index];
        let Some(parent) = node.parent else { return 1.0 };
        match node.weight_of {
            WeightOf::Total => weights[index] / self.set().full_mark(),
            WeightOf::Parent => weights[index] / 100.0,
            WeightOf::Siblings => {
                weights[index] / self.set().nodes()[parent].children.iter().map(|&child| weights[child]).sum::<f64>()
            }
        }
    }

    /// Rounds what was made and, under points arithmetic, makes score and mark of each other.
    fn publish(&self, index: NodeIndex, weights: &[f64], made: &mut [f64], own: &mut Columns) {
        let node = &self.set().nodes()[index];
        let rounded = |value: f64| rounding::published(value, node.places);
        if !self.is_points {
            if node.places.is_some() {
                made.iter_mut().for_each(|score| *score = rounded(*score));
            }
            return;
        }
        let coefficient = self.coefficient(index, weights);
        let each = made.iter_mut().map(|score| {
            let (published, mark) = branch::of_points(self.set(), index, weights[index], coefficient, *score, rounded);
            *score = published;
            mark
        });
        own.marks[index] = each.collect();
    }

    /// Adjusts the total.
    fn adjust(&self, totals: &mut [f64]) {
        let Some(adjustments) = &self.adjustments else { return };
        let document = self.set().document();
        let [low, high] = document.adjustment_limits.and_then(|limits| limits.result).unwrap_or([0.0, document.full_mark]);
        let places = self.set().nodes()[0].places;
        for (total, adjustment) in totals.iter_mut().zip(adjustments).filter(|(total, _)| !total.is_nan()) {
            *total = rounding::published((*total + adjustment).clamp(low, high), places);
        }
    }
}

/// sum(w x) / sum(w) over what is there; NaN where nothing is. Source: `aggregate/arithmetic.rs`.
fn mean_of_present<'c>(children: impl Iterator<Item = (f64, &'c [f64], bool)>, made: &mut [f64]) {
    made.fill(0.0);
    let mut always = 0.0;
    let mut present: Option<Vec<f64>> = None;
    for (weight, scores, complete) in children {
        if complete {
            always += weight;
            made.iter_mut().zip(scores).for_each(|(sum, score)| *sum += weight * score);
        } else {
            let present = present.get_or_insert_with(|| vec![0.0; scores.len()]);
            for ((sum, weights), &score) in made.iter_mut().zip(present).zip(scores) {
                let here = !score.is_nan();
                *sum += if here { weight * score } else { 0.0 };
                *weights += if here { weight } else { 0.0 };
            }
        }
    }
    match present {
        None => made.iter_mut().for_each(|sum| *sum /= always),
        Some(present) => made.iter_mut().zip(present).for_each(|(sum, weights)| *sum /= always + weights),
    }
}
