//! SDMX-CSV 2.0: what the row is about, then a column per component. Text is written as it is, without the guard of plain CSV, because an
//! identifier with a quote in front would be another one.

use std::io::Write;

use super::Structure;
use crate::export::csv::{Text, write as write_table};
use crate::export::{Cell, Column, ExportError, Table};

/// Writes data.
pub fn write(table: &Table<'_>, structure: &Structure, writer: impl Write) -> Result<(), ExportError> {
    let about = ["STRUCTURE", "STRUCTURE_ID", "ACTION"].map(Column::text);
    let columns = about.into_iter().chain(table.columns().iter().cloned()).collect();
    let reference = structure.reference(&structure.id);
    let whole = Table::streamed("data", columns, |emit| {
        table.each(|_, cells| {
            let about = ["dataflow", reference.as_str(), "I"].map(Cell::from);
            let row: Vec<Cell<'_>> = about.into_iter().chain(cells.iter().cloned()).collect();
            emit(&row)
        })?;
        Ok(())
    });
    write_table(&whole, false, Text::AsIs, writer)
}
