//! Whether a node applies to a city (section 4.5 of the method).

use std::collections::BTreeMap;

use citygauge_indicators::{IndicatorSet, NodeIndex};
use polars::prelude::*;

use super::counted_children;
use crate::columns;
use crate::measure::Measured;
use crate::observations::Slice;

/// Whether a node applies, for the nodes that do not apply to every city.
#[derive(Debug, Clone, Default)]
pub(crate) struct Applicability(BTreeMap<NodeIndex, BooleanChunked>);

impl Applicability {
    /// A leaf does not apply when it has no raw value and an item it reads is not applicable, a checklist when all of
    /// its items are; an inner node when nothing below it applies.
    pub(crate) fn of(set: &IndicatorSet, slice: &Slice, measured: &Measured) -> Self {
        let mut absent: BTreeMap<NodeIndex, BooleanChunked> = BTreeMap::new();
        for (node, leaf) in set.leaves() {
            let concerned: Vec<&BooleanChunked> = leaf.items.iter().filter_map(|item| slice.not_applicable.get(item)).collect();
            let is_checklist = leaf.formula.is_none();
            if is_checklist && concerned.len() < leaf.items.len() {
                continue;
            }
            let together = |one: BooleanChunked, other: &BooleanChunked| if is_checklist { &one & other } else { &one | other };
            let Some((first, others)) = concerned.split_first() else { continue };
            let flags = others.iter().fold((*first).clone(), |flags, other| together(flags, other));
            absent.insert(node, &flags & &measured.values[&node].is_null());
        }
        for (index, node) in set.nodes().iter().enumerate().rev().filter(|(_, node)| !node.children.is_empty()) {
            let below: Option<Vec<&BooleanChunked>> = counted_children(set, node).map(|child| absent.get(&child)).collect();
            if let Some((first, others)) = below.as_deref().and_then(<[_]>::split_first) {
                let all = others.iter().fold((*first).clone(), |all, next| &all & *next);
                absent.insert(index, all);
            }
        }
        Self(absent.into_iter().filter(|(_, flags)| flags.any()).map(|(node, flags)| (node, !&flags)).collect())
    }

    /// Whether a node applies in a row.
    pub(crate) fn applies(&self, node: NodeIndex, row: usize) -> bool {
        self.flags(node).is_none_or(|flags| flags.get(row) != Some(false))
    }

    /// Whether a node applies, row by row; `None` where it does to every city.
    pub(super) fn flags(&self, node: NodeIndex) -> Option<&BooleanChunked> {
        self.0.get(&node)
    }

    /// The same as an expression over [`Self::columns`].
    pub(super) fn expression(&self, node: NodeIndex) -> Option<Expr> {
        self.0.contains_key(&node).then(|| col(columns::applies(node)))
    }

    /// A column for every node that does not apply to every city.
    pub(super) fn columns(&self) -> impl Iterator<Item = Column> + '_ {
        self.0.iter().map(|(&node, flags)| flags.clone().with_name(columns::applies(node)).into_column())
    }
}
