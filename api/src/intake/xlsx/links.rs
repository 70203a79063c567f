//! Formulas that take their value from another workbook, which nobody here can look into.

use std::collections::HashSet;

use calamine::XlsxFormulaMetadata;
use citygauge_indicators::Fault;

use super::super::cell::letter;
use super::super::findings::shown;

/// Groups of cells that share a formula which are remembered; a sheet with more of them has its first ones reported.
const MOST_SHARED: usize = 100_000;

/// The cells of one sheet that refer to another workbook.
#[derive(Debug, Default)]
pub(super) struct Links {
    shared: HashSet<usize>,
    first: Option<(u64, u32, String)>,
    count: u64,
}

impl Links {
    /// Looks at the formula of a cell; the row is counted from 1, the column from 0.
    pub fn look_at(&mut self, formula: &XlsxFormulaMetadata, row: u64, column: u32) {
        let text = match formula {
            XlsxFormulaMetadata::Normal { formula } => is_external(formula).then_some(formula.as_str()),
            XlsxFormulaMetadata::Shared { formula, shared_index, .. } => {
                let external = is_external(formula);
                if external && self.shared.len() < MOST_SHARED {
                    self.shared.insert(*shared_index);
                }
                external.then_some(formula.as_str())
            }
            XlsxFormulaMetadata::SharedDerived { shared_index } => self.shared.contains(shared_index).then_some(""),
            // Kinds of formulas that the reader may come to know.
            _ => None,
        };
        if let Some(text) = text {
            self.count += 1;
            self.first.get_or_insert_with(|| (row, column, shown(text)));
        }
    }

    /// What is said of them.
    pub fn notice(&self) -> Option<Fault> {
        let (row, column, formula) = self.first.as_ref()?;
        let count = self.count;
        let fault = Fault::warning(
            "file.external_reference",
            format!("有 {count} 个值由公式取自其他工作簿；读取的是最近一次保存的结果"),
            match count {
                1 => "a value comes by formula from another workbook; what was read is the result last saved".to_owned(),
                _ => format!("{count} values come by formula from other workbooks; what was read are the results last saved"),
            },
        );
        let fault = fault.row(*row).column(letter(*column as usize)).value(format!("={formula}"));
        Some(fault.hint("请核对这些值，并粘贴为数值", "check these values, and paste them as values"))
    }
}

/// Whether a formula, as a workbook keeps it, names another one: `[1]Sheet!A1` or `'[1]My sheet'!A1`. The columns of
/// tables stand in brackets too, behind the name of the table.
fn is_external(formula: &str) -> bool {
    let bytes = formula.as_bytes();
    let (mut depth, mut in_text) = (0_usize, false);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => in_text = !in_text,
            b'[' if !in_text => {
                let before = at.checked_sub(1).map(|before| bytes[before]);
                let of_a_table =
                    before.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"_.".contains(&byte));
                let digits = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                if depth == 0 && !of_a_table && digits > 0 && bytes.get(at + 1 + digits) == Some(&b']') {
                    return true;
                }
                depth += 1;
            }
            b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_workbook_is_told_from_a_column_of_a_table() {
        for formula in ["[1]Sheet1!A1", "1+'[12]My sheet'!$B$2", "SUM([3]数据!A1:A9)"] {
            assert!(is_external(formula), "{formula}");
        }
        for formula in ["Table1[1]", "SUM(表[2026])", "Table1[[#This Row],[1]]", "A1+B2", "[Book2]Sheet1", "\"[1]\""] {
            assert!(!is_external(formula), "{formula}");
        }
    }
}
