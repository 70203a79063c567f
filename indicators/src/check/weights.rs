//! The weights: sisters share one scale, and their sums are what the scale demands.

use std::collections::HashSet;

use super::tree::Tree;
use crate::document::SetDocument;
use crate::document::node::WeightOf;
use crate::fault::{Fault, Faults};

/// How far a sum may lie from what it should be.
pub(super) const TOLERANCE: f64 = 1e-9;

pub(super) fn check(document: &SetDocument, tree: &Tree, unreadable: &HashSet<usize>, faults: &mut Faults) {
    for (i, node) in document.nodes.iter().enumerate() {
        if node.weight < 0.0 {
            faults.push(
                Fault::error("weight.negative", "权重不能为负", "a weight cannot be negative")
                    .at(format!("/nodes/{i}/weight"))
                    .of(node.code.clone())
                    .value(node.weight.to_string())
                    .hint("不计分的节点权重取 0", "give 0 to a node that is shown but not counted"),
            );
        }
    }
    let mut parents: Vec<Option<usize>> = tree.children.keys().copied().collect();
    parents.sort_unstable();
    for parent in parents {
        let children = tree.children_of(parent);
        if children.iter().all(|child| !unreadable.contains(child)) {
            sisters(document, parent, children, faults);
        }
    }
}

fn sisters(document: &SetDocument, parent: Option<usize>, children: &[usize], faults: &mut Faults) {
    let (at, code) = match parent {
        Some(i) => (format!("/nodes/{i}"), document.nodes[i].code.as_str()),
        None => ("/nodes".to_owned(), crate::TOTAL),
    };
    let weight_of = document.nodes[children[0]].weight_of;
    if let Some(&odd) = children.iter().find(|&&child| document.nodes[child].weight_of != weight_of) {
        faults.push(
            Fault::error(
                "weight.mixed_scales",
                format!("“{code}”的下级使用了不同的 weight_of"),
                format!("the children of '{code}' use different 'weight_of'"),
            )
            .at(format!("/nodes/{odd}/weight_of"))
            .of(document.nodes[odd].code.clone())
            .hint("同级节点须一致", "sisters share one"),
        );
        return;
    }
    let sum: f64 = children.iter().map(|&child| document.nodes[child].weight).sum();
    if sum <= 0.0 {
        if children.iter().all(|&child| document.nodes[child].weight == 0.0) {
            faults.push(
                Fault::error("weight.all_zero", format!("“{code}”的下级权重全为 0"), format!("all children of '{code}' weigh 0"))
                    .at(at)
                    .of(code)
                    .hint("至少一个权重大于 0", "give at least one of them a weight"),
            );
        }
        return;
    }
    let demanded = match weight_of {
        WeightOf::Siblings => return,
        WeightOf::Parent => 100.0,
        WeightOf::Total => match parent {
            None => document.full_mark,
            Some(i) if document.nodes[i].weight_of == WeightOf::Total => document.nodes[i].weight,
            Some(_) => {
                faults.push(
                    Fault::error(
                        "weight.total_below_parent",
                        format!("“{code}”不是按总分计权，其下级不能用 total"),
                        format!("'{code}' is not weighted of the total, so its children cannot be"),
                    )
                    .at(format!("/nodes/{}/weight_of", children[0]))
                    .of(document.nodes[children[0]].code.clone())
                    .hint("改用 parent 或 siblings", "use 'parent' or 'siblings'"),
                );
                return;
            }
        },
    };
    if (sum - demanded).abs() > TOLERANCE {
        faults.push(
            Fault::error(
                "weight.sum",
                format!("“{code}”的下级权重合计 {sum}，应为 {demanded}"),
                format!("the weights below '{code}' add up to {sum}, not {demanded}"),
            )
            .at(at)
            .of(code)
            .value(sum.to_string())
            .expected(demanded.to_string())
            .hint("调整权重，或改用 weight_of: siblings", "adjust them, or use weight_of: siblings"),
        );
    }
}
