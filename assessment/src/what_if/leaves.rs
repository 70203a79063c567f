//! Other raw values of leaves, whatever formula they are made by.

use citygauge_indicators::{NodeIndex, Period};

use super::changes::{place, reading};
use super::{Supposed, Supposing};
use crate::assessment::Assessment;
use crate::error::Result;
use crate::normalise::number;

/// The nodes of one city where some leaves have other raw values, in the order of the tree.
///
/// # Errors
/// A city or period without results; a node above a change that benefit of the doubt weighs.
pub(crate) fn with_values<'a>(
    assessment: &'a Assessment,
    city: &str,
    period: Period,
    values: &[(NodeIndex, f64)],
) -> Result<Vec<Supposed<'a>>> {
    let (at, row) = place(assessment, city, period)?;
    let set = assessment.set_of(period);
    let mut observations = assessment.observations.clone();
    for &(leaf, value) in values {
        observations.slices[at].supposed.insert((leaf, row), number(value));
    }
    let mut leaves: Vec<NodeIndex> = reading(set, &[], &observations, at, row);
    leaves.extend(values.iter().map(|(leaf, _)| *leaf));
    leaves.sort_unstable();
    leaves.dedup();
    Supposing::new(assessment, set, &observations, at, row)?.run(&leaves)
}
