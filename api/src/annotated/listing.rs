//! The sheet that lists every fault, with links to their cells.

use std::io::{BufWriter, Write};

use super::marks::Marks;
use super::styles::Styles;
use super::xml::text;
use super::{Copy, Findings};
use crate::intake::cell::letter;
use crate::intake::xlsx::template::ABOUT_MARK;

const SPREADSHEET: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// The columns: what they are called in Chinese and English, and their width in characters.
const COLUMNS: [(&str, &str, u32); 11] = [
    ("级别", "Severity", 9),
    ("工作表", "Sheet", 18),
    ("单元格", "Cell", 9),
    ("列", "Column", 16),
    ("城市", "City", 12),
    ("数据项", "Item", 26),
    ("值", "Value", 20),
    ("错误", "Fault", 46),
    ("应为", "Expected", 24),
    ("如何改正", "How to mend it", 46),
    ("代码", "Code", 28),
];

/// Rows above the first fault: the mark by which the sheet is not taken for data, and the header.
const ABOVE: usize = 2;

/// Writes the sheet.
pub(super) fn write(copy: &mut Copy, findings: Findings<'_>, marks: &Marks, styles: &Styles) -> std::io::Result<()> {
    let mut out = BufWriter::new(copy);
    let Findings { faults, total, language } = findings;
    write!(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"{SPREADSHEET}\"><sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><sheetViews>\
         <sheetView workbookViewId=\"0\"><pane ySplit=\"{ABOVE}\" topLeftCell=\"A{0}\" activePane=\"bottomLeft\" state=\"frozen\"/>\
         </sheetView></sheetViews><cols>",
        ABOVE + 1
    )?;
    for ((_, _, width), number) in COLUMNS.iter().zip(1..) {
        write!(out, "<col min=\"{number}\" max=\"{number}\" width=\"{width}\" customWidth=\"1\"/>")?;
    }
    write!(out, "</cols><sheetData><row r=\"1\" hidden=\"1\">")?;
    cell(&mut out, 0, 1, ABOUT_MARK, None)?;
    write!(out, "</row><row r=\"2\">")?;
    for ((zh, en, _), column) in COLUMNS.iter().zip(0..) {
        cell(&mut out, column, 2, language.pick(zh, en), styles.of_list(0))?;
    }
    write!(out, "</row>")?;
    for (place, fault) in faults.iter().enumerate() {
        let row = place + ABOVE + 1;
        let at = marks.cells.get(place).copied().flatten().map(|(row, column)| format!("{}{row}", letter(column as usize)));
        let of_row = fault.row.map(|row| row.to_string());
        let severity = match fault.severity.word() {
            "error" => language.pick("错误", "error"),
            _ => language.pick("提醒", "warning"),
        };
        let texts = [
            Some(severity),
            fault.sheet.as_deref(),
            at.as_deref().or(of_row.as_deref()),
            fault.column.as_deref(),
            fault.city.as_deref(),
            fault.node_or_item.as_deref(),
            fault.value.as_deref(),
            Some(fault.message.as_str()),
            fault.expected.as_deref(),
            fault.hint.as_deref(),
            Some(fault.code.as_str()),
        ];
        write!(out, "<row r=\"{row}\">")?;
        for (text, column) in texts.into_iter().zip(0..) {
            if let Some(text) = text {
                let style = if column == 2 && at.is_some() { 2 } else { 1 };
                cell(&mut out, column, row, text, styles.of_list(style))?;
            }
        }
        write!(out, "</row>")?;
    }
    let mut last = faults.len() + ABOVE;
    let beyond = total.saturating_sub(faults.len() as u64);
    if beyond > 0 || faults.is_empty() {
        last += 1;
        let text = if faults.is_empty() {
            language.pick("没有错误".to_owned(), "There is no fault".to_owned())
        } else {
            language.pick(
                format!("另有 {beyond} 处未列出；全部见 /imports/…/faults"),
                format!("{beyond} more are not listed here; all of them stand in /imports/…/faults"),
            )
        };
        write!(out, "<row r=\"{last}\">")?;
        cell(&mut out, 0, last, &text, None)?;
        write!(out, "</row>")?;
    }
    let right = letter(COLUMNS.len() - 1);
    write!(out, "</sheetData><autoFilter ref=\"A{ABOVE}:{right}{last}\"/>")?;
    links(&mut out, findings, marks)?;
    write!(out, "<pageSetup paperSize=\"9\" orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>")?;
    out.flush()
}

/// Links from the list to the cells.
fn links(out: &mut impl Write, findings: Findings<'_>, marks: &Marks) -> std::io::Result<()> {
    let mut is_open = false;
    for (place, fault) in findings.faults.iter().enumerate() {
        let (Some(sheet), Some((row, column))) = (&fault.sheet, marks.cells.get(place).copied().flatten()) else { continue };
        if !std::mem::replace(&mut is_open, true) {
            write!(out, "<hyperlinks>")?;
        }
        let target = format!("'{}'!{}{row}", sheet.replace('\'', "''"), letter(column as usize));
        write!(out, "<hyperlink ref=\"C{}\" location=\"{}\"/>", place + ABOVE + 1, text(&target))?;
    }
    if is_open { write!(out, "</hyperlinks>") } else { Ok(()) }
}

/// A cell with text; text is never a formula.
fn cell(out: &mut impl Write, column: usize, row: usize, content: &str, style: Option<u32>) -> std::io::Result<()> {
    let style = style.map(|style| format!(" s=\"{style}\"")).unwrap_or_default();
    let content = text(content);
    write!(out, "<c r=\"{}{row}\"{style} t=\"inlineStr\"><is><t xml:space=\"preserve\">{content}</t></is></c>", letter(column))
}
