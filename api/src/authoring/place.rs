//! Leads a pointer into the document back to the cell of the workbook that holds it.

use std::collections::HashMap;

use citygauge_indicators::{Fault, Language, Text};

use super::columns::{ADJUSTMENTS, ITEMS, LEVELS, MORE, NODES, NOTES, RULES, SET, Sheet};
use super::form::Form;
use super::row::Slot;

/// The rows of one sheet, and what its columns are called in this workbook.
pub(super) struct Table {
    sheet: &'static Sheet,
    /// By column of the sheet: its title here, and the row of a line of the sheet `set`.
    titles: Vec<Option<(String, u64)>>,
    more: HashMap<usize, (String, u64)>,
    rows: Vec<TableRow>,
}

struct TableRow {
    number: u64,
    /// Which columns hold something.
    filled: Vec<bool>,
    /// The first piece of `more`.
    more: Option<usize>,
}

impl Table {
    pub fn new(sheet: &'static Sheet) -> Self {
        Self { sheet, titles: vec![None; sheet.columns.len()], more: HashMap::new(), rows: Vec::new() }
    }

    /// Notes the title of a column; answers whether it has none yet.
    pub fn name(&mut self, slot: Slot, title: String) -> bool {
        self.line(slot, 0, title)
    }

    /// Notes the row and title of a line of the sheet `set`; answers whether it is the first.
    pub fn line(&mut self, slot: Slot, row: u64, title: String) -> bool {
        match slot {
            Slot::Column(place) if self.titles[place].is_some() => false,
            Slot::Column(place) => {
                self.titles[place] = Some((title, row));
                true
            }
            Slot::More(piece) => self.more.insert(piece, (title, row)).is_none(),
        }
    }

    /// Adds a row in which these columns hold something.
    pub fn push(&mut self, number: u64, slots: impl Iterator<Item = Slot>) {
        let mut row = TableRow { number, filled: vec![false; self.titles.len()], more: None };
        for slot in slots {
            match slot {
                Slot::Column(place) => row.filled[place] = true,
                Slot::More(piece) => row.more = Some(row.more.map_or(piece, |first| first.min(piece))),
            }
        }
        self.rows.push(row);
    }

    /// A fault of a cell; lines of the sheet `set` have a row of their own.
    pub fn placed(&self, row: u64, slot: Slot, fault: Fault) -> Fault {
        let titled = match slot {
            Slot::Column(place) => self.titles[place].as_ref(),
            Slot::More(piece) => self.more.get(&piece),
        };
        let (title, line) = match titled {
            Some((title, line)) => (title.clone(), *line),
            // The column is not in the workbook: the one that would hold it is named.
            None => match slot {
                Slot::Column(place) => (self.sheet.columns[place].name(), 0),
                Slot::More(_) => (MORE.to_owned(), 0),
            },
        };
        let mut fault = fault.column(title);
        fault.sheet = Some(self.sheet.name.to_owned());
        match row.max(line) {
            0 => fault,
            row => fault.row(row),
        }
    }

    /// The cell of the member at `path` in a row, and how much of the path leads to that cell.
    fn slot(&self, row: &TableRow, path: &[&str]) -> Option<(Slot, usize)> {
        let columns = || self.sheet.columns.iter().enumerate();
        let above = |must_be_filled: bool| {
            let fit =
                columns().filter(|(place, column)| path.starts_with(column.path) && (row.filled[*place] || !must_be_filled));
            // A column for the rest is for what lies deeper than the object itself.
            let found = fit
                .max_by_key(|(_, column)| (column.path.len(), (column.form == Form::Rest) == (path.len() > column.path.len())));
            found.map(|(place, column)| {
                let is_word = matches!(column.form, Form::Tagged(tag) if path[column.path.len()..] == [tag]);
                (Slot::Column(place), if is_word { path.len() } else { column.path.len() })
            })
        };
        // Something is missing or wrong within an object whose members have columns: the first that is filled, or the first.
        let below = || {
            let fit = || columns().filter(|(_, column)| !path.is_empty() && column.path.starts_with(path));
            let found = fit().find(|(place, _)| row.filled[*place]).or_else(|| fit().next());
            found.map(|(place, _)| (Slot::Column(place), path.len()))
        };
        let more = || row.more.filter(|_| !path.is_empty()).map(|piece| (Slot::More(piece), 0));
        above(true).or_else(|| above(false)).or_else(below).or_else(more)
    }
}

/// Where every part of a document stands.
pub(super) struct Places {
    tables: HashMap<&'static str, Table>,
    /// Rows of the sheet `levels` by list and place in it.
    levels: HashMap<(String, usize), usize>,
    /// Rows of the sheet `notes` by pointer.
    notes: HashMap<String, usize>,
}

impl Places {
    pub fn new(tables: HashMap<&'static str, Table>) -> Self {
        Self { tables, levels: HashMap::new(), notes: HashMap::new() }
    }

    pub fn level(&mut self, list: &str, place: usize, row: usize) {
        self.levels.insert((list.to_owned(), place), row);
    }

    pub fn note(&mut self, pointer: String, row: usize) {
        self.notes.insert(pointer, row);
    }

    /// A fault in a row of a sheet, in the column of a member.
    pub fn in_row(&self, sheet: &Sheet, row: usize, member: &str, fault: Fault) -> Fault {
        self.located(sheet, Some(row), &[member], fault)
    }

    /// A fault of the document with the cell that it lies in, in place of its pointer. Where a cell holds JSON, the pointer
    /// is that within the cell.
    pub fn fault(&self, mut fault: Fault) -> Fault {
        let Some(pointer) = fault.pointer.take() else { return fault };
        fault.hint = fault.hint.map(|hint| Text {
            zh: hint.zh.map(|hint| self.with_rows(&hint, Language::Zh)),
            en: hint.en.map(|hint| self.with_rows(&hint, Language::En)),
        });
        let missing = (fault.code == "set.missing_key").then(|| fault.expected.clone()).flatten();
        let whole = missing.map_or(pointer.clone(), |key| format!("{pointer}/{key}"));
        let path: Vec<String> = whole.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        if let Some((row, rest)) = self.note_at(&path) {
            return self.located(&NOTES, Some(row), &path[rest..], fault);
        }
        let place = |at: usize| path.get(at).and_then(|place| place.parse::<usize>().ok());
        match path.first().copied().unwrap_or_default() {
            list @ ("items" | "nodes" | "adjustments" | "rules") => {
                let sheet = match list {
                    "items" => &ITEMS,
                    "nodes" => &NODES,
                    "adjustments" => &ADJUSTMENTS,
                    _ => &RULES,
                };
                self.located(sheet, place(1), path.get(2..).unwrap_or_default(), fault)
            }
            "levels" if matches!(path.get(1), Some(&("bands" | "gates" | "staged"))) => {
                let row = place(2).and_then(|place| self.levels.get(&(path[1].to_owned(), place)).copied());
                self.located(&LEVELS, row, path.get(3..).unwrap_or_default(), fault)
            }
            "" => self.located(&SET, None, &[], fault),
            _ => self.located(&SET, Some(0), &path, fault),
        }
    }

    /// A sentence in which pointers to members of lists are rows of sheets.
    fn with_rows(&self, sentence: &str, language: Language) -> String {
        let mut said = sentence.to_owned();
        for list in ["items", "nodes", "adjustments", "rules"] {
            let start = format!("/{list}/");
            while let Some(at) = said.find(&start) {
                let digits: String = said[at + start.len()..].chars().take_while(char::is_ascii_digit).collect();
                let row = digits.parse::<usize>().ok().and_then(|place| Some(self.tables.get(list)?.rows.get(place)?.number));
                let Some(row) = row else { break };
                let named = language.pick(format!("工作表 {list} 第{row}行"), format!("row {row} of the sheet '{list}'"));
                said.replace_range(at..at + start.len() + digits.len(), &named);
            }
        }
        said
    }

    fn note_at(&self, path: &[&str]) -> Option<(usize, usize)> {
        let end = path.iter().position(|part| *part == "note")?;
        let pointer: String = path[..=end].iter().map(|part| format!("/{part}")).collect();
        Some((*self.notes.get(&pointer)?, end + 1))
    }

    fn located(&self, sheet: &Sheet, row: Option<usize>, path: &[&str], mut fault: Fault) -> Fault {
        fault.sheet = Some(sheet.name.to_owned());
        let Some(table) = self.tables.get(sheet.name) else { return fault };
        let Some(row) = row.and_then(|row| table.rows.get(row)) else { return fault };
        match table.slot(row, path) {
            Some((slot, reached)) => {
                let fault = table.placed(row.number, slot, fault);
                let pointer: String =
                    path[reached..].iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect();
                if pointer.is_empty() || is_missing(&fault) { fault } else { fault.at(pointer) }
            }
            None if row.number > 0 => fault.row(row.number),
            None => fault,
        }
    }
}

fn is_missing(fault: &Fault) -> bool {
    fault.code == "set.missing_key"
}
