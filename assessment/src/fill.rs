//! Filling: what a missing rule puts in the place of a child without a score (section 4.5 of the method).
//!
//! Only own, published scores fill, never filled ones. Where nothing is found the child is left out.

use citygauge_indicators::{MissingRule, NodeIndex, Period, SetNode};
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
pub(crate) fn of_earlier(
    node: NodeIndex,
    at_most: u32,
    observations: &Observations,
    at: usize,
    earlier: &[Computed],
) -> Float64Chunked {
    let sources: Vec<usize> = observations.slices_before(at, at_most).collect();
    let latest = |&city: &usize| latest(node, city, &sources, observations, earlier).map(|(_, score)| score);
    observations.slices[at].cities.iter().map(latest).collect()
}

/// The first of some slices in which a city has a score of a node, with the score.
fn latest(
    node: NodeIndex,
    city: usize,
    sources: &[usize],
    observations: &Observations,
    earlier: &[Computed],
) -> Option<(usize, f64)> {
    sources.iter().find_map(|&source| {
        let row = observations.slices[source].row_of(city)?;
        Some((source, earlier[source].actual.score(node, row)?))
    })
}

/// What a filling is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// How many scores.
    pub scores: usize,
    /// The earlier period that the score is of, for `previous`.
    pub period: Option<Period>,
}

/// What the missing rule of a node finds elsewhere for the city of a row; `None` for the rules that do not look.
pub(crate) fn found(
    node: NodeIndex,
    rule: &MissingRule,
    observations: &Observations,
    at: usize,
    row: usize,
    computed: &[Computed],
) -> Option<Found> {
    let slice = &observations.slices[at];
    match rule {
        MissingRule::Skip | MissingRule::Zero | MissingRule::NoScore => None,
        MissingRule::PeerMean { group } | MissingRule::PeerMedian { group } => {
            let attribute = group.as_ref().and_then(|name| slice.attributes.get(name));
            let group_of = |row: usize| attribute.and_then(|column| column.get(row));
            let is_peer = |other: &usize| group.is_none() || (group_of(row).is_some() && group_of(*other) == group_of(row));
            let has_score = |other: &usize| computed[at].actual.score(node, *other).is_some();
            Some(Found { scores: (0..slice.height()).filter(is_peer).filter(has_score).count(), period: None })
        }
        MissingRule::Previous { at_most } => {
            let sources: Vec<usize> = observations.slices_before(at, *at_most).collect();
            let latest = latest(node, slice.cities[row], &sources, observations, computed);
            let period = latest.map(|(source, _)| observations.slices[source].period);
            Some(Found { scores: usize::from(period.is_some()), period })
        }
    }
}
