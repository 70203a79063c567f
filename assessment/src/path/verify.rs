//! What the engine says of a path: nothing is claimed that it does not confirm.

use citygauge_indicators::NodeIndex;

use super::movable::Movable;
use super::request::Request;
use crate::assessment::Assessment;
use crate::error::Result;
use crate::what_if::{Supposed, with_values};

/// The nodes of the city where raw values have changed to these; `None` leaves one as it is. `items` are those that levels look at.
pub(super) fn supposed<'a>(
    assessment: &'a Assessment,
    request: &Request,
    movables: &[Movable],
    targets: &[Option<f64>],
    items: &[usize],
) -> Result<Vec<Supposed<'a>>> {
    let changed = || movables.iter().zip(targets).filter_map(|(movable, target)| Some((movable, (*target)?)));
    let values: Vec<(NodeIndex, f64)> =
        changed().flat_map(|(movable, target)| movable.leaves.iter().map(move |&leaf| (leaf, target))).collect();
    let items: Vec<(usize, f64)> =
        changed().filter_map(|(movable, target)| Some((movable.item.filter(|item| items.contains(item))?, target))).collect();
    with_values(assessment, &request.city, request.period, &values, &items)
}
