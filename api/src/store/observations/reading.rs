//! Reading many observations at once, for releases: one query, row by row, so that no more than a few are in memory.

use futures_util::{Stream, TryStreamExt};
use sea_orm::{FromQueryResult, QueryResult, StreamTrait};

use super::{Filter, Observation, Status, TABLE, query};
use crate::store::entity::observation::{Column, Model};
use crate::store::{StoreError, Word};

/// An observation as a release holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The city.
    pub city: String,
    /// The period.
    pub period: String,
    /// The data item.
    pub item: String,
    /// The number.
    pub number: Option<f64>,
    /// The chosen option.
    pub choice: Option<String>,
    /// The status.
    pub status: Status,
}

const COLUMNS: [Column; 7] =
    [Column::City, Column::Period, Column::Item, Column::Number, Column::Choice, Column::Status, Column::Id];

/// Everything a filter lets through, by city, period and item, in one query and so of one moment; in a transaction of
/// [`Store::begin_reading`](crate::store::Store::begin_reading), because it may take its time.
pub async fn read_as_of<'c>(
    conn: &'c impl StreamTrait,
    filter: &Filter,
) -> Result<impl Stream<Item = Result<Reading, StoreError>> + Send + 'c, StoreError> {
    let rows = conn.stream(&query::select(&COLUMNS, filter, None)).await?;
    Ok(rows.map_err(StoreError::from).and_then(async |row| reading(&row)))
}

/// As [`read_as_of`], with everything that is known of a value.
pub async fn read_whole<'c>(
    conn: &'c impl StreamTrait,
    filter: &Filter,
) -> Result<impl Stream<Item = Result<Observation, StoreError>> + Send + 'c, StoreError> {
    let rows = conn.stream(&query::page(filter, None)).await?;
    Ok(rows.map_err(StoreError::from).and_then(async |row| Observation::try_from(Model::from_query_result(&row, "")?)))
}

fn reading(row: &QueryResult) -> Result<Reading, StoreError> {
    let status: String = row.try_get_by_index(5)?;
    let id: i64 = row.try_get_by_index(6)?;
    Ok(Reading {
        city: row.try_get_by_index(0)?,
        period: row.try_get_by_index(1)?,
        item: row.try_get_by_index(2)?,
        number: row.try_get_by_index(3)?,
        choice: row.try_get_by_index(4)?,
        status: Status::parse(&status).ok_or_else(|| StoreError::Corrupt {
            table: TABLE,
            column: "status",
            row: id.to_string(),
            reason: format!("{status:?} is not one of its words"),
        })?,
    })
}
