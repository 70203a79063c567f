//! A sheet with a header, and cells that are numbers, texts or formulas with the result that they had.

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet, XlsxError};

/// A sheet that is being filled.
pub(super) struct Sheet<'w> {
    sheet: &'w mut Worksheet,
    row: u32,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// None.
    Empty,
    /// Text; never a formula, whatever it begins with.
    Text(String),
    /// A number.
    Number(f64),
    /// A formula, and what it comes to.
    Formula(String, Option<f64>),
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Option<String>> for Cell {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Empty, Self::Text)
    }
}

impl<'w> Sheet<'w> {
    /// A sheet with its header, which stays in view.
    pub fn new(workbook: &'w mut Workbook, name: &str, header: &[&str], widths: &[f64]) -> Result<Self, XlsxError> {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name)?;
        let bold = Format::new().set_bold().set_text_wrap();
        for (title, column) in header.iter().zip(0_u16..) {
            sheet.write_string_with_format(0, column, *title, &bold)?;
        }
        for (width, column) in widths.iter().zip(0_u16..) {
            sheet.set_column_width(column, *width)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        Ok(Self { sheet, row: 0 })
    }

    /// Adds a row, and tells its number as a formula names it.
    pub fn add(&mut self, cells: &[Cell]) -> Result<u32, XlsxError> {
        self.row += 1;
        for (cell, column) in cells.iter().zip(0_u16..) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    self.sheet.write_string(self.row, column, text)?;
                }
                Cell::Number(number) => {
                    self.sheet.write_number(self.row, column, *number)?;
                }
                Cell::Formula(formula, result) => {
                    let result = result.map_or_else(String::new, |result| result.to_string());
                    self.sheet.write_formula(self.row, column, Formula::new(formula).set_result(result))?;
                }
            }
        }
        Ok(self.row + 1)
    }
}
