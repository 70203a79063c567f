//! JSON: an array of objects for one table, an object of such arrays for several or beside the set they rest on; NDJSON: an object per line.

use std::io::Write;

use super::number::push_shortest;
use super::table::{Cell, Table};
use super::{About, ExportError};

pub(super) fn write(tables: &[Table<'_>], about: Option<&About>, mut writer: impl Write) -> Result<(), ExportError> {
    if let ([table], None) = (tables, about) {
        array(table, &mut writer)?;
    } else {
        writer.write_all(b"{")?;
        if let Some(about) = about {
            let set = serde_json::to_string(about.set()).map_err(std::io::Error::from)?;
            write!(writer, "\"set\": {set}")?;
        }
        for (index, table) in tables.iter().enumerate() {
            if index > 0 || about.is_some() {
                writer.write_all(b",\n")?;
            }
            writer.write_all(quoted(table.name()).as_bytes())?;
            writer.write_all(b": ")?;
            array(table, &mut writer)?;
        }
        writer.write_all(b"}")?;
    }
    writer.write_all(b"\n")?;
    Ok(writer.flush()?)
}

pub(super) fn write_lines(table: &Table<'_>, mut writer: impl Write) -> Result<(), ExportError> {
    let mut objects = Objects::new(table);
    table.each(|_, cells| Ok(writer.write_all(objects.line(cells, "", "\n").as_bytes())?))?;
    Ok(writer.flush()?)
}

fn array(table: &Table<'_>, writer: &mut impl Write) -> Result<(), ExportError> {
    let mut objects = Objects::new(table);
    writer.write_all(b"[")?;
    table.each(|number, cells| {
        let before = if number == 1 { "\n" } else { ",\n" };
        Ok(writer.write_all(objects.line(cells, before, "").as_bytes())?)
    })?;
    Ok(writer.write_all(b"\n]")?)
}

/// Writes rows as objects into one buffer that is used again for each.
struct Objects {
    keys: Vec<String>,
    leaves_out_empty: bool,
    text: String,
}

impl Objects {
    fn new(table: &Table<'_>) -> Self {
        let keys = table.columns().iter().map(|column| format!("{}:", quoted(&column.name))).collect();
        Self { keys, leaves_out_empty: table.leaves_out_empty(), text: String::new() }
    }

    fn line(&mut self, cells: &[Cell<'_>], before: &str, after: &str) -> &str {
        self.text.clear();
        self.text.push_str(before);
        self.text.push('{');
        let mut first = true;
        for (key, cell) in self.keys.iter().zip(cells) {
            if self.leaves_out_empty && *cell == Cell::Empty {
                continue;
            }
            if !first {
                self.text.push(',');
            }
            first = false;
            self.text.push_str(key);
            match cell {
                Cell::Empty => self.text.push_str("null"),
                Cell::Text(text) => self.text.push_str(&quoted(text)),
                Cell::Number(number) => push_shortest(&mut self.text, *number),
                Cell::Integer(integer) => self.text.push_str(&integer.to_string()),
            }
        }
        self.text.push('}');
        self.text.push_str(after);
        &self.text
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
