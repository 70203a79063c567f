//! The table of `docs/authorisation.md`.

use std::fmt;

use crate::who::{Side, Who};

/// A column: who asks, and whether about something of their own.
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// Who asks.
    pub who: Who,
    /// About what: both, where a column is for both.
    pub sides: &'static [Side],
}

const fn column(name: &'static str, who: Who, sides: &'static [Side]) -> Column {
    Column { name, who, sides }
}

const BOTH: &[Side] = &[Side::Own, Side::Other];

/// The columns after the operation, its method and its path.
pub const COLUMNS: [Column; 10] = [
    column("no key", Who::Nobody, BOTH),
    column("viewer", Who::Viewer, BOTH),
    column("expert", Who::Expert, BOTH),
    column("reporter own", Who::Reporter, &[Side::Own]),
    column("reporter other", Who::Reporter, &[Side::Other]),
    column("province own", Who::Province, &[Side::Own]),
    column("province other", Who::Province, &[Side::Other]),
    column("evaluator", Who::Evaluator, BOTH),
    column("methodologist", Who::Methodologist, BOTH),
    column("admin", Who::Admin, BOTH),
];

/// A word of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It passes authorisation.
    Yes,
    /// 403.
    No,
    /// 401.
    Key,
    /// 404, as if it were not there.
    Absent,
}

impl Word {
    const ALL: [(Self, &'static str); 4] = [(Self::Yes, "yes"), (Self::No, "no"), (Self::Key, "key"), (Self::Absent, "absent")];

    fn read(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, word)| *word == text.trim()).map(|(word, _)| *word)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::ALL.iter().find(|(word, _)| word == self).map_or("", |(_, text)| text);
        f.write_str(word)
    }
}

/// What a cell expects of what is the caller's own, and of the other.
pub type Cell = [Word; 2];

/// A row.
pub struct Row {
    /// The identifier of the operation.
    pub operation: String,
    /// Its method and path.
    pub place: String,
    /// A cell for each of [`COLUMNS`].
    pub cells: Vec<Cell>,
}

/// The rows of a page; or everything that is wrong with its table.
pub fn read(page: &str) -> Result<Vec<Row>, Vec<String>> {
    let headings = ["operation", "request"].into_iter().chain(COLUMNS.iter().map(|column| column.name));
    let expected = format!("| {} |", headings.collect::<Vec<_>>().join(" | "));
    let mut lines = page.lines().skip_while(|line| *line != expected);
    if lines.by_ref().take(2).count() < 2 {
        return Err(vec![format!("no table begins with `{expected}`")]);
    }
    let lines = lines.take_while(|line| line.starts_with('|'));
    let (rows, faults): (Vec<_>, Vec<_>) = lines.map(row).partition(Result::is_ok);
    let faults: Vec<String> = faults.into_iter().filter_map(Result::err).flatten().collect();
    if faults.is_empty() { Ok(rows.into_iter().filter_map(Result::ok).collect()) } else { Err(faults) }
}

fn row(line: &str) -> Result<Row, Vec<String>> {
    let fields: Vec<&str> = line.trim_matches('|').split('|').map(|field| field.trim().trim_matches('`')).collect();
    let [operation, place, cells @ ..] = fields.as_slice() else { return Err(vec![format!("no row: {line}")]) };
    if cells.len() != COLUMNS.len() {
        return Err(vec![format!("{operation} has {} cells of {}", cells.len(), COLUMNS.len())]);
    }
    let mut faults = Vec::new();
    let mut read = Vec::new();
    for (text, column) in cells.iter().zip(&COLUMNS) {
        match cell(text, column) {
            Some(cell) => read.push(cell),
            None => faults.push(format!("{operation}, {}: `{text}` is no word of a cell", column.name)),
        }
    }
    if faults.is_empty() {
        Ok(Row { operation: (*operation).to_owned(), place: (*place).to_owned(), cells: read })
    } else {
        Err(faults)
    }
}

/// One word, or `own / other` where a column is for both.
fn cell(text: &str, column: &Column) -> Option<Cell> {
    match text.split_once('/') {
        None => Word::read(text).map(|word| [word; 2]),
        Some((own, other)) if column.sides.len() == 2 => Some([Word::read(own)?, Word::read(other)?]),
        Some(_) => None,
    }
}
