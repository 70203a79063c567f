//! Writes a set's workbook: a header that stays in view and says what each column is, drop-downs, and text that no
//! spreadsheet takes for a formula.

use citygauge_indicators::Language;
use citygauge_openapi::set_json_schema;
use rust_xlsxwriter::{DataValidation, DataValidationErrorStyle, Format, Formula, Note, Workbook, Worksheet, XlsxError};
use serde_json::{Map, Value, json};

use super::columns::{ADJUSTMENTS, Column, ITEMS, LEVELS, MORE, NODES, NOTES, RULES, SET, Sheet};
use super::form::Form;
use super::row::{self, Cells};
use super::words::words;
use crate::intake::cell::Cell;

/// Rows beyond those in use that have drop-downs and the format of their column.
const SPARE_ROWS: u32 = 500;
/// Characters of a list of words that a drop-down can hold itself.
const DROP_DOWN: usize = 255;
/// The hidden sheet of the lists that are longer.
const WORDS: &str = "words";

/// The bytes of the workbook of a document.
pub(super) fn workbook(document: &Value, language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book { workbook: Workbook::new(), words: Vec::new(), language, schema: set_json_schema() };
    let mut members = document.as_object().cloned().unwrap_or_default();
    let notes = notes(&mut members);
    let levels = levels(&mut members);
    let [items, nodes, adjustments, rules] = ["items", "nodes", "adjustments", "rules"].map(|list| objects(&mut members, list));
    book.settings(members)?;
    book.table(&ITEMS, items)?;
    book.table(&NODES, nodes)?;
    book.table(&LEVELS, levels)?;
    book.table(&NOTES, notes)?;
    if !adjustments.is_empty() {
        book.table(&ADJUSTMENTS, adjustments)?;
    }
    if !rules.is_empty() {
        book.table(&RULES, rules)?;
    }
    book.lists()?;
    book.workbook.save_to_buffer()
}

struct Book {
    workbook: Workbook,
    /// The lists that are too long for a drop-down.
    words: Vec<Vec<String>>,
    language: Language,
    schema: Value,
}

impl Book {
    /// The sheet `set`: a line per setting.
    fn settings(&mut self, members: Map<String, Value>) -> Result<(), XlsxError> {
        let cells = row::write(&SET, members);
        let formats = Formats::new();
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(SET.name)?;
        let titles = self.language.pick(["设置", "取值", "说明"], ["Setting", "Value", "What it is"]);
        for ((title, place), width) in titles.into_iter().zip(0..).zip([26.0, 44.0, 70.0]) {
            sheet.write_string_with_format(0, place, title, &formats.header)?;
            sheet.set_column_width(place, width)?;
        }
        sheet.set_freeze_panes(1, 1)?;
        let mut line = 0;
        for (column, cell) in SET.columns.iter().zip(&cells.columns) {
            line += 1;
            sheet.write_string_with_format(line, 0, title(column, self.language), &formats.header)?;
            write(sheet, (line, 1), cell, formats.of(column.form))?;
            sheet.write_string(line, 2, note(column, self.language))?;
            let words = column_words(&self.schema, &SET, column);
            if let Some(validation) = drop_down(&words, column, &mut self.words)? {
                sheet.add_data_validation(line, 1, line, 1, &validation)?;
            }
        }
        for (piece, text) in cells.more.iter().enumerate() {
            line += 1;
            sheet.write_string_with_format(line, 0, more(piece), &formats.header)?;
            sheet.write_string_with_format(line, 1, text, &formats.text)?;
            sheet.write_string(line, 2, more_note(self.language))?;
        }
        Ok(())
    }

    /// A sheet with a row per object.
    fn table(&mut self, described: &Sheet, objects: Vec<Map<String, Value>>) -> Result<(), XlsxError> {
        let rows: Vec<Cells> = objects.into_iter().map(|members| row::write(described, members)).collect();
        let pieces = rows.iter().map(|row| row.more.len()).max().unwrap_or_default();
        let last_row = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let formats = Formats::new();
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(described.name)?;
        for (column, place) in described.columns.iter().zip(0_u16..) {
            sheet.write_string_with_format(0, place, title(column, self.language), &formats.header)?;
            sheet.set_column_width(place, f64::from(column.width))?;
            if let Some(format) = formats.of(column.form) {
                sheet.set_column_format(place, format)?;
            }
            let mut said = note(column, self.language).to_owned();
            let words = column_words(&self.schema, described, column);
            if !words.is_empty() {
                said.push_str(&format!("\n{}", words.join(" | ")));
            }
            if !said.trim().is_empty() {
                sheet.insert_note(0, place, &Note::new(said.trim()).add_author_prefix(false).set_author("CityGauge"))?;
            }
            let validation = if described.name == NODES.name && column.path == ["parent"] {
                Some(codes(last_row)?)
            } else {
                drop_down(&words, column, &mut self.words)?
            };
            if let Some(validation) = validation {
                sheet.add_data_validation(1, place, last_row + SPARE_ROWS, place, &validation)?;
            }
        }
        let columns = u16::try_from(described.columns.len()).unwrap_or(u16::MAX);
        for (piece, place) in (0..pieces).zip(columns..) {
            sheet.write_string_with_format(0, place, more(piece), &formats.header)?;
            sheet.set_column_width(place, 24.0)?;
            sheet.set_column_format(place, &formats.text)?;
            sheet.insert_note(0, place, &Note::new(more_note(self.language)).add_author_prefix(false))?;
        }
        for (row, line) in rows.iter().zip(1_u32..) {
            for ((cell, column), place) in row.columns.iter().zip(described.columns).zip(0_u16..) {
                write(sheet, (line, place), cell, formats.of(column.form))?;
            }
            for (text, place) in row.more.iter().zip(columns..) {
                sheet.write_string_with_format(line, place, text, &formats.text)?;
            }
        }
        sheet.set_freeze_panes(1, 1)?;
        let pieces = u16::try_from(pieces).unwrap_or_default();
        sheet.autofilter(0, 0, last_row, (columns + pieces).saturating_sub(1))?;
        Ok(())
    }

    /// The hidden sheet of the lists that are too long for a drop-down.
    fn lists(&mut self) -> Result<(), XlsxError> {
        if self.words.is_empty() {
            return Ok(());
        }
        let sheet = self.workbook.add_worksheet();
        sheet.set_name(WORDS)?.set_hidden(true);
        for (list, place) in self.words.iter().zip(0_u16..) {
            for (word, line) in list.iter().zip(0_u32..) {
                sheet.write_string(line, place, word)?;
            }
        }
        Ok(())
    }
}

struct Formats {
    header: Format,
    text: Format,
}

impl Formats {
    fn new() -> Self {
        let header = Format::new().set_bold().set_text_wrap().set_num_format("@");
        // Format `@`: what is typed there stays text, so that 1.10 is no 1.1 and = begins no formula.
        Self { header, text: Format::new().set_num_format("@") }
    }

    /// The format of a column; numbers and yes or no have none.
    fn of(&self, form: Form) -> Option<&Format> {
        match form {
            Form::Number | Form::Bool | Form::Auto => None,
            _ => Some(&self.text),
        }
    }
}

fn write(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell<'_>, format: Option<&Format>) -> Result<(), XlsxError> {
    match (cell, format) {
        (Cell::Number(number), _) => sheet.write_number(row, column, *number)?,
        (Cell::Boolean(yes), _) => sheet.write_boolean(row, column, *yes)?,
        (Cell::Text(text), Some(format)) => sheet.write_string_with_format(row, column, text.as_ref(), format)?,
        (Cell::Text(text), None) => sheet.write_string(row, column, text.as_ref())?,
        _ => return Ok(()),
    };
    Ok(())
}

fn title(column: &Column, language: Language) -> &'static str {
    language.pick(column.zh, column.en)
}

fn note(column: &Column, language: Language) -> &'static str {
    language.pick(column.note_zh, column.note_en)
}

fn more(piece: usize) -> String {
    if piece == 0 { MORE.to_owned() } else { format!("{MORE} {}", piece + 1) }
}

fn more_note(language: Language) -> &'static str {
    language.pick(
        "其余成员，JSON 对象；过长时分为多列，依次相接",
        "all other members, as a JSON object; a long one goes on in the next column",
    )
}

/// The words that a column knows; those of a method that needs parameters stand in the object that has them.
fn column_words(schema: &Value, sheet: &Sheet, column: &Column) -> Vec<String> {
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match (sheet.name, column.path) {
        ("levels", ["kind"]) => own(&["band", "gate", "stage"]),
        ("notes", ["of"]) => own(&["set", "item", "node"]),
        ("levels" | "notes", _) => Vec::new(),
        (_, path) => {
            let start = if sheet.list.is_empty() { vec![] } else { vec![sheet.list, "*"] };
            match column.form {
                Form::Rest => Vec::new(),
                Form::Tagged(tag) => words(schema, &start, &[path, &[tag]].concat()),
                _ => words(schema, &start, path),
            }
        }
    }
}

/// A drop-down with the words of a column. Where JSON may stand as well, another text is warned of and not refused.
fn drop_down(words: &[String], column: &Column, lists: &mut Vec<Vec<String>>) -> Result<Option<DataValidation>, XlsxError> {
    let words: Vec<&str> = match column.form {
        Form::Bool => vec!["TRUE", "FALSE"],
        Form::Text | Form::Auto | Form::Tagged(_) => words.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    if words.is_empty() {
        return Ok(None);
    }
    let validation = DataValidation::new();
    let length = words.iter().map(|word| word.chars().count() + 1).sum::<usize>();
    let validation = if length <= DROP_DOWN {
        validation.allow_list_strings(&words)?
    } else {
        lists.push(words.iter().map(|word| (*word).to_owned()).collect());
        let letter = crate::intake::cell::letter(lists.len() - 1);
        validation.allow_list_formula(Formula::new(format!("={WORDS}!${letter}$1:${letter}${}", words.len())))
    };
    let style = match column.form {
        Form::Text | Form::Bool => DataValidationErrorStyle::Stop,
        _ => DataValidationErrorStyle::Warning,
    };
    Ok(Some(validation.set_error_style(style)))
}

/// A drop-down with the codes of the nodes, and room for those to come.
fn codes(last_row: u32) -> Result<DataValidation, XlsxError> {
    let range = format!("=$A$2:$A${}", last_row + 1 + SPARE_ROWS);
    Ok(DataValidation::new().allow_list_formula(Formula::new(range)).set_error_style(DataValidationErrorStyle::Warning))
}

/// Takes a list of objects out of the document; any other value stays.
fn objects(members: &mut Map<String, Value>, list: &str) -> Vec<Map<String, Value>> {
    let all_objects = |value: &Value| value.as_array().is_some_and(|values| values.iter().all(Value::is_object));
    if !members.get(list).is_some_and(all_objects) {
        return Vec::new();
    }
    let Some(Value::Array(values)) = members.shift_remove(list) else { return Vec::new() };
    values.into_iter().filter_map(|value| if let Value::Object(members) = value { Some(members) } else { None }).collect()
}

/// Takes the bands, gates and stages out, as rows of one sheet.
fn levels(members: &mut Map<String, Value>) -> Vec<Map<String, Value>> {
    let Some(Value::Object(levels)) = members.get_mut("levels") else { return Vec::new() };
    let mut rows = Vec::new();
    for (kind, list) in [("band", "bands"), ("gate", "gates"), ("stage", "staged")] {
        let has_kind = |value: &Value| value.get("kind").is_some();
        if levels.get(list).and_then(Value::as_array).is_some_and(|values| values.is_empty() || values.iter().any(has_kind)) {
            continue;
        }
        for mut row in objects(levels, list) {
            row.shift_insert(0, "kind".into(), json!(kind));
            rows.push(row);
        }
    }
    if levels.is_empty() && !rows.is_empty() {
        members.shift_remove("levels");
    }
    rows
}

/// Takes the notes out, each with what it is of.
fn notes(members: &mut Map<String, Value>) -> Vec<Map<String, Value>> {
    let mut rows = Vec::new();
    if let Some(Value::Object(basis)) = members.get_mut("basis") {
        if let Some(note) = note_of(basis) {
            rows.push(note_row("set", None, note));
        }
        if basis.is_empty() && !rows.is_empty() {
            members.shift_remove("basis");
        }
    }
    for (of, list) in [("item", "items"), ("node", "nodes")] {
        let Some(Value::Array(values)) = members.get_mut(list) else { continue };
        let mut seen = std::collections::HashSet::new();
        for value in values.iter_mut().filter_map(Value::as_object_mut) {
            let Some(code) = value.get("code").and_then(Value::as_str).map(str::to_owned) else { continue };
            // Of two that share a code only the first can be meant.
            if seen.insert(code.clone())
                && let Some(note) = note_of(value)
            {
                rows.push(note_row(of, Some(code), note));
            }
        }
    }
    rows
}

/// A note that the columns of the sheet can say whole.
fn note_of(owner: &mut Map<String, Value>) -> Option<Map<String, Value>> {
    let note = owner.get("note")?.as_object()?;
    let is_plain = !note.is_empty() && !note.contains_key("of") && !note.contains_key("code");
    if !is_plain {
        return None;
    }
    match owner.shift_remove("note") {
        Some(Value::Object(note)) => Some(note),
        _ => None,
    }
}

fn note_row(of: &str, code: Option<String>, note: Map<String, Value>) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("of".into(), json!(of));
    row.extend(code.map(|code| ("code".to_owned(), json!(code))));
    row.extend(note);
    row
}
