//! A dossier as tables, one per kind of element.

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::planning::{Element, ElementKind};
use serde_json::{Value, json};

use crate::export::{Cell, Column, Table};

/// What a cell of a workbook holds at most.
const MOST_CHARACTERS: usize = 32_000;

/// One table per kind that the dossier has: the members of the documents, then the links and whether to re-check.
pub fn tables(elements: &[Element], marked: &BTreeSet<String>) -> Vec<Table<'static>> {
    ElementKind::ALL.iter().filter_map(|kind| table(*kind, elements, marked)).collect()
}

fn table(kind: ElementKind, elements: &[Element], marked: &BTreeSet<String>) -> Option<Table<'static>> {
    let mut columns: Vec<String> = Vec::new();
    let mut rows: Vec<BTreeMap<String, Value>> = Vec::new();
    for element in elements.iter().filter(|element| element.kind() == kind) {
        let mut row = BTreeMap::new();
        if let Some(members) = json!(element.document)["document"].as_object() {
            // The code first, the rest as the document has it.
            for name in std::iter::once("code").chain(members.keys().map(String::as_str).filter(|name| *name != "code")) {
                cells(name, &members[name], &mut |name, value| {
                    if !columns.contains(&name) {
                        columns.push(name.clone());
                    }
                    row.insert(name, value);
                });
            }
        }
        let links: Vec<String> = element.links.iter().map(|link| format!("{} {}", link.relation.word(), link.to)).collect();
        row.insert("links".to_owned(), json!(links.join("\n")));
        row.insert("recheck".to_owned(), if marked.contains(element.code()) { json!("true") } else { Value::Null });
        rows.push(row);
    }
    if rows.is_empty() {
        return None;
    }
    columns.extend(["links", "recheck"].map(str::to_owned));
    let is_number = |name: &String| rows.iter().filter_map(|row| row.get(name)).all(Value::is_number);
    let header: Vec<Column> =
        columns.iter().map(|name| if is_number(name) { Column::number(name) } else { Column::text(name) }).collect();
    let numbers: Vec<bool> = columns.iter().map(is_number).collect();
    let cell = |row: &BTreeMap<String, Value>, (name, number): (&String, &bool)| match row.get(name) {
        None | Some(Value::Null) => Cell::Empty,
        Some(value) if *number => value.as_f64().map_or(Cell::Empty, Cell::Number),
        Some(value) => Cell::Text(shortened(&plain(value)).into()),
    };
    let rows = rows.iter().map(|row| columns.iter().zip(&numbers).map(|column| cell(row, column)).collect()).collect();
    Some(Table::new(kind.word(), header, rows))
}

/// A member as one cell, or two where it is a text in both languages.
fn cells(name: &str, value: &Value, take: &mut impl FnMut(String, Value)) {
    match value {
        Value::Object(members) if members.keys().all(|key| key == "zh" || key == "en") => {
            for language in ["zh", "en"] {
                take(format!("{name}_{language}"), members.get(language).cloned().unwrap_or(Value::Null));
            }
        }
        other => take(name.to_owned(), other.clone()),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

fn shortened(text: &str) -> String {
    if text.chars().nth(MOST_CHARACTERS).is_none() {
        return text.to_owned();
    }
    text.chars().take(MOST_CHARACTERS).chain(['…']).collect()
}
