//! Points over maximum points: which nodes enter, and what the weights of such a branch may say.
//!
//! Source: U4SSC (ITU), verification reports and city factsheets: the points of an inner node are those of all leaves below
//! it that are reported, over their maximum points, so that a branch weighs as much as is reported in it.

use super::tree::Tree;
use crate::document::SetDocument;
use crate::document::aggregation::Method;
use crate::document::node::WeightOf;
use crate::fault::{Fault, Faults};
use crate::set::{NodeIndex, NodeKind, SetNode};

/// Whether an inner node counts points over maximum points.
pub(super) fn counts(document: &SetDocument, i: usize) -> bool {
    document.aggregation_of(Some(i)).method == Method::ReportedPoints
}

/// Below such a node every inner node counts likewise and has no weight of its own.
pub(super) fn check(document: &SetDocument, tree: &Tree, faults: &mut Faults) {
    let mut parents: Vec<Option<usize>> = tree.children.keys().copied().collect();
    parents.sort_unstable();
    for parent in parents {
        let listed = parent.or(tree.total);
        if document.aggregation_of(listed).method != Method::ReportedPoints {
            continue;
        }
        if listed.is_some_and(|i| document.nodes[i].weighting.is_some()) {
            let at = parent.or(tree.total).map_or_else(String::new, |i| format!("/nodes/{i}/weighting"));
            faults.push(
                Fault::error(
                    "aggregation.reported_points.weighting",
                    "按得分占满分计的节点不能推导权重",
                    "a node that counts points over maximum points derives no weights",
                )
                .at(at)
                .hint("删除 weighting，或改用其他合成方法", "leave out the weighting, or use another aggregation"),
            );
        }
        for &child in tree.children_of(parent) {
            branch(document, tree, child, faults);
        }
    }
}

/// What a child of a node that counts points may say.
fn branch(document: &SetDocument, tree: &Tree, child: usize, faults: &mut Faults) {
    let node = &document.nodes[child];
    let is_inner = !tree.children_of(Some(child)).is_empty();
    if node.weight_of != WeightOf::Siblings {
        faults.push(
            Fault::error(
                "aggregation.reported_points.weight_of",
                "按得分占满分计时，权重即满分，只能用 siblings",
                "where points are counted over maximum points, a weight is the maximum points and knows 'siblings' only",
            )
            .at(format!("/nodes/{child}/weight_of"))
            .of(node.code.clone())
            .expected("siblings")
            .hint("删除 weight_of", "leave out weight_of"),
        );
    }
    if is_inner && node.weight != 1.0 {
        faults.push(
            Fault::error(
                "aggregation.reported_points.weight",
                format!("“{}”的权重由其下级的满分决定，不能另给", node.code),
                format!("'{}' weighs what the leaves below it weigh and has no weight of its own", node.code),
            )
            .at(format!("/nodes/{child}/weight"))
            .of(node.code.clone())
            .value(node.weight.to_string())
            .hint("删除该 weight", "leave out the weight"),
        );
    }
    if is_inner && !counts(document, child) {
        faults.push(
            Fault::error(
                "aggregation.reported_points.below",
                format!("“{}”的上级按得分占满分计，它也须如此", node.code),
                format!("the parent of '{}' counts points over maximum points, so it must as well", node.code),
            )
            .at(format!("/nodes/{child}/aggregation"))
            .of(node.code.clone())
            .expected("reported_points")
            .hint("改用 reported_points", "use 'reported_points'"),
        );
    }
}

/// Names the nodes that enter each aggregate.
pub(super) fn enter(nodes: &mut [SetNode]) {
    for index in (0..nodes.len()).rev() {
        let counts =
            matches!(&nodes[index].kind, NodeKind::Inner { aggregation, .. } if aggregation.method == Method::ReportedPoints);
        let children: Vec<NodeIndex> = nodes[index].children.clone();
        nodes[index].terms = if counts {
            // A child stands after its parent, so what enters it is known.
            let of = |&child: &NodeIndex| if nodes[child].leaf().is_some() { vec![child] } else { nodes[child].terms.clone() };
            children.iter().flat_map(of).collect()
        } else {
            children
        };
    }
}
