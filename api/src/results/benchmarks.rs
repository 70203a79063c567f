//! Benchmarks as tables.

use citygauge_openapi::{BenchmarkBreak, BenchmarkComparison, BenchmarkDistribution, BenchmarkMove, BenchmarkPoint, SetRef};

use crate::export::{Cell, Column, Table};

fn count(number: u64) -> Cell<'static> {
    i64::try_from(number).ok().into()
}

fn counted(number: Option<u64>) -> Cell<'static> {
    number.and_then(|number| i64::try_from(number).ok()).into()
}

fn version(set: &SetRef) -> Cell<'static> {
    format!("{}@{}", set.code, set.version).into()
}

/// One row per city and edition.
#[must_use]
pub fn series(points: &[BenchmarkPoint]) -> Table<'_> {
    let columns = vec![
        Column::text("city"),
        Column::text("period"),
        Column::text("assessment"),
        Column::text("set"),
        Column::text("node"),
        Column::text("relation"),
        Column::integer("is_break"),
        Column::number("score"),
        Column::number("bridged"),
        Column::integer("rank"),
        Column::integer("ranked"),
        Column::text("level"),
        Column::number("coverage"),
        Column::text("note"),
        Column::number("best"),
        Column::number("rank_low"),
        Column::number("rank_high"),
        Column::integer("uncertainty"),
    ];
    let row = |point: &'_ BenchmarkPoint| {
        vec![
            point.city.as_ref().map(|city| city.to_string()).into(),
            point.period.to_string().into(),
            point.assessment.to_string().into(),
            version(&point.set),
            point.node.as_ref().map(|node| node.to_string()).into(),
            point.relation.map(|relation| relation.word().to_owned()).into(),
            u32::from(point.is_break).into(),
            point.score.into(),
            point.bridged.into(),
            counted(point.rank),
            count(point.ranked),
            point.level.as_ref().map(|level| level.to_string()).into(),
            point.coverage.into(),
            point.note.clone().into(),
            point.best.into(),
            point.rank_low.into(),
            point.rank_high.into(),
            counted(point.uncertainty),
        ]
    };
    Table::new("series", columns, points.iter().map(row).collect())
}

/// One row per change of the set and node.
#[must_use]
pub fn breaks(breaks: &[BenchmarkBreak]) -> Table<'_> {
    let columns = vec![
        Column::text("period"),
        Column::text("from_set"),
        Column::text("to_set"),
        Column::text("from"),
        Column::text("to"),
        Column::text("relation"),
        Column::integer("is_stated"),
        Column::integer("is_bridged"),
        Column::text("note"),
        Column::text("differences"),
    ];
    let row = |it: &'_ BenchmarkBreak| {
        let differences: Vec<String> = it.differences.iter().map(|it| format!("{}:{}", it.node, it.part)).collect();
        vec![
            it.period.to_string().into(),
            version(&it.from_set),
            version(&it.to_set),
            it.from.as_ref().map(|node| node.to_string()).into(),
            it.to.as_ref().map(|node| node.to_string()).into(),
            it.relation.map(|relation| relation.word().to_owned()).into(),
            u32::from(it.is_stated).into(),
            u32::from(it.is_bridged).into(),
            it.note.clone().into(),
            differences.join(" ").into(),
        ]
    };
    Table::new("breaks", columns, breaks.iter().map(row).collect())
}

/// One row per edition, without the histogram.
#[must_use]
pub fn distributions(distributions: &[BenchmarkDistribution]) -> Table<'_> {
    let columns = vec![
        Column::text("period"),
        Column::text("node"),
        Column::integer("is_break"),
        Column::integer("count"),
        Column::integer("without"),
        Column::number("least"),
        Column::number("p25"),
        Column::number("median"),
        Column::number("p75"),
        Column::number("greatest"),
        Column::number("mean"),
        Column::number("sd"),
        Column::text("best"),
    ];
    let row = |it: &'_ BenchmarkDistribution| {
        let best: Vec<&str> = it.best.iter().map(|city| city.as_str()).collect();
        vec![
            it.period.to_string().into(),
            it.node.to_string().into(),
            u32::from(it.is_break).into(),
            count(it.count),
            count(it.without),
            it.least.into(),
            it.p25.into(),
            it.median.into(),
            it.p75.into(),
            it.greatest.into(),
            it.mean.into(),
            it.sd.into(),
            best.join(" ").into(),
        ]
    };
    Table::new("distribution", columns, distributions.iter().map(row).collect())
}

/// One row per city.
#[must_use]
pub fn moves(moves: &[BenchmarkMove]) -> Table<'_> {
    let columns = vec![
        Column::text("city"),
        Column::number("score_before"),
        Column::number("score_after"),
        Column::number("score_change"),
        Column::integer("rank_before"),
        Column::integer("rank_after"),
        Column::integer("rank_change"),
        Column::integer("is_distinct"),
    ];
    let row = |it: &'_ BenchmarkMove| {
        vec![
            it.city.to_string().into(),
            it.score_before.into(),
            it.score_after.into(),
            it.score_change.into(),
            counted(it.rank_before),
            counted(it.rank_after),
            it.rank_change.into(),
            it.is_distinct.map(i64::from).into(),
        ]
    };
    Table::new("movers", columns, moves.iter().map(row).collect())
}

/// One row per node and city, with the median and the best of all cities.
#[must_use]
pub fn comparison(comparison: &BenchmarkComparison) -> Table<'_> {
    let columns = vec![
        Column::text("node"),
        Column::text("city"),
        Column::number("score"),
        Column::integer("rank"),
        Column::text("level"),
        Column::number("coverage"),
        Column::number("median"),
        Column::number("best"),
        Column::number("rank_low"),
        Column::number("rank_high"),
        Column::integer("uncertainty"),
    ];
    let rows = comparison.items.iter().flat_map(|node| {
        node.cities.iter().map(move |city| {
            vec![
                node.node.to_string().into(),
                city.city.to_string().into(),
                city.score.into(),
                counted(city.rank),
                city.level.as_ref().map(|level| level.to_string()).into(),
                city.coverage.into(),
                node.median.into(),
                node.best.into(),
                city.rank_low.into(),
                city.rank_high.into(),
                counted(city.rank_low.and(comparison.uncertainty)),
            ]
        })
    });
    Table::new("comparison", columns, rows.collect())
}
