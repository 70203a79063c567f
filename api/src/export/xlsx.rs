//! XLSX: a sheet per table, with a bold header that stays in view and filters. Rows leave for a temporary file as they are written, so
//! that memory does not grow with them; the same tables give the same bytes, so that their digest can be a tag.

use std::io::Write;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet};

use super::table::{Cell, Kind, Table};
use super::{About, ExportError};

/// Rows of a sheet, the header included.
const ROWS: u64 = 1_048_576;
/// Columns of a sheet.
const COLUMNS: usize = 16_384;
/// Characters of a cell, in UTF-16.
const CHARACTERS: usize = 32_767;
/// The width of a column of texts, in digits: the usual 8.43 cuts most names.
const TEXT_WIDTH: u32 = 18;

pub(super) fn write(tables: &[Table<'_>], about: Option<&About>, mut writer: impl Write) -> Result<(), ExportError> {
    let mut workbook = Workbook::new();
    // A workbook would say when it was written.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    for table in tables {
        sheet(table, workbook.add_worksheet_with_low_memory()?)?;
    }
    if let Some(about) = about {
        sheet(&about.sheet(), workbook.add_worksheet_with_low_memory()?)?;
    }
    writer.write_all(&workbook.save_to_buffer()?)?;
    Ok(writer.flush()?)
}

fn sheet(table: &Table<'_>, sheet: &mut Worksheet) -> Result<(), ExportError> {
    let columns = table.columns().len();
    if columns > COLUMNS {
        return Err(ExportError::TooManyColumns { table: table.name().to_owned(), columns, most: COLUMNS });
    }
    sheet.set_name(table.name())?;
    let bold = Format::new().set_bold();
    let mut formats = Vec::with_capacity(columns);
    for (column, place) in table.columns().iter().zip(0_u16..) {
        sheet.write_string_with_format(0, place, &column.name, &bold)?;
        if column.kind == Kind::Text {
            sheet.set_column_width(place, TEXT_WIDTH)?;
        }
        formats.push(match column.kind {
            Kind::Number { places: Some(places) } => Some(Format::new().set_num_format(shown_places(places))),
            Kind::Number { places: None } | Kind::Text | Kind::Integer => None,
        });
    }
    let rows = table.each(|number, cells| {
        // The rest is only counted, so that the error can say how many there are.
        if number >= ROWS {
            return Ok(());
        }
        let row = u32::try_from(number).unwrap_or(u32::MAX);
        for ((cell, place), format) in cells.iter().zip(0_u16..).zip(&formats) {
            match (cell, format) {
                (Cell::Empty, _) => continue,
                (Cell::Text(text), _) => {
                    let characters = text.encode_utf16().count();
                    if characters > CHARACTERS {
                        let column = table.columns()[usize::from(place)].name.clone();
                        return Err(ExportError::CellTooLong {
                            table: table.name().to_owned(),
                            row: number,
                            column,
                            characters,
                            most: CHARACTERS,
                        });
                    }
                    sheet.write_string(row, place, text.as_ref())?
                }
                (Cell::Number(value), Some(format)) => sheet.write_number_with_format(row, place, *value, format)?,
                (Cell::Number(value), None) => sheet.write_number(row, place, *value)?,
                // A sheet knows doubles only; whole numbers here are ranks and row numbers.
                (Cell::Integer(value), _) => sheet.write_number(row, place, *value as f64)?,
            };
        }
        Ok(())
    })?;
    if rows >= ROWS {
        return Err(ExportError::TooManyRows { table: table.name().to_owned(), rows, most: ROWS - 1 });
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Ok(last_row), Ok(last_column @ 1..)) = (u32::try_from(rows), u16::try_from(columns)) {
        sheet.autofilter(0, 0, last_row, last_column - 1)?;
    }
    Ok(())
}

fn shown_places(places: u32) -> String {
    if places == 0 { "0".into() } else { format!("0.{}", "0".repeat(places as usize)) }
}
