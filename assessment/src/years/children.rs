//! What each child of a node contributes to its score, where that is a sum: under the arithmetic mean, a child's score
//! times its weight over the weights that counted; under points arithmetic its mark.

use std::collections::BTreeSet;

use citygauge_indicators::{Arithmetic, Method, NodeIndex, NodeKind};
use dashu_ratio::RBig;

use super::change::ChildChange;
use super::decimals;
use crate::assessment::Assessment;
use crate::exact::node::Nodes;
use crate::normalise::number;
use crate::tree::{children_add_up_to_mark, counted_children};

/// The contributions of the children of a node in a row, before rounding; a child that was left out contributes nothing.
/// `None` where the score is no sum.
fn contributions(assessment: &Assessment, at: usize, row: usize, index: NodeIndex) -> Option<Vec<(NodeIndex, RBig)>> {
    // With the weights of the period, where they are derived; under benefit of the doubt every city has its own.
    let set = assessment.weighed.set(at);
    let node = &set.nodes()[index];
    let NodeKind::Inner { aggregation, .. } = &node.kind else { return None };
    if aggregation.method != Method::Arithmetic || assessment.weighed.frontier(at, index).is_some() {
        return None;
    }
    let computed = &assessment.computed[at];
    computed.actual.score(index, row)?;
    let nodes = Nodes::new(assessment.inputs(at), &computed.applicability, &computed.actual, &computed.actual);
    let weight = |child: NodeIndex| number(set.nodes()[child].weight);
    let entered = nodes.entered(index, row).into_iter();
    let terms: Vec<(NodeIndex, RBig)> = entered.filter_map(|child| Some((child.node, child.value?))).collect();
    let present = terms.iter().fold(RBig::ZERO, |sum, (child, _)| sum + weight(*child));
    if present == RBig::ZERO {
        return None;
    }
    let by_points = set.document().arithmetic == Arithmetic::Points;
    let scale = match by_points {
        false => RBig::ONE / present,
        true => {
            let all = counted_children(set, node).fold(RBig::ZERO, |sum, child| sum + weight(child));
            let to_score = node.parent.is_some() && children_add_up_to_mark(set, node) && node.weight > 0.0;
            let full = if to_score { number(set.full_mark()) / number(node.weight) } else { RBig::ONE };
            all * full / present
        }
    };
    let of = |(child, value): (NodeIndex, RBig)| {
        let own = if by_points { RBig::ONE } else { weight(child) };
        (child, own * value * &scale)
    };
    Some(terms.into_iter().map(of).collect())
}

fn codes(spot: Spot<'_>) -> Vec<&str> {
    let nodes = spot.assessment.set.nodes();
    nodes[spot.node].children.iter().map(|&child| nodes[child].code.as_str()).collect()
}

/// A node in a row of an assessment.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub assessment: &'a Assessment,
    pub at: usize,
    pub row: usize,
    pub node: NodeIndex,
}

/// How much of a change of a node's score each child contributed, and what is left for rounding and adjustments; printed
/// decimals add up to the printed change. Nothing where one of the scores is no sum.
pub(super) fn changes(before: Spot, after: Spot, change: &RBig) -> Option<(Vec<ChildChange>, f64)> {
    let of = |spot: Spot| contributions(spot.assessment, spot.at, spot.row, spot.node);
    let (earlier, later) = (of(before)?, of(after)?);
    let mut seen = BTreeSet::new();
    let codes: Vec<&str> = codes(after).into_iter().chain(codes(before)).filter(|code| seen.insert(*code)).collect();
    let amount = |spot: Spot, terms: &[(NodeIndex, RBig)], code: &str| {
        let term = terms.iter().find(|(child, _)| spot.assessment.set.nodes()[*child].code == code);
        term.map_or(RBig::ZERO, |(_, amount)| amount.clone())
    };
    let mut parts: Vec<RBig> = codes.iter().map(|code| amount(after, &later, code) - amount(before, &earlier, code)).collect();
    let rest = change - parts.iter().fold(RBig::ZERO, |sum, part| sum + part);
    parts.push(rest);
    let (_, mut shown) = decimals::adding_up(change, &parts);
    let rest = shown.pop().unwrap_or(0.0);
    let child = |(code, change): (&&str, f64)| ChildChange { node: (*code).to_owned(), change };
    Some((codes.iter().zip(shown).map(child).collect(), rest))
}
