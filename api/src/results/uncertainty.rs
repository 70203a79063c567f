//! The results of an uncertainty analysis as tables: `cities`, `ranks`, `sensitivity` and `parameters`.

use citygauge_assessment::uncertainty::{self, Spread, Uncertainty};

use crate::export::{Cell, Column, Table};

/// What the replications say of each city.
#[must_use]
pub fn cities(result: &Uncertainty) -> Table<'_> {
    let numbers = ["rank_mean", "rank_median", "rank_p5", "rank_p95", "score_mean", "score_median", "score_p5", "score_p95"];
    let columns = [Column::text("city"), Column::text("period"), Column::number("score"), Column::integer("rank")]
        .into_iter()
        .chain([Column::integer("ranked")])
        .chain(numbers.map(Column::number))
        .chain([Column::integer("group")]);
    let rows = result.cities.iter().map(|city| {
        let spread = |of: Option<Spread>| {
            [of.map(|of| of.mean).into(), of.map(|of| of.median).into(), of.map(|of| of.p5).into(), of.map(|of| of.p95).into()]
        };
        let row: Vec<Cell<'_>> = [
            city.city.as_str().into(),
            result.period.to_string().into(),
            city.score.into(),
            city.rank.into(),
            Cell::Integer(i64::try_from(city.ranked).unwrap_or(i64::MAX)),
        ]
        .into_iter()
        .chain(spread(city.ranks))
        .chain(spread(city.scores))
        .chain([city.group.into()])
        .collect();
        row
    });
    Table::new("cities", columns.collect(), rows.collect())
}

/// The share of the replications in which a city holds a rank.
#[must_use]
pub fn ranks(result: &Uncertainty) -> Table<'_> {
    let columns = vec![Column::text("city"), Column::integer("rank"), Column::number("share")];
    let rows = result
        .ranks
        .iter()
        .map(|held| vec![held.city.as_str().into(), Cell::Integer(i64::from(held.rank)), Cell::Number(held.share)]);
    Table::new("ranks", columns, rows.collect())
}

/// First and total order indices of each choice, with their bootstrap intervals; no row without a Sobol design.
#[must_use]
pub fn sensitivity(result: &Uncertainty) -> Table<'_> {
    let numbers = ["first", "first_p5", "first_p95", "total", "total_p5", "total_p95"];
    let columns = std::iter::once(Column::text("choice")).chain(numbers.map(Column::number)).collect();
    let rows = result.sensitivity.iter().map(|of_choice| {
        let numbers = of_choice.indices.map(|indices| {
            let ([first_p5, first_p95], [total_p5, total_p95]) = (indices.first_interval, indices.total_interval);
            [indices.first, first_p5, first_p95, indices.total, total_p5, total_p95]
        });
        let cells = (0..6).map(|i| numbers.map_or(Cell::Empty, |numbers| Cell::Number(numbers[i])));
        std::iter::once(of_choice.choice.as_str().into()).chain(cells).collect()
    });
    Table::new("sensitivity", columns, rows.collect())
}

/// What every replication drew, and by how much it moved the ranks.
#[must_use]
pub fn parameters(result: &Uncertainty) -> Table<'_> {
    let table = &result.parameters;
    let is_text = |at: usize| table.rows.iter().any(|row| matches!(row[at], uncertainty::Cell::Text(_)));
    let is_empty = |at: usize| table.rows.iter().all(|row| row[at] == uncertainty::Cell::Empty);
    let columns = table
        .columns
        .iter()
        .enumerate()
        .map(|(at, name)| if is_text(at) || is_empty(at) { Column::text(name) } else { Column::number(name) });
    let cell = |cell: &'_ uncertainty::Cell| match cell {
        uncertainty::Cell::Text(text) => Cell::Text(text.clone().into()),
        uncertainty::Cell::Number(number) => Cell::Number(*number),
        uncertainty::Cell::Empty => Cell::Empty,
    };
    let rows = table.rows.iter().map(|row| row.iter().map(cell).collect());
    Table::new("parameters", columns.collect(), rows.collect())
}
