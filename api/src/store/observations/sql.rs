//! The statements of a bulk write, which the query builder cannot say.
//!
//! All three read the batch from `s`. Only the way the batch gets there differs: SQLite binds every cell of
//! a list of rows; PostgreSQL binds one array per column, which costs it no parsing per row.

use sea_orm::{DbBackend, Statement, Value};

use super::{NewObservation, Recorded};
use crate::store::Word;

/// Rows per statement. SQLite binds 9 cells per row and at most 32,766 in all; shorter statements are not
/// slower there. PostgreSQL binds nine arrays, however long.
pub(super) fn rows_per_statement(backend: DbBackend) -> usize {
    match backend {
        DbBackend::Postgres => 5_000,
        _ => 500,
    }
}

const COLUMNS: &str = "city, period, item, number, choice, status, quality, source, note";

/// Inserts the rows of the batch whose place has no current row.
pub(super) fn insert(backend: DbBackend, rows: &[&NewObservation], recorded: Recorded<'_>) -> Statement {
    let (batch, mut values) = batch(backend, rows);
    let [at, by, import] = [1, 2, 3].map(|n| placeholder(backend, values.len() + n));
    let sql = format!(
        "WITH {batch}
         INSERT INTO observations ({COLUMNS}, recorded_at_ms, recorded_by, import_id)
         SELECT {COLUMNS}, {at}, {by}, {import} FROM s WHERE true
         ON CONFLICT (city, period, item) WHERE superseded_at_ms IS NULL DO NOTHING"
    );
    values.extend([recorded.at_ms.into(), recorded.by.into(), recorded.import_id.map(str::to_owned).into()]);
    Statement::from_sql_and_values(backend, sql, values)
}

/// Stamps the current rows from which the batch differs.
pub(super) fn supersede(backend: DbBackend, rows: &[&NewObservation], at_ms: i64) -> Statement {
    let (batch, mut values) = batch(backend, rows);
    let at = placeholder(backend, values.len() + 1);
    let sql = format!(
        "WITH {batch}
         UPDATE observations AS o SET superseded_at_ms = {at} FROM s
         WHERE o.superseded_at_ms IS NULL
           AND o.city = s.city AND o.period = s.period AND o.item = s.item
           AND (o.number IS DISTINCT FROM s.number OR o.choice IS DISTINCT FROM s.choice
                OR o.status <> s.status OR o.quality <> s.quality OR o.source <> s.source
                OR o.note IS DISTINCT FROM s.note)"
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

fn batch(backend: DbBackend, rows: &[&NewObservation]) -> (String, Vec<Value>) {
    match backend {
        DbBackend::Postgres => arrays(rows),
        _ => cells(rows),
    }
}

fn cells(rows: &[&NewObservation]) -> (String, Vec<Value>) {
    let list = vec!["(?,?,?,?,?,?,?,?,?)"; rows.len()].join(",");
    let sql = format!("s({COLUMNS}) AS (VALUES {list})");
    let mut values = Vec::with_capacity(rows.len() * 9 + 3);
    for row in rows {
        values.extend([
            row.city.as_str().into(),
            row.period.as_str().into(),
            row.item.as_str().into(),
            number(row).into(),
            row.choice.clone().into(),
            row.status.as_str().into(),
            row.quality.as_str().into(),
            row.source.as_str().into(),
            note(row).map(str::to_owned).into(),
        ]);
    }
    (sql, values)
}

/// An array cannot carry "absent" through the driver, so NaN and the empty text, which no observation has,
/// stand for it.
fn arrays(rows: &[&NewObservation]) -> (String, Vec<Value>) {
    let sql = format!(
        "s({COLUMNS}) AS (
             SELECT city, period, item, NULLIF(number, 'NaN'), NULLIF(choice, ''), status, quality,
                    source, NULLIF(note, '')
             FROM UNNEST($1::text[], $2::text[], $3::text[], $4::double precision[], $5::text[],
                         $6::text[], $7::text[], $8::text[], $9::text[]) AS u({COLUMNS}))"
    );
    let text =
        |of: fn(&NewObservation) -> &str| -> Value { rows.iter().map(|row| of(row).to_owned()).collect::<Vec<_>>().into() };
    let numbers: Vec<f64> = rows.iter().map(|row| number(row).unwrap_or(f64::NAN)).collect();
    let values = vec![
        text(|row| &row.city),
        text(|row| &row.period),
        text(|row| &row.item),
        numbers.into(),
        text(|row| row.choice.as_deref().unwrap_or_default()),
        text(|row| row.status.as_str()),
        text(|row| &row.quality),
        text(|row| &row.source),
        text(|row| note(row).unwrap_or_default()),
    ];
    (sql, values)
}

/// SQLite stores the negative zero as zero; so does this, for both.
fn number(row: &NewObservation) -> Option<f64> {
    row.number.map(|number| number + 0.0)
}

fn note(row: &NewObservation) -> Option<&str> {
    row.note.as_deref().filter(|note| !note.is_empty())
}
