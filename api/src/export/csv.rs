//! CSV: RFC 4180 with LF line ends, as pipes like them; an empty cell is nothing between two commas.
//!
//! A spreadsheet runs text that begins with `=`, `+`, `-`, `@`, TAB or CR as a formula, and takes the full-width forms of
//! the four signs for them in some languages. Such *text* gets a single quote in front; numbers are never touched.
//!
//! The quote stays part of the text when such a file is imported: it cannot be told from one that somebody wrote, and
//! nothing is mended in silence. A code with a quote is unknown, which is a fault; whoever takes data out to bring it back
//! takes JSON, NDJSON, XLSX or Parquet, where text needs no guard.

use std::borrow::Cow;
use std::io::Write;

use super::ExportError;
use super::number::push_shortest;
use super::table::{Cell, Table};

/// How text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// So that no spreadsheet runs it.
    Guarded,
    /// As it is.
    AsIs,
}

impl Text {
    fn of(self, text: &str) -> Cow<'_, str> {
        if self == Self::Guarded { guarded(text) } else { Cow::Borrowed(text) }
    }
}

pub(super) fn write(table: &Table<'_>, mark: bool, text: Text, mut writer: impl Write) -> Result<(), ExportError> {
    if mark {
        writer.write_all("\u{FEFF}".as_bytes())?;
    }
    let mut csv = csv::WriterBuilder::new().from_writer(writer);
    csv.write_record(table.columns().iter().map(|column| text.of(&column.name).into_owned()))?;
    let mut number = String::new();
    table.each(|_, cells| {
        for cell in cells {
            number.clear();
            match cell {
                Cell::Empty => csv.write_field("")?,
                Cell::Text(written) => csv.write_field(text.of(written).as_bytes())?,
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
    const RUN: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    if text.starts_with(RUN) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Column;

    #[test]
    fn no_text_of_any_column_or_header_runs_as_a_formula_and_numbers_stay_numbers() {
        let columns = vec![Column::text("=head"), Column::number("n"), Column::integer("i")];
        let texts = ["=1", "+1", "-1", "@a", "\ta", "\ra", "＝1", "－1", "a=1", "'=1", ""];
        let rows = texts.map(|text| vec![text.into(), (-1.5).into(), (-2_i64).into()]);
        let mut bytes = Vec::new();
        write(&Table::new("t", columns, rows.into()), false, Text::Guarded, &mut bytes).expect("written");
        let mut read = csv::Reader::from_reader(bytes.as_slice());
        assert_eq!(read.headers().expect("a header").get(0), Some("'=head"));
        let read: Vec<_> = read.records().map(|record| record.expect("a record")).collect();
        let first: Vec<&str> = read.iter().map(|record| &record[0]).collect();
        assert_eq!(first, ["'=1", "'+1", "'-1", "'@a", "'\ta", "'\ra", "'＝1", "'－1", "a=1", "'=1", ""]);
        assert!(read.iter().all(|record| &record[1] == "-1.5" && &record[2] == "-2"));
    }
}
