//! Which sheets of a workbook are read: none is picked or passed over in silence.
//!
//! - The one that was asked for, and no other.
//! - Else all sheets of a template, where there are any: each department fills in its own.
//! - Else the one with the usual name.
//! - Else the only one that holds anything, whatever its header.
//! - Else all those that begin with a header of the table, as one table.
//!
//! Hidden sheets are not read unless asked for; one that holds something is said.

use std::io::Cursor;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use citygauge_indicators::Fault;

use super::super::feed::{Feed, Rows};
use super::value::value;
use super::{Choice, archive, notices, template};

/// The sheet that the product writes beside its tables: what the numbers rest on.
const ABOUT: &str = "about";

/// What a sheet begins with.
#[derive(Debug, PartialEq, Eq)]
enum Begins {
    /// There is nothing in it.
    Empty,
    /// It explains the sheets of a template.
    About,
    /// It is a sheet of a template.
    Template,
    /// The cells of its first row that is not empty.
    Row(Vec<String>),
}

type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

/// The names of the sheets to be read, in the order of the tabs.
pub(super) fn sheets<R: Rows>(
    workbook: &mut Workbook<'_>,
    choice: &Choice<'_>,
    feed: &mut Feed<'_, R>,
) -> Result<Result<Vec<String>, Box<Fault>>, XlsxError> {
    let tables = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let all: Vec<(String, bool)> = tables.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect();
    if let Some(wanted) = choice.sheet {
        let Some((name, visible)) = all.iter().find(|(name, _)| name == wanted) else {
            let names: Vec<String> = all.into_iter().map(|(name, _)| name).collect();
            return Ok(Err(notices::no_such_sheet(wanted, &names).into()));
        };
        if !visible {
            feed.findings.whole(notices::hidden_sheet(name, true));
        }
        return Ok(Ok(vec![name.clone()]));
    }
    let mut visible = Vec::new();
    for (name, is_visible) in &all {
        let begins = begins(workbook, name, choice.header_row)?;
        if *is_visible {
            visible.push((name.clone(), begins));
        } else if !matches!(begins, Begins::Empty | Begins::About) {
            feed.findings.whole(notices::hidden_sheet(name, false));
        }
    }
    if all.is_empty() {
        return Ok(Err(archive::not_a_workbook()));
    }
    Ok(among(visible, choice.usual, feed))
}

/// Chooses among the visible sheets.
fn among<R: Rows>(sheets: Vec<(String, Begins)>, usual: &str, feed: &mut Feed<'_, R>) -> Result<Vec<String>, Box<Fault>> {
    let is_alone = sheets.len() == 1;
    let first = sheets.first().map(|(name, _)| name.clone());
    let counts = |(name, begins): &(String, Begins)| match begins {
        Begins::Empty | Begins::About => false,
        Begins::Template => true,
        Begins::Row(_) => name != ABOUT || is_alone,
    };
    let filled: Vec<(String, Begins)> = sheets.into_iter().filter(counts).collect();
    let knows =
        |(_, begins): &(String, Begins), feed: &mut Feed<'_, R>| matches!(begins, Begins::Row(names) if feed.would_take(names));
    let chosen: Vec<bool> = if filled.iter().any(|(_, begins)| *begins == Begins::Template) {
        filled.iter().map(|(_, begins)| *begins == Begins::Template).collect()
    } else if filled.iter().any(|(name, _)| name == usual) {
        filled.iter().map(|(name, _)| name == usual).collect()
    } else if filled.len() <= 1 {
        vec![true; filled.len()]
    } else {
        let known: Vec<bool> = filled.iter().map(|sheet| knows(sheet, feed)).collect();
        if !known.contains(&true) {
            let names: Vec<String> = filled.into_iter().map(|(name, _)| name).collect();
            return Err(notices::several_sheets(&names, usual).into());
        }
        known
    };
    let by_name = filled.iter().zip(&chosen).any(|((name, _), chosen)| *chosen && name == usual);
    let mut names = Vec::new();
    for (sheet, chosen) in filled.into_iter().zip(chosen) {
        // Beside a sheet of the usual name, remarks are expected and another table is not.
        if chosen {
            names.push(sheet.0);
        } else if !by_name || knows(&sheet, feed) {
            feed.findings.whole(notices::skipped_sheet(&sheet.0));
        }
    }
    if names.is_empty() {
        names.extend(first);
    }
    Ok(names)
}

fn begins(workbook: &mut Workbook<'_>, sheet: &str, header_row: u64) -> Result<Begins, XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let mut row: Option<u32> = None;
    let mut names = Vec::new();
    while let Some(found) = cells.next_cell_with_formula_metadata()? {
        if found.formula.is_none() && found.value == DataRef::Empty {
            continue;
        }
        let place = found.pos;
        let value = value(found.value);
        match value.as_str().filter(|_| names.is_empty()) {
            Some(template::MARK) => return Ok(Begins::Template),
            Some(template::ABOUT_MARK) => return Ok(Begins::About),
            _ => {}
        }
        if u64::from(place.0) + 1 < header_row {
            continue;
        }
        if row.is_some_and(|row| row != place.0) {
            break;
        }
        row = Some(place.0);
        names.push(value.as_name(place.1));
    }
    Ok(if names.is_empty() { Begins::Empty } else { Begins::Row(names) })
}
