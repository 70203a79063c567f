//! The statements of a bulk write, which the query builder cannot say.
//!
//! All of them read the batch from `s`. Only the way the batch gets there differs: SQLite binds every cell of a list of
//! rows; PostgreSQL binds one array per column, which costs it no parsing per row. What all rows of a batch have in
//! common, such as the status or a source that nobody states, is bound once on both.

use std::fmt::Write as _;

use sea_orm::{DbBackend, Statement, Value};

use super::{NewObservation, Recorded};
use crate::store::Word;

/// A column of the batch: its name, its type on PostgreSQL, and what a row has in it.
struct Column {
    name: &'static str,
    kind: Kind,
    cell: fn(&NewObservation) -> Cell<'_>,
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Double,
    Integer,
}

/// What a row has in a column; nothing stands for "absent".
#[derive(Clone, Copy, PartialEq)]
enum Cell<'a> {
    Text(Option<&'a str>),
    Double(Option<f64>),
    Integer(Option<i64>),
}

/// The columns that name the place.
const PLACE: [Column; 3] = [
    Column { name: "city", kind: Kind::Text, cell: |row| Cell::Text(Some(&row.city)) },
    Column { name: "period", kind: Kind::Text, cell: |row| Cell::Text(Some(&row.period)) },
    Column { name: "item", kind: Kind::Text, cell: |row| Cell::Text(Some(&row.item)) },
];

/// What is said of the place; where any of it differs, the row says something new.
///
/// SQLite stores the negative zero as zero; so do these, for both. The empty note is none.
const SAID: [Column; 12] = [
    Column { name: "number", kind: Kind::Double, cell: |row| Cell::Double(row.number.map(|number| number + 0.0)) },
    Column { name: "choice", kind: Kind::Text, cell: |row| Cell::Text(row.choice.as_deref()) },
    Column { name: "status", kind: Kind::Text, cell: |row| Cell::Text(Some(row.status.as_str())) },
    Column { name: "quality", kind: Kind::Text, cell: |row| Cell::Text(Some(&row.quality)) },
    Column { name: "source", kind: Kind::Text, cell: |row| Cell::Text(Some(&row.source)) },
    Column { name: "note", kind: Kind::Text, cell: |row| Cell::Text(row.note.as_deref().filter(|note| !note.is_empty())) },
    Column { name: "method", kind: Kind::Text, cell: |row| Cell::Text(Some(&row.method)) },
    Column { name: "provider", kind: Kind::Text, cell: |row| Cell::Text(Some(row.provider.map_or("", Word::as_str))) },
    Column { name: "as_of", kind: Kind::Text, cell: |row| Cell::Text(row.as_of.as_deref()) },
    Column { name: "original_unit", kind: Kind::Text, cell: |row| Cell::Text(Some(&row.original_unit)) },
    Column { name: "sample_size", kind: Kind::Integer, cell: |row| Cell::Integer(row.sample_size) },
    Column { name: "margin", kind: Kind::Double, cell: |row| Cell::Double(row.margin.map(|margin| margin + 0.0)) },
];

fn columns() -> impl Iterator<Item = &'static Column> {
    PLACE.iter().chain(&SAID)
}

fn names() -> String {
    columns().map(|column| column.name).collect::<Vec<_>>().join(", ")
}

/// Rows per statement. SQLite binds up to 15 cells per row and at most 32,766 in all; shorter statements are not
/// slower there. PostgreSQL binds an array per column, however long.
pub(super) fn rows_per_statement(backend: DbBackend) -> usize {
    match backend {
        DbBackend::Postgres => 5_000,
        _ => 500,
    }
}

/// What is known of the places of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Places {
    /// None of them has a current row.
    Free,
    /// Some of them may have one.
    PerhapsTaken,
    /// The rows of some were superseded just now, which the new ones take over from at the same moment; the others have one.
    Superseded,
}

/// Asks whether a place from that of the first to that of the last row, in their order, has a current row.
pub(super) fn any_between(backend: DbBackend, first: &NewObservation, last: &NewObservation) -> Statement {
    let mark = |position| placeholder(backend, position);
    let place = |from: usize| format!("({}, {}, {})", mark(from), mark(from + 1), mark(from + 2));
    let (from, to) = (place(1), place(4));
    let sql = format!(
        "SELECT 1 AS taken FROM observations
         WHERE superseded_at_ms IS NULL AND (city, period, item) >= {from} AND (city, period, item) <= {to} LIMIT 1"
    );
    let values = [first, last].into_iter().flat_map(|row| PLACE.iter().map(|column| (column.cell)(row).into()));
    Statement::from_sql_and_values(backend, sql, values)
}

/// Inserts the rows of the batch whose place has no current row.
///
/// `ON CONFLICT` on PostgreSQL marks every row as tentative first and confirms it afterwards, which is left out where all
/// places are free. Where somebody takes one of those meanwhile, the statement fails.
pub(super) fn insert(backend: DbBackend, rows: &[&NewObservation], recorded: Recorded<'_>, places: Places) -> Statement {
    let Batch { with, mut values } = batch(backend, rows);
    let names = names();
    let [at, by, import] = [1, 2, 3].map(|n| placeholder(backend, values.len() + n));
    // SQLite takes the ON of a conflict for that of a join where a condition does not stand between.
    let unless_taken = match places {
        Places::Free => "",
        Places::PerhapsTaken | Places::Superseded => {
            "WHERE true ON CONFLICT (city, period, item) WHERE superseded_at_ms IS NULL DO NOTHING"
        }
    };
    let moment = match places {
        Places::Free | Places::PerhapsTaken => "at_ms",
        Places::Superseded => {
            "COALESCE((SELECT f.superseded_at_ms FROM observations AS f
                WHERE f.superseded_at_ms IS NOT NULL AND f.city = s.city AND f.period = s.period AND f.item = s.item
                ORDER BY f.id DESC LIMIT 1), at_ms)"
        }
    };
    let sql = format!(
        "WITH {with}, now AS (SELECT CAST({at} AS BIGINT) AS at_ms)
         INSERT INTO observations ({names}, recorded_at_ms, recorded_by, import_id)
         SELECT {names}, {moment}, {by}, {import} FROM s CROSS JOIN now {unless_taken}"
    );
    values.extend([recorded.at_ms.into(), recorded.by.into(), recorded.import_id.map(str::to_owned).into()]);
    Statement::from_sql_and_values(backend, sql, values)
}

/// Stamps the current rows from which the batch differs: with the moment, or that of their own where the clock has gone back since, so that
/// of a place there is one row at every moment.
pub(super) fn supersede(backend: DbBackend, rows: &[&NewObservation], at_ms: i64) -> Statement {
    let Batch { with, mut values } = batch(backend, rows);
    let at = placeholder(backend, values.len() + 1);
    let differs: Vec<String> = SAID.iter().map(|Column { name, .. }| format!("o.{name} IS DISTINCT FROM s.{name}")).collect();
    let differs = differs.join(" OR ");
    let later = match backend {
        DbBackend::Postgres => "GREATEST",
        _ => "MAX",
    };
    let sql = format!(
        "WITH {with}
         UPDATE observations AS o SET superseded_at_ms = {later}({at}, o.recorded_at_ms) FROM s
         WHERE o.superseded_at_ms IS NULL
           AND o.city = s.city AND o.period = s.period AND o.item = s.item
           AND ({differs})"
    );
    values.push(at_ms.into());
    Statement::from_sql_and_values(backend, sql, values)
}

/// SQLite searches all names for every named parameter, which thousands of them make slow; it counts the
/// unnamed ones.
fn placeholder(backend: DbBackend, position: usize) -> String {
    match backend {
        DbBackend::Postgres => format!("${position}"),
        _ => "?".to_owned(),
    }
}

/// The batch as a table `s` of all [`columns`], and what its placeholders stand for.
struct Batch {
    with: String,
    values: Vec<Value>,
}

fn batch(backend: DbBackend, rows: &[&NewObservation]) -> Batch {
    let first = rows.first();
    let common = |column: &Column| {
        let cell = first.map(|row| (column.cell)(row))?;
        rows.iter().all(|row| (column.cell)(row) == cell).then_some(cell)
    };
    let (shared, own): (Vec<_>, Vec<_>) = columns().map(|column| (column, common(column))).partition(|(_, cell)| cell.is_some());
    let (mut select, mut values) = (Vec::new(), Vec::new());
    for (column, cell) in &shared {
        values.extend(cell.map(Value::from));
        let parameter = placeholder(backend, values.len());
        select.push(match backend {
            DbBackend::Postgres => format!("{parameter}::{} AS {}", column.kind.on_postgres(), column.name),
            _ => format!("{parameter} AS {}", column.name),
        });
    }
    // A batch of one row has everything in common, and no list.
    let own: Vec<&Column> = own.into_iter().map(|(column, _)| column).collect();
    let mut with = String::from("s AS (SELECT ");
    let from = match backend {
        _ if own.is_empty() => String::new(),
        DbBackend::Postgres => arrays(&own, rows, &mut select, &mut values),
        _ => cells(&own, rows, &mut select, &mut values),
    };
    write!(with, "{}{from})", select.join(", ")).expect("a text takes everything");
    Batch { with, values }
}

fn cells(own: &[&Column], rows: &[&NewObservation], select: &mut Vec<String>, values: &mut Vec<Value>) -> String {
    select.extend(own.iter().enumerate().map(|(n, column)| format!("column{} AS {}", n + 1, column.name)));
    let row = format!("({})", vec!["?"; own.len()].join(","));
    values.reserve(rows.len() * own.len() + 3);
    for row in rows {
        values.extend(own.iter().map(|column| Value::from((column.cell)(row))));
    }
    format!(" FROM (VALUES {})", vec![row; rows.len()].join(","))
}

/// An array cannot carry "absent" through the driver, so NaN, the empty text and -1, which no value has where it may be
/// absent, stand for it. No text that must be there is made absent: only the first kind of column has a `NULLIF`.
fn arrays(own: &[&Column], rows: &[&NewObservation], select: &mut Vec<String>, values: &mut Vec<Value>) -> String {
    let mut arrays = Vec::new();
    let mut named = Vec::new();
    for column in own {
        let cells = || rows.iter().map(|row| (column.cell)(row));
        let absent = cells().any(|cell| cell.is_absent());
        values.push(match column.kind {
            Kind::Text => cells().map(|cell| cell.text().unwrap_or_default().to_owned()).collect::<Vec<_>>().into(),
            Kind::Double => cells().map(|cell| cell.double().unwrap_or(f64::NAN)).collect::<Vec<_>>().into(),
            Kind::Integer => cells().map(|cell| cell.integer().unwrap_or(-1)).collect::<Vec<_>>().into(),
        });
        let name = column.name;
        arrays.push(format!("${}::{}[]", values.len(), column.kind.on_postgres()));
        named.push(name);
        select.push(match (absent, column.kind) {
            (false, _) => name.to_owned(),
            (true, Kind::Text) => format!("NULLIF({name}, '') AS {name}"),
            (true, Kind::Double) => format!("NULLIF({name}, 'NaN') AS {name}"),
            (true, Kind::Integer) => format!("NULLIF({name}, -1) AS {name}"),
        });
    }
    format!(" FROM UNNEST({}) AS u({})", arrays.join(", "), named.join(", "))
}

impl Kind {
    fn on_postgres(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Double => "double precision",
            Self::Integer => "bigint",
        }
    }
}

impl<'a> Cell<'a> {
    fn is_absent(self) -> bool {
        matches!(self, Self::Text(None) | Self::Double(None) | Self::Integer(None))
    }

    fn text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { text } else { None }
    }

    fn double(self) -> Option<f64> {
        if let Self::Double(number) = self { number } else { None }
    }

    fn integer(self) -> Option<i64> {
        if let Self::Integer(number) = self { number } else { None }
    }
}

impl From<Cell<'_>> for Value {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Text(text) => text.map(str::to_owned).into(),
            Cell::Double(number) => number.into(),
            Cell::Integer(number) => number.into(),
        }
    }
}
