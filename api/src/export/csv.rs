//! CSV: RFC 4180 with LF line ends, as pipes like them; an empty cell is nothing between two commas.
//!
//! A spreadsheet runs text that begins with `=`, `+`, `-`, `@`, TAB or CR as a formula. Such *text* gets a
//! single quote in front, which spreadsheets hide; numbers are never touched.

use std::borrow::Cow;
use std::io::Write;

use super::ExportError;
use super::number::push_shortest;
use super::table::{Cell, Table};

pub(super) fn write(table: &Table<'_>, mark: bool, mut writer: impl Write) -> Result<(), ExportError> {
    if mark {
        writer.write_all("\u{FEFF}".as_bytes())?;
    }
    let mut csv = csv::WriterBuilder::new().from_writer(writer);
    csv.write_record(table.columns().iter().map(|column| guarded(&column.name).into_owned()))?;
    let mut number = String::new();
    table.each(|_, cells| {
        for cell in cells {
            number.clear();
            match cell {
                Cell::Empty => csv.write_field("")?,
                Cell::Text(text) => csv.write_field(guarded(text).as_bytes())?,
                Cell::Integer(integer) => csv.write_field(integer.to_string())?,
                Cell::Number(value) => {
                    push_shortest(&mut number, *value);
                    csv.write_field(&number)?;
                }
            }
        }
        Ok(csv.write_record(None::<&[u8]>)?)
    })?;
    csv.flush()?;
    Ok(())
}

fn guarded(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}
