//! What if one city had other values: its new scores, level and ranks; a few changed values take well under a millisecond.
//!
//! What the cohort has given stays as it is: fits, derived weights, and the scores of the other cities. Only the leaves that read
//! a changed item are made again, exactly, and the nodes above them: exactly where what enters them is rounded, so that it
//! is a decimal, else in doubles as the engine does, exactly where those leave a rounding open.

mod changes;
mod cohort;
mod leaves;

use std::collections::BTreeSet;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Arithmetic, IndicatorSet, MissingRule, NodeIndex, NodeKind, Period, Value, Weighting};
use dashu_ratio::RBig;

use crate::assess::OfRow;
use crate::assessment::{Assessment, level_code, points_factor};
use crate::branch::{self, Branch, Seen};
use crate::error::{AssessmentError, Result};
use crate::exact::leaf::Cells;
use crate::exact::node::Nodes;
use crate::numbers::patched;
use crate::observations::Observations;
use crate::tree::{Applicability, Computed, Inputs, Tree, coefficient, counted_children};
use crate::{adjust, aggregate, classify, normalise, rank, round};
use changes::{admitted, place, put, reading};

pub use changes::Change;
pub(crate) use changes::single;
pub use cohort::Supposition;

pub(crate) use leaves::with_values;

/// One node of the city as it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Supposed<'a> {
    /// The code of the node.
    pub node: &'a str,
    /// The score as published.
    pub before: Option<f64>,
    /// The raw value of a leaf, in its unit.
    pub value: Option<f64>,
    /// The score.
    pub score: Option<f64>,
    /// The mark, under points arithmetic.
    pub mark: Option<f64>,
    /// What the node contributes to the total.
    pub points: Option<f64>,
    /// The rank among the scores of the others as published; none where the assessment has no ranks.
    pub rank: Option<u32>,
    /// The code of the level, on the nodes on which one is read.
    pub level: Option<&'a str>,
}

/// The nodes of one city with other values of some items, in the order of the tree. An item without a value is missing.
///
/// # Errors
/// As [`suppose`].
pub fn what_if<'a>(
    assessment: &'a Assessment,
    city: &str,
    period: Period,
    changes: &[(&str, Option<Value>)],
) -> Result<Vec<Supposed<'a>>> {
    let changes: Vec<Change> = changes.iter().map(|(code, value)| Change::Item((*code).to_owned(), value.clone())).collect();
    suppose(assessment, city, period, &changes)
}

/// The same with other raw values of leaves; see [`Change::Leaf`].
///
/// # Errors
/// As [`suppose`].
pub fn what_if_values<'a>(
    assessment: &'a Assessment,
    city: &str,
    period: Period,
    values: &[(NodeIndex, f64)],
) -> Result<Vec<Supposed<'a>>> {
    let nodes = assessment.set().nodes();
    let code = |node: NodeIndex| nodes.get(node).map_or_else(|| node.to_string(), |node| node.code.clone());
    let changes: Vec<Change> = values.iter().map(|&(node, value)| Change::Leaf(code(node), value)).collect();
    suppose(assessment, city, period, &changes)
}

/// The nodes of one city with other values of items or leaves, in the order of the tree.
///
/// # Errors
/// A city or period without results, and everything that is wrong with the changes, at once; a node above a change that
/// benefit of the doubt weighs, whose weights only the whole cohort gives.
pub fn suppose<'a>(assessment: &'a Assessment, city: &str, period: Period, changes: &[Change]) -> Result<Vec<Supposed<'a>>> {
    let (at, row) = place(assessment, city, period)?;
    let set = assessment.set_of(period);
    let admitted = admitted(set, city, period, changes)?;
    let mut observations = assessment.observations.clone();
    let rows = [(row, admitted)];
    put(&mut observations, at, &rows);
    let leaves = reading(set, &rows[0].1, &observations, at, row);
    Supposing::new(assessment, set, &observations, at, row)?.run(&leaves)
}

/// One city with other values.
struct Supposing<'a, 'o> {
    assessment: &'a Assessment,
    set: &'o IndicatorSet,
    observations: &'o Observations,
    at: usize,
    row: usize,
    applicability: Applicability,
    tree: Tree,
    /// The nodes that were made again.
    made: BTreeSet<NodeIndex>,
    /// The raw values that changed.
    values: Vec<(NodeIndex, Option<f64>)>,
}

impl<'a, 'o> Supposing<'a, 'o> {
    fn new(
        assessment: &'a Assessment,
        set: &'o IndicatorSet,
        observations: &'o Observations,
        at: usize,
        row: usize,
    ) -> Result<Self> {
        let computed = &assessment.computed[at];
        Ok(Self {
            assessment,
            set,
            observations,
            at,
            row,
            applicability: computed.applicability.clone(),
            tree: computed.actual.clone(),
            made: BTreeSet::new(),
            values: Vec::new(),
        })
    }

    fn inputs(&self) -> Inputs<'_> {
        Inputs { set: self.set, observations: self.observations, ..self.assessment.inputs(self.at) }
    }

    fn run(mut self, leaves: &[NodeIndex]) -> Result<Vec<Supposed<'a>>> {
        let cells = Cells::new(self.set, self.observations, self.at);
        for &leaf in leaves {
            self.values.push((leaf, cells.value(leaf, self.row).0.as_ref().map(nearest_double)));
        }
        if !self.observations.slices[self.at].not_applicable.is_empty() {
            self.applicability = self.applying();
        }
        let mut above: BTreeSet<NodeIndex> = leaves.iter().copied().collect();
        for &leaf in leaves {
            let mut next = self.set.nodes()[leaf].parent;
            while let Some(parent) = next.filter(|parent| above.insert(*parent)) {
                next = self.set.nodes()[parent].parent;
            }
        }
        // Under points over maximum points a leaf enters over the head of its parent: every ancestor is made again.
        for &node in above.iter().rev() {
            self.make(node)?;
        }
        self.adjust();
        Ok(self.supposed())
    }

    /// What applies after the changes.
    fn applying(&self) -> Applicability {
        let mut measured = self.assessment.measured[self.at].clone();
        for &(leaf, value) in &self.values {
            let column = patched(&measured.values[&leaf], [(self.row, value)]);
            measured.values.insert(leaf, column);
        }
        Applicability::of(self.set, &self.observations.slices[self.at], &measured)
    }

    /// Makes a node again.
    fn make(&mut self, node: NodeIndex) -> Result<()> {
        let (score, mark) = match &self.set.nodes()[node].kind {
            NodeKind::Leaf(_) => self.exactly(node),
            NodeKind::Inner { weighting: Some(Weighting::BenefitOfTheDoubt { .. }), .. } => {
                return Err(AssessmentError::Refused(
                    normalise::not_computed("benefit_of_the_doubt").of(self.set.nodes()[node].code.clone()).into(),
                ));
            }
            NodeKind::Inner { .. } if self.reads_decimals(node) => self.exactly(node),
            NodeKind::Inner { .. } => match self.in_doubles(node) {
                Some(made) => made,
                None => self.exactly(node),
            },
        };
        self.tree.scores[node] = patched(&self.tree.scores[node], [(self.row, score)]);
        if let Some(marks) = self.tree.marks.get_mut(node) {
            *marks = patched(marks, [(self.row, mark)]);
        }
        self.made.insert(node);
        Ok(())
    }

    fn exactly(&self, node: NodeIndex) -> (Option<f64>, Option<f64>) {
        let made = Nodes::new(self.inputs(), &self.applicability, &self.tree, &self.tree).make(node, self.row);
        (made.score.as_ref().map(nearest_double), made.mark.as_ref().map(nearest_double))
    }

    /// Whether all that enters a node was rounded, and no other city is looked at, so that exact arithmetic is quick.
    fn reads_decimals(&self, node: NodeIndex) -> bool {
        let nodes = self.set.nodes();
        let is_alone =
            |child: NodeIndex| !matches!(nodes[child].missing, MissingRule::PeerMean { .. } | MissingRule::PeerMedian { .. });
        let NodeKind::Inner { aggregation, .. } = &nodes[node].kind else { return false };
        let mut entering = counted_children(self.set, &nodes[node]);
        aggregate::way(&aggregation.method) != aggregate::Way::Cohort
            && entering.all(|child| {
                nodes[child].places.is_some() && (is_alone(child) || self.tree.scores[child].get(self.row).is_some())
            })
    }

    /// Score and mark in doubles; none where they leave a rounding open, or a filling has to be made again.
    fn in_doubles(&self, index: NodeIndex) -> Option<(Option<f64>, Option<f64>)> {
        let (set, row) = (self.set, self.row);
        let node = &set.nodes()[index];
        let NodeKind::Inner { aggregation, .. } = &node.kind else { return None };
        let is_points = set.document().arithmetic == Arithmetic::Points;
        let compares = aggregate::way(&aggregation.method) == aggregate::Way::Cohort;
        // A method that compares cities sees all of them, any other only this one.
        let rows = if compares { 0..self.observations.slices[self.at].height() } else { row..row + 1 };
        let children: Vec<NodeIndex> = counted_children(set, node).collect();
        let mut entering: Vec<Entering> = Vec::with_capacity(children.len());
        for &child in &children {
            let own = |row: usize| if is_points { self.tree.mark(child, row) } else { self.tree.score(child, row) };
            let filling = match set.nodes()[child].missing {
                MissingRule::Skip | MissingRule::NoScore | MissingRule::Zero => None,
                // The peers' scores were not what they are now.
                _ if self.made.contains(&child) && self.tree.score(child, row).is_none() => return None,
                _ if is_points && self.tree.score(child, row).is_none() => return None,
                _ => self.tree.fillings.get(&child),
            };
            entering.push(Entering {
                own: rows.clone().map(|row| own(row).unwrap_or(f64::NAN)).collect(),
                applies: rows.clone().map(|row| self.applicability.applies(child, row)).collect(),
                filling: filling.map(|filling| rows.clone().map(|row| filling.get(row).unwrap_or(f64::NAN)).collect()),
            });
        }
        let seen = children.iter().zip(&entering).map(|(&child, column)| Seen {
            weight: set.nodes()[child].weight,
            own: &column.own,
            applies: Some(column.applies.clone()),
            filling: column.filling.clone(),
            rule: &set.nodes()[child].missing,
        });
        let seen: Vec<Seen> = seen.collect();
        let least = node.min_coverage.filter(|least| least.at_least > 0.0);
        let branch = Branch { aggregation, least, is_points, full_mark: set.full_mark() };
        let made = if compares {
            let mut made = vec![f64::NAN; rows.len()];
            branch.cohort(&seen, &mut made);
            Some(made[row]).filter(|score| !score.is_nan())
        } else {
            branch.city(&seen, 0)
        };
        let Some(made) = made else { return Some((None, None)) };
        let open = std::cell::Cell::new(false);
        let rounded = |value: f64| {
            let Some(places) = node.places else { return value };
            let bound = NOISE * self.tree.largest[index].max(value.abs()).max(1.0);
            let (rounded, doubt) = round::number(value, bound, round::scale(places.places));
            open.set(open.get() | doubt);
            rounded
        };
        let published = if is_points {
            let factor = nearest_double(&coefficient(set, node));
            let (score, mark) = branch::of_points(set, index, node.weight, factor, made, rounded);
            (Some(score), Some(mark))
        } else {
            (Some(rounded(made)), None)
        };
        (!open.get()).then_some(published)
    }

    /// Adjusts the total, whose adjustments may read what changed.
    fn adjust(&mut self) {
        if self.set.document().adjustments.is_empty() {
            return;
        }
        let before = if self.made.contains(&0) { self.tree.score(0, self.row) } else { self.exactly(0).0 };
        let adjusted = before.map(|total| {
            let (sums, _) = adjust::sums(self.inputs(), self.row);
            nearest_double(&adjust::adjusted(self.inputs(), normalise::number(total), &sums))
        });
        self.tree.scores[0] = patched(&self.tree.scores[0], [(self.row, adjusted)]);
        if let Some(marks) = self.tree.marks.get_mut(0) {
            *marks = patched(marks, [(self.row, adjusted)]);
        }
        self.made.insert(0);
    }

    fn supposed(self) -> Vec<Supposed<'a>> {
        let (assessment, row) = (self.assessment, self.row);
        let before = &assessment.computed[self.at];
        let computed = Computed {
            actual: self.tree.clone(),
            low: None,
            high: None,
            coverage: None,
            applicability: self.applicability.clone(),
            warnings: Vec::new(),
        };
        let nodes = Nodes::new(self.inputs(), &self.applicability, &self.tree, &self.tree);
        let levels = classify::levels(self.set, &OfRow { inputs: self.inputs(), nodes: &nodes, computed: &computed, row });
        let published = assessment.periods.iter().find(|period| period.at == self.at);
        let is_points = self.set.document().arithmetic == Arithmetic::Points;
        let adjusts = !self.set.document().adjustments.is_empty();
        let each = assessment.set.nodes().iter().enumerate().map(|(index, node)| {
            let (score, mark) = (self.tree.score(index, row), self.tree.mark(index, row));
            let exact = |row: usize| -> Option<RBig> {
                if adjusts && index == 0 { Some(normalise::number(self.tree.score(0, row)?)) } else { nodes.score(index, row) }
            };
            let ranks = published.and_then(|period| period.ranks.get(index));
            let rank = ranks.and_then(|ranks| match self.made.contains(&index) {
                true => rank::place(&self.tree.scores[index], self.bound(index), row, exact),
                false => ranks.get(row),
            });
            let changed = self.values.iter().find(|(leaf, _)| *leaf == index).map(|(_, value)| *value);
            let measured =
                assessment.measured[self.at].values.get(&index).filter(|_| !crate::assessment::is_option(assessment, index));
            let level = levels.iter().find(|(levelled, _)| *levelled == index).and_then(|(_, level)| *level);
            Supposed {
                node: &node.code,
                before: before.actual.score(index, row),
                value: measured.and_then(|values| changed.unwrap_or_else(|| values.get(row))),
                score,
                mark,
                points: (if is_points { mark } else { score })
                    .map(|number| number * points_factor(self.set, &self.set.nodes()[index], is_points)),
                rank,
                level: level.and_then(|place| level_code(&assessment.set, place)),
            }
        });
        each.collect()
    }

    /// How far a score may lie from the exact one.
    fn bound(&self, node: NodeIndex) -> f64 {
        let of_row = if self.set.nodes()[node].places.is_some() { f64::EPSILON } else { NOISE };
        self.tree.bounds[node].max(of_row * self.tree.largest[node])
    }
}

/// A child in the rows that are looked at.
struct Entering {
    own: Vec<f64>,
    applies: Vec<bool>,
    filling: Option<Vec<f64>>,
}

/// How far a mean of doubles may lie from the exact one, relative to the greatest score.
const NOISE: f64 = 1e-12;
