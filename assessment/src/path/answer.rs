//! What is answered: the changes with their evidence, what the engine says before and after, and why the rest stays.

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{NodeIndex, Period, PeriodKind, Text};
use dashu_ratio::RBig;

use super::curve::Curve;
use super::ground::Ground;
use super::limits::Stop;
use super::movable::Movable;
use super::request::{Basis, Limits, Minimise};
use super::solve::Solved;
use super::stuck::Stuck;
use crate::error::Result;
use crate::normalise::number;
use crate::rates::{Rates, Verdict, Way};
use crate::what_if::Supposed;
use crate::years::Quantity;

/// A path, or that there is none by the deadline.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The node that the goal is about.
    pub node: NodeIndex,
    /// The score that the goal demands of it, where it demands one.
    pub wanted: Option<f64>,
    /// The node as it is.
    pub before: Place,
    /// The node where everything that may move has gone as far as it can by the deadline.
    pub furthest: Place,
    /// What was found.
    pub outcome: Outcome,
    /// The trade-off of effort against the node's score.
    pub curve: Curve,
    /// How many raw values may move.
    pub movable: usize,
    /// The leaves that stay as they are whatever the goal, with the reason, in the order of the set.
    pub unmoved: Vec<Unmoved>,
    /// What else a reader should know.
    pub notes: Vec<Text>,
}

/// Where a node stands, as the engine says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Place {
    /// The published score.
    pub score: Option<f64>,
    /// The code of the level, on a node on which one is read.
    pub level: Option<String>,
    /// The rank among the others as they are.
    pub rank: Option<u32>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The goal is met already.
    Reached,
    /// A path, which the engine confirms.
    Path {
        /// The node by the deadline.
        after: Place,
        /// The changes, in the order of the set.
        changes: Vec<Change>,
        /// The sum of their efforts.
        effort: f64,
        /// The effort below which no path reaches the goal before scores are rounded.
        least: f64,
    },
    /// The goal is out of reach by the deadline.
    Unreachable(Unreachable),
}

/// When the goal can be reached instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreachable {
    /// The earliest period, whole years after the start, at these limits; none within the horizon.
    pub earliest: Option<Period>,
    /// Whether no number of years would do: nothing is held back by its rate any more.
    pub never: bool,
}

/// A raw value that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What the change does to each leaf that has this raw value.
    pub leaves: Vec<Gain>,
    /// The raw value at present.
    pub value: f64,
    /// The raw value by the deadline.
    pub target: f64,
    /// The difference.
    pub change: f64,
    /// The unit of both.
    pub unit: Option<String>,
    /// The effort of the change.
    pub effort: f64,
    /// The furthest raw value by the deadline that still gains.
    pub limit: f64,
    /// What stops there, where the change goes so far.
    pub stop: Option<Stop>,
    /// The change per year that it needs.
    pub required_rate: f64,
    /// The city's own rate per year.
    pub own_rate: Option<f64>,
    /// The 50th, 75th and 90th percentile of the peers' rates per year, on the way of the change.
    pub percentiles: [Option<f64>; 3],
    /// How many peers have a rate.
    pub peers: usize,
    /// What the histories say of the rate.
    pub verdict: Verdict,
    /// The raw value year by year on a straight line, the deadline last.
    pub steps: Vec<(Period, f64)>,
}

/// What a change does to a leaf.
#[derive(Debug, Clone, PartialEq)]
pub struct Gain {
    /// The leaf.
    pub node: NodeIndex,
    /// Its score at present.
    pub before: Option<f64>,
    /// Its score by the deadline.
    pub after: Option<f64>,
    /// The points of the total that it gains.
    pub points: Option<f64>,
}

/// A leaf that stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unmoved {
    /// The leaf.
    pub node: NodeIndex,
    /// Why.
    pub reason: Stuck,
}

impl Path {
    /// What a unit of effort is, and what is made small.
    #[must_use]
    pub fn rule(limits: &Limits, minimise: Minimise) -> Text {
        let percent = (limits.percentile * 100.0).round();
        let (limit, effort) = match limits.basis {
            Basis::Rates => (
                Text::both(
                    format!("每个原始值每年的变化不超过同类城市实际速度（Theil-Sen）的第 {percent} 百分位"),
                    format!(
                        "no raw value changes faster than the {percent}th percentile of the rates that peers have kept (Theil-Sen)"
                    ),
                ),
                Text::both(
                    "投入 = |变化| ÷ 该速度，单位：按该速度工作一年",
                    "effort = |change| / that rate, in years of work at it",
                ),
            ),
            Basis::PeerLevel => (
                Text::both(
                    format!("每个原始值不超过同类城市同期已达水平的第 {percent} 百分位"),
                    format!("no raw value goes beyond the {percent}th percentile of what peers have reached in the same period"),
                ),
                Text::both("投入 = |变化| ÷ 同类城市的四分位距", "effort = |change| / interquartile range of the peers"),
            ),
        };
        let least = match minimise {
            Minimise::Effort => Text::both("求投入之和最小", "the sum of the efforts is the least there is"),
            Minimise::Indicators => Text::both(
                "求变动的原始值个数最少，个数相同者投入最小",
                "the number of changed raw values is the least there is, then the effort",
            ),
        };
        let say = |language| format!("{}; {}; {}.", limit.get(language), effort.get(language), least.get(language));
        Text::both(
            say(citygauge_indicators::Language::Zh).replace("; ", "；").replace('.', "。"),
            say(citygauge_indicators::Language::En),
        )
    }
}

/// The period of the same length so many years later.
pub(super) fn years_later(period: Period, years: u32) -> Option<Period> {
    let per_year = match period.kind() {
        PeriodKind::Year => 1,
        PeriodKind::HalfYear => 2,
        PeriodKind::Quarter => 4,
        PeriodKind::Month => 12,
    };
    period.later(years.checked_mul(per_year)?)
}

fn standing(supposed: &[Supposed], node: NodeIndex) -> Place {
    let own = &supposed[node];
    Place { score: own.score, level: own.level.map(str::to_owned), rank: own.rank }
}

/// The changes of a path that was solved.
pub(super) fn changed(
    ground: &Ground,
    movables: &[Movable],
    solved: &Solved,
    before: &[Supposed],
    years: &RBig,
) -> Result<Outcome> {
    let after = ground.supposed(movables, &solved.targets)?;
    let changed = movables.iter().zip(&solved.targets).filter_map(|(movable, target)| Some((movable, (*target)?)));
    let changes: Vec<Change> = changed.map(|(movable, target)| change(ground, movable, target, before, &after, years)).collect();
    Ok(Outcome::Path {
        after: standing(&after, ground.aim.node),
        effort: changes.iter().map(|change| change.effort).sum(),
        changes,
        least: solved.least,
    })
}

fn change(ground: &Ground, movable: &Movable, target: f64, before: &[Supposed], after: &[Supposed], years: &RBig) -> Change {
    let (assessment, request) = (ground.assessment, ground.request);
    let difference = number(target) - &movable.now;
    let way = Way::of(&difference);
    let rates =
        Rates::of(assessment, Quantity::Value, movable.leaves[0], &request.city, request.period, request.peers.as_deref(), way);
    let required = &difference / years;
    let gain = |&node: &NodeIndex| Gain {
        node,
        before: before[node].score,
        after: after[node].score,
        points: after[node]
            .points
            .zip(before[node].points)
            .map(|(after, before)| nearest_double(&(number(after) - number(before)))),
    };
    let last = movable.last(way).unwrap_or(&movable.now);
    let limit = nearest_double(last);
    let at = |part: RBig| nearest_double(&(&movable.now + part * &difference));
    let mut steps: Vec<(Period, f64)> = (1..)
        .map_while(|year| Some((years_later(request.period, year)?, RBig::from(year) / years)))
        .take_while(|(period, part)| *part < RBig::ONE && period.in_years() < request.by.in_years())
        .map(|(period, part)| (period, at(part)))
        .collect();
    steps.push((request.by, target));
    Change {
        leaves: movable.leaves.iter().map(gain).collect(),
        value: nearest_double(&movable.now),
        target,
        change: nearest_double(&difference),
        unit: assessment.set().nodes()[movable.leaves[0]].leaf().and_then(|leaf| leaf.unit.clone()),
        effort: movable.effort(target),
        limit,
        stop: (target == limit).then(|| if *last == movable.best.0 { movable.best.1 } else { Stop::Peers }),
        required_rate: nearest_double(&required),
        own_rate: rates.own(),
        percentiles: [0.5, 0.75, 0.9].map(|p| rates.percentile(p)),
        peers: rates.peers(),
        verdict: rates.verdict(&required),
        steps,
    }
}

/// The whole answer.
pub(super) fn path(
    ground: &Ground,
    movables: &[Movable],
    unmoved: &BTreeMap<NodeIndex, Stuck>,
    outcome: Outcome,
    curve: Curve,
    before: &[Supposed],
    furthest: &[Supposed],
) -> Path {
    let node = ground.aim.node;
    Path {
        node,
        wanted: ground.aim.score(),
        before: standing(before, node),
        furthest: standing(furthest, node),
        outcome,
        curve,
        movable: movables.len(),
        unmoved: unmoved.iter().map(|(&node, &reason)| Unmoved { node, reason }).collect(),
        notes: notes(ground, movables),
    }
}

fn notes(ground: &Ground, movables: &[Movable]) -> Vec<Text> {
    let set = ground.assessment.set();
    let mut notes = Vec::new();
    let demanded = ground.aim.nodes();
    let moving = movables.iter().flat_map(|movable| &movable.leaves);
    let above = moving.flat_map(|&leaf| std::iter::successors(Some(leaf), |&node| set.nodes()[node].parent));
    if above.into_iter().any(|node| set.nodes()[node].places.is_some() && !demanded.contains(&node)) {
        notes.push(Text::both(
            "目标节点以下的得分也按位数取整：最优性对取整前的得分成立，引擎按取整后的得分确认目标已达到",
            "scores below the goal's node are rounded as well: the path is the least before they are, and the engine confirms the goal after",
        ));
    }
    let items = |node: NodeIndex| set.nodes()[node].leaf().map(|leaf| leaf.items.as_slice()).unwrap_or_default();
    let moved: BTreeSet<usize> = movables.iter().flat_map(|movable| items(movable.leaves[0]).iter().copied()).collect();
    let owners = |item: usize| movables.iter().filter(|movable| items(movable.leaves[0]).contains(&item)).count();
    if moved.into_iter().any(|item| owners(item) > 1) {
        notes.push(Text::both(
            "若干指标分项的公式读取相同的数据项，这里各自作为一个数变动",
            "some indicators read the same items in their formulas; each moves here as a number of its own",
        ));
    }
    notes
}
