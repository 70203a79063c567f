//! The weights that are derived: whether their method can be carried out at all, and makes sense where it stands.

use std::collections::HashSet;

use super::tree::Tree;
use super::weights::TOLERANCE;
use crate::ahp;
use crate::document::aggregation::{Aggregation, Method};
use crate::document::node::{Node, WeightOf};
use crate::document::scoring::{Cohort, Scoring};
use crate::document::weighting::{Aim, Combination, Evidence, MixPart, Weighting};
use crate::document::{Arithmetic, SetDocument};
use crate::fault::{Fault, Faults};
use crate::period::Period;

/// How far the product of a judgement and its counterpart may lie from 1: people write 0.333 for a third.
const RECIPROCITY: f64 = 0.01;

pub(super) fn check(document: &SetDocument, tree: &Tree, unreadable: &HashSet<usize>, faults: &mut Faults) {
    for (i, node) in document.nodes.iter().enumerate() {
        let Some(weighting) = &node.weighting else { continue };
        let children = tree.children_of((tree.total != Some(i)).then_some(i));
        if children.iter().any(|child| unreadable.contains(child)) {
            continue;
        }
        let counted: Vec<&Node> =
            children.iter().map(|&child| &document.nodes[child]).filter(|child| child.weight > 0.0).collect();
        let place = Place { document, node, children: &counted, at: format!("/nodes/{i}/weighting") };
        if node.indicator.is_some() {
            faults.push(place.fault(
                "weighting.leaf",
                ("指标分项没有下级，不能推导权重", "an indicator has no children whose weights could be derived"),
                ("删除 weighting，或移到上级节点", "remove 'weighting', or move it to the parent"),
            ));
            continue;
        }
        if *weighting != Weighting::Given {
            place.surroundings(weighting, faults);
        }
        place.method(weighting, &place.at, faults);
    }
}

/// A node whose children's weights are derived.
struct Place<'d> {
    document: &'d SetDocument,
    node: &'d Node,
    /// The children with a weight above 0.
    children: &'d [&'d Node],
    at: String,
}

impl Place<'_> {
    fn fault(&self, code: &'static str, (zh, en): (&str, &str), (hint_zh, hint_en): (&str, &str)) -> Fault {
        Fault::error(code, zh, en).at(self.at.clone()).of(self.node.code.clone()).hint(hint_zh, hint_en)
    }

    fn aggregation(&self) -> &Aggregation {
        self.node.aggregation.as_ref().unwrap_or(&self.document.aggregation)
    }

    /// What stands around the node and takes the sense out of derived weights.
    fn surroundings(&self, weighting: &Weighting, faults: &mut Faults) {
        if let Some(child) = self.children.iter().find(|child| child.weight_of != WeightOf::Siblings) {
            faults.push(
                self.fault(
                    "weighting.weight_of",
                    ("推导的权重只表示同级之间的相对大小", "derived weights are relative to each other"),
                    ("下级的 weight_of 取 siblings", "give the children weight_of: siblings"),
                )
                .value(child.code.clone()),
            );
        }
        let method = &self.aggregation().method;
        if matches!(method, Method::Minimum | Method::Median | Method::Owa { .. }) {
            faults.push(
                self.fault(
                    "weighting.unused",
                    ("该节点的聚合方法不使用权重", "the aggregation of this node does not use weights"),
                    ("改用其他聚合方法，或删除 weighting", "use another aggregation, or remove 'weighting'"),
                )
                .value(method.word()),
            );
        }
        let linear = matches!(weighting, Weighting::BenefitOfTheDoubt { .. }) || holds(weighting, &is_optimised);
        if linear && *method != Method::Arithmetic {
            faults.push(
                self.fault(
                    "weighting.aggregation",
                    ("该权重方法以加权算术平均为前提", "this method supposes the weighted arithmetic mean"),
                    ("该节点的聚合方法取 arithmetic", "give the node the aggregation 'arithmetic'"),
                )
                .value(method.word())
                .expected("arithmetic"),
            );
        }
        if matches!(weighting, Weighting::BenefitOfTheDoubt { .. }) && self.document.arithmetic == Arithmetic::Points {
            faults.push(self.fault(
                "weighting.arithmetic",
                ("分值制下各城市的权重必须相同", "under points arithmetic every city has the same weights"),
                ("改用 arithmetic: scores，或其他权重方法", "use arithmetic: scores, or another method"),
            ));
        }
    }

    fn method(&self, weighting: &Weighting, at: &str, faults: &mut Faults) {
        if let Some(Cohort::Base(base)) = weighting.cohort()
            && let Err(fault) = base.parse::<Period>()
        {
            faults.push(fault.at(format!("{at}/cohort/base")).of(self.node.code.clone()));
        }
        if weighting.evidence() == Some(Evidence::Raw) {
            self.raw(at, faults);
        }
        match weighting {
            Weighting::Ahp { matrices, accept_above } => self.judgements(matrices, *accept_above, at, faults),
            Weighting::Entropy { shift, .. } if *shift < 0.0 => faults.push(
                Fault::error("weighting.shift", "shift 不能为负", "the shift cannot be negative")
                    .at(format!("{at}/shift"))
                    .of(self.node.code.clone())
                    .value(shift.to_string())
                    .hint("请取 0 或正数", "take 0 or more"),
            ),
            Weighting::BenefitOfTheDoubt { shares: Some(shares), .. } => self.shares(*shares, at, faults),
            Weighting::Correlations { aim, targets: Some(targets), .. } => self.targets(*aim, targets, at, faults),
            Weighting::Mix { of, combine } => self.mixture(of, *combine, at, faults),
            _ => {}
        }
    }

    fn raw(&self, at: &str, faults: &mut Faults) {
        let has_number = |child: &&&Node| {
            let scoring = child.indicator.as_ref().map(|indicator| &indicator.scoring);
            scoring.is_some_and(|scoring| !matches!(scoring, Scoring::Choice { .. } | Scoring::Checklist { .. }))
        };
        if let Some(child) = self.children.iter().find(|child| !has_number(child)) {
            faults.push(
                Fault::error(
                    "weighting.raw",
                    format!("“{}”没有原始数值", child.code),
                    format!("'{}' has no raw number", child.code),
                )
                .at(format!("{at}/on"))
                .of(self.node.code.clone())
                .value("raw")
                .expected("min_max | scores")
                .hint(
                    "raw 只用于下级均为数值型指标分项的节点",
                    "'raw' is for nodes whose children are all indicators with numbers",
                ),
            );
        }
    }

    fn judgements(&self, matrices: &[Vec<Vec<f64>>], accept_above: f64, at: &str, faults: &mut Faults) {
        if matrices.is_empty() || accept_above < 0.0 {
            faults.push(
                Fault::error(
                    "weighting.ahp",
                    "至少一个判断矩阵，accept_above 不能为负",
                    "at least one matrix, and accept_above not negative",
                )
                .at(at)
                .of(self.node.code.clone())
                .hint("请补上", "add it"),
            );
        }
        for (m, matrix) in matrices.iter().enumerate() {
            let before = faults.0.len();
            self.judgement(matrix, &format!("{at}/matrices/{m}"), faults);
            if faults.0.len() == before {
                self.consistency(matrix, accept_above, &format!("{at}/matrices/{m}"), faults);
            }
        }
    }

    /// One expert's matrix: its form, cell by cell.
    fn judgement(&self, matrix: &[Vec<f64>], at: &str, faults: &mut Faults) {
        let count = self.children.len();
        let fault = |code, at: String, zh: &str, en: &str| Fault::error(code, zh, en).at(at).of(self.node.code.clone());
        if count > ahp::LARGEST {
            let (zh, en) =
                ("比较对象过多，没有公布的随机一致性指标", "there are too many objects; no random index is published for them");
            let sentence = fault("weighting.matrix_size", at.to_owned(), zh, en).value(count.to_string());
            faults.push(
                sentence
                    .expected(format!("..{}", ahp::LARGEST))
                    .hint("增加一个层级，分组比较", "put a level between, and compare in groups"),
            );
            return;
        }
        if matrix.len() != count || matrix.iter().any(|row| row.len() != count) {
            let (zh, en) = (
                "判断矩阵应为方阵，阶数等于计分的下级个数",
                "a matrix of judgements is square and as large as there are children that count",
            );
            let rows = matrix.iter().map(|row| row.len().to_string()).collect::<Vec<_>>().join(", ");
            let sentence = fault("weighting.matrix", at.to_owned(), zh, en).value(format!("{} x ({rows})", matrix.len()));
            faults.push(sentence.expected(format!("{count} x {count}")).hint("请补全矩阵", "complete the matrix"));
            return;
        }
        for (i, row) in matrix.iter().enumerate() {
            for (j, &judgement) in row.iter().enumerate() {
                let cell = format!("{at}/{i}/{j}");
                if judgement <= 0.0 {
                    let (zh, en) = ("判断值应大于 0", "a judgement is above 0");
                    let sentence = fault("weighting.judgement", cell, zh, en).value(judgement.to_string());
                    faults.push(sentence.hint("取 1 至 9 或其倒数", "take 1 to 9 or their reciprocals"));
                } else if j <= i && matrix[j][i] > 0.0 && (judgement * matrix[j][i] - 1.0).abs() > RECIPROCITY {
                    let (zh, en) = ("判断矩阵不互反", "the matrix is not reciprocal");
                    let sentence = fault("weighting.not_reciprocal", cell, zh, en).value(judgement.to_string());
                    faults.push(sentence.expected(format!("{}", 1.0 / matrix[j][i])).hint(
                        "对角线取 1，对称位置互为倒数（误差 1% 以内，例如 3 与 0.333）",
                        "the diagonal is 1 and mirrored cells are reciprocals within 1 %, such as 3 and 0.333",
                    ));
                }
            }
        }
    }

    fn consistency(&self, matrix: &[Vec<f64>], accept_above: f64, at: &str, faults: &mut Faults) {
        if matrix.is_empty() {
            return;
        }
        let ratio = ahp::priorities(matrix).consistency_ratio;
        if ratio > accept_above {
            faults.push(
                Fault::error(
                    "weighting.inconsistent",
                    format!("判断矩阵的一致性比例为 {ratio:.4}，超过 {accept_above}"),
                    format!("the consistency ratio of the judgements is {ratio:.4}, above {accept_above}"),
                )
                .at(at)
                .of(self.node.code.clone())
                .value(ratio.to_string())
                .expected(format!("..{accept_above}"))
                .hint(
                    "请专家修正判断；确需接受时调高 accept_above",
                    "let the expert judge again, or accept it with 'accept_above'",
                ),
            );
        }
    }

    fn shares(&self, [low, high]: [f64; 2], at: &str, faults: &mut Faults) {
        let fault = |zh: String, en: String| {
            Fault::error("weighting.shares", zh, en)
                .at(format!("{at}/shares"))
                .of(self.node.code.clone())
                .value(format!("[{low}, {high}]"))
                .hint("例如 [0.05, 0.3]", "[0.05, 0.3], for example")
        };
        let count = self.children.len() as f64;
        if !(0.0 <= low && low < high && high <= 1.0) {
            faults.push(fault("shares 应递增且在 0 与 1 之间".into(), "the shares rise and lie between 0 and 1".into()));
        } else if count * low > 1.0 + TOLERANCE || count * high < 1.0 - TOLERANCE {
            faults.push(fault(
                format!("{count} 个下级的占比不可能都在 {low} 与 {high} 之间而合计为 1"),
                format!("{count} shares between {low} and {high} cannot add up to 1"),
            ));
        }
    }

    fn targets(&self, aim: Aim, targets: &[f64], at: &str, faults: &mut Faults) {
        let fault = |zh: &str, en: &str| {
            Fault::error("weighting.targets", zh, en)
                .at(format!("{at}/targets"))
                .of(self.node.code.clone())
                .expected(self.children.len().to_string())
                .hint("每个计分的下级一个正数，按次序排列", "give a positive number for each child that counts, in their order")
        };
        if aim == Aim::Infomax {
            faults.push(fault("infomax 不使用 targets", "'infomax' uses no targets"));
        } else if targets.len() != self.children.len() || targets.iter().any(|target| *target <= 0.0) {
            faults.push(fault("targets 应为每个下级一个正数", "the targets are one positive number for each child"));
        }
    }

    fn mixture(&self, of: &[MixPart], combine: Combination, at: &str, faults: &mut Faults) {
        let sum: f64 = of.iter().map(|part| part.part).sum();
        let adds_up = combine == Combination::Product || (sum - 1.0).abs() <= TOLERANCE;
        if of.is_empty() || of.iter().any(|part| part.part < 0.0) || sum <= 0.0 || !adds_up {
            faults.push(
                Fault::error(
                    "weighting.mix",
                    "混合的各部分不为负且合计为 1",
                    "the parts of a mixture are not negative and add up to 1",
                )
                .at(format!("{at}/of"))
                .of(self.node.code.clone())
                .value(sum.to_string())
                .expected("1")
                .hint("调整 part；连乘时 part 为指数", "adjust the parts; under a product they are exponents"),
            );
        }
        for (i, part) in of.iter().enumerate() {
            self.method(&part.weighting, &format!("{at}/of/{i}"), faults);
        }
    }
}

fn is_optimised(weighting: &Weighting) -> bool {
    matches!(weighting, Weighting::Correlations { .. })
}

/// Whether a method or a part of a mixture is of a kind.
fn holds(weighting: &Weighting, kind: &impl Fn(&Weighting) -> bool) -> bool {
    match weighting {
        Weighting::Mix { of, .. } => of.iter().any(|part| kind(&part.weighting)),
        other => kind(other),
    }
}

#[cfg(test)]
mod tests;
