//! The sheets of a set's workbook and their columns: each is a member of the document, by its path.
//!
//! A member that has no column is kept all the same: it stands in the column `more`. To give it one, add its line to its sheet.

mod adjustments;
mod items;
mod levels;
mod nodes;
mod notes;
mod rules;
mod set;

use super::form::Form;

pub(super) use adjustments::ADJUSTMENTS;
pub(super) use items::ITEMS;
pub(super) use levels::LEVELS;
pub(super) use nodes::NODES;
pub(super) use notes::NOTES;
pub(super) use rules::RULES;
pub(super) use set::SET;

/// A column, or a line of the sheet `set`.
#[derive(Debug)]
pub(super) struct Column {
    /// The path of the member in the object that the row stands for.
    pub path: &'static [&'static str],
    /// How the member is written in a cell.
    pub form: Form,
    /// What it is called in Chinese.
    pub zh: &'static str,
    /// What it is called in English.
    pub en: &'static str,
    /// What to write there, in Chinese.
    pub note_zh: &'static str,
    /// What to write there, in English.
    pub note_en: &'static str,
    /// The width in characters.
    pub width: u16,
}

/// A sheet.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Its name in the workbook.
    pub name: &'static str,
    /// The member of the document whose words fill the drop-downs: a list, or the document itself where empty.
    pub list: &'static str,
    /// Its columns, from the left.
    pub columns: &'static [Column],
}

/// What stands for members without a column of their own.
pub(super) const MORE: &str = "more";

const fn column(
    path: &'static [&'static str],
    form: Form,
    (zh, en): (&'static str, &'static str),
    (note_zh, note_en): (&'static str, &'static str),
    width: u16,
) -> Column {
    Column { path, form, zh, en, note_zh, note_en, width }
}

impl Column {
    /// The path with dots, which names the column whatever the language; a column for the rest ends with a star.
    pub fn name(&self) -> String {
        let rest = if self.form == Form::Rest { ".*" } else { "" };
        self.path.join(".") + rest
    }

    /// Whether a header names this column: by its title in either language or by its path.
    pub fn is_called(&self, header: &str) -> bool {
        let header = header.trim();
        header.eq_ignore_ascii_case(self.zh) || header.eq_ignore_ascii_case(self.en) || header == self.name()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_header_names_one_column() {
        for sheet in [&SET, &ITEMS, &NODES, &LEVELS, &NOTES, &ADJUSTMENTS, &RULES] {
            let mut seen = HashSet::new();
            for column in sheet.columns {
                for name in [column.zh.to_owned(), column.en.to_lowercase(), column.name()] {
                    assert!(seen.insert(name.clone()) || column.en.to_lowercase() == column.name(), "{}: {name}", sheet.name);
                }
            }
        }
    }
}
