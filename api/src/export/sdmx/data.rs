//! The data message of SDMX-JSON 2.0, flat: every dimension at the observation. The observations are written while they come, and the
//! values that occurred after them.

use std::collections::HashMap;
use std::io::Write;

use serde_json::{Value, json};

use super::message::{data_type, meta, named};
use super::{Code, Component, Holds, Role, Structure};
use crate::export::number::push_shortest;
use crate::export::{Cell, ExportError, Table};

const SCHEMA: &str =
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/sdmx-json-data-schema.json";

/// Writes data.
pub fn write(table: &Table<'_>, structure: &Structure, mut writer: impl Write) -> Result<(), ExportError> {
    let dataflow = json!({"rel": "dataflow", "urn": structure.urn("datastructure.Dataflow", &structure.id)});
    write!(writer, "{{\"meta\": {},\n\"data\": {{\"dataSets\": [", meta(structure, SCHEMA))?;
    write!(writer, "{{\"structure\": 0, \"action\": \"Information\", \"links\": [{dataflow}], \"observations\": {{")?;
    let mut occurred: Vec<Occurred> = structure.components.iter().map(Occurred::new).collect();
    let others: Vec<usize> = structure.of(Role::Measure).chain(structure.of(Role::Attribute)).map(|(place, _)| place).collect();
    let mut line = String::new();
    table.each(|number, cells| {
        line.clear();
        line.push_str(if number == 1 { "\n\"" } else { ",\n\"" });
        for (order, (place, _)) in structure.of(Role::Dimension).enumerate() {
            if order > 0 {
                line.push(':');
            }
            line.push_str(&occurred[place].place_of(&cells[place]).to_string());
        }
        line.push_str("\": [");
        for (order, &place) in others.iter().enumerate() {
            if order > 0 {
                line.push(',');
            }
            match &cells[place] {
                Cell::Empty => line.push_str("null"),
                cell if occurred[place].is_coded => line.push_str(&occurred[place].place_of(cell).to_string()),
                Cell::Number(number) => push_shortest(&mut line, *number),
                Cell::Integer(integer) => line.push_str(&integer.to_string()),
                Cell::Text(text) => line.push_str(&Value::from(text.as_ref()).to_string()),
            }
        }
        line.push(']');
        Ok(writer.write_all(line.as_bytes())?)
    })?;
    let definition = json!({"rel": "datastructure", "urn": structure.urn("datastructure.DataStructure", &structure.id)});
    let described = named(
        &structure.name,
        &structure.id,
        json!({
            "dataSets": [0],
            "links": [dataflow, definition],
            "dimensions": {"observation": described(structure, Role::Dimension, &occurred)},
            "measures": {"observation": described(structure, Role::Measure, &occurred)},
            "attributes": {"observation": described(structure, Role::Attribute, &occurred)},
        }),
    );
    writeln!(writer, "}}}}],\n\"structures\": [{described}]}}}}")?;
    Ok(writer.flush()?)
}

/// The values of a component that occurred, by which observations name them.
struct Occurred {
    places: HashMap<String, usize>,
    values: Vec<String>,
    is_coded: bool,
}

impl Occurred {
    fn new(component: &Component) -> Self {
        Self { places: HashMap::new(), values: Vec::new(), is_coded: matches!(component.holds, Holds::Codes(_)) }
    }

    fn place_of(&mut self, cell: &Cell<'_>) -> usize {
        let text = match cell {
            Cell::Text(text) => text.as_ref(),
            _ => "",
        };
        if let Some(known) = self.places.get(text) {
            return *known;
        }
        self.values.push(text.to_owned());
        self.places.insert(text.to_owned(), self.values.len() - 1);
        self.values.len() - 1
    }
}

/// The components of a role, with the values that occurred.
fn described(structure: &Structure, role: Role, occurred: &[Occurred]) -> Vec<Value> {
    let each = structure.of(role).map(|(place, component)| {
        let mut it = named(&component.name, component.id, json!({"id": component.id}));
        match role {
            Role::Dimension => it["keyPosition"] = json!(place),
            Role::Measure => {}
            Role::Attribute => it["relationship"] = json!({"observation": {}}),
        }
        let values = &occurred[place].values;
        match &component.holds {
            Holds::Codes(list) => {
                let known: HashMap<&str, &Code> = list.codes.iter().map(|code| (code.id.as_str(), code)).collect();
                let value = |id: &String| {
                    let name = known.get(id.as_str()).map(|code| code.name.clone()).unwrap_or_default();
                    named(&name, id, json!({"id": id}))
                };
                // A list of values has at least one.
                if role == Role::Dimension || !values.is_empty() {
                    it["values"] = values.iter().map(value).collect();
                }
            }
            plain => {
                it["format"] = json!({"dataType": data_type(plain)});
                if role == Role::Dimension {
                    it["values"] = values.iter().map(|value| json!({"id": value, "name": value})).collect();
                }
            }
        }
        it
    });
    each.collect()
}
