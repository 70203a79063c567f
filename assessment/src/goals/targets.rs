//! The raw values that an ambition asks of the indicators.
//!
//! For a score or a level every indicator behind goes the same part of its way: first towards the peers' 90th percentile, and where all
//! of that is not enough, from there towards the full mark. The part is the least that reaches it, found by bisection with the engine.

use citygauge_indicators::{Fault, ItemKind, NodeIndex, TOTAL};

use super::aims::{Aim, at_full_mark, at_percentile, part_of_way, places};
use super::ambition::Ambition;
use super::apply::apply;
use super::propose::Asked;
use super::{level_codes, level_place};
use crate::assessment::{Assessment, Row};
use crate::error::Result;
use crate::gap;
use crate::what_if::Supposed;

/// Places of levels, by node.
type Levels = Vec<(NodeIndex, usize)>;

/// The targets that an ambition asks for.
pub(super) struct Found {
    pub targets: Vec<(NodeIndex, f64)>,
    /// Which part of its way every indicator goes.
    pub part: Option<f64>,
    /// The score of TOTAL that is wanted.
    pub wanted: Option<f64>,
    /// The places of the levels that are wanted, by node.
    levels: Levels,
    /// The scores that the indicators are to have.
    aims: Vec<(NodeIndex, f64)>,
}

/// How close scores count as the same, relative to the full mark: the digits that the inversion of a rule may lose.
pub(super) const SAME: f64 = 1e-9;

impl Found {
    pub fn is_reached(&self, assessment: &Assessment, asked: &Asked, nodes: &[Supposed], all_moved: bool) -> bool {
        match asked.ambition {
            Ambition::Level(_) | Ambition::Score(_) => self.holds(assessment, nodes),
            Ambition::Given => all_moved,
            Ambition::Percentile(_) | Ambition::Gap(_) => {
                let near = SAME * assessment.set().full_mark();
                let moved = |&(node, aim): &(NodeIndex, f64)| nodes[node].score.is_some_and(|score| score >= aim - near);
                all_moved && self.aims.iter().all(moved)
            }
        }
    }

    /// Whether the score or the levels that are wanted are reached.
    fn holds(&self, assessment: &Assessment, nodes: &[Supposed]) -> bool {
        if self.levels.is_empty() {
            return self.wanted.is_some_and(|wanted| nodes[0].score.is_some_and(|score| score >= wanted));
        }
        self.levels.iter().all(|&(node, wanted)| {
            nodes[node].level.and_then(|level| level_place(assessment.set(), level)).is_some_and(|place| place >= wanted)
        })
    }
}

/// The targets that an ambition asks for, before those that are given.
pub(super) fn found(assessment: &Assessment, asked: &Asked, rows: &[Row]) -> Result<Found> {
    let mut found = Found { targets: Vec::new(), part: None, wanted: None, levels: Vec::new(), aims: Vec::new() };
    match asked.ambition {
        Ambition::Given => {}
        Ambition::Percentile(percentile) => {
            let aims = at_percentile(assessment, rows, asked.period, asked.peers, percentile / 100.0);
            found.aims = aims.iter().map(|aim| (aim.node, aim.score)).collect();
            found.targets = aims.iter().map(|aim| (aim.node, aim.target)).collect();
        }
        Ambition::Gap(reference) => {
            let analysis = gap::analyse(assessment, asked.city, asked.period, reference, asked.peers)?;
            let behind = analysis.gaps.iter().filter(|gap| assessment.set().nodes()[gap.node].leaf().is_some());
            let behind = behind.filter_map(|gap| Some((gap, gap.target_value?, gap.value?, gap.reference?)));
            for (gap, target, value, aim) in behind.filter(|(_, target, value, _)| target != value) {
                found.aims.push((gap.node, aim));
                found.targets.push((gap.node, outwards(assessment, gap.node, value, target)));
            }
            return Ok(found);
        }
        Ambition::Score(score) => {
            found.wanted = Some(*score);
            bisect(assessment, asked, rows, &mut found)?;
        }
        Ambition::Level(code) => {
            (found.levels, found.wanted) = wanted_levels(assessment, rows, code.as_deref())?;
            bisect(assessment, asked, rows, &mut found)?;
        }
    }
    for (node, target) in &mut found.targets {
        let value = rows[*node].value.unwrap_or(*target);
        *target = outwards(assessment, *node, value, *target);
    }
    Ok(found)
}

/// A target of something that is counted is whole, rounded on the way.
fn outwards(assessment: &Assessment, node: NodeIndex, value: f64, target: f64) -> f64 {
    let Some(leaf) = assessment.set().nodes()[node].leaf() else { return target };
    match places(assessment, leaf, value, target) {
        0 if target.fract() != 0.0 && is_counted(assessment, node) => {
            if target >= value {
                target.ceil()
            } else {
                target.floor()
            }
        }
        _ => target,
    }
}

fn is_counted(assessment: &Assessment, node: NodeIndex) -> bool {
    let leaf = assessment.set().nodes()[node].leaf();
    let item = leaf.and_then(|leaf| leaf.items.first()).map(|&item| &assessment.set().items()[item]);
    item.is_some_and(|item| item.kind == ItemKind::Count)
}

/// The levels that are wanted: of TOTAL where one is read there, else of every node on which one is; with the score of TOTAL at which
/// its level starts.
fn wanted_levels(assessment: &Assessment, rows: &[Row], code: Option<&str>) -> Result<(Levels, Option<f64>)> {
    let set = assessment.set();
    let known = level_codes(set);
    if known.is_empty() {
        let fault = Fault::error("gap.no_levels", "该指标体系没有等级", "the set has no levels").at("/ambition");
        return Err(fault.hint("请改为得分或分位", "ask for a score or a percentile").into());
    }
    let named = match code {
        None => None,
        Some(code) => Some(level_place(set, code).ok_or_else(|| {
            Fault::error("gap.unknown_level", format!("没有等级“{code}”"), format!("there is no level '{code}'"))
                .at("/ambition")
                .value(code)
                .expected(known.join(" | "))
                .hint("改正等级代码", "correct the code of the level")
        })?),
    };
    let levelled = set.levelled_nodes();
    let nodes: Vec<NodeIndex> = match levelled.contains(&TOTAL) {
        true => vec![0],
        false => levelled.into_iter().filter_map(|code| set.node_index(code)).collect(),
    };
    let present = |node: NodeIndex| rows[node].level.and_then(|level| level_place(set, level));
    let wanted: Vec<(NodeIndex, usize)> =
        nodes.iter().map(|&node| (node, named.unwrap_or_else(|| present(node).map_or(0, |place| place + 1)))).collect();
    let open: Vec<(NodeIndex, usize)> = wanted.into_iter().filter(|(_, place)| *place < known.len()).collect();
    if open.is_empty() {
        let fault = Fault::error("goals.highest_level", "已达到最高等级", "the highest level is reached already").at("/ambition");
        return Err(fault.hint("请改为得分或分位", "ask for a score or a percentile").into());
    }
    let bands = set.levels().map(|levels| levels.bands.as_slice()).unwrap_or_default();
    let starts = open.iter().find(|(node, _)| *node == 0).and_then(|(_, place)| bands.get(*place)).map(|band| band.from);
    Ok((open, starts))
}

/// Halvings of the part; a part is known to 2^-24.
const HALVINGS: u32 = 24;

fn bisect(assessment: &Assessment, asked: &Asked, rows: &[Row], found: &mut Found) -> Result<()> {
    let near = at_percentile(assessment, rows, asked.period, asked.peers, 0.9);
    let full = at_full_mark(assessment, rows, asked.period, asked.peers);
    let mut all: Vec<NodeIndex> = near.iter().chain(&full).map(|aim| aim.node).collect();
    all.sort_unstable();
    all.dedup();
    let of = |aims: &[Aim], node: NodeIndex| aims.iter().find(|aim| aim.node == node).map(|aim| aim.target);
    let set = assessment.set();
    let targets = |part: f64| -> Vec<(NodeIndex, f64)> {
        let each = all.iter().filter_map(|&node| {
            let (leaf, value) = (set.nodes()[node].leaf()?, rows[node].value?);
            let target = if part <= 1.0 {
                part_of_way(assessment, leaf, value, of(&near, node)?, part)
            } else {
                let start = of(&near, node).unwrap_or(value);
                part_of_way(assessment, leaf, start, of(&full, node).unwrap_or(start), part - 1.0)
            };
            (target != value).then_some((node, outwards(assessment, node, value, target)))
        });
        each.collect()
    };
    let reaches = |part: f64| -> Result<bool> {
        let reached = apply(assessment, asked.city, asked.period, &targets(part))?;
        Ok(found.holds(assessment, &reached.nodes))
    };
    if reaches(0.0)? {
        let fault = Fault::error(
            "goals.reached_already",
            format!("“{}”现已达到", asked.ambition),
            format!("'{}' is reached already", asked.ambition),
        );
        return Err(fault.at("/ambition").city(asked.city).hint("请提高抱负", "ask for more").into());
    }
    let (mut low, mut high) = if reaches(1.0)? { (0.0, 1.0) } else { (1.0, 2.0) };
    if high < 2.0 || reaches(2.0)? {
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(low, high);
            if reaches(middle)? { high = middle } else { low = middle }
        }
    }
    found.targets = targets(high);
    found.part = Some(high);
    Ok(())
}
