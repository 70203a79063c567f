//! The structure message of SDMX-JSON 2.0.

use citygauge_indicators::Text;
use serde_json::{Map, Value, json};

use super::{AGENCY, Code, Codelist, Component, Holds, Role, Structure};

const SCHEMA: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json";

/// The data structure with everything it refers to: agency, concepts, code lists and dataflow.
#[must_use]
pub fn message(structure: &Structure) -> Value {
    let concepts: Vec<Value> =
        structure.components.iter().map(|component| named(&component.name, component.id, json!({"id": component.id}))).collect();
    let lists = structure.components.iter().filter_map(|component| match &component.holds {
        Holds::Codes(list) => Some(list),
        _ => None,
    });
    let codelists: Vec<Value> = lists.map(|list| codelist(structure, list)).collect();
    let dimensions = structure.of(Role::Dimension).filter(|(_, component)| component.holds != Holds::Period);
    let dimensions: Vec<Value> = dimensions.map(|(place, it)| with(component(structure, it), "position", json!(place))).collect();
    let time = structure.of(Role::Dimension).find(|(_, component)| component.holds == Holds::Period);
    let measures: Vec<Value> =
        structure.of(Role::Measure).map(|(_, it)| with(component(structure, it), "usage", json!("optional"))).collect();
    let attributes = structure.of(Role::Attribute).map(|(_, it)| {
        let attribute = with(component(structure, it), "usage", json!("optional"));
        with(attribute, "attributeRelationship", json!({"observation": {}}))
    });
    let attributes: Vec<Value> = attributes.collect();
    let mut dimension_list = json!({"id": "DimensionDescriptor", "dimensions": dimensions});
    if let Some((_, time)) = time {
        dimension_list["timeDimension"] = component(structure, time);
    }
    let mut components = json!({
        "dimensionList": dimension_list,
        "measureList": {"id": "MeasureDescriptor", "measures": measures},
    });
    if !attributes.is_empty() {
        components["attributeList"] = json!({"id": "AttributeDescriptor", "attributes": attributes});
    }
    let definition = with(maintained(structure, &structure.id, &structure.name), "dataStructureComponents", components);
    let flow = maintained(structure, &structure.id, &structure.name);
    let of_structure = structure.urn("datastructure.DataStructure", &structure.id);
    let agency = named(&Text::both("城市评测", "CityGauge"), AGENCY, json!({"id": AGENCY}));
    let agencies = json!({"id": "AGENCIES", "version": "1.0", "agencyID": "SDMX", "name": "Agencies", "agencies": [agency]});
    json!({
        "meta": meta(structure, SCHEMA),
        "data": {
            "agencySchemes": [agencies],
            "conceptSchemes": [with(maintained(structure, &scheme(structure), &structure.name), "concepts", json!(concepts))],
            "codelists": codelists,
            "dataStructures": [definition],
            "dataflows": [with(flow, "structure", json!(of_structure))],
        },
    })
}

/// What a message says of itself.
pub(super) fn meta(structure: &Structure, schema: &str) -> Value {
    json!({
        "schema": schema,
        "id": structure.id,
        "prepared": structure.prepared,
        "contentLanguages": ["en", "zh"],
        "sender": {"id": AGENCY},
    })
}

/// Adds the name of something in each language that it has; what has none is called by its identifier.
pub(super) fn named(name: &Text, otherwise: &str, thing: Value) -> Value {
    let (en, zh) = (name.en.as_deref(), name.zh.as_deref());
    let mut names = Map::new();
    names.extend(en.map(|en| ("en".to_owned(), json!(en))));
    names.extend(zh.map(|zh| ("zh".to_owned(), json!(zh))));
    if names.is_empty() {
        names.insert("en".into(), json!(otherwise));
    }
    with(with(thing, "name", json!(en.or(zh).unwrap_or(otherwise))), "names", Value::Object(names))
}

fn with(mut thing: Value, member: &str, value: Value) -> Value {
    thing[member] = value;
    thing
}

fn maintained(structure: &Structure, id: &str, name: &Text) -> Value {
    named(name, id, json!({"id": id, "version": structure.version, "agencyID": AGENCY}))
}

fn scheme(structure: &Structure) -> String {
    format!("CS_{}", structure.id)
}

fn codelist(structure: &Structure, list: &Codelist) -> Value {
    let code = |code: &Code| {
        let plain = named(&code.name, &code.id, json!({"id": code.id}));
        match &code.parent {
            Some(parent) => with(plain, "parent", json!(parent)),
            None => plain,
        }
    };
    let codes: Vec<Value> = list.codes.iter().map(code).collect();
    with(maintained(structure, &list.id, &list.name), "codes", json!(codes))
}

fn component(structure: &Structure, component: &Component) -> Value {
    let concept = format!("{}.{}", structure.urn("conceptscheme.Concept", &scheme(structure)), component.id);
    let representation = match &component.holds {
        Holds::Codes(list) => json!({"enumeration": structure.urn("codelist.Codelist", &list.id)}),
        plain => json!({"format": {"dataType": data_type(plain)}}),
    };
    json!({"id": component.id, "conceptIdentity": concept, "localRepresentation": representation})
}

/// The data type of what is no code.
pub(super) fn data_type(holds: &Holds) -> &'static str {
    match holds {
        Holds::Number => "Double",
        Holds::Integer => "Long",
        Holds::Period => "ObservationalTimePeriod",
        Holds::Text | Holds::Codes(_) => "String",
    }
}
