//! The rows of an answer as a table.

use citygauge_openapi as wire;

use crate::export::{Column, Table};

/// One row per city and node.
#[must_use]
pub fn table<'a>(rows: &'a [wire::WhatIfRow], places: Option<u32>) -> Table<'a> {
    let columns = vec![
        Column::text("city"),
        Column::text("period"),
        Column::text("node"),
        Column::number("value_before"),
        Column::number("value_after"),
        Column::number("score_before").places(places),
        Column::number("score_after").places(places),
        Column::number("points_before"),
        Column::number("points_after"),
        Column::integer("rank_before"),
        Column::integer("rank_after"),
        Column::integer("rank_change"),
        Column::text("level_before"),
        Column::text("level_after"),
        Column::integer("level_change"),
    ];
    let whole = |rank: Option<u64>| rank.and_then(|rank| i64::try_from(rank).ok());
    let rows = rows.iter().map(|row| {
        vec![
            row.city.as_str().into(),
            row.period.as_str().into(),
            row.node.as_str().into(),
            row.value_before.into(),
            row.value_after.into(),
            row.score_before.into(),
            row.score_after.into(),
            row.points_before.into(),
            row.points_after.into(),
            whole(row.rank_before).into(),
            whole(row.rank_after).into(),
            row.rank_change.into(),
            row.level_before.as_ref().map(|level| level.as_str()).into(),
            row.level_after.as_ref().map(|level| level.as_str()).into(),
            row.level_change.into(),
        ]
    });
    Table::new("what_if", columns, rows.collect())
}
