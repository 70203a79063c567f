//! Cells of a workbook as the reader of the archive gives them.

use std::borrow::Cow;

use calamine::{DataRef, ExcelDateTime, XlsxFormulaMetadata};
use citygauge_indicators::Fault;

use super::super::cell::{Cell, letter};

/// The last row and column a sheet can have, counted from 0.
pub(super) const FARTHEST: (u32, u32) = (1_048_575, 16_383);

/// What stands in a cell, or what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    Cell(Cell<'a>),
    Fault(Box<Fault>),
}

impl Value<'_> {
    /// The name that a cell of the header in column `place` gives to its column.
    pub fn as_name(&self, place: u32) -> String {
        match self {
            Self::Cell(cell) => cell.as_text().ok().flatten().map_or_else(|| cell.shown(), Cow::into_owned),
            Self::Fault(_) => letter(place as usize),
        }
    }

    /// The text of the cell, where it is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Cell(Cell::Text(text)) => Some(text),
            _ => None,
        }
    }
}

pub(super) fn value(value: DataRef<'_>) -> Value<'_> {
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

/// The fault of a formula without a result.
pub(super) fn uncalculated(formula: Option<&XlsxFormulaMetadata>) -> Fault {
    let fault = Fault::error("cell.error", "公式没有保存的结果", "the formula was saved without its result")
        .hint("请在表格软件中打开并保存，或填写数值", "open and save the workbook in a spreadsheet program, or enter the value");
    match formula {
        Some(XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. }) => {
            fault.value(format!("={formula}"))
        }
        _ => fault,
    }
}

pub(super) fn unreadable(detail: &str) -> Fault {
    let fault = Fault::error("file.unreadable", "无法读取工作簿", "the workbook cannot be read")
        .hint("请在表格软件中打开并重新保存", "open it in a spreadsheet program and save it again");
    if detail.is_empty() { fault } else { fault.value(detail) }
}
