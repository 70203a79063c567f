//! The nodes that a chart of one depth of the tree shows.

use citygauge_indicators::{IndicatorSet, NodeIndex};

use crate::error::Failure;

/// The nodes of a depth, of the dimensions unless given, and the leaves above it, so that together they are the whole total.
///
/// # Errors
/// A depth that the tree does not have; TOTAL alone is none.
pub(super) fn nodes_at(set: &IndicatorSet, depth: Option<u32>) -> Result<Vec<NodeIndex>, Failure> {
    let (nodes, depth) = (set.nodes(), depth.unwrap_or(1));
    if depth == 0 || !nodes.iter().any(|node| node.depth == depth) {
        return Err(Failure::absent("该指标体系没有这一层级", "the tree of the set has no such depth"));
    }
    let stands_there = |node: &NodeIndex| {
        let node = &nodes[*node];
        node.depth == depth || (node.depth < depth && node.children.is_empty())
    };
    Ok((1..nodes.len()).filter(stands_there).collect())
}
