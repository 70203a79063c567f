//! The numbers of a report as a workbook in which a reader can check them: what follows from other cells is a formula, beside what was
//! published.

mod city;
mod round;
mod sheet;

pub use city::{City, Node};
pub use round::{Ranked, Round};

use citygauge_indicators::Language;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// What a workbook holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Tables {
    /// The numbers of a city.
    City(Box<City>),
    /// Those of all cities.
    Round(Box<Round>),
}

/// What the numbers rest on: a name and a value each.
pub type Sources = Vec<(String, String)>;

/// Writes the workbook. The same numbers give the same bytes.
///
/// # Errors
/// More rows or longer texts than a sheet holds.
pub fn write(tables: &Tables, language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // A workbook would say when it was written.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    match tables {
        Tables::City(city) => city::write(city, &mut workbook, language)?,
        Tables::Round(round) => round::write(round, &mut workbook, language)?,
    }
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests;
