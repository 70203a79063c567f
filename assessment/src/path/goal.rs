//! A goal as what it demands of scores and items, and whether it is met.

use citygauge_indicators::exact::{nearest_double, round};
use citygauge_indicators::{Edge, Faults, IndicatorSet, Levels, NodeIndex, Requirement, RoundingMode};
use dashu_ratio::RBig;

use super::faults;
use super::request::{Goal, Request};
use crate::assessment::{Assessment, Row};
use crate::normalise::number;
use crate::rank::TIE_PLACES;
use crate::sample::order::exact_quantile;
use crate::what_if::Supposed;

/// What must hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Demand {
    /// The published score of a node is at least a number, or above it.
    Score { node: NodeIndex, score: RBig, above: bool },
    /// The value of an item is at least a number.
    Item { item: usize, at_least: f64 },
    /// So many of these alternatives hold.
    Count { of: Vec<Vec<Demand>>, count: usize },
}

/// A goal that was looked up in the set and the assessment.
#[derive(Debug, Clone)]
pub(super) struct Aim {
    /// The node it is about.
    pub node: NodeIndex,
    /// What must hold, all of it.
    pub demands: Vec<Demand>,
    /// What the engine has to say where it is met.
    target: Target,
    /// The score that is demanded of the node itself, where one is, as people are told it.
    told: Option<RBig>,
}

#[derive(Debug, Clone)]
enum Target {
    Level(usize),
    Rank(u32),
    Score,
}

/// What is wrong with the names of a goal, whatever the city is.
pub(super) fn check(set: &IndicatorSet, request: &Request) -> Result<(), Faults> {
    let node = node(set, request)?;
    match &request.goal {
        Goal::NextLevel => levelled(set, node, None).map(|_| ()),
        Goal::Level(code) => levelled(set, node, Some(code)).map(|_| ()),
        _ => Ok(()),
    }
}

/// The node that a goal is about.
fn node(set: &IndicatorSet, request: &Request) -> Result<NodeIndex, Faults> {
    match &request.node {
        Some(code) => set.node_index(code).ok_or_else(|| faults::unknown_node(code, "/node".into()).into()),
        None => Ok(match &request.goal {
            Goal::NextLevel | Goal::Level(_) => default_levelled(set),
            _ => 0,
        }),
    }
}

impl Aim {
    pub(super) fn of(assessment: &Assessment, own: &[Row], request: &Request) -> Result<Self, Faults> {
        let set = assessment.set();
        let node = node(set, request)?;
        let score = |score: RBig| vec![Demand::Score { node, score, above: false }];
        let (demands, target) = match &request.goal {
            Goal::NextLevel => level(set, own, node, None)?,
            Goal::Level(code) => level(set, own, node, Some(code))?,
            Goal::Score(wanted) => (score(number(*wanted)), Target::Score),
            Goal::Rank(rank) => {
                let mut others = scores_of_others(assessment, request, node, None);
                others.sort_by(|one, other| other.cmp(one));
                // Whoever is level with the last one before shares its rank.
                let before = others.get(*rank as usize - 1).map(|key| round(key, TIE_PLACES, RoundingMode::HalfUp));
                let half = number(0.5) * tenths(TIE_PLACES);
                let demands = before.clone().map(|key| score(key - half)).unwrap_or_default();
                return Ok(Self { node, demands, target: Target::Rank(*rank), told: before });
            }
            Goal::Percentile(p) => {
                let mut peers = scores_of_others(assessment, request, node, request.peers.as_deref());
                peers.sort();
                let quantile = exact_quantile(&peers, &number(*p));
                (score(quantile.ok_or_else(|| faults::no_peers(&set.nodes()[node].code))?), Target::Score)
            }
        };
        let own = demands.iter().filter_map(|demand| match demand {
            Demand::Score { node: demanded, score, .. } if *demanded == node => Some(score),
            _ => None,
        });
        let told = own.max().cloned();
        Ok(Self { node, demands, target, told })
    }

    /// Whether the engine's numbers meet the goal.
    pub(super) fn is_met(&self, set: &IndicatorSet, supposed: &[Supposed]) -> bool {
        let own = &supposed[self.node];
        match self.target {
            Target::Level(wanted) => own.level.and_then(|code| place_of(set, code)).is_some_and(|place| place >= wanted),
            Target::Rank(wanted) => own.rank.is_some_and(|rank| rank <= wanted),
            Target::Score => self.demands.iter().all(|demand| shortfall(demand, supposed) <= 0.0),
        }
    }

    /// How far the engine's scores stay behind what is demanded of scores, at most; 0 where nothing does.
    pub(super) fn shortfall(&self, supposed: &[Supposed]) -> f64 {
        self.demands.iter().map(|demand| shortfall(demand, supposed)).fold(0.0, f64::max)
    }

    /// The score that is demanded of the node itself, where one is.
    pub(super) fn score(&self) -> Option<f64> {
        self.told.as_ref().map(nearest_double)
    }

    /// The nodes of which a score is demanded, each once, in the order of the set; the node of the goal among them.
    pub(super) fn nodes(&self) -> Vec<NodeIndex> {
        let mut nodes = vec![self.node];
        self.demands.iter().for_each(|demand| collect(demand, &mut nodes));
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    /// The items of which a value is demanded.
    pub(super) fn items(&self) -> Vec<usize> {
        fn collect(demand: &Demand, items: &mut Vec<usize>) {
            match demand {
                Demand::Score { .. } => {}
                Demand::Item { item, .. } => items.push(*item),
                Demand::Count { of, .. } => of.iter().flatten().for_each(|demand| collect(demand, items)),
            }
        }
        let mut items = Vec::new();
        self.demands.iter().for_each(|demand| collect(demand, &mut items));
        items
    }
}

fn collect(demand: &Demand, nodes: &mut Vec<NodeIndex>) {
    match demand {
        Demand::Score { node, .. } => nodes.push(*node),
        Demand::Item { .. } => {}
        Demand::Count { of, .. } => of.iter().flatten().for_each(|demand| collect(demand, nodes)),
    }
}

/// How far a score stays behind; alternatives are not counted.
fn shortfall(demand: &Demand, supposed: &[Supposed]) -> f64 {
    let Demand::Score { node, score, above } = demand else { return 0.0 };
    let Some(own) = supposed[*node].score.map(number) else { return f64::INFINITY };
    let missing = nearest_double(&(score - &own));
    if *above && missing == 0.0 { f64::MIN_POSITIVE } else { missing.max(0.0) }
}

/// A tenth to the power of some places.
pub(super) fn tenths(places: u32) -> RBig {
    (0..places).fold(RBig::ONE, |unit, _| unit / RBig::from(10))
}

fn default_levelled(set: &IndicatorSet) -> NodeIndex {
    let levelled = set.levelled_nodes();
    let has_total = levelled.is_empty() || levelled.contains(&citygauge_indicators::TOTAL);
    if has_total { 0 } else { levelled.first().and_then(|code| set.node_index(code)).unwrap_or(0) }
}

/// The published scores of the other cities of the period, those that are named where some are.
fn scores_of_others(assessment: &Assessment, request: &Request, node: NodeIndex, named: Option<&[String]>) -> Vec<RBig> {
    let Some(at) = assessment.observations.slice_of(request.period) else { return Vec::new() };
    let scores = &assessment.computed[at].actual.scores[node];
    let cities = assessment.cities_of(request.period).enumerate();
    let others =
        cities.filter(|(_, code)| *code != request.city && named.is_none_or(|named| named.iter().any(|peer| peer == code)));
    others.filter_map(|(row, _)| scores.get(row).map(number)).collect()
}

fn codes(levels: &Levels) -> Vec<&str> {
    let bands = levels.bands.iter().map(|band| band.code.as_str());
    bands.chain(levels.staged.iter().map(|stage| stage.code.as_str())).collect()
}

fn place_of(set: &IndicatorSet, code: &str) -> Option<usize> {
    codes(set.levels()?).iter().position(|known| *known == code)
}

/// The levels of a node and the place of the one that is named.
fn levelled<'s>(set: &'s IndicatorSet, node: NodeIndex, code: Option<&str>) -> Result<(&'s Levels, Option<usize>), Faults> {
    let levels = set.levels().ok_or_else(faults::no_levels)?;
    let levelled = set.levelled_nodes();
    if !levelled.contains(&set.nodes()[node].code.as_str()) {
        return Err(faults::not_levelled(&set.nodes()[node].code, &levelled).into());
    }
    let known = codes(levels);
    let place = |code| known.iter().position(|known| *known == code).ok_or_else(|| faults::unknown_level(code, &known));
    Ok((levels, code.map(place).transpose()?))
}

fn level(set: &IndicatorSet, own: &[Row], node: NodeIndex, code: Option<&str>) -> Result<(Vec<Demand>, Target), Faults> {
    let (levels, named) = levelled(set, node, code)?;
    let known = codes(levels);
    let present = own[node].level.and_then(|code| place_of(set, code));
    let wanted = named.unwrap_or_else(|| present.map_or(0, |place| place + 1));
    if wanted >= known.len() {
        return Err(faults::highest_level(known.last().copied().unwrap_or_default()).into());
    }
    let demands = if levels.staged.is_empty() {
        let mut demands = vec![band(levels, node, wanted)];
        let concerned = levels.gates.iter().filter(|gate| gate.of.is_empty() || gate.of.contains(&set.nodes()[node].code));
        let guarding = concerned.filter(|gate| place_of(set, &gate.level).is_some_and(|place| place <= wanted));
        demands.extend(guarding.flat_map(|gate| &gate.require).map(|requirement| required(set, levels, requirement)));
        demands
    } else {
        staged(set, levels, node, wanted)
    };
    Ok((demands, Target::Level(wanted)))
}

fn band(levels: &Levels, node: NodeIndex, place: usize) -> Demand {
    Demand::Score { node, score: number(levels.bands[place].from), above: levels.edge == Edge::UpperInclusive && place > 0 }
}

/// All that the stages up to one ask of a node.
fn staged(set: &IndicatorSet, levels: &Levels, node: NodeIndex, wanted: usize) -> Vec<Demand> {
    let stages = levels.staged.iter().zip(set.stage_requirements(node).unwrap_or_default()).take(wanted + 1);
    let speaking = stages.flat_map(|(stage, speaking)| speaking.iter().map(|&place| &stage.require[place]));
    speaking.map(|requirement| required(set, levels, requirement)).collect()
}

fn required(set: &IndicatorSet, levels: &Levels, requirement: &Requirement) -> Demand {
    // A checked set names only nodes, items and levels that it has.
    let impossible = || Demand::Count { of: Vec::new(), count: 1 };
    match requirement {
        Requirement::Node { node, at_least } => match set.node_index(node) {
            Some(node) => Demand::Score { node, score: number(*at_least), above: false },
            None => impossible(),
        },
        Requirement::Item { item, at_least } => match set.item_index(item) {
            Some(item) => Demand::Item { item, at_least: *at_least },
            None => impossible(),
        },
        Requirement::Nodes { nodes, reach, count } => {
            let Some(wanted) = place_of(set, reach) else { return impossible() };
            let nodes = nodes.iter().filter_map(|code| set.node_index(code));
            let of = nodes.map(|node| match levels.staged.is_empty() {
                true => vec![band(levels, node, wanted)],
                false => staged(set, levels, node, wanted),
            });
            Demand::Count { of: of.collect(), count: *count as usize }
        }
    }
}
