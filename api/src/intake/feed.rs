//! What every format has in common: a header, rows of cells under it, and bounds on both.

use std::collections::HashMap;

use citygauge_indicators::Fault;

use super::cell::Cell;
use super::findings::{Findings, Layout, shown};
use super::limits::Limits;
use super::xlsx::template::Form;

/// Where in a file its table stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<'p> {
    /// The only sheet of a workbook that is read, where one was named.
    pub sheet: Option<&'p str>,
    /// The row of the header, counted from 1; what stands above it is for people.
    pub header_row: u64,
    /// Rows below the header that are no data.
    pub skip_below: u64,
    /// What separates the columns of a text file, where that was said.
    pub delimiter: Option<u8>,
}

impl Default for Place<'_> {
    fn default() -> Self {
        Self { sheet: None, header_row: 1, skip_below: 0, delimiter: None }
    }
}

/// Takes the rows of a table; the formats feed it.
pub(crate) trait Rows {
    /// Recognises the columns; a name is absent where it is faulty, which is already reported.
    /// Answers whether rows can be read under this header.
    fn header(&mut self, names: &[Option<String>], findings: &mut Findings) -> bool;

    /// Whether a header is one of such a table, be it with faults: of several sheets those are read.
    fn knows(&mut self, names: &[Option<String>]) -> bool;

    /// Takes what a template says of itself; answers whether its rows can be read.
    fn template(&mut self, form: &Form, findings: &mut Findings) -> bool;

    /// Takes a row with one cell per column; answers whether it is sound and whether to go on.
    fn row(&mut self, number: u64, cells: &[Cell<'_>], findings: &mut Findings) -> Taken;
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    Sound,
    Faulty,
    /// Nothing more can be taken; the reason is reported.
    Full,
}

/// Passes a header and rows on, after checking what does not depend on their meaning.
pub(crate) struct Feed<'l, R> {
    pub rows: R,
    pub findings: Findings,
    pub limits: &'l Limits,
    pub place: Place<'l>,
    pub rows_total: u64,
    pub rows_faulty: u64,
    width: Option<usize>,
    /// The last row that is no data.
    skipped: u64,
    /// Cells so far, blank ones included.
    cells: u64,
}

impl<'l, R: Rows> Feed<'l, R> {
    pub fn new(rows: R, limits: &'l Limits) -> Self {
        let findings = Findings::new(limits.max_faults);
        let place = Place::default();
        Self { rows, findings, limits, place, rows_total: 0, rows_faulty: 0, width: None, skipped: 0, cells: 0 }
    }

    /// Says where in the file its table stands.
    pub fn at(self, place: Place<'l>) -> Self {
        Self { place, ..self }
    }

    /// Takes the header and answers whether rows can be read under it. `named_in` says in which row each name stands.
    pub fn header(&mut self, names: Vec<String>, named_in: Vec<u64>) -> bool {
        self.width = Some(names.len());
        if self.place.skip_below > 0 {
            self.skipped = named_in.first().copied().unwrap_or(1) + self.place.skip_below;
        }
        if names.len() > self.limits.max_columns {
            let (found, most) = (names.len(), self.limits.max_columns);
            self.findings.whole(
                Fault::error(
                    "file.too_many_columns",
                    format!("有 {found} 列，最多 {most} 列"),
                    format!("{found} columns; at most {most} are read"),
                )
                .hint("请拆分文件，或改用长表", "split the file, or use the long form"),
            );
            return false;
        }
        self.findings.columns = names;
        self.findings.named_in = named_in;
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut accepted = Vec::with_capacity(self.findings.columns.len());
        for column in 0..self.findings.columns.len() {
            let name = self.findings.columns[column].clone();
            let fault = name_fault(&name, self.limits.max_cell_bytes).or_else(|| seen.get(&name).map(|_| duplicate(&name)));
            match fault {
                Some(fault) => {
                    self.findings.heading(column, fault);
                    accepted.push(None);
                }
                None => {
                    seen.insert(name.clone(), column);
                    accepted.push(Some(name));
                }
            }
        }
        self.rows.header(&accepted, &mut self.findings)
    }

    /// Takes a row and answers whether to go on. A row without any value says nothing and does not count.
    pub fn row(&mut self, number: u64, cells: &mut [Cell<'_>]) -> bool {
        if number <= self.skipped {
            return true;
        }
        if !self.has_room() {
            return false;
        }
        if cells.iter().all(Cell::is_empty) {
            return true;
        }
        if !self.count() {
            return false;
        }
        let width = self.width.unwrap_or_default();
        if cells.len() != width {
            let found = cells.len();
            return self.faulty_row(
                number,
                Fault::error(
                    "file.ragged_row",
                    format!("该行有 {found} 个单元格，表头有 {width} 列"),
                    format!("the row has {found} cells, the header {width}"),
                )
                .expected(width.to_string())
                .hint(
                    "请补齐或删去多余的分隔符；含逗号的文本要加引号",
                    "add or remove separators; text with a comma needs quotes",
                ),
            );
        }
        for (column, cell) in cells.iter_mut().enumerate() {
            if let Some(fault) = text_fault(cell, self.limits.max_cell_bytes) {
                self.findings.cell(column, fault);
                *cell = Cell::Faulty;
            }
        }
        let taken = self.rows.row(number, cells, &mut self.findings);
        self.rows_faulty += u64::from(taken == Taken::Faulty);
        taken != Taken::Full
    }

    /// Counts a row that is none, with its fault; answers whether to go on.
    pub fn broken_row(&mut self, number: u64, fault: Fault) -> bool {
        number <= self.skipped || self.has_room() && self.count() && self.faulty_row(number, fault)
    }

    /// Counts a row that is none, whose fault stands in a row above; answers whether to go on.
    pub fn withheld_row(&mut self) -> bool {
        let go_on = self.has_room() && self.count();
        self.rows_faulty += u64::from(go_on);
        go_on
    }

    /// Whether a header with these names is one of the table, be it with faults.
    pub fn would_take(&mut self, names: &[String]) -> bool {
        let names: Vec<Option<String>> = names.iter().map(|name| Some(name.clone())).collect();
        self.rows.knows(&names)
    }

    /// Whether a header was seen.
    pub fn has_header(&self) -> bool {
        self.width.is_some()
    }

    fn faulty_row(&mut self, number: u64, fault: Fault) -> bool {
        self.rows_faulty += 1;
        self.findings.line(number, fault);
        true
    }

    /// Counts the cells of a row, blank ones included.
    fn has_room(&mut self) -> bool {
        self.cells += self.width.unwrap_or_default() as u64;
        if self.cells <= self.limits.max_cells {
            return true;
        }
        let most = self.limits.max_cells;
        self.findings.whole(
            Fault::error(
                "file.too_many_cells",
                format!("行列之积超过 {most}"),
                format!("more than {most} cells, rows times columns"),
            )
            .hint("请拆分文件，或改用长表", "split the file, or use the long form"),
        );
        false
    }

    /// Says that the file has more rows than are read.
    pub fn too_many_rows(&mut self) {
        let most = self.limits.max_rows;
        self.findings.whole(
            Fault::error("file.too_many_rows", format!("超过 {most} 行"), format!("more than {most} rows"))
                .expected(format!("<= {most}"))
                .hint("请拆分文件", "split the file"),
        );
    }

    fn count(&mut self) -> bool {
        if self.rows_total == self.limits.max_rows {
            self.too_many_rows();
            return false;
        }
        self.rows_total += 1;
        true
    }

    /// Says what is missing from a file that ended early.
    pub fn end(&mut self) {
        if self.findings.refused {
            return;
        }
        if !self.has_header() && self.rows_total == 0 {
            let fault = Fault::error("file.empty", "文件为空", "the file is empty");
            self.findings.whole(fault.hint("请上传含表头和数据行的文件", "send a file with a header and rows"));
        } else if self.rows_total == 0 {
            self.no_rows();
        }
    }

    /// Says that the file has the form of a table and nothing in it.
    pub fn no_rows(&mut self) {
        let (zh, en) = match self.findings.layout {
            Layout::Table => ("表头下没有数据行", "the header has no rows below it"),
            Layout::Array(_) | Layout::Lines => ("没有任何对象", "there is no object in it"),
        };
        self.findings
            .whole(Fault::error("file.no_rows", zh, en).hint("请填写数据后再上传", "fill in the data and send it again"));
    }
}

fn duplicate(name: &str) -> Fault {
    let name = shown(name);
    Fault::error("file.duplicate_column", format!("列“{name}”出现了两次"), format!("the column '{name}' stands twice"))
        .hint("只保留一列", "keep one of them")
}

fn name_fault(name: &str, longest: usize) -> Option<Fault> {
    if name.is_empty() {
        let fault = Fault::error("file.header", "有一列没有名称", "a column has no name");
        return Some(fault.hint("请填写列名，或删除该列", "name the column, or remove it"));
    }
    text_fault(&Cell::text(name), longest)
}

/// What no cell may hold, whatever its column.
fn text_fault(cell: &Cell<'_>, longest: usize) -> Option<Fault> {
    let Cell::Text(text) = cell else { return None };
    if text.len() > longest {
        return Some(
            Fault::error(
                "cell.too_long",
                format!("单元格超过 {longest} 字节"),
                format!("the cell is longer than {longest} bytes"),
            )
            .value(text)
            .hint("请缩短内容", "shorten it"),
        );
    }
    text.as_bytes().contains(&0).then(|| {
        Fault::error("cell.nul", "单元格含有空字节（NUL）", "the cell holds a NUL byte")
            .value(text)
            .hint("文件可能已损坏，请重新导出", "the file may be damaged; export it again")
    })
}
