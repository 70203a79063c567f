//! Rows before and after, side by side.

use citygauge_assessment::{Row, Supposed};
use citygauge_indicators::{IndicatorSet, Period, TOTAL};
use citygauge_openapi::{self as wire, Code, PeriodCode};

use super::asked::place;

/// A city before, in the order of its set.
pub(super) struct Before<'b> {
    pub set: &'b IndicatorSet,
    pub rows: &'b [Row<'b>],
}

/// A node after.
pub(super) struct After<'a> {
    node: &'a str,
    value: Option<f64>,
    score: Option<f64>,
    points: Option<f64>,
    rank: Option<u32>,
    level: Option<&'a str>,
}

impl<'a> From<&Supposed<'a>> for After<'a> {
    fn from(row: &Supposed<'a>) -> Self {
        let Supposed { node, value, score, points, rank, level, .. } = *row;
        Self { node, value, score, points, rank, level }
    }
}

impl<'a> From<&Row<'a>> for After<'a> {
    fn from(row: &Row<'a>) -> Self {
        let Row { node, value, score, points, rank, level, .. } = *row;
        Self { node, value, score, points, rank, level }
    }
}

/// What was found, city by city.
#[derive(Default)]
pub(super) struct Found {
    pub rows: Vec<wire::WhatIfRow>,
    pub summary: wire::WhatIfSummary,
}

impl Found {
    /// Adds a city: TOTAL, and what moved of the nodes that are wanted. A node that only one of the sets has is there with the other side
    /// empty.
    pub(super) fn city(
        &mut self,
        city: &str,
        period: Period,
        before: &Before,
        set: &IndicatorSet,
        after: &[After],
        wants: impl Fn(&str) -> bool,
    ) {
        let gone = before.rows.iter().filter(|row| place(set, row.node).is_none());
        let pairs = after
            .iter()
            .map(|after| (place(before.set, after.node).and_then(|node| before.rows.get(node)), Some(after)))
            .chain(gone.map(|row| (Some(row), None)));
        let (mut moved, mut up, mut down) = (false, false, false);
        for (before_row, after_row) in pairs {
            let row = row(city, period, before.set, set, before_row, after_row);
            moved |= row.score_before != row.score_after;
            up |= row.level_change.is_some_and(|change| change > 0);
            down |= row.level_change.is_some_and(|change| change < 0);
            let is_total = row.node.as_str() == TOTAL;
            if is_total {
                self.summary.risen += u64::from(row.rank_change.is_some_and(|change| change > 0));
                self.summary.fallen += u64::from(row.rank_change.is_some_and(|change| change < 0));
            }
            if is_total || (wants(row.node.as_str()) && has_moved(&row)) {
                self.rows.push(row);
            }
        }
        self.summary.cities += 1;
        self.summary.cities_moved += u64::from(moved);
        self.summary.levels_up += u64::from(up);
        self.summary.levels_down += u64::from(down);
    }
}

fn has_moved(row: &wire::WhatIfRow) -> bool {
    row.score_before != row.score_after
        || row.value_before != row.value_after
        || row.points_before != row.points_after
        || row.rank_before != row.rank_after
        || row.level_before != row.level_after
}

fn row(
    city: &str,
    period: Period,
    set_before: &IndicatorSet,
    set_after: &IndicatorSet,
    before: Option<&Row>,
    after: Option<&After>,
) -> wire::WhatIfRow {
    let node = after.map(|row| row.node).or(before.map(|row| row.node)).unwrap_or_default();
    let (rank_before, rank_after) = (before.and_then(|row| row.rank), after.and_then(|row| row.rank));
    let (level_before, level_after) = (before.and_then(|row| row.level), after.and_then(|row| row.level));
    let level = |level: Option<&str>| level.map(|level| Code::trusted(level.to_owned()));
    // Levels of different sets are on different ladders, unless these have the same rungs.
    let is_one_ladder = ladder(set_before) == ladder(set_after);
    let height = |level: Option<&str>| level.and_then(|level| ladder(set_before).iter().position(|known| *known == level));
    let rungs = height(level_before).zip(height(level_after)).filter(|_| is_one_ladder);
    wire::WhatIfRow {
        city: Code::trusted(city.to_owned()),
        period: PeriodCode::trusted(period.to_string()),
        node: Code::trusted(node.to_owned()),
        value_before: before.and_then(|row| row.value),
        value_after: after.and_then(|row| row.value),
        score_before: before.and_then(|row| row.score),
        score_after: after.and_then(|row| row.score),
        points_before: before.and_then(|row| row.points),
        points_after: after.and_then(|row| row.points),
        rank_before: rank_before.map(u64::from),
        rank_after: rank_after.map(u64::from),
        rank_change: rank_before.zip(rank_after).map(|(before, after)| i64::from(before) - i64::from(after)),
        level_before: level(level_before),
        level_after: level(level_after),
        level_change: rungs.and_then(|(before, after)| Some(i64::try_from(after).ok()? - i64::try_from(before).ok()?)),
    }
}

/// The codes of the levels, lowest first.
fn ladder(set: &IndicatorSet) -> Vec<&str> {
    let levels = set.levels().into_iter();
    let bands = levels.clone().flat_map(|levels| levels.bands.iter().map(|band| band.code.as_str()));
    bands.chain(levels.flat_map(|levels| levels.staged.iter().map(|stage| stage.code.as_str()))).collect()
}
