//! What if single indicators of a city had other raw values, whatever items they are made of.

use citygauge_indicators::{NodeIndex, Period};

use super::changes::{Admitted, place, put, reading};
use super::{Supposed, Supposing};
use crate::assessment::Assessment;
use crate::error::Result;
use crate::numbers::patched;

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
    let set = assessment.set_of(period);
    let supposed = [(row, Admitted { items: Vec::new(), leaves: values.to_vec() })];
    let mut observations = assessment.observations.clone();
    put(&mut observations, at, &supposed);
    for &(item, value) in items {
        let column = &mut observations.slices[at].items[item];
        *column = patched(column, [(row, Some(value))]);
    }
    let leaves = reading(set, &supposed[0].1, &observations, at, row);
    Supposing::new(assessment, set, &observations, at, row)?.run(&leaves)
}
