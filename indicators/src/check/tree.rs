//! The tree: codes, parents, leaves.

use std::collections::{HashMap, HashSet};

use dashu_ratio::RBig;

use super::reported_points;
use crate::TOTAL;
use crate::document::SetDocument;
use crate::document::aggregation::Method;
use crate::document::node::Node;
use crate::document::node::WeightOf;
use crate::exact::rational;
use crate::fault::{Fault, Faults};
use crate::set::{Leaf, NodeKind, Places, SetNode};

/// The tree by places in the document; `None` stands for a TOTAL that is not listed.
pub(super) struct Tree {
    /// The place of TOTAL in the document, where it is listed.
    pub total: Option<usize>,
    /// The children of each listed node, and of TOTAL under `None`.
    pub children: HashMap<Option<usize>, Vec<usize>>,
}

impl Tree {
    pub(super) fn children_of(&self, parent: Option<usize>) -> &[usize] {
        self.children.get(&parent).map_or(&[], Vec::as_slice)
    }
}

pub(super) fn check(document: &SetDocument, unreadable: &HashSet<usize>, faults: &mut Faults) -> Option<Tree> {
    if document.nodes.len() > super::MAX_NODES {
        faults.push(
            Fault::error(
                "set.too_large",
                format!("节点过多：最多 {} 个", super::MAX_NODES),
                format!("there are too many nodes: at most {}", super::MAX_NODES),
            )
            .at("/nodes")
            .value(document.nodes.len().to_string())
            .expected(format!("..{}", super::MAX_NODES))
            .hint("请拆分指标体系", "split the set"),
        );
        return None;
    }
    let by_code = codes(document, faults);
    let total = by_code.get(TOTAL).copied();
    if let Some(i) = total {
        total_itself(&document.nodes[i], i, faults);
    }
    let mut children: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    let mut parent_of: HashMap<usize, Option<usize>> = HashMap::new();
    for (i, node) in document.nodes.iter().enumerate().filter(|(i, node)| Some(*i) != total && !node.code.is_empty()) {
        let parent = match node.parent.as_deref() {
            None | Some(TOTAL) => None,
            Some(code) => match by_code.get(code) {
                Some(&parent) => Some(parent),
                None => {
                    faults.push(
                        Fault::error(
                            "node.unknown_parent",
                            format!("上级节点“{code}”不存在"),
                            format!("there is no parent '{code}'"),
                        )
                        .at(format!("/nodes/{i}/parent"))
                        .of(node.code.clone())
                        .value(code)
                        .hint("改正拼写，或先定义上级节点", "correct its spelling, or define the parent"),
                    );
                    continue;
                }
            },
        };
        parent_of.insert(i, parent);
        children.entry(parent).or_default().push(i);
    }
    cycles(document, &parent_of, faults);
    for (i, node) in document.nodes.iter().enumerate().filter(|(i, node)| Some(*i) != total && !node.code.is_empty()) {
        let has_children = children.contains_key(&Some(i));
        let fault = match (&node.indicator, has_children) {
            (Some(_), true) => Fault::error(
                "node.leaf_with_children",
                format!("节点“{}”既有指标又有下级", node.code),
                format!("'{}' has both an indicator and children", node.code),
            )
            .hint("把指标移到单独的下级节点", "move the indicator into a child of its own"),
            (None, false) if !unreadable.contains(&i) => Fault::error(
                "node.no_indicator",
                format!("节点“{}”既没有下级也没有指标", node.code),
                format!("'{}' has neither children nor an indicator", node.code),
            )
            .hint("补上 indicator 或下级节点", "add an indicator or children"),
            _ => continue,
        };
        faults.push(fault.at(format!("/nodes/{i}")).of(node.code.clone()));
    }
    if !children.contains_key(&None) && parent_of.is_empty() {
        faults.push(
            Fault::error("set.no_nodes", "指标体系没有节点", "the set has no nodes")
                .at("/nodes")
                .hint("至少给出一个指标", "give at least one indicator"),
        );
    }
    Some(Tree { total, children })
}

fn codes(document: &SetDocument, faults: &mut Faults) -> HashMap<String, usize> {
    let mut by_code = HashMap::new();
    for (i, node) in document.nodes.iter().enumerate() {
        if node.title.is_empty() {
            faults.push(
                Fault::error("text.empty", "标题为空", "the title is empty")
                    .at(format!("/nodes/{i}/title"))
                    .of(node.code.clone())
                    .hint("请填写 zh 或 en", "give zh or en"),
            );
        }
        if !super::code(&node.code, &format!("/nodes/{i}/code"), faults) {
            continue;
        }
        if let Some(&first) = by_code.get(&node.code) {
            faults.push(
                Fault::error(
                    "node.duplicate",
                    format!("节点代码“{}”重复", node.code),
                    format!("two nodes have the code '{}'", node.code),
                )
                .at(format!("/nodes/{i}/code"))
                .of(node.code.clone())
                .hint(
                    format!("另一处在 /nodes/{first}，请改名或删除"),
                    format!("the other is /nodes/{first}: rename or remove one"),
                ),
            );
        } else {
            by_code.insert(node.code.clone(), i);
        }
    }
    by_code
}

fn total_itself(node: &Node, i: usize, faults: &mut Faults) {
    if node.parent.is_some() || node.weight != 1.0 || node.weight_of != WeightOf::Siblings || node.indicator.is_some() {
        faults.push(
            Fault::error("node.total", "TOTAL 没有上级、权重和指标", "TOTAL has no parent, no weight and no indicator")
                .at(format!("/nodes/{i}"))
                .of(TOTAL)
                .hint("只保留标题与计算设置", "keep only its title and settings"),
        );
    }
}

/// Names every cycle of parents once, at its first member, and every branch that is too deep.
fn cycles(document: &SetDocument, parent_of: &HashMap<usize, Option<usize>>, faults: &mut Faults) {
    // How deep each settled node stands; the nodes directly under TOTAL stand at 1.
    let mut depths: HashMap<usize, u32> = HashMap::new();
    let mut starts: Vec<usize> = parent_of.keys().copied().collect();
    starts.sort_unstable();
    for start in starts {
        let mut path: Vec<usize> = Vec::new();
        let mut on_path: HashMap<usize, usize> = HashMap::new();
        let mut at = Some(start);
        while let Some(i) = at.filter(|i| !depths.contains_key(i)) {
            if let Some(&first) = on_path.get(&i) {
                let around: Vec<&str> = path[first..].iter().map(|&member| document.nodes[member].code.as_str()).collect();
                let shown = around.iter().take(10).copied().collect::<Vec<_>>().join(" -> ");
                faults.push(
                    Fault::error("node.cycle", format!("上级关系形成环：{shown}"), format!("the parents form a cycle: {shown}"))
                        .at(format!("/nodes/{}/parent", path[first]))
                        .of(around[0])
                        .hint("改正其中一个 parent", "correct one of the parents"),
                );
                break;
            }
            on_path.insert(i, path.len());
            path.push(i);
            at = parent_of.get(&i).copied().flatten();
        }
        // A cycle has no depth, and neither has what hangs on it.
        let is_cycle = at.is_some_and(|at| on_path.contains_key(&at));
        let mut depth = at.and_then(|settled| depths.get(&settled)).copied().unwrap_or(0);
        for &i in path.iter().rev() {
            depth = if is_cycle { 0 } else { depth + 1 };
            depths.insert(i, depth);
            // What stands below is too deep as well, and is not named again.
            if depth == super::MAX_TREE_DEPTH + 1 {
                faults.push(
                    Fault::error("node.too_deep", "层级过深", "the tree is too deep")
                        .at(format!("/nodes/{i}/parent"))
                        .of(document.nodes[i].code.clone())
                        .expected(format!("..{}", super::MAX_TREE_DEPTH))
                        .hint("请减少层级", "use fewer levels"),
                );
            }
        }
    }
}

impl Tree {
    /// The nodes in the order of the checked set: TOTAL first, then depth first in the order of the document.
    pub(super) fn resolve(&self, document: &SetDocument, mut leaves: HashMap<usize, Leaf>) -> Vec<SetNode> {
        let mut nodes: Vec<SetNode> = Vec::with_capacity(document.nodes.len() + 1);
        nodes.push(settings(document, self.total.map(|i| &document.nodes[i]), None, 0, RBig::ONE, RBig::ONE));
        // Places still to visit, the next one on top, with their parent's index and their normalised weights.
        let mut stack: Vec<(usize, usize, RBig)> = self.sisters(document, None, 0);
        while let Some((i, parent, normalised)) = stack.pop() {
            let node = &document.nodes[i];
            let share = &nodes[parent].share * &normalised;
            let index = nodes.len();
            let mut resolved = settings(document, Some(node), Some(parent), nodes[parent].depth + 1, normalised, share);
            if let Some(leaf) = leaves.remove(&i) {
                resolved.kind = NodeKind::Leaf(Box::new(leaf));
            }
            nodes.push(resolved);
            nodes[parent].children.push(index);
            stack.extend(self.sisters(document, Some(i), index));
        }
        reported_points::enter(&mut nodes);
        nodes
    }

    /// The children of a place, last first, with the index of their parent and their normalised weights.
    fn sisters(&self, document: &SetDocument, parent: Option<usize>, index: usize) -> Vec<(usize, usize, RBig)> {
        let counts_points = document.aggregation_of(parent.or(self.total)).method == Method::ReportedPoints;
        let weigh = |i: usize| if counts_points { self.maximum_points(document, i) } else { weight(&document.nodes[i]) };
        let children: Vec<(usize, RBig)> = self.children_of(parent).iter().map(|&child| (child, weigh(child))).collect();
        let sum = children.iter().fold(RBig::ZERO, |sum, (_, weight)| sum + weight);
        children.into_iter().rev().map(|(child, weight)| (child, index, weight / &sum)).collect()
    }

    /// What the leaves at and below a node weigh.
    fn maximum_points(&self, document: &SetDocument, i: usize) -> RBig {
        match self.children_of(Some(i)) {
            [] => weight(&document.nodes[i]),
            children => children.iter().fold(RBig::ZERO, |sum, &child| sum + self.maximum_points(document, child)),
        }
    }
}

fn weight(node: &Node) -> RBig {
    rational(node.weight).expect("the check refuses weights that are not finite")
}

fn settings(
    document: &SetDocument,
    node: Option<&Node>,
    parent: Option<usize>,
    depth: u32,
    normalised_weight: RBig,
    share: RBig,
) -> SetNode {
    let rounding = document.rounding.as_ref();
    let mode = rounding.map_or(crate::RoundingMode::HalfUp, |rounding| rounding.mode);
    let own_places = node.and_then(|node| node.round).map(|round| round.places);
    let set_places = rounding.filter(|rounding| match &rounding.depths {
        crate::Depths::All => true,
        crate::Depths::List(depths) => depths.contains(&depth),
    });
    let places = own_places.or(set_places.map(|rounding| rounding.places));
    SetNode {
        code: node.map_or(TOTAL, |node| &node.code).to_owned(),
        title: node.map_or_else(|| crate::Text::both("总分", "Total"), |node| node.title.clone()),
        parent,
        children: Vec::new(),
        terms: Vec::new(),
        depth,
        weight: node.map_or(1.0, |node| node.weight),
        weight_of: node.map_or(WeightOf::Siblings, |node| node.weight_of),
        normalised_weight,
        share,
        missing: node.and_then(|node| node.missing.clone()).unwrap_or_else(|| document.missing.clone()),
        min_coverage: node.and_then(|node| node.min_coverage).or(document.min_coverage),
        places: places.map(|places| Places { mode, places }),
        kind: NodeKind::Inner {
            aggregation: node.and_then(|node| node.aggregation.clone()).unwrap_or_else(|| document.aggregation.clone()),
            weighting: node.and_then(|node| node.weighting.clone()),
        },
    }
}
