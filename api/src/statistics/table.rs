//! The rows of statistics as a table for files and pages.

use citygauge_openapi::StatisticsTable;
use serde::Serialize;
use serde_json::Value;

use crate::export::{Cell, Column, Table};

/// The table of the rows; its columns are promises to whoever reads the files.
#[must_use]
pub fn table(rows: &StatisticsTable) -> Table<'_> {
    match rows {
        StatisticsTable::Indicators { items } => of(
            items,
            "node title of cities# available# available_share. zeros# nonzero_share. distinct# distinct_share. most_frequent# \
             most_frequent_share. min. max. mean. median. sd. skewness. kurtosis. outliers_low# outliers_high# concerns reason \
             note",
        ),
        StatisticsTable::Correlations { items } => {
            of(items, "parent one other cities# correlation. p_value. relation reason note")
        }
        StatisticsTable::Consistency { items } => of(items, "node title members# cities# alpha. reason note"),
        StatisticsTable::Components { items } => {
            of(items, "node cities# component# variance. share. cumulative. member loading. reason note")
        }
        StatisticsTable::Availability { items } => of(items, "city node leaves# missing# zeros# available_share. nonzero_share."),
        StatisticsTable::Screening { items } => {
            of(items, "city leaves# missing# zeros# available_share. nonzero_share. low_data low_nonzero included forced")
        }
        StatisticsTable::Balance { items } => of(
            items,
            "node title parent weight. share. cities# correlation. correlation_with_total. importance. importance_share. reason \
             note",
        ),
        StatisticsTable::Standings { items } => of(items, "city standing node title rank# cities# value. unit score."),
    }
}

/// A table whose columns are members of the rows; `#` marks whole numbers, `.` other numbers.
fn of<'a, R: Serialize + Sync>(rows: &'a [R], columns: &'static str) -> Table<'a> {
    let names = || columns.split_whitespace().map(|column| column.trim_end_matches(['#', '.']));
    let kinds = columns.split_whitespace().map(|column| match column.trim_end_matches(['#', '.']) {
        name if column.ends_with('#') => Column::integer(name),
        name if column.ends_with('.') => Column::number(name),
        name => Column::text(name),
    });
    let kinds: Vec<Column> = kinds.collect();
    let is_integer: Vec<bool> = columns.split_whitespace().map(|column| column.ends_with('#')).collect();
    Table::streamed("statistics", kinds, move |emit| {
        rows.iter().try_for_each(|row| {
            let row = serde_json::to_value(row).map_err(std::io::Error::from)?;
            let cells: Vec<Cell<'_>> = names().zip(&is_integer).map(|(name, is_integer)| cell(&row[name], *is_integer)).collect();
            emit(&cells)
        })
    })
}

fn cell(value: &Value, is_integer: bool) -> Cell<'_> {
    match value {
        Value::Null => Cell::Empty,
        Value::Bool(flag) => (if *flag { "true" } else { "false" }).into(),
        Value::Number(number) if is_integer => number.as_i64().into(),
        Value::Number(number) => number.as_f64().into(),
        Value::String(text) => text.as_str().into(),
        Value::Array(words) if words.is_empty() => Cell::Empty,
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ").into(),
        Value::Object(_) => Cell::Empty,
    }
}
