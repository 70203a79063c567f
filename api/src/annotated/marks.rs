//! In which cell each fault stands.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use citygauge_indicators::Fault;
use citygauge_openapi as wire;

use crate::intake::findings::shown;
use crate::intake::xlsx::archive::damaged;
use crate::intake::xlsx::look::cell_of;

/// Rows of a sheet among which its header is looked for.
const HEADER_WITHIN: usize = 100;

/// The cells of a sheet that have faults, each with the places of its faults in the list. Rows are counted from 1,
/// columns from 0.
pub(super) type Cells = BTreeMap<(u64, u32), Cell>;

/// A cell with faults.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    /// Whether one of them is more than a warning.
    pub is_error: bool,
    /// Their places in the list.
    pub faults: Vec<usize>,
}

/// The cells with faults, by sheet.
#[derive(Debug, Default)]
pub(super) struct Marks {
    sheets: HashMap<String, Cells>,
    /// The cell of each fault of the list.
    pub cells: Vec<Option<(u64, u32)>>,
}

impl Marks {
    /// Finds the cells of faults, whose columns are named as the header of their sheet names them.
    pub fn place(bytes: &[u8], faults: &[wire::Fault]) -> Result<Self, Box<Fault>> {
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        let mut wanted: HashMap<&str, HashSet<&str>> = HashMap::new();
        for fault in faults {
            if let Some(sheet) = &fault.sheet {
                wanted.entry(sheet).or_default().extend(fault.column.as_deref());
            }
        }
        let mut columns: HashMap<&str, Columns> = HashMap::new();
        for (sheet, names) in wanted {
            if workbook.sheet_names().iter().any(|name| name == sheet) {
                columns.insert(sheet, Columns::find(&mut workbook, sheet, &names)?);
            }
        }
        let mut marks = Self::default();
        for (place, fault) in faults.iter().enumerate() {
            let sheet = fault.sheet.as_deref().and_then(|sheet| Some((sheet, columns.get(sheet)?)));
            let cell = sheet.and_then(|(_, columns)| columns.cell(fault));
            marks.cells.push(cell);
            if let (Some((sheet, _)), Some(cell)) = (sheet, cell) {
                let marked = marks.sheets.entry(sheet.to_owned()).or_default().entry(cell).or_default();
                marked.is_error |= fault.severity == wire::Severity::Error;
                marked.faults.push(place);
            }
        }
        Ok(marks)
    }

    /// The cells of a sheet; none where nothing in it is marked.
    pub fn of(&self, sheet: &str) -> Option<&Cells> {
        self.sheets.get(sheet)
    }
}

/// The columns of a sheet, by the names that faults give them.
struct Columns {
    by_name: HashMap<String, u32>,
    first: u32,
}

impl Columns {
    /// Looks for the row that has the most of the names.
    fn find(workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str, names: &HashSet<&str>) -> Result<Self, Box<Fault>> {
        let mut cells = workbook.worksheet_cells_reader(sheet).map_err(|_| damaged())?;
        let mut best = Self { by_name: HashMap::new(), first: 0 };
        let mut row: (u32, HashMap<String, u32>, u32) = (u32::MAX, HashMap::new(), 0);
        let mut rows = 0;
        let take = |row: &mut (u32, HashMap<String, u32>, u32), best: &mut Self| {
            let by_name = std::mem::take(&mut row.1);
            if by_name.len() > best.by_name.len() {
                *best = Self { by_name, first: row.2 };
            }
        };
        while let Some(found) = cells.next_cell().map_err(|_| damaged())? {
            let (number, column) = found.get_position();
            let text = match found.get_value() {
                DataRef::String(text) => text.as_str(),
                DataRef::SharedString(text) => text,
                _ => continue,
            };
            if number != row.0 {
                take(&mut row, &mut best);
                rows += 1;
                if rows > HEADER_WITHIN {
                    break;
                }
                (row.0, row.2) = (number, column);
            }
            let name = shown(text);
            if names.contains(name.as_str()) {
                row.1.entry(name).or_insert(column);
            }
        }
        take(&mut row, &mut best);
        Ok(best)
    }

    fn cell(&self, fault: &wire::Fault) -> Option<(u64, u32)> {
        let row = fault.row?;
        let Some(name) = fault.column.as_deref() else {
            // A merged range says its own place.
            let range = fault.value.as_deref().filter(|_| fault.code == "file.merged_cells");
            let corner = range.and_then(|range| cell_of(range.split(':').next()?));
            return Some(corner.map_or((row, self.first), |(column, row)| (row, column)));
        };
        let letters = || name.bytes().all(|byte| byte.is_ascii_uppercase()).then(|| cell_of(&format!("{name}1"))).flatten();
        let column = self.by_name.get(name).copied().or_else(|| letters().map(|(column, _)| column));
        Some((row, column.unwrap_or(self.first)))
    }
}
