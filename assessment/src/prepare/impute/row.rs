//! The mean of a city's other indicators: each on a scale from the cohort's worst observed value (0) to its best (1) in
//! the period, the mean taken back to this indicator's scale.
//!
//! Source: COINr's `Impute` with `impute_by = "row"`, which normalises by min-max before and turns back after. An indicator
//! that is the same everywhere has no such scale and is no donor; one that is itself to be imputed takes that value.

use std::collections::BTreeMap;

use citygauge_indicators::{IndicatorSet, Leaf, NodeIndex, Within};
use dashu_ratio::RBig;

use super::{Imputed, Source};
use crate::exact::leaf::Cells;
use crate::measure::Measured;
use crate::normalise::{is_rising, number};

type Extents = BTreeMap<NodeIndex, [RBig; 2]>;

/// The leaves that `row_mean` looks at for a leaf, itself among them; an option is no number.
pub(super) fn family(set: &IndicatorSet, node: NodeIndex, within: Within) -> impl Iterator<Item = NodeIndex> + '_ {
    let parent = set.nodes()[node].parent;
    let is_meant = move |index: NodeIndex| within == Within::All || set.nodes()[index].parent == parent;
    let is_number = |leaf: &Leaf| leaf.options.is_empty();
    set.leaves().filter(move |(index, leaf)| is_meant(*index) && is_number(leaf)).map(|(index, _)| index)
}

/// Smallest and largest observed value of a leaf in the period, exactly.
pub(super) fn extent(cells: Cells, measured: &Measured, node: NodeIndex) -> Option<[RBig; 2]> {
    let (raw, values) = (measured.raw[&node], &measured.values[&node]);
    let ends = raw.extent?;
    let exactly = |extreme: f64, choose: fn(RBig, RBig) -> RBig| {
        if raw.is_decimal {
            return Some(number(extreme));
        }
        let near = |value: Option<f64>| value.is_some_and(|value| (value - extreme).abs() <= 2.0 * raw.bound);
        let rows = values.iter().enumerate().filter(|(_, value)| near(*value)).map(|(row, _)| row);
        rows.filter_map(|row| cells.value(node, row).0).reduce(choose)
    };
    Some([exactly(ends.smallest, RBig::min)?, exactly(ends.largest, RBig::max)?])
}

pub(super) fn mean(cells: Cells, node: NodeIndex, row: usize, within: Within, extents: &Extents) -> Option<Imputed> {
    let rises = |node: NodeIndex| cells.set.nodes()[node].leaf().is_some_and(|leaf| is_rising(leaf.direction));
    let share = |other: NodeIndex| -> Option<RBig> {
        let [low, high] = extents.get(&other)?;
        if low == high {
            return None;
        }
        let value = cells.value(other, row).0?;
        let above_worst = if rises(other) { value - low } else { high - value };
        Some(above_worst / (high - low))
    };
    let [low, high] = extents.get(&node)?;
    let shares: Vec<RBig> = family(cells.set, node, within).filter(|&other| other != node).filter_map(share).collect();
    let indicators = shares.len();
    let mean = super::peers::mean(shares)?;
    let value = if rises(node) { low + mean * (high - low) } else { high - mean * (high - low) };
    Some(Imputed { value, source: Source::Row { indicators } })
}
