//! The city's own values of other periods of the same length.
//!
//! Source: COINr's `impute_panel`: `latest`, and R's `approx` with the methods `constant` and `linear`; time is counted in
//! periods, so that a period without any data still counts.

use citygauge_indicators::{Ends, NodeIndex, Period};
use dashu_ratio::RBig;

use super::{Imputed, Source};
use crate::exact::leaf::Cells;

/// A value that the city has in another period.
struct Own {
    value: RBig,
    period: Period,
}

impl Own {
    fn imputed(self) -> Imputed {
        Imputed { value: self.value, source: Source::Period(self.period) }
    }
}

/// The latest of at most `at_most` periods earlier; before the first value nothing, or the first.
pub(super) fn previous(cells: Cells, node: NodeIndex, row: usize, at_most: u32, ends: Ends) -> Option<Imputed> {
    let city = cells.slice.cities[row];
    if let Some(own) = cells.observations.slices_before(cells.at, at_most).find_map(|at| own(cells, node, city, at)) {
        return Some(own.imputed());
    }
    let is_first = || !earlier(cells).any(|at| own(cells, node, city, at).is_some());
    if ends == Ends::Constant && is_first() {
        later(cells).find_map(|at| own(cells, node, city, at)).map(Own::imputed)
    } else {
        None
    }
}

/// On the line between the nearest earlier and the nearest later value; where one of them is absent nothing, or the
/// other.
pub(super) fn interpolated(cells: Cells, node: NodeIndex, row: usize, ends: Ends) -> Option<Imputed> {
    let city = cells.slice.cities[row];
    let before = earlier(cells).find_map(|at| own(cells, node, city, at));
    let after = later(cells).find_map(|at| own(cells, node, city, at));
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        (before, after) => return before.or(after).filter(|_| ends == Ends::Constant).map(Own::imputed),
    };
    let since = cells.slice.period.since(before.period)?;
    let span = after.period.since(before.period)?;
    let share = RBig::from(since) / RBig::from(span);
    let value = &before.value + share * (after.value - &before.value);
    Some(Imputed { value, source: Source::Between(before.period, after.period) })
}

/// The slices of earlier periods of the same length, the latest first.
fn earlier<'c>(cells: Cells<'c>) -> impl Iterator<Item = usize> + 'c {
    cells.observations.slices_before(cells.at, u32::MAX)
}

/// The slices of later ones, the earliest first.
fn later<'c>(cells: Cells<'c>) -> impl Iterator<Item = usize> + 'c {
    let is_alike = move |&at: &usize| cells.slice.period.since(cells.observations.slices[at].period).is_some();
    (cells.at + 1..cells.observations.slices.len()).take_while(is_alike)
}

/// The raw value that a city has in a slice.
fn own(cells: Cells, node: NodeIndex, city: usize, at: usize) -> Option<Own> {
    let slice = &cells.observations.slices[at];
    let row = slice.row_of(city)?;
    let value = Cells::new(cells.set, cells.observations, at).value(node, row).0?;
    Some(Own { value, period: slice.period })
}
