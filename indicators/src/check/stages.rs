//! Staged models: which requirements speak of which node.
//!
//! TOTAL rests on every requirement. Any other node rests on those that name it or a node below it, those that name an
//! item which a leaf below it reads, and those that count nodes all of which lie below it. A node of which nothing
//! speaks, and which is only listed in `of`, shows the level of the model as a whole.

use std::collections::BTreeMap;

use crate::document::SetDocument;
use crate::document::level::{Levels, Requirement};
use crate::fault::{Fault, Faults};
use crate::set::{NodeIndex, SetNode};

/// For each stage, the places of its requirements that speak of a node.
pub(crate) type Speaking = Vec<Vec<usize>>;

/// The requirements of every node whose level is read or counted; a counted node of which nothing speaks is a fault.
pub(super) fn resolve(document: &SetDocument, nodes: &[SetNode], faults: &mut Faults) -> BTreeMap<NodeIndex, Speaking> {
    let Some(levels) = document.levels.as_ref().filter(|levels| !levels.staged.is_empty()) else { return BTreeMap::new() };
    let model = Model { document, nodes, levels };
    let all = || levels.staged.iter().map(|stage| (0..stage.require.len()).collect()).collect::<Speaking>();
    let mut resolved = BTreeMap::from([(0, all())]);
    for node in levels.of.iter().filter_map(|code| model.place(code)).filter(|&node| node != 0) {
        resolved.insert(node, model.speaking(node).unwrap_or_else(all));
    }
    for (i, stage) in levels.staged.iter().enumerate() {
        for (j, requirement) in stage.require.iter().enumerate() {
            let Requirement::Nodes { nodes: counted, .. } = requirement else { continue };
            for (k, code) in counted.iter().enumerate() {
                match model.place(code).filter(|&node| node != 0).map(|node| (node, model.speaking(node))) {
                    Some((node, Some(speaking))) => drop(resolved.insert(node, speaking)),
                    _ => faults.push(unspoken(code, &format!("/levels/staged/{i}/require/{j}/nodes/{k}"))),
                }
            }
        }
    }
    resolved
}

struct Model<'m> {
    document: &'m SetDocument,
    nodes: &'m [SetNode],
    levels: &'m Levels,
}

impl Model<'_> {
    fn place(&self, code: &str) -> Option<NodeIndex> {
        self.nodes.iter().position(|node| node.code == code)
    }

    /// The requirements that speak of a node other than TOTAL, stage by stage; none where there is none.
    fn speaking(&self, node: NodeIndex) -> Option<Speaking> {
        let of_stage = |require: &Vec<Requirement>| {
            let speaks = require.iter().enumerate().filter(|(_, requirement)| self.speaks(requirement, node));
            speaks.map(|(place, _)| place).collect::<Vec<usize>>()
        };
        let speaking: Speaking = self.levels.staged.iter().map(|stage| of_stage(&stage.require)).collect();
        speaking.iter().any(|places| !places.is_empty()).then_some(speaking)
    }

    fn speaks(&self, requirement: &Requirement, node: NodeIndex) -> bool {
        let within = |code: &str| self.place(code).is_some_and(|place| place == node || self.is_below(place, node));
        match requirement {
            Requirement::Node { node: named, .. } => within(named),
            Requirement::Item { item, .. } => {
                let reads = |leaf: &SetNode| {
                    leaf.leaf().is_some_and(|leaf| leaf.items.iter().any(|&read| self.document.items[read].code == *item))
                };
                self.nodes.iter().enumerate().any(|(place, leaf)| (place == node || self.is_below(place, node)) && reads(leaf))
            }
            Requirement::Nodes { nodes: counted, .. } => {
                counted.iter().all(|code| self.place(code).is_some_and(|place| self.is_below(place, node)))
            }
        }
    }

    fn is_below(&self, place: NodeIndex, above: NodeIndex) -> bool {
        std::iter::successors(self.nodes[place].parent, |&parent| self.nodes[parent].parent).any(|parent| parent == above)
    }
}

fn unspoken(code: &str, at: &str) -> Fault {
    Fault::error(
        "level.no_stage",
        format!("没有任何等级对“{code}”单独提出要求，它自身没有等级"),
        format!("no stage requires anything of '{code}' by itself, so it has no level of its own"),
    )
    .at(at)
    .of(code)
    .hint("为它或其下级节点提出要求，或改列其他节点", "require something of it or of what is below it, or list other nodes")
}
