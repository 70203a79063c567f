//! Observations, long or wide, as the items of a set type them.
//!
//! - **Long**: `city,period,item,value[,status,quality,source,note]`. Without a status, a row with a value is
//!   reported and a row without one is missing; `reported` without a value is a fault, so is a value beside
//!   `missing` or `not_applicable`, and `not_applicable` needs its reason in `note`.
//! - **Wide**: `city[,period],ITEM,ITEM,...`. An empty cell says nothing unless [`Blanks::Missing`] is asked for.
//!   One faulty cell withholds the whole row.
//!
//! A file without a column `period` takes the period from the options; one with it takes it from nowhere else.

mod city;
mod columns;
mod register;
mod rows;
mod status;
#[cfg(test)]
pub(crate) mod tests;
mod value;

use std::sync::Arc;

use citygauge_indicators::{IndicatorSet, ItemIndex, Observation, Period, Status, Value};

use super::feed::Feed;
use super::{Encoding, Format, Limits, Reading, Shape, Source};
pub(crate) use city::{is_malformed, malformed};
use columns::Columns;
pub use register::CityRegister;
use rows::ObservationRows;

/// What is known beside the file.
#[derive(Debug, Clone, Default)]
pub struct ObservationOptions<'a> {
    /// The name of the file, as the person gave it; every fault repeats it.
    pub file_name: Option<&'a str>,
    /// The period of a file that has no column for it.
    pub period: Option<Period>,
    /// The registered cities with their former codes; without them every well-formed code counts.
    pub known_cities: Option<&'a CityRegister>,
    /// The encoding that was declared for a CSV file.
    pub encoding: Option<Encoding>,
    /// What an empty cell of a wide table says.
    pub blanks: Blanks,
    /// How much is read at most.
    pub limits: Limits,
}

/// What an empty cell of a wide table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Blanks {
    /// Nothing: a template filled in by one department leaves alone what the others reported.
    #[default]
    Omitted,
    /// That the item is missing.
    Missing,
}

/// A sound observation with its row.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadObservation {
    /// The row of the file; the element, counted from 1, of a JSON array.
    pub row: u64,
    /// The code of the city, shared by its observations.
    pub city: Arc<str>,
    /// The period.
    pub period: Period,
    /// The place of the data item in the set.
    pub item: ItemIndex,
    /// The value; absent unless the status is `reported` or `rejected`.
    pub value: Option<Value>,
    /// Whether the value counts.
    pub status: Status,
    /// What else the row says, where it says anything.
    pub annotations: Option<Box<Annotations>>,
}

/// What a long row says about its value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Annotations {
    /// The quality grade.
    pub quality: Option<String>,
    /// Where the value comes from.
    pub source: Option<String>,
    /// A remark; the reason, where the item does not apply.
    pub note: Option<String>,
}

impl ReadObservation {
    /// The observation in the vocabulary of the set it was read for.
    #[must_use]
    pub fn to_observation(&self, set: &IndicatorSet) -> Observation {
        Observation {
            city: self.city.to_string(),
            period: self.period,
            item: set.items()[self.item].code.clone(),
            value: self.value.clone(),
            status: self.status,
        }
    }
}

/// Reads observations and every fault of the file. A workbook's sheet is the one called `observations`, or the first.
#[must_use]
pub fn read(bytes: &[u8], format: Format, set: &IndicatorSet, options: &ObservationOptions<'_>) -> Reading<ReadObservation> {
    let mut feed = Feed::new(ObservationRows::new(set, options), &options.limits);
    let source = Source { bytes, format, declared: options.encoding, name: "observations", pointer: "/observations" };
    let encoding = source.feed(&mut feed);
    let warnings = feed.rows.taken.warnings();
    let (rows, shape) = (std::mem::take(&mut feed.rows.taken.rows), feed.rows.columns.as_ref().map(shape));
    let reading = Reading::new(rows, feed, options.file_name, encoding, shape);
    let warnings = match options.file_name {
        Some(file) => warnings.in_file(file),
        None => warnings,
    };
    Reading { warnings, ..reading }
}

fn shape(columns: &Columns) -> Shape {
    match columns {
        Columns::Long(_) => Shape::Long,
        Columns::Wide(_) => Shape::Wide,
    }
}
