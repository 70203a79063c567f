//! Reading many observations at once, column by column, for the engine and for releases.

use std::collections::HashMap;
use std::pin::pin;

use futures_util::TryStreamExt;
use sea_orm::{QueryResult, StreamTrait};

use super::{Filter, Status, TABLE, query};
use crate::store::entity::observation::Column;
use crate::store::{StoreError, Transaction, Word};

/// Text that repeats: each different text once, and per row which one it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coded {
    /// The different texts, in the order they first came up.
    pub texts: Vec<String>,
    /// Per row, the position of its text.
    pub keys: Vec<u32>,
}

impl Coded {
    /// The text of each row.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.keys.iter().map(|key| self.texts[*key as usize].as_str())
    }
}

/// Observations as columns of equal length, sorted by city, period and item.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Frame {
    /// The city of each row.
    pub city: Coded,
    /// The period of each row.
    pub period: Coded,
    /// The data item of each row.
    pub item: Coded,
    /// The number of each row.
    pub number: Vec<Option<f64>>,
    /// The chosen option of each row.
    pub choice: Vec<Option<String>>,
    /// The status of each row.
    pub status: Vec<Status>,
}

impl Frame {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.status.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.status.is_empty()
    }
}

/// How many rows are read before other work of the thread has its turn; a database that is fast enough would otherwise
/// never let go.
const BREATH: usize = 4_096;

/// Reads everything a filter lets through, in one query and so at one moment; in a transaction of
/// [`Store::begin_reading`](crate::store::Store::begin_reading), because it may take its time.
pub async fn read_as_of(reading: &Transaction, filter: &Filter) -> Result<Frame, StoreError> {
    let columns = [Column::City, Column::Period, Column::Item, Column::Number, Column::Choice, Column::Status, Column::Id];
    let query = query::select(&columns, filter, None);
    let mut rows = pin!(reading.stream(&query).await?);
    let mut reader = Reader::default();
    while let Some(row) = rows.try_next().await? {
        reader.push(&row)?;
        if reader.frame.len().is_multiple_of(BREATH) {
            tokio::task::yield_now().await;
        }
    }
    Ok(reader.frame)
}

#[derive(Default)]
struct Reader {
    frame: Frame,
    cities: Codes,
    periods: Codes,
    items: Codes,
}

impl Reader {
    fn push(&mut self, row: &QueryResult) -> Result<(), StoreError> {
        self.cities.push(&mut self.frame.city, row.try_get_by_index(0)?);
        self.periods.push(&mut self.frame.period, row.try_get_by_index(1)?);
        self.items.push(&mut self.frame.item, row.try_get_by_index(2)?);
        self.frame.number.push(row.try_get_by_index(3)?);
        self.frame.choice.push(row.try_get_by_index(4)?);
        let status: String = row.try_get_by_index(5)?;
        let id: i64 = row.try_get_by_index(6)?;
        let status = Status::parse(&status).ok_or_else(|| StoreError::Corrupt {
            table: TABLE,
            column: "status",
            row: id.to_string(),
            reason: format!("{status:?} is not one of its words"),
        })?;
        self.frame.status.push(status);
        Ok(())
    }
}

#[derive(Default)]
struct Codes(HashMap<String, u32>);

impl Codes {
    fn push(&mut self, column: &mut Coded, text: String) {
        let key = match self.0.get(&text) {
            Some(key) => *key,
            None => {
                let key = u32::try_from(column.texts.len()).expect("a database has fewer than four thousand million codes");
                column.texts.push(text.clone());
                self.0.insert(text, key);
                key
            }
        };
        column.keys.push(key);
    }
}
