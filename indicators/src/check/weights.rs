//! The weights: sisters share one scale, and their sums are what the scale demands.

use std::collections::HashSet;

use super::tree::Tree;
use crate::document::SetDocument;
use crate::document::node::WeightOf;
use crate::document::weighting::Weighting;
use crate::fault::{Fault, Faults};

/// How far a sum may lie from what it should be.
const TOLERANCE: f64 = 1e-9;

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
    for (i, node) in document.nodes.iter().enumerate() {
        if let Some(weighting) = &node.weighting {
            derived(
                weighting,
                tree.children_of((tree.total != Some(i)).then_some(i)).len(),
                &format!("/nodes/{i}/weighting"),
                faults,
            );
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

fn derived(weighting: &Weighting, children: usize, at: &str, faults: &mut Faults) {
    match weighting {
        Weighting::Ahp { matrices, accept_above } => {
            for (m, matrix) in matrices.iter().enumerate() {
                let square = matrix.len() == children && matrix.iter().all(|row| row.len() == children);
                if !square || matrix.iter().flatten().any(|judgement| *judgement <= 0.0) {
                    faults.push(
                        Fault::error(
                            "weighting.matrix",
                            "判断矩阵应为正的方阵，阶数等于下级个数",
                            "a matrix of judgements is square, positive and as large as there are children",
                        )
                        .at(format!("{at}/matrices/{m}"))
                        .expected(format!("{children} x {children}"))
                        .hint("请补全矩阵", "complete the matrix"),
                    );
                }
            }
            if matrices.is_empty() || *accept_above < 0.0 {
                faults.push(
                    Fault::error(
                        "weighting.ahp",
                        "至少一个判断矩阵，accept_above 不能为负",
                        "at least one matrix, and accept_above not negative",
                    )
                    .at(at)
                    .hint("请补上", "add it"),
                );
            }
        }
        Weighting::Entropy { shift } if *shift < 0.0 => faults.push(
            Fault::error("weighting.shift", "shift 不能为负", "the shift cannot be negative")
                .at(format!("{at}/shift"))
                .hint("请取 0 或正数", "take 0 or more"),
        ),
        Weighting::BenefitOfTheDoubt { shares: Some([low, high]) } if !(0.0 <= *low && low < high && *high <= 1.0) => faults
            .push(
                Fault::error("weighting.shares", "shares 应递增且在 0 与 1 之间", "the shares rise and lie between 0 and 1")
                    .at(format!("{at}/shares"))
                    .hint("例如 [0.05, 0.3]", "[0.05, 0.3], for example"),
            ),
        Weighting::Mix { of } => {
            let sum: f64 = of.iter().map(|part| part.part).sum();
            if of.is_empty() || of.iter().any(|part| part.part < 0.0) || (sum - 1.0).abs() > TOLERANCE {
                faults.push(
                    Fault::error(
                        "weighting.mix",
                        "混合的各部分不为负且合计为 1",
                        "the parts of a mixture are not negative and add up to 1",
                    )
                    .at(format!("{at}/of"))
                    .value(sum.to_string())
                    .expected("1")
                    .hint("调整 part", "adjust the parts"),
                );
            }
            for (i, part) in of.iter().enumerate() {
                derived(&part.weighting, children, &format!("{at}/of/{i}"), faults);
            }
        }
        _ => {}
    }
}
