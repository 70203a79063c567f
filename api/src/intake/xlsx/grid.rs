//! A workbook of several sheets, read whole: every cell with its place, under the limits of every workbook.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use citygauge_indicators::Fault;

use super::super::cell::Cell;
use super::super::limits::Limits;
use super::archive;
use super::value::{FARTHEST, Value, uncalculated, unreadable, value};

/// A sheet with its rows that hold anything.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sheet {
    /// Its name.
    pub name: String,
    /// Its rows from the top.
    pub rows: Vec<Row>,
}

/// A row with its cells that hold anything.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// Its number, counted from 1.
    pub number: u64,
    /// Its cells from the left: the column counted from 0, and what stands there or what is wrong with it.
    pub cells: Vec<(u32, Result<Cell<'static>, Box<Fault>>)>,
}

/// Reads every visible sheet.
///
/// # Errors
/// The fault of a file that is no workbook, is damaged, or is larger than the limits allow.
pub(crate) fn sheets(bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Box<Fault>> {
    archive::check(bytes, &limits.archive)?;
    // The reader adds and subtracts cell references unchecked; a hostile one must not end the service.
    match catch_unwind(AssertUnwindSafe(|| all(bytes, limits))) {
        Ok(Ok(read)) => read,
        Ok(Err(error)) => Err(unreadable(&error.to_string()).into()),
        Err(_) => Err(unreadable("").into()),
    }
}

fn all(bytes: &[u8], limits: &Limits) -> Result<Result<Vec<Sheet>, Box<Fault>>, XlsxError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let visible = workbook.sheets_metadata().iter();
    let visible = visible.filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let names: Vec<String> = visible.map(|sheet| sheet.name.clone()).collect();
    let mut room = Room { cells: limits.max_cells, bytes: limits.archive.max_bytes };
    let mut sheets = Vec::new();
    for name in names {
        match rows(&mut workbook, &name, &mut room)? {
            Ok(rows) => sheets.push(Sheet { name, rows }),
            Err(mut fault) => {
                fault.sheet = Some(name);
                return Ok(Err(fault));
            }
        }
    }
    Ok(Ok(sheets))
}

/// What may still be kept. A string that many cells share is kept for each of them, so its bytes count each time.
struct Room {
    cells: u64,
    bytes: u64,
}

impl Room {
    fn takes(&mut self, cell: Option<&Cell<'_>>) -> bool {
        let bytes = if let Some(Cell::Text(text)) = cell { text.len() as u64 } else { 0 };
        match (self.cells.checked_sub(1), self.bytes.checked_sub(bytes)) {
            (Some(cells), Some(bytes)) => {
                *self = Self { cells, bytes };
                true
            }
            _ => false,
        }
    }
}

fn rows(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str, room: &mut Room) -> Result<Result<Vec<Row>, Box<Fault>>, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(name)?;
    let mut rows: Vec<Row> = Vec::new();
    let mut last: Option<(u32, u32)> = None;
    while let Some(found) = cells.next_cell_with_formula_metadata()? {
        let place = found.pos;
        if place.0 > FARTHEST.0 || place.1 > FARTHEST.1 || last.is_some_and(|last| place <= last) {
            return Ok(Err(unreadable("cell reference").row(u64::from(place.0) + 1).into()));
        }
        last = Some(place);
        let cell = match found.value {
            DataRef::Empty if found.formula.is_some() => Err(uncalculated(found.formula.as_ref()).into()),
            other => match value(other) {
                Value::Cell(Cell::Empty) => continue,
                Value::Cell(cell) => Ok(owned(cell)),
                Value::Fault(fault) => Err(fault),
            },
        };
        if !room.takes(cell.as_ref().ok()) {
            return Ok(Err(full()));
        }
        let number = u64::from(place.0) + 1;
        match rows.last_mut().filter(|row| row.number == number) {
            Some(row) => row.cells.push((place.1, cell)),
            None => rows.push(Row { number, cells: vec![(place.1, cell)] }),
        }
    }
    Ok(Ok(rows))
}

fn owned(cell: Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Text(text) => Cell::Text(text.into_owned().into()),
        Cell::Number(number) => Cell::Number(number),
        Cell::Boolean(yes) => Cell::Boolean(yes),
        Cell::Date(date) => Cell::Date(date),
        Cell::Nested => Cell::Nested,
        // A workbook has no number in the spelling of another format.
        Cell::Written(number, _) => Cell::Number(number),
        Cell::Empty => Cell::Empty,
        Cell::Faulty => Cell::Faulty,
    }
}

fn full() -> Box<Fault> {
    Fault::error("file.too_many_cells", "单元格过多", "there are too many cells")
        .hint("请只保留指标体系的工作表", "keep only the sheets of the set")
        .into()
}

#[cfg(test)]
mod tests {
    use super::super::super::limits::ArchiveLimits;
    use super::*;

    #[test]
    fn a_string_that_many_cells_share_counts_for_each_of_them() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for row in 0..100 {
            sheet.write_string(row, 0, "x".repeat(1_000)).expect("written");
        }
        let bytes = book.save_to_buffer().expect("saved");
        let code = |limits: &Limits| sheets(&bytes, limits).map(|sheets| sheets.len()).map_err(|fault| fault.code);
        assert_eq!(code(&Limits::default()), Ok(1));
        assert_eq!(code(&Limits { max_cells: 99, ..Limits::default() }), Err("file.too_many_cells"));
        let archive = ArchiveLimits { max_bytes: 90_000, ..ArchiveLimits::default() };
        assert_eq!(code(&Limits { archive, ..Limits::default() }), Err("file.too_many_cells"));
    }
}
