//! Workbooks: one sheet with a header in its first row that is not empty.
//!
//! Cells are streamed, so a lone cell in the farthest corner costs nothing, and an archive is looked
//! through before the reader sees it. What a spreadsheet hides is said: a formula error, a formula that
//! was never calculated, a date where a number belongs.

mod archive;
pub(crate) mod grid;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};
use citygauge_indicators::Fault;

use super::cell::{Cell, letter};
use super::feed::{Feed, Rows};
use super::findings::shown;

/// The last row and column a sheet can have, counted from 0.
const FARTHEST: (u32, u32) = (1_048_575, 16_383);

/// The sheet that the product writes beside its tables: what the numbers rest on.
const ABOUT: &str = "about";

/// Feeds the sheet called `wanted`, or else the only visible one that holds anything.
pub(crate) fn read<R: Rows>(bytes: &[u8], wanted: &str, feed: &mut Feed<'_, R>) {
    if let Err(fault) = archive::check(bytes, &feed.limits.archive) {
        return feed.findings.whole(fault);
    }
    // The reader adds and subtracts cell references unchecked; a hostile one must not end the service.
    let read = catch_unwind(AssertUnwindSafe(|| workbook(bytes, wanted, feed)));
    match read {
        Ok(Ok(())) => {}
        Ok(Err(error)) => feed.findings.whole(unreadable(&error.to_string())),
        Err(_) => feed.findings.whole(unreadable("")),
    }
}

fn workbook<R: Rows>(bytes: &[u8], wanted: &str, feed: &mut Feed<'_, R>) -> Result<(), XlsxError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let sheet = match chosen(&mut workbook, wanted, feed.place.sheet)? {
        Ok(sheet) => sheet,
        Err(fault) => {
            feed.findings.whole(*fault);
            return Ok(());
        }
    };
    feed.findings.sheet = Some(sheet.clone());
    let mut cells = workbook.worksheet_cells_reader(&sheet)?;
    sheet_rows(&mut cells, feed)
}

/// The sheet that is read: none is picked among several in silence.
fn chosen(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    wanted: &str,
    named: Option<&str>,
) -> Result<Result<String, Box<Fault>>, XlsxError> {
    let sheets = workbook.sheets_metadata();
    if let Some(named) = named {
        let found = sheets.iter().any(|sheet| sheet.name == named && sheet.typ == SheetType::WorkSheet);
        return Ok(if found { Ok(named.to_owned()) } else { Err(no_such_sheet(named, sheets.iter().map(|sheet| &*sheet.name))) });
    }
    if sheets.iter().any(|sheet| sheet.name == wanted) {
        return Ok(Ok(wanted.to_owned()));
    }
    let tables = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let first = sheets.first().map(|sheet| sheet.name.clone());
    let visible: Vec<String> =
        tables.filter(|sheet| sheet.visible == SheetVisible::Visible).map(|sheet| sheet.name.clone()).collect();
    let mut candidates = Vec::new();
    for sheet in visible.iter().filter(|name| visible.len() == 1 || *name != ABOUT) {
        if visible.len() == 1 || holds_anything(workbook, sheet)? {
            candidates.push(sheet.clone());
        }
    }
    Ok(match candidates.as_slice() {
        [] => visible.first().cloned().or(first).ok_or_else(archive::not_a_workbook),
        [sheet] => Ok(sheet.clone()),
        several => Err(several_sheets(several, wanted)),
    })
}

fn holds_anything(workbook: &mut Xlsx<Cursor<&[u8]>>, sheet: &str) -> Result<bool, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    while let Some(found) = cells.next_cell_with_formula_metadata()? {
        if found.formula.is_some() || found.value != DataRef::Empty {
            return Ok(true);
        }
    }
    Ok(false)
}

fn no_such_sheet<'s>(named: &str, sheets: impl Iterator<Item = &'s str>) -> Box<Fault> {
    let named = shown(named);
    let known: Vec<String> = sheets.take(20).map(shown).collect();
    Fault::error("file.no_such_sheet", format!("没有工作表“{named}”"), format!("there is no sheet '{named}'"))
        .value(&named)
        .expected(known.join(" | "))
        .hint("请核对映射中 sheet 的名称", "check the name under 'sheet' of the mapping")
        .into()
}

fn several_sheets(sheets: &[String], wanted: &str) -> Box<Fault> {
    let listed = |open: &str, close: &str, between: &str| {
        let named: Vec<String> = sheets.iter().map(|name| format!("{open}{}{close}", shown(name))).collect();
        named.join(between)
    };
    let (zh, en) = (listed("“", "”", "、"), listed("'", "'", ", "));
    Fault::error("file.several_sheets", format!("有多个工作表含有内容：{zh}"), format!("several sheets hold something: {en}"))
        .expected(wanted)
        .hint(
            format!("将要读取的工作表命名为“{wanted}”，或删除、隐藏其他工作表"),
            format!("give the sheet that is to be read the name '{wanted}', or remove or hide the others"),
        )
        .into()
}

/// Gathers cells into rows. A sheet's rows and cells stand in order; one that does not is damaged.
fn sheet_rows<R: Rows>(reader: &mut XlsxCellReader<'_, Cursor<&[u8]>>, feed: &mut Feed<'_, R>) -> Result<(), XlsxError> {
    let mut sheet = Sheet { columns: HashMap::new(), row: Vec::new(), number: 0 };
    let mut last: Option<(u32, u32)> = None;
    while let Some(found) = reader.next_cell_with_formula_metadata()? {
        let place = found.pos;
        if place.0 > FARTHEST.0 || place.1 > FARTHEST.1 || last.is_some_and(|last| place <= last) {
            feed.findings.whole(unreadable("cell reference").row(u64::from(place.0) + 1));
            return Ok(());
        }
        if last.is_some_and(|last| last.0 != place.0) && !sheet.end_row(feed) {
            return Ok(());
        }
        last = Some(place);
        sheet.number = u64::from(place.0) + 1;
        let value = match found.value {
            DataRef::Empty if found.formula.is_some() => Value::Fault(uncalculated().into()),
            other => value(other),
        };
        if sheet.number >= feed.place.header_row && value != Value::Cell(Cell::Empty) {
            sheet.row.push((place.1, value));
        }
    }
    sheet.end_row(feed);
    Ok(())
}

#[derive(Debug, Clone, PartialEq)]
enum Value<'a> {
    Cell(Cell<'a>),
    Fault(Box<Fault>),
}

struct Sheet<'a> {
    /// The place of each named column among the columns that are fed.
    columns: HashMap<u32, usize>,
    row: Vec<(u32, Value<'a>)>,
    number: u64,
}

impl Sheet<'_> {
    /// Feeds what was gathered and answers whether to go on.
    fn end_row<R: Rows>(&mut self, feed: &mut Feed<'_, R>) -> bool {
        let row = std::mem::take(&mut self.row);
        if row.is_empty() {
            return true;
        }
        if !feed.has_header() {
            return self.header(&row, feed);
        }
        let mut cells = vec![Cell::Empty; self.columns.len()];
        let mut stray = None;
        for (place, value) in row {
            let Some(column) = self.columns.get(&place) else {
                stray.get_or_insert(place);
                continue;
            };
            cells[*column] = match value {
                Value::Cell(cell) => cell,
                Value::Fault(fault) => {
                    feed.findings.cell(*column, fault);
                    Cell::Faulty
                }
            };
        }
        match stray {
            None => feed.row(self.number, &mut cells),
            Some(place) => {
                let column = letter(place as usize);
                let fault = Fault::error(
                    "file.ragged_row",
                    format!("{column} 列有内容，但表头没有该列"),
                    format!("there is something in column {column}, which has no header"),
                );
                feed.broken_row(
                    self.number,
                    fault.column(column).hint("请删除该内容，或为该列命名", "remove it, or name the column"),
                )
            }
        }
    }

    fn header<R: Rows>(&mut self, row: &[(u32, Value<'_>)], feed: &mut Feed<'_, R>) -> bool {
        let mut names = Vec::with_capacity(row.len());
        for (place, value) in row {
            match value {
                Value::Cell(cell) => {
                    names.push(cell.as_text().ok().flatten().map_or_else(|| cell.shown(), std::borrow::Cow::into_owned))
                }
                Value::Fault(fault) => {
                    feed.findings.whole(fault.clone().row(self.number).column(letter(*place as usize)));
                    names.push(letter(*place as usize));
                }
            }
            self.columns.insert(*place, names.len() - 1);
        }
        let named_in = vec![self.number; names.len()];
        feed.header(names, named_in)
    }
}

fn value(value: DataRef<'_>) -> Value<'_> {
    Value::Cell(match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(number as f64),
        DataRef::Float(number) => Cell::Number(number),
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Bool(yes) => Cell::Boolean(yes),
        DataRef::DateTime(date) => Cell::Date(iso_date(&date)),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Date(text),
        DataRef::Error(error) => {
            let error = error.to_string();
            let fault = Fault::error(
                "cell.error",
                format!("单元格是公式错误 {error}"),
                format!("the cell shows the formula error {error}"),
            );
            let hint = ("请改正公式；没有数据时留空", "mend the formula; leave the cell empty where there is nothing to report");
            return Value::Fault(fault.value(error).hint(hint.0, hint.1).into());
        }
    })
}

fn iso_date(date: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}

fn uncalculated() -> Fault {
    Fault::error("cell.error", "公式没有保存的结果", "the formula was saved without its result")
        .hint("请在表格软件中打开并保存，或填写数值", "open and save the workbook in a spreadsheet program, or enter the value")
}

fn unreadable(detail: &str) -> Fault {
    let fault = Fault::error("file.unreadable", "无法读取工作簿", "the workbook cannot be read")
        .hint("请在表格软件中打开并重新保存", "open it in a spreadsheet program and save it again");
    if detail.is_empty() { fault } else { fault.value(detail) }
}
