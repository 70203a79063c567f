//! Filling: what a missing rule puts in the place of a child without a score (section 4.5 of the method).
//!
//! Only own, published scores fill, never filled ones. Where nothing is found the child is left out.

use citygauge_indicators::{MissingRule, NodeIndex, SetNode};
use polars::prelude::*;

use crate::columns;
use crate::observations::Observations;
use crate::tree::Computed;

/// Whether the rule of a node looks for a score elsewhere.
pub(crate) fn looks_elsewhere(node: &SetNode) -> bool {
    matches!(node.missing, MissingRule::PeerMean { .. } | MissingRule::PeerMedian { .. } | MissingRule::Previous { .. })
}

/// The mean or median of the cohort's own scores in the period; the median of an even count is the mean of the two in
/// the middle (R's type 7).
pub(crate) fn of_peers(node: NodeIndex, rule: &MissingRule) -> Option<Expr> {
    let score = col(columns::score(node));
    let (statistic, group) = match rule {
        MissingRule::PeerMean { group } => (score.mean(), group),
        MissingRule::PeerMedian { group } => (score.median(), group),
        _ => return None,
    };
    let filling = match group {
        None => statistic,
        Some(name) => {
            let attribute = col(columns::attribute(name));
            let within = statistic.over([attribute.clone()]).expect("an attribute is a column");
            when(attribute.is_not_null()).then(within).otherwise(lit(NULL))
        }
    };
    Some(filling.cast(DataType::Float64).alias(columns::fill(node)))
}

/// For each city of a slice, its own score of a node at most `at_most` periods earlier, the latest first.
pub(crate) fn of_earlier(node: NodeIndex, at_most: u32, observations: &Observations, at: usize, earlier: &[Computed]) -> Column {
    let slice = &observations.slices[at];
    let sources: Vec<usize> = (1..=at_most).filter_map(|count| observations.slice_of(slice.period.earlier(count))).collect();
    let values: Float64Chunked = slice
        .cities
        .iter()
        .map(|&city| {
            sources.iter().find_map(|&source| earlier[source].actual.score(node, observations.slices[source].row_of(city)?))
        })
        .collect();
    values.with_name(columns::fill(node)).into_column()
}
