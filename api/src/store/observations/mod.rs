//! Values of data items, with every value they ever had.
//!
//! A row is written once. A correction inserts the new row and stamps the former one with the moment it was
//! superseded; the current rows are those without a stamp, at most one per city, period and item. What was
//! current at a moment (`as_of_ms`) is what had been recorded by then and not yet superseded.

mod insert;
mod query;
mod reading;
mod sql;

use jiff::civil::Date;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryOrder, QuerySelect};

use super::entity::observation::{Column, Entity, Model};
use super::row::{Row, words};
use super::{Page, StoreError};

pub use super::cities::Counts;
pub use insert::{insert_batch, insert_batch_alone};
pub use reading::{Reading, read_as_of, read_whole};

const TABLE: &str = "observations";

words! {
    /// What is known about a value, apart from the value itself.
    Status {
        /// There is a value.
        Reported = "reported",
        /// There should be one.
        Missing = "missing",
        /// There cannot be one.
        NotApplicable = "not_applicable",
        /// There is one that was refused in review; it counts as missing.
        Rejected = "rejected",
    }
}

words! {
    /// Who delivered a value.
    Provider {
        /// The city itself.
        City = "city",
        /// A third party, such as a platform operator.
        ThirdParty = "third_party",
        /// A central body that computes it for all cities.
        Central = "central",
        /// A survey of citizens.
        Citizen = "citizen",
        /// A panel of experts.
        Expert = "expert",
    }
}

/// A value that is to be recorded.
///
/// A reported one has a number or a choice, a missing or not applicable one has neither. Texts that are not
/// stated are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct NewObservation {
    /// The city's code.
    pub city: String,
    /// The period, in the SDMX form (`2026`, `2026-Q3`).
    pub period: String,
    /// The data item's code.
    pub item: String,
    /// The value of a number, in the item's unit; a yes is 1, a no 0. Finite.
    pub number: Option<f64>,
    /// The code of the chosen option.
    pub choice: Option<String>,
    /// What is known about the value.
    pub status: Status,
    /// The word of a quality grade; rows of earlier versions may have any text.
    pub quality: String,
    /// Where the value comes from.
    pub source: String,
    /// A remark, such as the reason why it does not apply; empty is the same as none.
    pub note: Option<String>,
    /// How the value was obtained.
    pub method: String,
    /// Who delivered it, where that is stated.
    pub provider: Option<Provider>,
    /// The day of which the value speaks, `YYYY-MM-DD`.
    pub as_of: Option<String>,
    /// The unit in which the source states the value, whatever the unit of `number`.
    pub original_unit: String,
    /// How many were asked or measured; at least 1.
    pub sample_size: Option<i64>,
    /// The half-width of the 95 % interval, in the item's unit; finite and at least 0.
    pub margin: Option<f64>,
}

/// When and by whom a batch is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded<'a> {
    /// The moment, the same for the whole batch.
    pub at_ms: i64,
    /// Who recorded it.
    pub by: &'a str,
    /// The import it came with.
    pub import_id: Option<&'a str>,
}

/// A value as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Its number, growing with time.
    pub id: i64,
    /// What was recorded.
    pub value: NewObservation,
    /// The import it came with.
    pub import_id: Option<String>,
    /// When it was recorded.
    pub recorded_at_ms: i64,
    /// Who recorded it.
    pub recorded_by: String,
    /// When another one took over; none while it is current.
    pub superseded_at_ms: Option<i64>,
}

/// The place of a value: at most one is current in each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The city's code.
    pub city: String,
    /// The period.
    pub period: String,
    /// The data item's code.
    pub item: String,
}

/// Which values are read; an empty list stands for all. The lists together may have 15,000 entries,
/// which is what SQLite can bind twice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only these cities.
    pub cities: Vec<String>,
    /// Only these data items.
    pub items: Vec<String>,
    /// Only these periods.
    pub periods: Vec<String>,
    /// Only values that were delivered by one of these.
    pub providers: Vec<Provider>,
    /// Only values of one of these quality grades.
    pub qualities: Vec<String>,
    /// What was current at this moment instead of now.
    pub as_of_ms: Option<i64>,
}

/// By what values are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountBy {
    /// By city.
    City,
    /// By data item.
    Item,
}

/// What a filter lets through at a moment, in brief: two reads with the same mark read the same, because a change of any kind inserts a
/// row with a higher number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// How many values there are.
    pub count: i64,
    /// The highest of their numbers.
    pub latest_id: i64,
    /// When the latest of them was recorded.
    pub latest_at_ms: i64,
}

/// The mark of what a filter lets through.
pub async fn mark(conn: &impl ConnectionTrait, filter: &Filter) -> Result<Mark, StoreError> {
    let row = conn.query_one(&query::mark(filter)).await?;
    let row = row.ok_or_else(|| StoreError::Internal("an aggregate has one row".into()))?;
    let (latest_id, latest_at_ms): (Option<i64>, Option<i64>) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
    Ok(Mark { count: row.try_get_by_index(0)?, latest_id: latest_id.unwrap_or(0), latest_at_ms: latest_at_ms.unwrap_or(0) })
}

/// The codes of the data items that ever were observed in these cities, or in any.
pub async fn items(conn: &impl ConnectionTrait, cities: &[String]) -> Result<Vec<String>, StoreError> {
    let rows = conn.query_all(&query::codes(Column::Item, cities)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// The observation with this number, current or not.
pub async fn find(conn: &impl ConnectionTrait, id: i64) -> Result<Observation, StoreError> {
    let row = Entity::find_by_id(id).one(conn).await?;
    row.ok_or_else(|| StoreError::absent(TABLE, id))?.try_into()
}

/// Whether a filter lets any current value through; `as_of_ms` is not asked.
pub async fn any(conn: &impl ConnectionTrait, filter: &Filter) -> Result<bool, StoreError> {
    let found = query::narrowed(filter).select_only().column(Column::Id).limit(1).into_tuple::<i64>().one(conn).await?;
    Ok(found.is_some())
}

/// The periods of the current values that a filter lets through, in the order of their codes; `as_of_ms` is not asked.
pub async fn periods(conn: &impl ConnectionTrait, filter: &Filter) -> Result<Vec<String>, StoreError> {
    let query = query::narrowed(filter).select_only().column(Column::Period).distinct().order_by_asc(Column::Period);
    Ok(query.into_tuple().all(conn).await?)
}

/// How many current values have which status, by city or by item; `as_of_ms` is not asked.
pub async fn count_by(
    conn: &impl ConnectionTrait,
    filter: &Filter,
    by: CountBy,
) -> Result<Vec<(String, Status, u64)>, StoreError> {
    let column = match by {
        CountBy::City => Column::City,
        CountBy::Item => Column::Item,
    };
    let query = query::narrowed(filter).select_only().column(column).column(Column::Status);
    let query = query.column_as(Column::Id.count(), "count").group_by(column).group_by(Column::Status);
    let rows: Vec<(String, String, i64)> = query.into_tuple().all(conn).await?;
    let read = |(key, status, count): (String, String, i64)| {
        let status = Row { table: TABLE, key: &key }.word("status", &status)?;
        Ok((key, status, count.unsigned_abs()))
    };
    rows.into_iter().map(read).collect()
}

/// Every value a place ever had, oldest first; the last one is current.
pub async fn history(conn: &impl ConnectionTrait, place: &Place) -> Result<Vec<Observation>, StoreError> {
    let statement = conn.get_database_backend().build(&query::history(place));
    let rows = Entity::find().from_raw_sql(statement).all(conn).await?;
    rows.into_iter().map(Observation::try_from).collect()
}

/// The values after a place, by city, period and item.
pub async fn page(
    conn: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<&Place>,
    limit: u64,
) -> Result<Page<Observation, Place>, StoreError> {
    let mut query = query::page(filter, after);
    query.limit(limit.saturating_add(1));
    let statement = conn.get_database_backend().build(&query);
    let rows = Entity::find().from_raw_sql(statement).all(conn).await?;
    let values = rows.into_iter().map(Observation::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(values, limit, |row: &Observation| Place {
        city: row.value.city.clone(),
        period: row.value.period.clone(),
        item: row.value.item.clone(),
    }))
}

impl TryFrom<Model> for Observation {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let at = Row { table: TABLE, key: &row.id };
        let status = at.word("status", &row.status)?;
        let provider = Some(row.provider.as_str()).filter(|word| !word.is_empty());
        let provider = provider.map(|word| at.word("provider", word)).transpose()?;
        if let Some(day) = &row.as_of
            && Date::strptime("%Y-%m-%d", day).is_err()
        {
            return Err(at.corrupt("as_of", format!("{day:?} is not a day")));
        }
        Ok(Self {
            id: row.id,
            import_id: row.import_id,
            recorded_at_ms: row.recorded_at_ms,
            recorded_by: row.recorded_by,
            superseded_at_ms: row.superseded_at_ms,
            value: NewObservation {
                city: row.city,
                period: row.period,
                item: row.item,
                number: row.number,
                choice: row.choice,
                status,
                quality: row.quality,
                source: row.source,
                note: row.note,
                method: row.method,
                provider,
                as_of: row.as_of,
                original_unit: row.original_unit,
                sample_size: row.sample_size,
                margin: row.margin,
            },
        })
    }
}
