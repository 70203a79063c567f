//! What a sheet says beside its cells and the cells do not tell: merged ranges, hidden rows and columns.

use citygauge_indicators::Fault;
use quick_xml::events::Event;

use super::super::cell::letter;
use super::package::{Package, attribute};

/// Merged ranges and hidden spans that are kept of one sheet; a sheet with more of them is no table.
const MOST: usize = 100_000;

/// What was found in one sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// Merged ranges, by first row.
    pub merged: Vec<Merged>,
    /// Hidden rows, counted from 1, as first and last, from the top.
    pub hidden_rows: Vec<(u64, u64)>,
    /// Hidden columns, counted from 0, as first and last.
    pub hidden_columns: Vec<(u32, u32)>,
    /// Whether there is more of it than is kept.
    pub too_much: bool,
}

/// A merged range; rows are counted from 1, columns from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merged {
    pub rows: (u64, u64),
    pub columns: (u32, u32),
}

impl Merged {
    /// The range as a spreadsheet shows it.
    pub fn shown(&self) -> String {
        let [first, last] = [self.columns.0, self.columns.1].map(|column| letter(column as usize));
        format!("{first}{}:{last}{}", self.rows.0, self.rows.1)
    }
}

impl Look {
    /// Looks at the sheet in a part.
    pub fn at(package: &mut Package<'_>, path: &str) -> Result<Self, Box<Fault>> {
        let mut look = Self::default();
        let mut row = 0;
        package.each(path, |event| {
            let (Event::Start(element) | Event::Empty(element)) = event else { return true };
            let name = element.local_name();
            match name.as_ref() {
                "row" => {
                    row = attribute(element, "r").and_then(|number| number.parse().ok()).unwrap_or(row + 1);
                    if is_hidden(element) {
                        look.hide_row(row);
                    }
                }
                "col" if is_hidden(element) => {
                    let bound = |name| attribute(element, name).and_then(|number| number.parse::<u32>().ok());
                    if let (Some(first @ 1..), Some(last)) = (bound("min"), bound("max")) {
                        look.hidden_columns.push((first - 1, last.saturating_sub(1)));
                    }
                }
                "mergeCell" => look.merged.extend(attribute(element, "ref").and_then(|range| range_of(&range))),
                _ => {}
            }
            look.too_much = look.merged.len().max(look.hidden_rows.len()).max(look.hidden_columns.len()) > MOST;
            !look.too_much
        })?;
        look.merged.sort_by_key(|merged| merged.rows);
        Ok(look)
    }

    fn hide_row(&mut self, row: u64) {
        match self.hidden_rows.last_mut() {
            Some(last) if last.1 + 1 == row => last.1 = row,
            _ => self.hidden_rows.push((row, row)),
        }
    }

    /// Whether a row, counted from 1, is hidden.
    pub fn hides_row(&self, row: u64) -> bool {
        let after = self.hidden_rows.partition_point(|span| span.0 <= row);
        after > 0 && self.hidden_rows[after - 1].1 >= row
    }

    /// Whether a column, counted from 0, is hidden.
    pub fn hides_column(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|span| (span.0..=span.1).contains(&column))
    }
}

fn is_hidden(element: &quick_xml::events::BytesStart<'_>) -> bool {
    attribute(element, "hidden").is_some_and(|hidden| hidden == "1" || hidden == "true")
}

/// `B2:C4` as rows and columns.
fn range_of(range: &str) -> Option<Merged> {
    let (first, last) = range.split_once(':')?;
    let ((left, top), (right, bottom)) = (cell_of(first)?, cell_of(last)?);
    (left <= right && top <= bottom).then_some(Merged { rows: (top, bottom), columns: (left, right) })
}

/// `B2` as its column, counted from 0, and its row, counted from 1.
pub(crate) fn cell_of(reference: &str) -> Option<(u32, u64)> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = reference.split_at(letters);
    if !(1..=3).contains(&column.len()) {
        return None;
    }
    let column = column.bytes().fold(0, |sum, byte| sum * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1);
    Some((column - 1, row.parse().ok().filter(|row| (1..=1_048_576).contains(row))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_reads_back_as_it_is_shown() {
        for range in ["A1:B2", "XFD9:XFD1048576", "AA10:AC10"] {
            assert_eq!(range_of(range).expect(range).shown(), range);
        }
        for range in ["B2", "B2:A1", "A0:A1", "A1:A99999999", "ABCD1:ABCD2", ":", "1:2"] {
            assert_eq!(range_of(range), None, "{range}");
        }
    }

    #[test]
    fn what_is_merged_and_hidden_is_seen() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.merge_range(4, 1, 6, 2, "x", &rust_xlsxwriter::Format::new()).expect("merged");
        for row in [8, 9, 20] {
            sheet.set_row_hidden(row).expect("hidden");
        }
        sheet.set_column_hidden(3).expect("hidden");
        let bytes = book.save_to_buffer().expect("saved");
        let look = Look::at(&mut Package::open(&bytes).expect("a workbook"), "xl/worksheets/sheet1.xml").expect("a sheet");
        assert_eq!(look.merged.iter().map(Merged::shown).collect::<Vec<_>>(), ["B5:C7"]);
        assert_eq!(look.hidden_rows, [(9, 10), (21, 21)]);
        assert_eq!([8, 9, 10, 11, 21].map(|row| look.hides_row(row)), [false, true, true, false, true]);
        assert_eq!([2, 3, 4].map(|column| look.hides_column(column)), [false, true, false]);
    }
}
