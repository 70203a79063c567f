//! Imputation: a number in the place of a raw value that is missing but applies.
//!
//! Only values that were observed in the data serve as donors, never imputed ones, so that the order of the leaves, cities
//! and periods means nothing. Where there is no donor the value stays missing, with a warning.
//!
//! **Adding a method:** write its file, add its arm to [`exact`] and what it needs of the cohort to [`fit`].

mod across;
mod peers;
mod row;

use std::collections::BTreeMap;

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Fault, Imputation, IndicatorSet, NodeIndex, Period};
use dashu_ratio::RBig;

use super::{Preparation, Prepared};
use crate::exact::leaf::Cells;
use crate::measure::Measured;
use crate::normalise::Raw;
use crate::numbers::{extent, patched};
use crate::observations::Observations;
use peers::Peers;

/// A number that was imputed, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Imputed {
    pub value: RBig,
    pub source: Source,
}

/// Where an imputed number comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// The mean of other cities' values.
    Mean { group: Option<String>, cities: usize },
    /// The median of other cities' values.
    Median { group: Option<String>, cities: usize },
    /// The city's own value of another period.
    Period(Period),
    /// The line between the city's own values of two periods.
    Between(Period, Period),
    /// The city's other indicators.
    Row { indicators: usize },
}

/// What imputation reads of the cohort in one period.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Statistics {
    /// The donors' statistic of each leaf, by the attribute that they share; one for all under `None`.
    peers: BTreeMap<NodeIndex, BTreeMap<Option<String>, Peers>>,
    /// Smallest and largest observed value of the leaves that `row_mean` looks at.
    extents: BTreeMap<NodeIndex, [RBig; 2]>,
}

/// Fits what the imputations of a set read of the cohort in one period.
pub(crate) fn fit(set: &IndicatorSet, observations: &Observations, measured: &Measured, at: usize) -> Statistics {
    let cells = Cells::new(set, observations, at);
    let mut statistics = Statistics::default();
    for (node, leaf) in set.leaves() {
        match &leaf.imputation {
            Imputation::Mean { group } => {
                statistics.peers.insert(node, peers::fit(cells, measured, node, group.as_deref(), peers::mean));
            }
            Imputation::Median { group } => {
                statistics.peers.insert(node, peers::fit(cells, measured, node, group.as_deref(), peers::median));
            }
            Imputation::RowMean { within } => {
                for other in row::family(set, node, *within) {
                    if !statistics.extents.contains_key(&other) {
                        statistics.extents.extend(row::extent(cells, measured, other).map(|ends| (other, ends)));
                    }
                }
            }
            Imputation::None | Imputation::Previous { .. } | Imputation::Interpolate { .. } => {}
        }
    }
    statistics
}

/// What is imputed for a cell without a raw value.
pub(crate) fn exact(cells: Cells, node: NodeIndex, row: usize, statistics: &Statistics) -> Option<Imputed> {
    let leaf = cells.set.nodes()[node].leaf()?;
    if leaf.imputation == Imputation::None || leaf.items.iter().any(|&item| cells.slice.is_not_applicable(item, row)) {
        return None;
    }
    match &leaf.imputation {
        Imputation::None => None,
        Imputation::Mean { group } => {
            let (value, cities, group) = peers::of(cells, row, statistics.peers.get(&node)?, group.as_deref())?;
            Some(Imputed { value, source: Source::Mean { group, cities } })
        }
        Imputation::Median { group } => {
            let (value, cities, group) = peers::of(cells, row, statistics.peers.get(&node)?, group.as_deref())?;
            Some(Imputed { value, source: Source::Median { group, cities } })
        }
        Imputation::Previous { at_most, ends } => across::previous(cells, node, row, *at_most, *ends),
        Imputation::Interpolate { ends } => across::interpolated(cells, node, row, *ends),
        Imputation::RowMean { within } => row::mean(cells, node, row, *within, &statistics.extents),
    }
}

/// The columns of the leaves in which something was imputed, with a warning for each value that no donor was found for.
pub(crate) fn columns(
    cells: Cells,
    measured: &Measured,
    preparation: &Preparation,
) -> (BTreeMap<NodeIndex, Prepared>, Vec<Fault>) {
    let (mut columns, mut warnings) = (BTreeMap::new(), Vec::new());
    for (node, leaf) in cells.set.leaves() {
        let values = &measured.values[&node];
        if leaf.imputation == Imputation::None || values.null_count() == 0 {
            continue;
        }
        let applies = |row: &usize| !leaf.items.iter().any(|&item| cells.slice.is_not_applicable(item, *row));
        let missing = (0..values.len()).filter(|&row| values.get(row).is_none()).filter(applies);
        let mut found = Vec::new();
        for row in missing {
            match preparation.imputed(cells, node, row).map(|imputed| nearest_double(&imputed.value)) {
                Some(value) => found.push((row, value)),
                None => warnings.push(cells.located(no_donor(), &cells.set.nodes()[node].code, row)),
            }
        }
        if !found.is_empty() {
            columns.insert(node, filled(measured, node, &leaf.imputation, &found));
        }
    }
    (columns, warnings)
}

/// The raw column with the imputed values in their places.
fn filled(measured: &Measured, node: NodeIndex, imputation: &Imputation, found: &[(usize, f64)]) -> Prepared {
    let (raw, values) = (measured.raw[&node], &measured.values[&node]);
    let is_found = |row: usize| found.binary_search_by_key(&row, |(found, _)| *found).is_ok();
    let imputed = (0..values.len()).map(|row| Some(is_found(row))).collect();
    let values = patched(values, found.iter().map(|&(row, value)| (row, Some(value))));
    let extent = extent(&values);
    // The nearest double of an exact value is half a unit in the last place away at most.
    let made = Raw::decimal(extent);
    let is_decimal = raw.is_decimal && matches!(imputation, Imputation::Previous { .. });
    Prepared { raw: Raw { bound: raw.bound.max(made.bound), is_decimal, ..made }, values, imputed: Some(imputed) }
}

fn no_donor() -> Fault {
    Fault::warning(
        "imputation.no_donor",
        "没有可用于插补的取值，按缺失处理",
        "no value to impute from was found; it stays missing",
    )
    .hint("补充数据，或换用其他插补方法", "add the data, or use another imputation")
}
