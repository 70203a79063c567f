//! Levels: bands on the published score, gates, and staged models (section 4.7 of the method).
//!
//! A staged model gives a level to every node of which its requirements speak ([`IndicatorSet::stage_requirements`]); what
//! a requirement counts are those levels. It never turns in a circle: a node's requirements count only nodes below it.

use citygauge_indicators::{Band, Edge, IndicatorSet, Levels, NodeIndex, Requirement};
use dashu_ratio::RBig;

use crate::normalise::number;

/// What the levels of one city and period are read from.
pub(crate) trait Evidence {
    /// The published score of a node, exactly.
    fn score(&self, node: NodeIndex) -> Option<RBig>;
    /// The value of an item.
    fn item(&self, item: usize) -> Option<f64>;
}

/// The place of the level of each levelled node, lowest 0; `None` below the lowest and without a score.
pub(crate) fn levels(set: &IndicatorSet, evidence: &impl Evidence) -> Vec<(NodeIndex, Option<usize>)> {
    let Some(levels) = set.levels() else { return Vec::new() };
    let nodes = set.levelled_nodes().into_iter().filter_map(|code| set.node_index(code));
    nodes.map(|node| (node, level(set, levels, node, evidence))).collect()
}

fn level(set: &IndicatorSet, levels: &Levels, node: NodeIndex, evidence: &impl Evidence) -> Option<usize> {
    if !levels.staged.is_empty() {
        return stage(set, levels, node, evidence);
    }
    let mut level = band(levels, &evidence.score(node)?)?;
    for (_, guarded) in failing_gates(set, levels, node, evidence) {
        level = level.min(guarded.checked_sub(1)?);
    }
    Some(level)
}

/// The highest stage all of whose requirements that speak of a node hold, and those of every stage below it.
///
/// Source: ITU-T Y.4904, which gives a level to the city and to each of its dimensions.
fn stage(set: &IndicatorSet, levels: &Levels, node: NodeIndex, evidence: &impl Evidence) -> Option<usize> {
    let stages = levels.staged.iter().zip(set.stage_requirements(node)?);
    let reached =
        stages.take_while(|(stage, speaking)| speaking.iter().all(|&place| holds(set, levels, &stage.require[place], evidence)));
    reached.count().checked_sub(1)
}

/// The requirements of a stage that speak of a node and do not hold.
pub(crate) fn failing_requirements<'s>(
    set: &'s IndicatorSet,
    levels: &'s Levels,
    node: NodeIndex,
    stage: usize,
    evidence: &impl Evidence,
) -> Vec<&'s Requirement> {
    let speaking = set.stage_requirements(node).and_then(|stages| stages.get(stage));
    let requirements = speaking.into_iter().flatten().map(|&place| &levels.staged[stage].require[place]);
    requirements.filter(|requirement| !holds(set, levels, requirement, evidence)).collect()
}

/// The gates that hold a node back, with the place of the level that each guards.
pub(crate) fn failing_gates(
    set: &IndicatorSet,
    levels: &Levels,
    node: NodeIndex,
    evidence: &impl Evidence,
) -> Vec<(usize, usize)> {
    let code = &set.nodes()[node].code;
    let concerned = levels.gates.iter().enumerate().filter(|(_, gate)| gate.of.is_empty() || gate.of.contains(code));
    concerned
        .filter(|(_, gate)| !gate.require.iter().all(|requirement| holds(set, levels, requirement, evidence)))
        .filter_map(|(at, gate)| Some((at, levels.bands.iter().position(|band| band.code == gate.level)?)))
        .collect()
}

/// The place of the band that a score lies in.
pub(crate) fn band(levels: &Levels, score: &RBig) -> Option<usize> {
    let from = |band: &Band| number(band.from);
    match levels.edge {
        Edge::LowerInclusive => levels.bands.iter().rposition(|band| *score >= from(band)),
        Edge::UpperInclusive => {
            let inside = levels.bands.iter().rposition(|band| *score > from(band));
            inside.or_else(|| levels.bands.first().filter(|lowest| *score == from(lowest)).map(|_| 0))
        }
    }
}

/// Whether a requirement holds; without a score or value it does not.
pub(crate) fn holds(set: &IndicatorSet, levels: &Levels, requirement: &Requirement, evidence: &impl Evidence) -> bool {
    match requirement {
        Requirement::Node { node, at_least } => {
            let score = set.node_index(node).and_then(|node| evidence.score(node));
            score.is_some_and(|score| score >= number(*at_least))
        }
        Requirement::Item { item, at_least } => {
            let value = set.item_index(item).and_then(|item| evidence.item(item));
            value.is_some_and(|value| value >= *at_least)
        }
        Requirement::Nodes { nodes, reach, count } => reaching(set, levels, nodes, reach, evidence) >= *count as usize,
    }
}

/// How many of some nodes reach a level, by their bands or their stages.
pub(crate) fn reaching(set: &IndicatorSet, levels: &Levels, nodes: &[String], reach: &str, evidence: &impl Evidence) -> usize {
    let of_stage = || levels.staged.iter().position(|stage| stage.code == reach);
    let Some(wanted) = levels.bands.iter().position(|band| band.code == reach).or_else(of_stage) else { return 0 };
    let reached = |node: NodeIndex| match levels.staged.is_empty() {
        true => band(levels, &evidence.score(node)?),
        false => stage(set, levels, node, evidence),
    };
    nodes.iter().filter(|code| set.node_index(code).and_then(reached) >= Some(wanted)).count()
}
