//! The drawn parameters of every replication as a table, which a later run can take instead of a seed.

use citygauge_indicators::IndicatorSet;

use super::draw::{self, Drawn, Row};
use super::plan::Planned;
use super::summary::Outcome;

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A word.
    Text(String),
    /// A number.
    Number(f64),
    /// Nothing.
    Empty,
}

/// A table: its columns, and rows of as many cells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// Parameters to run again: the table of an earlier run, as text. The columns `replication`, `total_ranked` and
/// `rank_shift` of such a table are not read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replay {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows, a cell per column.
    pub rows: Vec<Vec<String>>,
}

/// The number of the replication, from 1.
const REPLICATION: &str = "replication";
/// In how many cities TOTAL has a rank in it.
const RANKED: &str = "total_ranked";
/// By how much the ranks in it differ from the published ones, in the mean over the cities that have both.
const RANK_SHIFT: &str = "rank_shift";

/// Whether a column tells what came out and not what was drawn.
pub(super) fn is_result(column: &str) -> bool {
    [REPLICATION, RANKED, RANK_SHIFT].contains(&column)
}

/// The table of what was drawn, with the shift of the ranks that it made.
pub(super) fn table(set: &IndicatorSet, planned: &[Planned], rows: &[Row], outcomes: &[Outcome]) -> Table {
    let drawn = planned.iter().flat_map(|choice| draw::columns(set, choice));
    let columns = std::iter::once(REPLICATION.to_owned()).chain(drawn).chain([RANKED.to_owned(), RANK_SHIFT.to_owned()]);
    let row = |(i, row): (usize, &Row)| {
        let drawn = planned.iter().zip(row).flat_map(|(choice, drawn)| match drawn {
            Drawn::Weights(weights) => weights.iter().copied().map(Cell::Number).collect(),
            Drawn::Alternative(place) => vec![match choice.labels[*place].as_str() {
                "" => Cell::Empty,
                label => Cell::Text(label.to_owned()),
            }],
        });
        let shift = outcomes[i].shift.map_or(Cell::Empty, Cell::Number);
        std::iter::once(Cell::Number((i + 1) as f64))
            .chain(drawn)
            .chain([Cell::Number(outcomes[i].ranked as f64), shift])
            .collect()
    };
    Table { columns: columns.collect(), rows: rows.iter().enumerate().map(row).collect() }
}
