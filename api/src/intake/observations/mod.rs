//! Observations, long or wide, as the items of a set type them.
//!
//! - **Long**: `city,period,item,value[,status,quality,source,note,method,provider,as_of,unit,sample_size,margin]`.
//!   Without a status, a row with a value is reported and a row without one is missing; `reported` without a value is a
//!   fault, so is a value beside `missing` or `not_applicable`, and `not_applicable` needs its reason in `note`.
//!   `quality` is a [grade](citygauge_indicators::QualityGrade), `provider` that of the item in the set, `as_of` a day.
//!   `unit` is what the source states and converts nothing. `sample_size` (1 or more) and `margin` (0 or more: half the
//!   width of the 95 % interval, in the item's unit) stand beside a value of an item that may be the mean or the share of
//!   a sample: an amount, a ratio, an index or a survey, but no count, yes/no or choice.
//!   A value of citizens without a sample size is taken, with a warning per item. A margin needs its sample size.
//! - **Wide**: `city[,period],ITEM,ITEM,...`. An empty cell says nothing unless [`Blanks::Missing`] is asked for.
//!   One faulty cell withholds the whole row.
//!
//! A file without a column `period` takes the period from the options; one with it takes it from nowhere else.

mod absences;
mod annotations;
mod city;
mod columns;
mod register;
mod rows;
mod status;
mod survey;
#[cfg(test)]
pub(crate) mod tests;
mod title;
mod value;

use std::sync::Arc;

use citygauge_indicators::{Fault, IndicatorSet, Item, ItemIndex, Observation, Period, Status, Value};

use citygauge_openapi::ImportKind;

use super::cell::Cell;
use super::feed::Feed;
use super::mapping::translate::Translated;
use super::mapping::{CityNames, Guide, Mapping};
use super::{Encoding, Format, Limits, Reading, Shape, Source};
pub use annotations::Annotations;
pub(crate) use city::{is_malformed, malformed};
use columns::Columns;
pub use register::CityRegister;
use rows::ObservationRows;
pub(crate) use title::titled;

/// The value that a text says of an item, as a cell of a file does; none where it is empty.
///
/// # Errors
/// A text that is no value of the item, and a number outside its range.
pub fn value_of(text: &str, item: &Item) -> Result<Option<Value>, Fault> {
    let cell = if text.is_empty() { Cell::Empty } else { Cell::Text(text.into()) };
    value::read(&cell, item).map_err(|fault| *fault)
}

/// What is known beside the file.
#[derive(Debug, Clone, Default)]
pub struct ObservationOptions<'a> {
    /// The name of the file, as the person gave it; every fault repeats it.
    pub file_name: Option<&'a str>,
    /// The period of a file that has no column for it.
    pub period: Option<Period>,
    /// The registered cities with their former codes; without them every well-formed code counts.
    pub known_cities: Option<&'a CityRegister>,
    /// The names of the registered cities, for columns that give those; without them only codes are known.
    pub city_names: Option<&'a CityNames>,
    /// How the file is to be understood, where it is not in the usual form.
    pub mapping: Option<&'a Mapping>,
    /// Whether the file was declared to be SDMX-CSV.
    pub sdmx: bool,
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
    /// The sheet of a workbook, shared by its observations.
    pub sheet: Option<Arc<str>>,
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

/// Reads observations and every fault of the file. Of a workbook, the sheets of a template are read, or the one
/// called `observations`, or every one with a header of observations.
#[must_use]
pub fn read(bytes: &[u8], format: Format, set: &IndicatorSet, options: &ObservationOptions<'_>) -> Reading<ReadObservation> {
    let mapping = options.mapping;
    let own = mapping.and_then(Mapping::period);
    let options = &ObservationOptions { period: options.period.or(own), ..options.clone() };
    let guide = Guide { kind: ImportKind::Observations, set: Some(set), names: options.city_names, mapping, sdmx: options.sdmx };
    let source = Source { bytes, format, declared: options.encoding, name: "observations", pointer: "/observations" };
    let rows = Translated::new(ObservationRows::new(set, options), guide);
    let mut feed = Feed::new(rows, &options.limits).at(mapping.map(Mapping::place).unwrap_or_default());
    let misused = mapping.map(|mapping| mapping.misused(ImportKind::Observations, format, Some(set))).unwrap_or_default();
    for fault in misused.0 {
        feed.findings.whole(fault);
    }
    if let (Some(own), Some(given)) = (own, options.period.filter(|given| Some(*given) != own)) {
        feed.findings.whole(two_periods(own, given));
    }
    let encoding = if feed.findings.refused { None } else { source.feed(&mut feed) };
    let is_sdmx = feed.rows.is_sdmx();
    let inner = &mut feed.rows.inner;
    for warning in inner.taken.warnings().0 {
        feed.findings.whole(warning);
    }
    let (rows, shape) = (std::mem::take(&mut inner.taken.rows), inner.columns.as_ref().map(shape));
    let shape = if is_sdmx { Some(Shape::SdmxCsv) } else { shape };
    Reading::new(rows, feed, options.file_name, encoding, shape)
}

fn two_periods(own: Period, given: Period) -> Fault {
    Fault::error(
        "mapping.two_periods",
        format!("映射给出的时期是 {own}，请求给出的是 {given}"),
        format!("the mapping gives the period {own}, the request {given}"),
    )
    .value(given.to_string())
    .expected(own.to_string())
    .hint("二者只给出其一，或给出相同的时期", "give one of them, or the same period twice")
}

/// The taker of rows that [`read`] feeds.
#[cfg(test)]
pub(super) fn rows_for_tests<'o>(set: &'o IndicatorSet, options: &'o ObservationOptions<'o>) -> impl super::feed::Rows + use<'o> {
    ObservationRows::new(set, options)
}

fn shape(columns: &Columns) -> Shape {
    match columns {
        Columns::Long(_) => Shape::Long,
        Columns::Wide(_) => Shape::Wide,
    }
}
