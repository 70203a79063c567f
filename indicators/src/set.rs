//! The checked set: what the engine accepts, with its tree resolved and every default filled in.

use std::collections::{BTreeMap, HashMap};

use dashu_ratio::RBig;

use crate::check::stages::Speaking;
use crate::document::SetDocument;
use crate::document::aggregation::Aggregation;
use crate::document::imputation::Imputation;
use crate::document::indicator::{Direction, Display};
use crate::document::item::Item;
use crate::document::level::Levels;
use crate::document::missing::{MinCoverage, MissingRule};
use crate::document::node::{Node, WeightOf};
use crate::document::rounding::RoundingMode;
use crate::document::rule::Rule;
use crate::document::scoring::Scoring;
use crate::document::treatment::Treatment;
use crate::document::weighting::Weighting;
use crate::exact;
use crate::fault::{Fault, Faults};
use crate::formula::Formula;
use crate::text::Text;

/// The place of a node in [`IndicatorSet::nodes`].
pub type NodeIndex = usize;
/// The place of an item in [`IndicatorSet::items`].
pub type ItemIndex = usize;

/// An indicator set that passed the check; nothing in it contradicts anything else in it.
#[derive(Debug, Clone)]
pub struct IndicatorSet {
    pub(crate) document: SetDocument,
    pub(crate) digest: String,
    pub(crate) nodes: Vec<SetNode>,
    pub(crate) adjustments: Vec<Formula>,
    pub(crate) rules: Vec<SetRule>,
    pub(crate) node_by_code: HashMap<String, NodeIndex>,
    pub(crate) item_by_code: HashMap<String, ItemIndex>,
    pub(crate) stages: BTreeMap<NodeIndex, Speaking>,
    pub(crate) warnings: Faults,
}

/// A validation rule with its items found.
#[derive(Debug, Clone)]
pub struct SetRule {
    /// The rule as it was written.
    pub rule: Rule,
    /// The formula that must hold, where it is a rule of that kind.
    pub formula: Option<Formula>,
    /// The items that it reads, in the order of the rule; those of a formula by code.
    pub items: Vec<ItemIndex>,
}

/// How a node's result is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// What becomes of a half.
    pub mode: RoundingMode,
    /// Decimals kept.
    pub places: u32,
}

/// A node of the tree with all its settings resolved.
#[derive(Debug, Clone)]
pub struct SetNode {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// Its parent; only TOTAL has none. A parent always stands before its children.
    pub parent: Option<NodeIndex>,
    /// Its children, in the order of the document.
    pub children: Vec<NodeIndex>,
    /// The nodes that enter its aggregate: its children, or the leaves below it where points are counted over maximum
    /// points.
    pub terms: Vec<NodeIndex>,
    /// 0 for TOTAL.
    pub depth: u32,
    /// Its weight, as given.
    pub weight: f64,
    /// The scale of the weight.
    pub weight_of: WeightOf,
    /// Its weight over the sum of its sisters' weights, exactly; 1 for TOTAL.
    pub normalised_weight: RBig,
    /// The part of the total that it can contribute: its normalised weight times its parent's share.
    pub share: RBig,
    /// What happens in its parent when it has no score.
    pub missing: MissingRule,
    /// The least coverage below which it has no score.
    pub min_coverage: Option<MinCoverage>,
    /// How its result is rounded, if at all.
    pub places: Option<Places>,
    /// Leaf or inner node.
    pub kind: NodeKind,
}

/// What a node is made of.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// An aggregate of its children.
    Inner {
        /// How.
        aggregation: Aggregation,
        /// How the children's weights are derived, where they are not given.
        weighting: Option<Weighting>,
    },
    /// An indicator.
    Leaf(Box<Leaf>),
}

/// An indicator with its formula read.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// The formula; a checklist has none.
    pub formula: Option<Formula>,
    /// How the raw value becomes a score.
    pub scoring: Scoring,
    /// Which way the raw value is better.
    pub direction: Direction,
    /// The unit of the raw value.
    pub unit: Option<String>,
    /// How the raw value is shown.
    pub display: Display,
    /// What is done to the raw value before a cohort rule.
    pub treatment: Vec<Treatment>,
    /// How its missing raw values are imputed: as it says itself, else as the set says; never options and checklists.
    pub imputation: Imputation,
    /// The items it reads in the period itself.
    pub items: Vec<ItemIndex>,
    /// Under the rule `choice`, the options in the order of the numbers that stand for them: `false`, `true` for a
    /// boolean item (0 and 1), otherwise the options of the item (0, 1, 2 ...).
    pub options: Vec<String>,
}

impl IndicatorSet {
    /// The document it was made from.
    #[must_use]
    pub fn document(&self) -> &SetDocument {
        &self.document
    }

    /// Whether some indicator imputes missing raw values.
    #[must_use]
    pub fn imputes(&self) -> bool {
        self.leaves().any(|(_, leaf)| leaf.imputation != Imputation::None)
    }

    /// The SHA-256 digest of the canonical form.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The nodes, TOTAL first, every parent before its children, sisters in the order of the document.
    #[must_use]
    pub fn nodes(&self) -> &[SetNode] {
        &self.nodes
    }

    /// The data items, in the order of the document.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.document.items
    }

    /// The formulas of the adjustments, in the order of the document.
    #[must_use]
    pub fn adjustment_formulas(&self) -> &[Formula] {
        &self.adjustments
    }

    /// The validation rules, in the order of the document.
    #[must_use]
    pub fn rules(&self) -> &[SetRule] {
        &self.rules
    }

    /// The place of a node, by its code.
    #[must_use]
    pub fn node_index(&self, code: &str) -> Option<NodeIndex> {
        self.node_by_code.get(code).copied()
    }

    /// The place of an item, by its code.
    #[must_use]
    pub fn item_index(&self, code: &str) -> Option<ItemIndex> {
        self.item_by_code.get(code).copied()
    }

    /// The leaves with their places.
    pub fn leaves(&self) -> impl Iterator<Item = (NodeIndex, &Leaf)> {
        self.nodes.iter().enumerate().filter_map(|(index, node)| match &node.kind {
            NodeKind::Leaf(leaf) => Some((index, leaf.as_ref())),
            NodeKind::Inner { .. } => None,
        })
    }

    /// The full mark.
    #[must_use]
    pub fn full_mark(&self) -> f64 {
        self.document.full_mark
    }

    /// The rounding mode of the formula function `round`.
    #[must_use]
    pub fn rounding_mode(&self) -> RoundingMode {
        self.document.rounding.as_ref().map_or(RoundingMode::HalfUp, |rounding| rounding.mode)
    }

    /// The maturity levels, where the set has any.
    #[must_use]
    pub fn levels(&self) -> Option<&Levels> {
        self.document.levels.as_ref()
    }

    /// In a staged model, the places of the requirements that speak of a node, stage by stage: of TOTAL all; of another
    /// node those about it or what is below it; of a levelled node of which none speaks, all. `None` for a node whose
    /// level nobody asks for, and without a staged model.
    #[must_use]
    pub fn stage_requirements(&self, node: NodeIndex) -> Option<&[Vec<usize>]> {
        self.stages.get(&node).map(Vec::as_slice)
    }

    /// The codes of the nodes on which a level is read.
    #[must_use]
    pub fn levelled_nodes(&self) -> Vec<&str> {
        match self.levels() {
            None => Vec::new(),
            Some(levels) if levels.of.is_empty() => vec![crate::TOTAL],
            Some(levels) => levels.of.iter().map(String::as_str).collect(),
        }
    }

    /// Whether some node derives the weights of its children.
    #[must_use]
    pub fn derives_weights(&self) -> bool {
        self.nodes.iter().any(|node| match &node.kind {
            NodeKind::Inner { weighting, .. } => weighting.as_ref().is_some_and(|weighting| *weighting != Weighting::Given),
            NodeKind::Leaf(_) => false,
        })
    }

    /// The same set where some nodes have other weights, relative to their sisters: those that were derived. The document
    /// and its digest stay as they are. Weights below 0 or not finite count as 0; a weight of 0 is shown but not counted.
    #[must_use]
    pub fn with_weights(&self, weights: &BTreeMap<NodeIndex, f64>) -> Self {
        let mut set = self.clone();
        for (&node, &weight) in weights {
            set.nodes[node].weight = if weight.is_finite() { weight.max(0.0) } else { 0.0 };
            set.nodes[node].weight_of = WeightOf::Siblings;
        }
        let exactly = |weight: f64| exact::rational(weight).unwrap_or(RBig::ZERO);
        for parent in 0..set.nodes.len() {
            let children = set.nodes[parent].children.clone();
            let changed = children.iter().any(|child| weights.contains_key(child));
            let sum = children.iter().map(|&child| exactly(set.nodes[child].weight)).fold(RBig::ZERO, |sum, next| sum + next);
            for child in children {
                if changed && sum > RBig::ZERO {
                    set.nodes[child].normalised_weight = exactly(set.nodes[child].weight) / &sum;
                }
                set.nodes[child].share = &set.nodes[parent].share * &set.nodes[child].normalised_weight;
            }
        }
        set
    }

    /// The same set where a node derives the weights of its children in another way, to try it out; checked as the
    /// document is.
    ///
    /// # Errors
    /// An unknown node, and what the check finds wrong with the method there.
    pub fn with_weighting(&self, node: &str, weighting: Weighting) -> Result<Self, Faults> {
        let mut document = self.document.clone();
        match document.nodes.iter_mut().find(|known| known.code == node) {
            Some(known) => known.weighting = Some(weighting),
            None if node == crate::TOTAL => document.nodes.push(Node::total(weighting)),
            None => {
                return Err(Fault::error(
                    "weighting.unknown_node",
                    format!("指标体系中没有节点“{node}”"),
                    format!("the set has no node '{node}'"),
                )
                .value(node)
                .hint("检查节点代码", "check the code of the node")
                .into());
            }
        }
        document.check()
    }

    /// What the check found worth saying although it does not refuse the set.
    #[must_use]
    pub fn warnings(&self) -> &Faults {
        &self.warnings
    }
}

impl SetNode {
    /// The leaf, where it is one.
    #[must_use]
    pub fn leaf(&self) -> Option<&Leaf> {
        match &self.kind {
            NodeKind::Leaf(leaf) => Some(leaf),
            NodeKind::Inner { .. } => None,
        }
    }

    /// The share as the nearest double.
    #[must_use]
    pub fn share_f64(&self) -> f64 {
        exact::nearest_double(&self.share)
    }
}
