//! Collects the faults of a reading in the order of the file and gives each its place.

use citygauge_indicators::{Fault, Faults};

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
    pub sheet: Option<String>,
    /// The names of the columns, as the header gives them.
    pub columns: Vec<String>,
    /// For each column the row that names it: the header, or the first object with that key.
    pub named_in: Vec<u64>,
    /// Whether something is wrong with the file as a whole, so that no row of it counts.
    pub refused: bool,
    faults: Faults,
    total: u64,
    limit: usize,
    row: Vec<(usize, Box<Fault>)>,
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
            columns: Vec::new(),
            named_in: Vec::new(),
            refused: false,
            faults: Faults::default(),
            total: 0,
            limit,
            row: Vec::new(),
        }
    }

    /// A fault of the file as a whole.
    pub fn whole(&mut self, fault: impl Into<Box<Fault>>) {
        self.refused = true;
        self.push(*fault.into());
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

    /// Whether the row being read has a fault so far.
    pub fn row_is_faulty(&self) -> bool {
        !self.row.is_empty()
    }

    /// A row that could not be read as one.
    pub fn line(&mut self, number: u64, fault: impl Into<Box<Fault>>) {
        self.cell(WHOLE_ROW, fault);
        self.end_row(number, &Context::default());
    }

    /// Ends a row and says whether it is sound.
    pub fn end_row(&mut self, number: u64, context: &Context<'_>) -> bool {
        if self.row.is_empty() {
            return true;
        }
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
        false
    }

    /// How another row is named in a sentence.
    pub fn row_label(&self, number: u64) -> String {
        match self.layout {
            Layout::Table | Layout::Lines => number.to_string(),
            Layout::Array(base) => format!("{base}/{}", number.saturating_sub(1)),
        }
    }

    /// Every fault, and how many there were; those beyond the limit are counted, not listed.
    pub fn finish(mut self, file: Option<&str>) -> (Faults, u64, bool) {
        let beyond = self.total - self.faults.0.len() as u64;
        if beyond > 0 {
            let (limit, total) = (self.limit, self.total);
            self.faults.push(
                Fault::error(
                    "file.too_many_faults",
                    format!("共 {total} 个错误，只列出前 {limit} 个"),
                    format!("only the first {limit} of {total} faults are listed"),
                )
                .hint("请先改正已列出的错误", "mend those first, then send the file again"),
            );
        }
        let faults = match file {
            Some(file) => self.faults.in_file(file),
            None => self.faults,
        };
        (faults, self.total, self.refused)
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
        self.total += 1;
        if self.faults.0.len() < self.limit {
            fault.sheet.clone_from(&self.sheet);
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
