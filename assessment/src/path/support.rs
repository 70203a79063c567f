//! What a goal rests on: the leaves below its nodes that count, and what makes a path through them unsolvable.

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::{Faults, Imputation, Method, NodeIndex, NodeKind, Weighting};

use super::faults;
use super::stuck::Stuck;
use crate::assessment::Assessment;
use crate::exact::node::Nodes;
use crate::normalise::number;

/// The leaves that a goal rests on.
#[derive(Debug, Default)]
pub(super) struct Support {
    /// The leaves that count, with the floors of the means that they enter below them.
    pub leaves: BTreeMap<NodeIndex, Option<f64>>,
    /// The leaves that count for nothing, with the reason.
    pub stuck: BTreeMap<NodeIndex, Stuck>,
    seen: BTreeSet<NodeIndex>,
    faults: Faults,
}

impl Support {
    pub(super) fn of(
        assessment: &Assessment,
        nodes: &Nodes,
        at: usize,
        row: usize,
        demanded: &[NodeIndex],
    ) -> Result<Self, Faults> {
        let mut support = Self::default();
        for &node in demanded {
            support.walk(assessment, nodes, at, row, node);
        }
        let set = assessment.set();
        for (node, leaf) in set.leaves() {
            let is_missing = assessment.measured[at].values[&node].get(row).is_none();
            if is_missing && matches!(leaf.imputation, Imputation::RowMean { .. }) && support.leaves.contains_key(&node) {
                support.faults.push(faults::imputed(&set.nodes()[node].code));
            }
            let reason = match () {
                () if !assessment.computed[at].applicability.applies(node, row) => Stuck::NotApplicable,
                () if is_missing => Stuck::NoData,
                () if support.leaves.contains_key(&node) => continue,
                () => support.stuck.get(&node).copied().unwrap_or(Stuck::NotCounted),
            };
            support.leaves.remove(&node);
            support.stuck.insert(node, reason);
        }
        if support.faults.is_empty() { Ok(support) } else { Err(support.faults) }
    }

    fn walk(&mut self, assessment: &Assessment, nodes: &Nodes, at: usize, row: usize, node: NodeIndex) {
        if !self.seen.insert(node) {
            return;
        }
        let set = assessment.set_of(assessment.observations.slices[at].period);
        let NodeKind::Inner { aggregation, weighting } = &set.nodes()[node].kind else {
            self.leaves.entry(node).or_insert(None);
            return;
        };
        if assessment.computed[at].actual.score(node, row).is_none() {
            for (leaf, _) in set.leaves().filter(|(leaf, _)| is_below(assessment, *leaf, node)) {
                self.stuck.insert(leaf, Stuck::NoScoreAbove);
            }
            return;
        }
        let code = &set.nodes()[node].code;
        if matches!(weighting, Some(Weighting::BenefitOfTheDoubt { .. })) {
            self.faults.push(faults::unsupported(code, "benefit_of_the_doubt"));
            return;
        }
        if !is_concave(&aggregation.method) {
            self.faults.push(faults::unsupported(code, aggregation.method.word()));
            return;
        }
        for child in nodes.entered(node, row) {
            if child.value.is_none() || child.filled {
                continue;
            }
            self.walk(assessment, nodes, at, row, child.node);
            let below_floor =
                aggregation.floor.filter(|floor| nodes.score(child.node, row).is_some_and(|score| score < number(*floor)));
            let Some(floor) = below_floor else { continue };
            if set.nodes()[child.node].leaf().is_some() {
                self.leaves.insert(child.node, Some(floor));
            } else {
                self.faults.push(faults::unsupported(code, "floor"));
            }
        }
    }
}

/// Whether a method is linear or concave in the scores, and never falls where one rises.
pub(super) fn is_concave(method: &Method) -> bool {
    match method {
        Method::Arithmetic | Method::ReportedPoints | Method::Geometric | Method::Harmonic | Method::Minimum => true,
        Method::Power { p } => *p <= 1.0,
        _ => false,
    }
}

fn is_below(assessment: &Assessment, leaf: NodeIndex, node: NodeIndex) -> bool {
    std::iter::successors(Some(leaf), |&below| assessment.set().nodes()[below].parent).any(|above| above == node)
}
