//! The document that a workbook holds, and where in the workbook each part of it stands.

use std::collections::HashMap;

use citygauge_indicators::{Fault, Faults};
use serde_json::{Map, Value, json};

use super::columns::{ADJUSTMENTS, ITEMS, LEVELS, MORE, NODES, NOTES, RULES, SET, Sheet};
use super::place::{Places, Table};
use super::row::{self, Slot};
use crate::intake::cell::{Cell, letter};
use crate::intake::xlsx::grid;

/// What was read.
pub(super) struct Workbook {
    /// The document, as far as it could be read.
    pub document: Value,
    /// Where its parts stand.
    pub places: Places,
    /// What is wrong with cells.
    pub faults: Faults,
    /// Whether a sheet or a column is at fault, so that what is missing of the document says nothing.
    pub refused: bool,
}

/// The sheets of a set, in the order of the workbook.
const SHEETS: [&Sheet; 7] = [&SET, &ITEMS, &NODES, &LEVELS, &NOTES, &ADJUSTMENTS, &RULES];

/// Sheets that may be there and are not read.
const ABOUT: &str = "about";

pub(super) fn document(sheets: &[grid::Sheet]) -> Workbook {
    let mut reading = Reading { faults: Faults::default(), refused: false };
    reading.strangers(sheets);
    let mut tables: HashMap<&'static str, Table> = HashMap::new();
    let mut rows: HashMap<&'static str, Vec<Map<String, Value>>> = HashMap::new();
    for sheet in SHEETS {
        let found = sheets.iter().find(|found| found.name == sheet.name);
        if found.is_none() && matches!(sheet.name, "set" | "items" | "nodes") {
            reading.refuse(missing_sheet(sheet.name));
        }
        let Some(found) = found else { continue };
        let (table, members) = if sheet.name == SET.name { reading.settings(found) } else { reading.table(sheet, found) };
        tables.insert(sheet.name, table);
        rows.insert(sheet.name, members);
    }
    let mut places = Places::new(tables);
    let document = reading.assembled(rows, &mut places);
    Workbook { document: Value::Object(document), places, faults: reading.faults, refused: reading.refused }
}

struct Reading {
    faults: Faults,
    refused: bool,
}

impl Reading {
    fn refuse(&mut self, fault: Fault) {
        self.refused = true;
        self.faults.push(fault);
    }

    /// Nothing that a person wrote is left out in silence.
    fn strangers(&mut self, sheets: &[grid::Sheet]) {
        let known: Vec<&str> = SHEETS.iter().map(|sheet| sheet.name).collect();
        for sheet in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
            if !known.contains(&sheet.name.as_str()) && sheet.name != ABOUT {
                let mut fault = Fault::error(
                    "workbook.unknown_sheet",
                    format!("指标体系没有名为“{}”的工作表", sheet.name),
                    format!("a set has no sheet '{}'", sheet.name),
                )
                .expected(known.join(" | "))
                .hint("请改名、删除或隐藏该工作表", "rename, remove or hide it");
                fault.sheet = Some(sheet.name.clone());
                self.refuse(fault);
            }
        }
    }

    /// A sheet with a header and a row per object.
    fn table(&mut self, sheet: &'static Sheet, found: &grid::Sheet) -> (Table, Vec<Map<String, Value>>) {
        let mut table = Table::new(sheet);
        let mut members = Vec::new();
        let mut rows = found.rows.iter();
        let Some(header) = rows.next() else { return (table, members) };
        let mut columns: HashMap<u32, Slot> = HashMap::new();
        for (place, cell) in &header.cells {
            let title = cell.as_ref().map(Cell::header_text).unwrap_or_default();
            match slot(sheet, &title) {
                Some(slot) if table.name(slot, title.clone()) => {
                    columns.insert(*place, slot);
                }
                Some(_) => self.refuse(at(sheet, header.number, *place, duplicate_column(&title))),
                None => self.refuse(at(sheet, header.number, *place, unknown_column(sheet, &title))),
            }
        }
        for row in rows {
            let mut cells = Vec::new();
            for (place, cell) in &row.cells {
                match (columns.get(place), cell) {
                    (Some(slot), Ok(cell)) => cells.push((*slot, cell.clone())),
                    (Some(slot), Err(fault)) => {
                        cells.push((*slot, Cell::Faulty));
                        self.faults.push(table.placed(row.number, *slot, (**fault).clone()));
                    }
                    (None, _) if header.cells.iter().any(|(named, _)| named == place) => {}
                    (None, _) => self.faults.push(at(sheet, row.number, *place, stray(*place))),
                }
            }
            let read = row::read(sheet, &cells, &mut |slot, fault| {
                self.faults.push(table.placed(row.number, slot, *fault));
            });
            table.push(row.number, cells.iter().map(|(slot, _)| *slot));
            members.push(read);
        }
        (table, members)
    }

    /// The sheet `set`: a name and a value in each row.
    fn settings(&mut self, found: &grid::Sheet) -> (Table, Vec<Map<String, Value>>) {
        let mut table = Table::new(&SET);
        let mut cells = Vec::new();
        for row in found.rows.iter().skip(1) {
            let cell = |wanted: u32| row.cells.iter().find(|(place, _)| *place == wanted).map(|(_, cell)| cell);
            let title = match cell(0) {
                Some(Ok(title)) => title.header_text(),
                _ => String::new(),
            };
            let value = cell(1);
            match slot(&SET, &title) {
                Some(slot) if table.line(slot, row.number, title.clone()) => match value {
                    Some(Ok(cell)) => cells.push((slot, cell.clone())),
                    Some(Err(fault)) => {
                        cells.push((slot, Cell::Faulty));
                        self.faults.push(table.placed(row.number, slot, (**fault).clone()));
                    }
                    None => {}
                },
                Some(_) => self.refuse(at(&SET, row.number, 0, duplicate_column(&title))),
                None if title.is_empty() && value.is_none() => {}
                None => self.refuse(at(&SET, row.number, 0, unknown_column(&SET, &title))),
            }
        }
        let members = row::read(&SET, &cells, &mut |slot, fault| self.faults.push(table.placed(0, slot, *fault)));
        table.push(0, cells.iter().map(|(slot, _)| *slot));
        (table, vec![members])
    }

    /// The document of all rows.
    fn assembled(&mut self, mut rows: HashMap<&'static str, Vec<Map<String, Value>>>, places: &mut Places) -> Map<String, Value> {
        let mut of = |sheet: &Sheet| rows.remove(sheet.name).unwrap_or_default();
        let (settings, items, nodes, levels) = (of(&SET), of(&ITEMS), of(&NODES), of(&LEVELS));
        let (notes, adjustments, rules) = (of(&NOTES), of(&ADJUSTMENTS), of(&RULES));
        let mut document = settings.into_iter().next().unwrap_or_default();
        let lists =
            [("items", items, true), ("nodes", nodes, true), ("adjustments", adjustments, false), ("rules", rules, false)];
        for (list, members, always) in lists {
            if !members.is_empty() || always {
                let members = members.into_iter().map(Value::Object).collect();
                self.insert(&mut document, list, Value::Array(members));
            }
        }
        self.levels(levels, &mut document, places);
        self.notes(notes, &mut document, places);
        document
    }

    fn levels(&mut self, rows: Vec<Map<String, Value>>, document: &mut Map<String, Value>, places: &mut Places) {
        let mut lists: [(&str, &str, Vec<Value>); 3] =
            [("band", "bands", Vec::new()), ("gate", "gates", Vec::new()), ("stage", "staged", Vec::new())];
        for (at, mut row) in rows.into_iter().enumerate() {
            let kind = row.shift_remove("kind");
            let word = kind.as_ref().and_then(Value::as_str).unwrap_or_default();
            match lists.iter_mut().find(|(kind, _, _)| *kind == word) {
                Some((_, list, members)) => {
                    places.level(list, members.len(), at);
                    members.push(Value::Object(row));
                }
                None => self.faults.push(places.in_row(&LEVELS, at, "kind", unknown_word(word, "band | gate | stage"))),
            }
        }
        let filled: Vec<_> = lists.into_iter().filter(|(_, _, members)| !members.is_empty()).collect();
        if filled.is_empty() {
            return;
        }
        let levels = document.entry("levels").or_insert_with(|| json!({}));
        let Value::Object(levels) = levels else { return self.faults.push(twice("levels")) };
        for (_, list, members) in filled {
            if levels.insert(list.to_owned(), Value::Array(members)).is_some() {
                self.faults.push(twice(list));
            }
        }
    }

    fn notes(&mut self, rows: Vec<Map<String, Value>>, document: &mut Map<String, Value>, places: &mut Places) {
        for (at, mut row) in rows.into_iter().enumerate() {
            let of = row.shift_remove("of").and_then(|of| of.as_str().map(str::to_owned)).unwrap_or_default();
            let code = row.shift_remove("code");
            let list = match of.as_str() {
                "set" => "",
                "item" => "items",
                "node" => "nodes",
                _ => {
                    self.faults.push(places.in_row(&NOTES, at, "of", unknown_word(&of, "set | item | node")));
                    continue;
                }
            };
            let place = if list.is_empty() {
                Some(0)
            } else {
                let members = document.get(list).and_then(Value::as_array).filter(|_| code.is_some());
                members.and_then(|members| members.iter().position(|member| member.get("code") == code.as_ref()))
            };
            let Some(place) = place else {
                self.faults.push(places.in_row(&NOTES, at, "code", unknown_code(code.as_ref())));
                continue;
            };
            places.note(if list.is_empty() { "/basis/note".to_owned() } else { format!("/{list}/{place}/note") }, at);
            let owner = match list {
                "" => document.entry("basis").or_insert_with(|| json!({})).as_object_mut(),
                _ => document.get_mut(list).and_then(|list| list.get_mut(place)?.as_object_mut()),
            };
            if owner.is_some_and(|owner| owner.insert("note".into(), Value::Object(row)).is_some()) {
                self.faults.push(places.in_row(&NOTES, at, "of", twice("note")));
            }
        }
    }

    fn insert(&mut self, document: &mut Map<String, Value>, key: &str, value: Value) {
        if document.insert(key.to_owned(), value).is_some() {
            self.faults.push(twice(key));
        }
    }
}

/// What a header names: a column by its title or path, or a piece of `more`.
fn slot(sheet: &Sheet, title: &str) -> Option<Slot> {
    let title = title.trim();
    if let Some(piece) = title.strip_prefix(MORE) {
        return if piece.is_empty() { Some(Slot::More(0)) } else { Some(Slot::More(piece.trim().parse::<usize>().ok()?)) };
    }
    sheet.columns.iter().position(|column| column.is_called(title)).map(Slot::Column)
}

fn at(sheet: &Sheet, row: u64, place: u32, mut fault: Fault) -> Fault {
    fault.sheet = Some(sheet.name.to_owned());
    fault.row(row).column(letter(place as usize))
}

fn missing_sheet(name: &str) -> Fault {
    let mut fault =
        Fault::error("workbook.missing_sheet", format!("缺少工作表“{name}”"), format!("the sheet '{name}' is missing"))
            .expected(name)
            .hint("可先导出一个指标体系，在其基础上修改", "export a set and begin from its workbook");
    fault.sheet = Some(name.to_owned());
    fault
}

fn unknown_column(sheet: &Sheet, title: &str) -> Fault {
    let expected: Vec<String> = sheet.columns.iter().map(|column| format!("{} / {}", column.zh, column.en)).collect();
    Fault::error("workbook.unknown_column", format!("没有名为“{title}”的列"), format!("there is no column '{title}'"))
        .value(title)
        .expected(expected.join(", ") + ", " + MORE)
        .hint(
            "请改正名称，或删除该列；说明写在 notes 工作表",
            "correct its name, or remove it; remarks stand in the sheet 'notes'",
        )
}

fn duplicate_column(title: &str) -> Fault {
    Fault::error("workbook.twice", format!("“{title}”出现了两次"), format!("'{title}' stands twice"))
        .value(title)
        .hint("只保留一处", "keep one of them")
}

fn stray(place: u32) -> Fault {
    let column = letter(place as usize);
    Fault::error(
        "file.ragged_row",
        format!("{column} 列有内容，但表头没有该列"),
        format!("there is something in column {column}, which has no header"),
    )
    .hint("请删除该内容，或为该列命名", "remove it, or name the column")
}

fn unknown_word(word: &str, expected: &str) -> Fault {
    Fault::error("set.wrong_word", format!("“{word}”不在可选范围内"), format!("'{word}' is none of the words known here"))
        .value(word)
        .expected(expected)
        .hint(format!("可选：{expected}"), format!("one of: {expected}"))
}

fn unknown_code(code: Option<&Value>) -> Fault {
    let code = code.and_then(Value::as_str).unwrap_or_default();
    Fault::error("workbook.unknown_code", format!("没有代码为“{code}”的对象"), format!("nothing has the code '{code}'"))
        .value(code)
        .hint("请与 items 或 nodes 工作表中的代码一致", "write it as in the sheet 'items' or 'nodes'")
}

fn twice(key: &str) -> Fault {
    Fault::error("workbook.twice", format!("“{key}”出现了两次"), format!("'{key}' stands twice"))
        .value(key)
        .hint("只保留一处", "keep one of them")
}
