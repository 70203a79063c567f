//! What if single indicators of a city had other raw values, whatever items they are made of.

use citygauge_indicators::{NodeIndex, Period};

use super::changes::place;
use super::{Supposed, Supposing};
use crate::assessment::Assessment;
use crate::error::Result;
use crate::numbers::{extent, patched};

/// The nodes of one city with other raw values of some leaves, in the order of the tree. Every other leaf stays as it is, also
/// where it reads the same items; `items` are the places of data items with other values, which only the levels look at.
///
/// # Errors
/// A city or period without results; a node above a change that benefit of the doubt weighs.
pub(crate) fn with_values<'a>(
    assessment: &'a Assessment,
    city: &str,
    period: Period,
    values: &[(NodeIndex, f64)],
    items: &[(usize, f64)],
) -> Result<Vec<Supposed<'a>>> {
    let (at, row) = place(assessment, city, period)?;
    let leaves: Vec<NodeIndex> = values.iter().map(|(leaf, _)| *leaf).collect();
    let set = assessment.set_of(period).with_raw_values(&leaves);
    let mut observations = assessment.observations.clone();
    let slice = &mut observations.slices[at];
    for &(item, value) in items {
        slice.items[item] = patched(&slice.items[item], [(row, Some(value))]);
    }
    for &(leaf, value) in values {
        // The raw values of the others stay, for the ties of ranks.
        let column = patched(&assessment.measured[at].values[&leaf], [(row, Some(value))]);
        slice.extents.push(extent(&column));
        slice.items.push(column);
    }
    Supposing::new(assessment, &set, &observations, at, row)?.run(&leaves)
}
