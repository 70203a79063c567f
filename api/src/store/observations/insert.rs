//! Recording a batch: new places get a row, changed ones a new row in place of the former, equal ones nothing.

use std::cmp::Ordering;

use sea_orm::{ConnectionTrait, DbBackend};

use super::sql::{self, Places};
use super::{Counts, NewObservation, Recorded, TABLE};
use crate::store::{Clash, StoreError};

/// Records a batch in the caller's transaction.
///
/// A row that says what is current already, in value, status, quality, source and note, is `unchanged` and
/// writes nothing. Two rows for one place are a conflict, and so is a place that somebody else corrected
/// since this statement began. Rows are written in the order of their places, so that batches that run at
/// the same time wait for each other instead of deadlocking.
pub async fn insert_batch(
    conn: &impl ConnectionTrait,
    observations: &[NewObservation],
    recorded: Recorded<'_>,
) -> Result<Counts, StoreError> {
    insert(conn, observations, recorded, Others::MayWrite).await
}

/// As [`insert_batch`], for someone who does not expect others to write the same places meanwhile: where none of the places
/// is taken, which one look at the index tells, every row is written as a new one.
///
/// Where somebody does write one of the places, it is a conflict and the caller's transaction has failed; all of it is
/// then to be done again with [`insert_batch`], which waits for the other and corrects what it wrote.
pub async fn insert_batch_alone(
    conn: &impl ConnectionTrait,
    observations: &[NewObservation],
    recorded: Recorded<'_>,
) -> Result<Counts, StoreError> {
    insert(conn, observations, recorded, Others::DoNotWrite).await
}

/// Whether a place that is free may be taken by somebody else before it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    MayWrite,
    DoNotWrite,
}

async fn insert(
    conn: &impl ConnectionTrait,
    observations: &[NewObservation],
    recorded: Recorded<'_>,
    others: Others,
) -> Result<Counts, StoreError> {
    let rows = in_order(observations)?;
    let mut counts = Counts::default();
    for chunk in rows.chunks(sql::rows_per_statement(conn.get_database_backend())) {
        let accepted = insert_chunk(conn, chunk, recorded, others).await?;
        counts.accepted += accepted;
        counts.unchanged += chunk.len() as u64 - accepted;
    }
    Ok(counts)
}

/// Most batches hold new places only, and the first statement settles those. What it left out is there
/// already: the rows that differ are superseded, and the same insert then finds their places free.
async fn insert_chunk(
    conn: &impl ConnectionTrait,
    rows: &[&NewObservation],
    recorded: Recorded<'_>,
    others: Others,
) -> Result<u64, StoreError> {
    let backend = conn.get_database_backend();
    let insert = |places| sql::insert(backend, rows, recorded, places);
    let places = match (others, rows.first(), rows.last()) {
        (Others::DoNotWrite, Some(first), Some(last)) if !is_any_between(conn, first, last).await? => Places::Free,
        _ => Places::PerhapsTaken,
    };
    let new = conn.execute_raw(insert(places)).await?.rows_affected();
    if new == rows.len() as u64 {
        return Ok(new);
    }
    let mut written = new;
    for _ in 0..looks(backend) {
        let changed = conn.execute_raw(sql::supersede(backend, rows, recorded.at_ms)).await?.rows_affected();
        if changed > 0 {
            let replaced = conn.execute_raw(insert(Places::Superseded)).await?.rows_affected();
            if replaced != changed {
                let first = place(rows[0]).join("/");
                return Err(StoreError::conflict(TABLE, format!("{first} …"), Clash::Exists));
            }
        }
        written += changed;
        if written >= rows.len() as u64 {
            break;
        }
    }
    Ok(written)
}

/// How often what is there is looked at. A statement that has waited for another writer's row on PostgreSQL passes over it, because it is no longer
/// the current one, and does not see the row that took its place; the next statement does.
fn looks(backend: DbBackend) -> usize {
    if backend == DbBackend::Postgres { 2 } else { 1 }
}

async fn is_any_between(conn: &impl ConnectionTrait, first: &NewObservation, last: &NewObservation) -> Result<bool, StoreError> {
    let asked = sql::any_between(conn.get_database_backend(), first, last);
    Ok(conn.query_one_raw(asked).await?.is_some())
}

/// The batch by place, each place once, every number finite.
fn in_order(observations: &[NewObservation]) -> Result<Vec<&NewObservation>, StoreError> {
    if let Some(row) = observations.iter().find(|row| row.number.is_some_and(|n| !n.is_finite())) {
        let place = place(row).join("/");
        return Err(StoreError::Internal(format!("the number of {place} is not finite").into()));
    }
    let mut rows: Vec<&NewObservation> = observations.iter().collect();
    let by_place = |a: &&NewObservation, b: &&NewObservation| place(a).cmp(&place(b));
    if !rows.is_sorted_by(|a, b| by_place(a, b) == Ordering::Less) {
        rows.sort_unstable_by(by_place);
        let twice = rows.windows(2).find(|pair| by_place(&pair[0], &pair[1]) == Ordering::Equal);
        if let Some(twice) = twice {
            return Err(StoreError::conflict(TABLE, place(twice[0]).join("/"), Clash::Exists));
        }
    }
    Ok(rows)
}

fn place(row: &NewObservation) -> [&str; 3] {
    [&row.city, &row.period, &row.item]
}
