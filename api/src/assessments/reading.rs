//! What every reading of a result needs: its period, the names of its cities, and numbers with the places of the set.

use std::collections::HashMap;

use citygauge_indicators::{City, IndicatorSet, Language, NodeIndex, TOTAL};
use citygauge_openapi::{Code, PeriodCode};

use super::kept::Manifest;
use crate::error::Failure;

/// The period that was asked for, or else the latest one with a result.
///
/// # Errors
/// [`Failure::Absent`] where there is no result for it.
pub fn period_of(manifest: &Manifest, asked: Option<&PeriodCode>) -> Result<String, Failure> {
    let known = || manifest.periods.iter().map(|of| of.period.as_str());
    match asked {
        None => known().next_back().map(str::to_owned).ok_or_else(no_result),
        Some(period) => known().find(|known| *known == period.as_str()).map(str::to_owned).ok_or_else(no_result),
    }
}

fn no_result() -> Failure {
    Failure::absent("该时期没有结果", "there is no result for this period")
}

/// The names of the cities of a result, by code.
#[must_use]
pub fn names(cities: &[City], language: Language) -> HashMap<&str, &str> {
    cities.iter().map(|city| (city.code.as_str(), city.name.get(language))).collect()
}

/// The name of a city, or its code where it has none.
#[must_use]
pub fn name_of(names: &HashMap<&str, &str>, code: &str) -> String {
    let name = names.get(code).copied().filter(|name| !name.is_empty());
    name.unwrap_or(code).to_owned()
}

/// A score with the places the set rounds it to, with two where it rounds nothing.
#[must_use]
pub fn shown(set: &IndicatorSet, node: NodeIndex, score: Option<f64>) -> Option<String> {
    let places = set.nodes()[node].places.map_or(2, |places| places.places);
    score.map(|score| format!("{score:.*}", places as usize))
}

/// The place of a node, TOTAL unless given.
///
/// # Errors
/// [`Failure::Absent`] where the set has no such node.
pub fn node_of(set: &IndicatorSet, code: Option<&Code>) -> Result<NodeIndex, Failure> {
    let code = code.map_or(TOTAL, |code| code.as_str());
    set.node_index(code).ok_or_else(|| Failure::absent("没有这个节点", "there is no such node"))
}
