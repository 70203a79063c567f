//! Collects the faults of a reading in the order of the file and gives each its place.

use std::sync::Arc;

use citygauge_indicators::{Fault, Faults, Severity};

use super::cell::letter;

/// How rows are named: by row and column, or by a pointer into JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Rows of a table, counted from 1 with the header.
    Table,
    /// Elements of a JSON array that stands at this pointer, counted from 1.
    Array(&'static str),
    /// Lines of JSON, counted from 1.
    Lines,
}

/// The faults of one reading.
pub(crate) struct Findings {
    pub layout: Layout,
    /// The sheet being read.
    pub sheet: Option<Arc<str>>,
    /// Whether more than one sheet is read.
    pub several_sheets: bool,
    /// The sheets that were read before it.
    earlier: Vec<Arc<str>>,
    /// The names of the columns, as the header gives them.
    pub columns: Vec<String>,
    /// For each column the row that names it: the header, or the first object with that key.
    pub named_in: Vec<u64>,
    /// Whether something is wrong with the file as a whole, so that no row of it counts.
    pub refused: bool,
    faults: Faults,
    errors: Counted,
    warnings: Counted,
    limit: usize,
    row: Vec<(usize, Box<Fault>)>,
}

/// Rows that a sheet of a workbook has at most.
const ROWS_OF_A_SHEET: u64 = 1_048_576;

/// How many findings of one severity there were, and how many of them are listed.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    total: u64,
    listed: usize,
}

/// What was found in a whole file.
pub(crate) struct Found {
    /// Faults and warnings in the order of the file.
    pub faults: Faults,
    /// How many faults there were, listed or not.
    pub faults_total: u64,
    /// How many warnings there were, listed or not.
    pub warnings_total: u64,
    /// Whether a fault concerns the file as a whole.
    pub refused: bool,
}

/// Stands for the whole row where a fault lies in no column of it.
pub(crate) const WHOLE_ROW: usize = usize::MAX;

/// What is known of a row when it ends; each of its faults says it.
#[derive(Default)]
pub(crate) struct Context<'a> {
    pub city: Option<&'a str>,
    pub period: Option<&'a str>,
    pub item: Option<&'a str>,
}

impl Findings {
    pub fn new(limit: usize) -> Self {
        Self {
            layout: Layout::Table,
            sheet: None,
            several_sheets: false,
            earlier: Vec::new(),
            columns: Vec::new(),
            named_in: Vec::new(),
            refused: false,
            faults: Faults::default(),
            errors: Counted::default(),
            warnings: Counted::default(),
            limit,
            row: Vec::new(),
        }
    }

    /// Goes on with another sheet; its rows are counted from 1 again.
    pub fn enter(&mut self, sheet: &str) {
        self.earlier.extend(self.sheet.replace(Arc::from(sheet)));
    }

    /// How many sheets were read before this one.
    pub fn sheets_before(&self) -> u32 {
        u32::try_from(self.earlier.len()).unwrap_or(0)
    }

    /// A row of the sheet being read as a number among the rows of all sheets; [`Findings::row_label`] names it.
    pub fn place(&self, number: u64) -> u32 {
        let place = self.earlier.len() as u64 * ROWS_OF_A_SHEET + number;
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    /// A fault of the file as a whole; a warning refuses nothing.
    pub fn whole(&mut self, fault: impl Into<Box<Fault>>) {
        let fault = fault.into();
        self.refused |= fault.is_error();
        self.push(*fault);
    }

    /// A fault of the header.
    pub fn heading(&mut self, column: usize, fault: Fault) {
        let number = self.named_in.get(column).copied().unwrap_or(1);
        let fault = self.placed(number, column, fault);
        self.whole(fault);
    }

    /// A fault of a cell in the row being read; [`Findings::end_row`] places it.
    pub fn cell(&mut self, column: usize, fault: impl Into<Box<Fault>>) {
        self.row.push((column, fault.into()));
    }

    /// Whether the row being read has a fault so far; warnings are none.
    pub fn row_is_faulty(&self) -> bool {
        self.row.iter().any(|(_, fault)| fault.is_error())
    }

    /// Whether there is anything to say of the row being read.
    pub fn has_row_findings(&self) -> bool {
        !self.row.is_empty()
    }

    /// Takes back what was found in the row being read, where one fault says it all.
    pub fn forget_row(&mut self) {
        self.row.clear();
    }

    /// A row that could not be read as one.
    pub fn line(&mut self, number: u64, fault: impl Into<Box<Fault>>) {
        self.cell(WHOLE_ROW, fault);
        self.end_row(number, &Context::default());
    }

    /// Ends a row and says whether it is sound; it is, whatever it is warned of.
    pub fn end_row(&mut self, number: u64, context: &Context<'_>) -> bool {
        if self.row.is_empty() {
            return true;
        }
        let sound = !self.row_is_faulty();
        let mut row = std::mem::take(&mut self.row);
        row.sort_by_key(|(column, _)| *column);
        for (column, mut fault) in row.drain(..) {
            fault.city = fault.city.or_else(|| context.city.map(shown));
            fault.period = fault.period.or_else(|| context.period.map(shown));
            fault.node_or_item = fault.node_or_item.or_else(|| context.item.map(shown));
            let fault = self.placed(number, column, *fault);
            self.push(fault);
        }
        self.row = row;
        sound
    }

    /// How another row, by its [place](Findings::place), is named in a sentence; one of another sheet as `sheet!row`.
    pub fn row_label(&self, place: u64) -> String {
        let number = place;
        match self.layout {
            Layout::Table if !self.earlier.is_empty() => {
                let (sheet, row) = (place.saturating_sub(1) / ROWS_OF_A_SHEET, place.saturating_sub(1) % ROWS_OF_A_SHEET + 1);
                let earlier = usize::try_from(sheet).ok().and_then(|sheet| self.earlier.get(sheet));
                earlier.map_or_else(|| row.to_string(), |sheet| format!("{}!{row}", shown(sheet)))
            }
            Layout::Table | Layout::Lines => number.to_string(),
            Layout::Array(base) => format!("{base}/{}", number.saturating_sub(1)),
        }
    }

    /// Everything that was found, and how much of it; what lies beyond the limit is counted, not listed.
    pub fn finish(mut self, file: Option<&str>) -> Found {
        let limit = self.limit;
        if self.errors.total > self.errors.listed as u64 {
            let total = self.errors.total;
            self.faults.push(
                Fault::error(
                    "file.too_many_faults",
                    format!("共 {total} 个错误，只列出前 {limit} 个"),
                    format!("only the first {limit} of {total} faults are listed"),
                )
                .hint("请先改正已列出的错误", "mend those first, then send the file again"),
            );
        }
        if self.warnings.total > self.warnings.listed as u64 {
            let total = self.warnings.total;
            self.faults.push(
                Fault::warning(
                    "file.too_many_warnings",
                    format!("共 {total} 个警告，只列出前 {limit} 个"),
                    format!("only the first {limit} of {total} warnings are listed"),
                )
                .hint("请先处理已列出的警告", "attend to those first, then send the file again"),
            );
        }
        let faults = match file {
            Some(file) => self.faults.in_file(file),
            None => self.faults,
        };
        Found { faults, faults_total: self.errors.total, warnings_total: self.warnings.total, refused: self.refused }
    }

    fn placed(&self, number: u64, column: usize, mut fault: Fault) -> Fault {
        let name = match self.columns.get(column) {
            Some(name) if name.is_empty() => Some(letter(column)),
            Some(name) => Some(shown(name)),
            None => None,
        };
        let key = || name.as_ref().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).unwrap_or_default();
        match self.layout {
            Layout::Table => {
                fault.row = fault.row.or(Some(number));
                fault.column = fault.column.or(name);
            }
            Layout::Array(base) => fault.pointer = Some(format!("{base}/{}{}", number.saturating_sub(1), key())),
            Layout::Lines => {
                fault.row = Some(number);
                fault.pointer = Some(key());
            }
        }
        fault
    }

    fn push(&mut self, mut fault: Fault) {
        let counted = match fault.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        counted.total += 1;
        if counted.listed < self.limit {
            counted.listed += 1;
            fault.sheet = fault.sheet.or_else(|| self.sheet.as_deref().map(str::to_owned));
            self.faults.push(fault);
        }
    }
}

/// At most 80 characters of `text`, with an ellipsis where something was cut and no control characters.
pub(crate) fn shown(text: &str) -> String {
    let mut cut: String = text.chars().take(80).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if text.chars().nth(80).is_some() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(n: u64) -> Fault {
        Fault::error("x", "错", n.to_string())
    }

    fn warning(n: u64) -> Fault {
        Fault::warning("y", "警", n.to_string())
    }

    #[test]
    fn a_warning_withholds_no_row_and_refuses_no_file() {
        let mut findings = Findings::new(10);
        findings.whole(warning(1));
        findings.cell(0, warning(2));
        assert!(findings.has_row_findings() && !findings.row_is_faulty());
        assert!(findings.end_row(2, &Context::default()));
        findings.cell(0, warning(3));
        findings.cell(1, fault(4));
        assert!(!findings.end_row(3, &Context::default()));
        let found = findings.finish(None);
        assert_eq!((found.faults_total, found.warnings_total, found.refused), (1, 3, false));
        assert_eq!(found.faults.0.iter().map(|found| found.row).collect::<Vec<_>>(), [None, Some(2), Some(3), Some(3)]);
    }

    #[test]
    fn warnings_beyond_the_limit_crowd_out_no_fault() {
        let mut findings = Findings::new(2);
        for n in 0..4 {
            findings.whole(warning(n));
        }
        findings.whole(fault(9));
        let found = findings.finish(None);
        let codes: Vec<_> = found.faults.0.iter().map(|found| found.code).collect();
        assert_eq!(codes, ["y", "y", "x", "file.too_many_warnings"]);
        assert_eq!((found.faults_total, found.warnings_total, found.refused), (1, 4, true));
    }
}
