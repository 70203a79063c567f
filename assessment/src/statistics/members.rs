//! Which nodes below a node are looked at together.

use citygauge_indicators::{IndicatorSet, NodeIndex};

/// Which nodes below a node are its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Members {
    /// Its children.
    #[default]
    Children,
    /// Every leaf below it.
    Leaves,
    /// Every node below it that stands at a depth; TOTAL stands at 0.
    Depth(u32),
}

impl Members {
    /// The members of a node, in the order of the set.
    #[must_use]
    pub fn of(self, set: &IndicatorSet, node: NodeIndex) -> Vec<NodeIndex> {
        let below = |found: &dyn Fn(NodeIndex) -> bool| {
            let (mut members, mut open) = (Vec::new(), vec![node]);
            while let Some(next) = open.pop() {
                if next != node && found(next) {
                    members.push(next);
                } else {
                    open.extend(set.nodes()[next].children.iter().rev());
                }
            }
            members
        };
        match self {
            Self::Children => set.nodes()[node].children.clone(),
            Self::Leaves => below(&|index| set.nodes()[index].leaf().is_some()),
            Self::Depth(depth) => below(&|index| set.nodes()[index].depth == depth),
        }
    }

    /// The inner nodes that have such members, with them, in the order of the set. `Depth` looks at each of a node's
    /// descendants, so it leaves out the nodes at that depth and below.
    pub(super) fn groups(self, set: &IndicatorSet, only: Option<NodeIndex>) -> Vec<(NodeIndex, Vec<NodeIndex>)> {
        let inner = (0..set.nodes().len()).filter(|&node| !set.nodes()[node].children.is_empty());
        let asked = inner.filter(|&node| only.is_none_or(|only| only == node));
        asked.map(|node| (node, self.of(set, node))).filter(|(_, members)| !members.is_empty()).collect()
    }
}
