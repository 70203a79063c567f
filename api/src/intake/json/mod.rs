//! JSON and NDJSON: objects whose keys are the columns of the same tables that CSV holds.
//!
//! The columns are all keys that occur, in the order in which they first occur; a key that an object
//! leaves out is an empty cell, and so is `null`.

mod split;
mod syntax;

use std::collections::{HashMap, HashSet};

use citygauge_indicators::Fault;

use super::cell::Cell;
use super::csv::too_long;
use super::feed::{Feed, Rows};
use super::findings::{Layout, shown};
use split::{Cursor, Syntax, cell, members};
use syntax::{SyntaxPlaces, syntax_fault};

/// Feeds the objects of an array, which stands alone or under the key `name`.
pub(crate) fn read_array<R: Rows>(text: &str, name: &str, base: &'static str, feed: &mut Feed<'_, R>) {
    feed.findings.layout = Layout::Array("");
    let mut cursor = Cursor { text, at: 0 };
    cursor.skip_space();
    if cursor.peek().is_none() {
        return;
    }
    let start = match cursor.peek() {
        Some(b'{') => match wrapped(text, cursor.at, name) {
            Ok(start) => {
                feed.findings.layout = Layout::Array(base);
                start
            }
            Err(fault) => return feed.findings.whole(fault),
        },
        _ => cursor.at,
    };
    let (objects, end) = elements(text, start, feed.limits.max_rows);
    if objects.is_empty() && end.is_ok() {
        feed.no_rows();
    }
    feed_objects(text, &objects, feed);
    let end = end.and_then(|end| if start == cursor.at { at_end(text, end) } else { Ok(()) });
    if let Err(syntax) = end {
        feed.findings.whole(syntax_fault(text, syntax));
    }
}

/// Feeds the objects of a text that holds one per line.
pub(crate) fn read_lines<R: Rows>(text: &str, feed: &mut Feed<'_, R>) {
    feed.findings.layout = Layout::Lines;
    let mut objects = Vec::new();
    let mut at = 0;
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        if !line.trim().is_empty() && objects.len() as u64 <= feed.limits.max_rows {
            objects.push(Object { number, start: at, end: at + line.len() });
        }
        at += line.len();
    }
    feed_objects(text, &objects, feed);
}

/// The place of an object in the text, with the number of its row.
struct Object {
    number: u64,
    start: usize,
    end: usize,
}

/// Where the array of `{"name": [...]}` begins.
fn wrapped(text: &str, at: usize, name: &str) -> Result<usize, Box<Fault>> {
    let mut found = None;
    let mut stranger = None;
    let end = members(text, at, |key, _, at| {
        if key == name && found.is_none() {
            found = Some(at);
        } else if stranger.is_none() {
            stranger = Some(key.into_owned());
        }
        Ok(())
    });
    match (end.and_then(|end| at_end(text, end)), stranger, found) {
        (Err(syntax), ..) => Err(syntax_fault(text, syntax).into()),
        (Ok(()), None, Some(start)) => Ok(start),
        (Ok(()), stranger, _) => Err(Fault::error(
            "file.header",
            format!("JSON 应为对象数组，或只含键“{name}”的对象"),
            format!("expected an array of objects, or an object with the one key '{name}'"),
        )
        .at(stranger.map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).unwrap_or_default())
        .expected(format!("[{{…}}] | {{\"{name}\": [{{…}}]}}"))
        .into()),
    }
}

/// The elements of the array at `start`; where it breaks off, those before the break.
fn elements(text: &str, start: usize, most: u64) -> (Vec<Object>, Result<usize, Syntax>) {
    let mut cursor = Cursor { text, at: start };
    let mut objects: Vec<Object> = Vec::new();
    let mut walk = || {
        cursor.expect(b'[', "an array of objects")?;
        let mut first = true;
        while cursor.another(first, b']')? {
            first = false;
            let start = cursor.at;
            cursor.value()?;
            let number = objects.len() as u64 + 1;
            objects.push(Object { number, start, end: cursor.at });
            if number > most {
                // One beyond the limit is enough to report it.
                return Ok(text.len());
            }
        }
        Ok(cursor.at)
    };
    let end = walk();
    (objects, end)
}

fn at_end(text: &str, at: usize) -> Result<(), Syntax> {
    let mut cursor = Cursor { text, at };
    cursor.skip_space();
    if cursor.peek().is_some() { Err(Syntax { at: cursor.at, expected: "nothing more" }) } else { Ok(()) }
}

fn feed_objects<R: Rows>(text: &str, objects: &[Object], feed: &mut Feed<'_, R>) {
    if objects.is_empty() {
        return;
    }
    let longest = feed.limits.max_line_bytes;
    let (names, named_in) = columns(text, objects, longest, feed.limits.max_columns);
    let place: HashMap<String, usize> = names.iter().cloned().zip(0..).collect();
    let width = names.len();
    // Where no object could be read there are no columns, and each object has its own fault.
    if width > 0 && !feed.header(names, named_in) {
        return;
    }
    let mut syntax = SyntaxPlaces::new(text);
    let mut cells: Vec<Cell<'_>> = Vec::with_capacity(width);
    for object in objects {
        let go_on = if object.end - object.start > longest {
            feed.broken_row(object.number, too_long(longest))
        } else {
            cells.clear();
            cells.resize(width, Cell::Empty);
            match read_object(text, object, &place, &mut cells) {
                // A blank line of a table is nothing; an object was written by somebody.
                Ok(()) if cells.iter().all(Cell::is_empty) => feed.broken_row(object.number, nothing_in_it()),
                Ok(()) => feed.row(object.number, &mut cells),
                Err(Bad::Syntax(found)) => {
                    let fault = syntax.fault(found);
                    feed.broken_row(object.number, fault)
                }
                Err(Bad::Fault(fault)) => feed.broken_row(object.number, *fault),
            }
        };
        if !go_on {
            return;
        }
    }
}

fn nothing_in_it() -> Fault {
    Fault::error("json.empty_object", "对象中没有任何值", "the object has no value in it")
        .hint("请填写其成员，或删除该对象", "fill in its members, or remove it")
}

/// Every key, with the number of the object that has it first. What cannot be read is reported later.
fn columns(text: &str, objects: &[Object], longest: usize, most: usize) -> (Vec<String>, Vec<u64>) {
    let mut names: Vec<String> = Vec::new();
    let mut named_in = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    for object in objects.iter().filter(|object| object.end - object.start <= longest) {
        let mut position = 0;
        let walked = members(&text[..object.end], object.start, |key, _, _| {
            // Objects of one file mostly repeat their keys in order.
            let repeated = names.get(position).is_some_and(|name| *name == key);
            position += 1;
            if !repeated && !known.contains(key.as_ref()) && names.len() <= most {
                known.insert(key.clone().into_owned());
                names.push(key.into_owned());
                named_in.push(object.number);
            }
            Ok(())
        });
        // A broken object still names the columns before the break.
        let _: Result<usize, Syntax> = walked;
    }
    (names, named_in)
}

enum Bad {
    Syntax(Syntax),
    Fault(Box<Fault>),
}

impl From<Syntax> for Bad {
    fn from(syntax: Syntax) -> Self {
        Self::Syntax(syntax)
    }
}

fn read_object<'t>(text: &'t str, object: &Object, place: &HashMap<String, usize>, cells: &mut [Cell<'t>]) -> Result<(), Bad> {
    let text = &text[..object.end];
    let mut cursor = Cursor { text, at: object.start };
    cursor.skip_space();
    if cursor.peek() != Some(b'{') {
        let start = cursor.at;
        let found = cursor.value()?;
        at_end(text, cursor.at)?;
        cell(found).ok_or(Syntax { at: start, expected: "a value" })?;
        let fault = Fault::error("json.type", "这里应是对象", "an object is expected here").value(found).expected("{…}");
        return Err(Bad::Fault(Box::new(fault)));
    }
    let mut given = vec![false; cells.len()];
    let mut twice = None;
    let end = members(text, cursor.at, |key, value, at| {
        let read = cell(value).ok_or(Syntax { at, expected: "a value" })?;
        if let Some(column) = place.get(key.as_ref()) {
            if given[*column] {
                twice.get_or_insert(key);
            } else {
                given[*column] = true;
                cells[*column] = read;
            }
        }
        Ok(())
    })?;
    at_end(text, end)?;
    match twice {
        None => Ok(()),
        Some(key) => {
            let key = shown(&key);
            let fault =
                Fault::error("json.duplicate_key", format!("键“{key}”出现了两次"), format!("the key '{key}' stands twice"));
            Err(Bad::Fault(Box::new(fault.column(key).hint("只保留一个", "keep one of them"))))
        }
    }
}
