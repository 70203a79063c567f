//! The tree above what moves: every node's score before rounding as a sum of columns.
//!
//! Arithmetic means and points are sums exactly. A mean that is concave in its children x has a column y of its own, and for each child
//! a column t: with f(r) = (r^p - 1) / p (ln r of the geometric mean) y is at most the mean just where sum w t >= 0 for some
//! t <= y f(x / y). The right side is concave in x and y, so tangents keep t from above, one per ratio x / y: wherever a solution lies
//! above the mean, the tangents of its ratios are added (J. E. Kelley, "The cutting-plane method for solving convex programs", Journal
//! of the SIAM 8 (1960), 703-712). The least of the children is a column below each of them.

use std::collections::HashMap;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Arithmetic, Method, NodeIndex, NodeKind};

use super::movable::Output;
use super::programme::{Affine, Programme};
use crate::assessment::Assessment;
use crate::exact::node::Nodes;
use crate::normalise::number;
use crate::tree::{children_add_up_to_mark, coefficient, counted_children};

/// A mean that tangents keep from above.
#[derive(Debug, Clone)]
pub(super) struct Mean {
    pub column: usize,
    /// The exponent of the power mean; 0 is the geometric, minus infinity the least.
    p: f64,
    /// Share, score and column of each child.
    terms: Vec<(f64, Affine, usize)>,
}

impl Mean {
    /// The ratios of the children to the mean in a solution.
    pub(super) fn ratios(&self, values: &[f64]) -> Vec<f64> {
        self.terms.iter().map(|(_, score, _)| score.at(values) / values[self.column]).collect()
    }

    /// The tangents at some ratios, as sums that are at least 0: f'(r) x + (f(r) - r f'(r)) y - t.
    pub(super) fn tangents(&self, ratios: &[f64]) -> Vec<Affine> {
        let usable = |ratio: &f64| ratio.is_finite() && *ratio > 0.0;
        let terms = self.terms.iter().zip(ratios).filter(|(_, ratio)| usable(ratio));
        terms
            .map(|((_, score, part), &ratio)| {
                let slope = ratio.powf(self.p - 1.0);
                let height = if self.p == 0.0 { ratio.ln() } else { (ratio.powf(self.p) - 1.0) / self.p };
                let mut tangent = Affine::default();
                tangent.add(slope, score);
                tangent.add(height - ratio * slope, &Affine::column(self.column));
                tangent.add(-1.0, &Affine::column(*part));
                tangent
            })
            .collect()
    }

    /// Whether rows say all of it, so that it needs no tangents.
    pub(super) fn is_linear(&self) -> bool {
        self.p == f64::NEG_INFINITY
    }

    /// The mean at a point.
    pub(super) fn at(&self, values: &[f64]) -> f64 {
        self.of(&self.terms.iter().map(|(_, score, _)| score.at(values)).collect::<Vec<_>>())
    }

    fn of(&self, scores: &[f64]) -> f64 {
        if self.is_linear() {
            return scores.iter().copied().fold(f64::INFINITY, f64::min);
        }
        let terms = self.terms.iter().zip(scores);
        if self.p == 0.0 {
            return terms.map(|((share, ..), score)| share * score.ln()).sum::<f64>().exp();
        }
        // Over the greatest, no power leaves the range of doubles.
        let unit = scores.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        unit * terms.map(|((share, ..), score)| share * (score / unit).powf(self.p)).sum::<f64>().powf(1.0 / self.p)
    }
}

/// The scores of a city as sums of columns.
pub(super) struct Scores<'a> {
    pub assessment: &'a Assessment,
    pub nodes: &'a Nodes<'a>,
    pub at: usize,
    pub row: usize,
    /// The scores of what moves.
    pub outputs: Vec<(Output, Affine)>,
    /// The means that tangents keep from above.
    pub means: Vec<Mean>,
    known: HashMap<NodeIndex, Option<Affine>>,
}

impl<'a> Scores<'a> {
    pub(super) fn new(assessment: &'a Assessment, nodes: &'a Nodes<'a>, at: usize, row: usize) -> Self {
        Self { assessment, nodes, at, row, outputs: Vec::new(), means: Vec::new(), known: HashMap::new() }
    }

    /// The score of a node before rounding; none where it has none.
    pub(super) fn score(&mut self, programme: &mut Programme, node: NodeIndex) -> Option<Affine> {
        if let Some(known) = self.known.get(&node) {
            return known.clone();
        }
        let made = self.made(programme, node);
        self.known.insert(node, made.clone());
        made
    }

    fn made(&mut self, programme: &mut Programme, index: NodeIndex) -> Option<Affine> {
        let now = self.now(index)?;
        if let Some(score) = self.output(index, None) {
            return Some(score);
        }
        let set = self.assessment.set_of(self.assessment.observations.slices[self.at].period);
        let node = &set.nodes()[index];
        let NodeKind::Inner { aggregation, .. } = &node.kind else { return Some(Affine::constant(now)) };
        let is_points = set.document().arithmetic == Arithmetic::Points;
        let mut terms: Vec<(f64, Affine)> = Vec::new();
        for child in self.nodes.entered(index, self.row) {
            let Some(value) = child.value else { continue };
            let constant = Affine::constant(nearest_double(&value));
            let entering = if child.filled { None } else { self.score(programme, child.node) };
            let entering = entering.filter(|score| !score.is_constant()).map(|score| match aggregation.floor {
                Some(floor) => self.output(child.node, Some(floor)).unwrap_or(score),
                None => score,
            });
            let term = match entering {
                None => constant,
                Some(score) if is_points => {
                    let mut mark = Affine::default();
                    mark.add(mark_per_score(set, child.node), &score);
                    mark
                }
                Some(score) => score,
            };
            terms.push((set.nodes()[child.node].weight, term));
        }
        if terms.iter().all(|(_, term)| term.is_constant()) {
            return Some(Affine::constant(now));
        }
        let present: f64 = terms.iter().map(|(weight, _)| weight).sum();
        if is_points {
            let all: f64 = counted_children(set, node).map(|child| set.nodes()[child].weight).sum();
            let mut sum = Affine::default();
            terms.iter().for_each(|(_, mark)| sum.add(all / present, mark));
            // What the children add up to is a mark where they are weighted of the total.
            let mut score = Affine::default();
            score.add(
                if node.parent.is_some() && children_add_up_to_mark(set, node) { score_per_mark(set, index) } else { 1.0 },
                &sum,
            );
            return Some(score);
        }
        let shares = terms.into_iter().map(|(weight, term)| (weight / present, term));
        let p = match &aggregation.method {
            Method::Minimum => {
                let column = programme.column(f64::NEG_INFINITY, f64::INFINITY);
                let terms: Vec<(f64, Affine, usize)> = shares.map(|(share, child)| (share, child, column)).collect();
                for (_, child, _) in &terms {
                    let mut above = child.clone();
                    above.add(-1.0, &Affine::column(column));
                    programme.demand(above);
                }
                self.means.push(Mean { column, p: f64::NEG_INFINITY, terms });
                return Some(Affine::column(column));
            }
            Method::Geometric => 0.0,
            Method::Harmonic => -1.0,
            Method::Power { p } => *p,
            _ => 1.0,
        };
        if p == 1.0 {
            let mut sum = Affine::default();
            shares.for_each(|(share, term)| sum.add(share, &term));
            return Some(sum);
        }
        let column = programme.column(0.0, f64::INFINITY);
        let mut sum = Affine::default();
        let mut children = Vec::new();
        for (share, child) in shares {
            let part = programme.column(f64::NEG_INFINITY, f64::INFINITY);
            sum.add(share, &Affine::column(part));
            children.push((share, child, part));
        }
        programme.demand(sum);
        let mean = Mean { column, p, terms: children };
        // At the ratio 1 the tangents say that no such mean exceeds the arithmetic one.
        mean.tangents(&vec![1.0; mean.terms.len()]).into_iter().for_each(|tangent| {
            programme.demand(tangent);
        });
        self.means.push(mean);
        Some(Affine::column(column))
    }

    /// The score as published at present.
    pub(super) fn now(&self, node: NodeIndex) -> Option<f64> {
        self.nodes.score(node, self.row).as_ref().map(nearest_double)
    }

    fn output(&self, leaf: NodeIndex, floor: Option<f64>) -> Option<Affine> {
        let found = self.outputs.iter().find(|(output, _)| *output == Output { leaf, floor });
        found.map(|(_, score)| score.clone())
    }
}

/// By what a score is multiplied to give the mark that enters the parent.
fn mark_per_score(set: &citygauge_indicators::IndicatorSet, index: NodeIndex) -> f64 {
    let node = &set.nodes()[index];
    if children_add_up_to_mark(set, node) {
        return if node.weight == 0.0 { 1.0 } else { 1.0 / score_per_mark(set, index) };
    }
    nearest_double(&coefficient(set, node))
}

/// By what the mark of a node whose children add up to it is multiplied to give its score.
fn score_per_mark(set: &citygauge_indicators::IndicatorSet, index: NodeIndex) -> f64 {
    let weight = set.nodes()[index].weight;
    if weight == 0.0 { 1.0 } else { nearest_double(&(number(set.full_mark()) / number(weight))) }
}
