//! Indicator sets as workbooks, which methodologists write in a spreadsheet program.
//!
//! A workbook has the sheets `set` (a line per setting), `items`, `nodes`, `levels`, `notes` and, where there are any,
//! `adjustments` and `rules`. Every member of the document that has a column stands in it (`columns`); every other one is kept in a
//! column `more` as JSON, so that a document comes back as it went, whatever members it has.
//!
//! ```text
//! document -> row (an object as cells, each in its form) -> write -> bytes
//! bytes -> intake::xlsx::grid -> read (rows as objects, places) -> check -> faults led back to their cells
//! ```

mod columns;
mod form;
mod place;
mod read;
mod row;
#[cfg(test)]
mod tests;
mod words;
mod write;

use citygauge_indicators::{Fault, Faults, IndicatorSet, Language, SetDocument};
use rust_xlsxwriter::XlsxError;

use crate::intake::Limits;
use crate::intake::xlsx::grid;

/// Cells of a workbook: a set of the greatest size, with every column filled, has half as many.
const MAX_CELLS: u64 = 3_000_000;

/// The workbook of a document, with titles and explanations in one language.
///
/// # Errors
/// When the workbook cannot be made.
pub fn workbook(document: &SetDocument, language: Language) -> Result<Vec<u8>, XlsxError> {
    // A document has text keys and finite numbers only.
    write::workbook(&serde_json::to_value(document).unwrap_or_default(), language)
}

/// The set that a workbook holds, checked.
///
/// # Errors
/// Every fault of the file, its cells and the set that they make, each with sheet, row and column.
pub fn read(bytes: &[u8]) -> Result<IndicatorSet, Faults> {
    let limits = Limits { max_cells: MAX_CELLS, ..Limits::default() };
    let sheets = grid::sheets(bytes, &limits).map_err(|fault| Faults::from(*fault))?;
    let mut workbook = read::document(&sheets);
    if workbook.refused {
        return Err(workbook.faults);
    }
    match SetDocument::check_value(&workbook.document) {
        Ok(set) if workbook.faults.is_empty() => Ok(set),
        Ok(_) => Err(workbook.faults),
        Err(found) => {
            let cell = |fault: &Fault| (fault.sheet.clone(), fault.row, fault.column.clone());
            let known: Vec<_> = workbook.faults.0.iter().map(cell).collect();
            let found = found.0.into_iter().map(|fault| workbook.places.fault(fault));
            // What follows from a cell that could not be read is no second fault.
            workbook.faults.0.extend(found.filter(|fault| !known.contains(&cell(fault))).collect::<Vec<_>>());
            Err(workbook.faults)
        }
    }
}
