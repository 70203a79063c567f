//! One object of the document as the cells of a row, and back.

use citygauge_indicators::Fault;
use serde_json::{Map, Value};

use super::columns::{Column, MORE, Sheet};
use super::form::{CHARACTERS, Form, decode, encode, json_text};
use crate::intake::cell::Cell;

/// The cells of an object: one per column of the sheet, then the pieces of what has no column.
pub(super) struct Cells {
    /// In the order of the columns.
    pub columns: Vec<Cell<'static>>,
    /// JSON, in pieces that each fit a cell.
    pub more: Vec<String>,
}

/// Writes an object into cells.
pub(super) fn write(sheet: &Sheet, mut members: Map<String, Value>) -> Cells {
    let mut columns = vec![Cell::Empty; sheet.columns.len()];
    // What is left for `Rest` shows only when the others have taken theirs.
    let (rest, plain): (Vec<_>, Vec<_>) = sheet.columns.iter().enumerate().partition(|(_, column)| column.form == Form::Rest);
    for (place, column) in plain.into_iter().chain(rest) {
        let Some(value) = get(&members, column.path) else { continue };
        let word = match (column.form, value) {
            (Form::Tagged(tag), Value::Object(tagged)) if tagged.len() > 1 => tagged.get(tag).map(|word| (tag, word)),
            _ => None,
        };
        let (path, cell) = match word {
            Some((tag, word)) => ([column.path, &[tag]].concat(), encode(column.form, word)),
            None => (column.path.to_vec(), encode(column.form, value)),
        };
        if let Some(cell) = cell {
            take(&mut members, &path);
            columns[place] = cell;
        }
    }
    let more = if members.is_empty() { Vec::new() } else { pieces(&json_text(&Value::Object(members))) };
    Cells { columns, more }
}

/// A cell of a row: its column, or the place of a piece of `more`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Slot {
    /// A column of the sheet, by its place there.
    Column(usize),
    /// A piece of what has no column; the pieces follow each other.
    More(usize),
}

/// Reads the cells of a row back into an object; `fault` hears of what is wrong with a cell.
pub(super) fn read(sheet: &Sheet, cells: &[(Slot, Cell<'_>)], fault: &mut impl FnMut(Slot, Box<Fault>)) -> Map<String, Value> {
    let mut members = Map::new();
    let mut tagged = Vec::new();
    let mut more: Vec<(usize, String)> = Vec::new();
    for (slot, cell) in cells {
        let Slot::Column(place) = *slot else {
            let Slot::More(piece) = *slot else { continue };
            match cell.as_text() {
                Ok(text) => more.extend(text.map(|text| (piece, text.into_owned()))),
                Err(found) => fault(*slot, found),
            }
            continue;
        };
        let column = &sheet.columns[place];
        match decode(column.form, cell) {
            Err(found) => fault(*slot, found),
            Ok(None) => {}
            Ok(Some(value)) => match (column.form, value) {
                (Form::Tagged(tag), Value::String(word)) => tagged.push((*slot, tag, word)),
                (_, value) => {
                    if !put(&mut members, column.path, value) {
                        fault(*slot, twice(column).into());
                    }
                }
            },
        }
    }
    if !more.is_empty() {
        more.sort_by_key(|(piece, _)| *piece);
        let first = Slot::More(more[0].0);
        let text: String = more.into_iter().map(|(_, text)| text).collect();
        match decode(Form::Rest, &Cell::text(text)) {
            Err(found) => fault(first, found),
            Ok(Some(Value::Object(rest))) => {
                for (key, value) in rest {
                    if !put(&mut members, &[&key], value) {
                        fault(first, twice_in_more(&key).into());
                    }
                }
            }
            Ok(_) => {}
        }
    }
    for (slot, tag, word) in tagged {
        let Slot::Column(place) = slot else { continue };
        let path = sheet.columns[place].path;
        let whole = [path, &[tag]].concat();
        let path = if get(&members, path).is_some_and(Value::is_object) { &whole } else { path };
        if !put(&mut members, path, Value::String(word)) {
            fault(slot, twice(&sheet.columns[place]).into());
        }
    }
    members
}

fn get<'v>(members: &'v Map<String, Value>, path: &[&str]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(members.get(*first)?, |value, key| value.get(key))
}

/// Takes a member out, and the objects that are empty without it.
fn take(members: &mut Map<String, Value>, path: &[&str]) -> Option<Value> {
    let (first, rest) = path.split_first()?;
    if rest.is_empty() {
        return members.shift_remove(*first);
    }
    let below = members.get_mut(*first)?.as_object_mut()?;
    let taken = take(below, rest)?;
    if below.is_empty() {
        members.shift_remove(*first);
    }
    Some(taken)
}

/// Puts a member at its path; objects are merged. Answers whether nothing stood there already.
fn put(members: &mut Map<String, Value>, path: &[&str], value: Value) -> bool {
    let Some((first, rest)) = path.split_first() else { return false };
    if let Some((next, _)) = rest.split_first() {
        let below = members.entry(*first).or_insert_with(|| Value::Object(Map::new()));
        debug_assert!(!next.is_empty());
        return match below {
            Value::Object(below) => put(below, rest, value),
            _ => false,
        };
    }
    match (members.get_mut(*first), value) {
        (None, value) => {
            members.insert((*first).to_owned(), value);
            true
        }
        (Some(Value::Object(there)), Value::Object(added)) => {
            added.into_iter().fold(true, |sound, (key, value)| put(there, &[&key], value) && sound)
        }
        _ => false,
    }
}

/// Cuts a text into pieces that each fit a cell and neither begin nor end with a blank.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    for c in text.chars() {
        let next_is_fine = !c.is_whitespace() && !piece.ends_with(char::is_whitespace);
        if length + 64 > CHARACTERS && next_is_fine {
            pieces.push(std::mem::take(&mut piece));
            length = 0;
        }
        piece.push(c);
        length += c.len_utf16();
    }
    pieces.push(piece);
    pieces
}

fn twice(column: &Column) -> Fault {
    let name = column.name();
    Fault::error("workbook.twice", format!("“{name}”在本行中出现了两次"), format!("'{name}' stands twice in this row"))
        .hint("只保留一处（另一处可能在参数列中）", "keep one of them; the other may stand in a column of parameters")
}

fn twice_in_more(key: &str) -> Fault {
    Fault::error(
        "workbook.twice",
        format!("“{key}”既在“{MORE}”中，又有自己的列"),
        format!("'{key}' stands in '{MORE}' and in a column of its own"),
    )
    .value(key)
    .hint("只保留一处", "keep one of them")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::columns::{NODES, SET};
    use super::*;

    fn back(sheet: &Sheet, value: &Value) -> Value {
        let cells = write(sheet, value.as_object().expect("an object").clone());
        let columns = cells.columns.into_iter().enumerate().map(|(place, cell)| (Slot::Column(place), cell));
        let more = cells.more.into_iter().enumerate().map(|(piece, text)| (Slot::More(piece), Cell::text(text)));
        let cells: Vec<_> = columns.chain(more).collect();
        Value::Object(read(sheet, &cells, &mut |slot, fault| panic!("{slot:?} {fault:?}")))
    }

    #[test]
    fn what_has_no_column_is_kept_and_so_are_objects_that_hold_nothing() {
        for node in [
            json!({"code": "A", "colour": {"depth": [1, {"x": null}]}, "provenance": {}, "title": {"zh": "甲", "fr": "A"}}),
            json!({"code": 1.5, "weight": "heavy", "indicator": {"scoring": {"rule": "new", "parameter": 1, "cap": false}}}),
            json!({"aggregation": "geometric"}),
            json!({"aggregation": {"method": "geometric"}}),
            json!({"aggregation": {"method": "power", "p": 2, "new": [1]}}),
            json!({"aggregation": {"p": 2}}),
            json!({"aggregation": {}}),
            json!({"weighting": {"method": "ahp", "matrices": [[[1, 3], [0.3333, 1]]]}, "indicator": {}}),
            json!({"weighting": {"method": "equal"}}),
        ] {
            assert_eq!(back(&NODES, &node), node);
        }
        assert_eq!(
            back(&SET, &json!({"levels": {}, "rounding": {"places": 2, "depths": [0, 1]}})),
            json!({"levels": {}, "rounding": {"places": 2, "depths": [0, 1]}})
        );
    }

    #[test]
    fn what_fits_no_cell_is_cut_into_pieces() {
        let node = json!({"code": "A", "indicator": {"formula": "x + _x0041_ 数 ".repeat(7_000)}});
        assert_eq!(back(&NODES, &node), node);
        let cells = write(&NODES, node.as_object().expect("an object").clone());
        assert!(cells.more.len() > 3);
        assert!(cells.more.iter().all(|piece| piece.encode_utf16().count() <= CHARACTERS && piece.trim() == piece));
    }

    #[test]
    fn a_member_that_stands_twice_is_told() {
        let cells = [(Slot::Column(0), Cell::text("A")), (Slot::More(0), Cell::text(r#"{"code": "B", "x": 1}"#))];
        let mut found = Vec::new();
        let read = read(&NODES, &cells, &mut |slot, fault| found.push((format!("{slot:?}"), fault.code)));
        assert_eq!(found, [("More(0)".to_owned(), "workbook.twice")]);
        assert_eq!(Value::Object(read), json!({"code": "A", "x": 1}));
    }
}
