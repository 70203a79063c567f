//! The bounds of what is sent, as the description declares them: those of the checks where they are narrower, else those of every document.
//!
//! What a request body can hold is reached from its schema; an array, a text or a map that declares no bound of its own is bounded by the
//! reader of JSON (`citygauge_indicators::json`), and says so.

use std::collections::HashSet;

use citygauge_indicators::bounds as set;
use citygauge_indicators::bounds::planning;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, Object, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{KnownFormat, OpenApi, PathItem, RefOr};

/// The bounds of lists and texts in a kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    elements: usize,
    members: usize,
    characters: usize,
}

/// Those of every document.
const ANY: Bounds = Bounds { elements: set::MOST_ELEMENTS, members: set::MOST_MEMBERS, characters: set::MOST_CHARACTERS };

/// Those within an element of a design.
const ELEMENT: Bounds =
    Bounds { elements: planning::MOST_ENTRIES, members: set::MOST_MEMBERS, characters: planning::MOST_CHARACTERS };

/// The documents of the elements of a design.
const ELEMENTS: [&str; 15] = [
    "ActivityFeedback",
    "ArchitectureElement",
    "DesignPrinciple",
    "DesignRequirement",
    "DesignTask",
    "GuidingIdea",
    "ImplementationStage",
    "InputDocument",
    "OperatingModelChoice",
    "Project",
    "ReferencePlan",
    "ResearchActivity",
    "Safeguard",
    "StrategyStatement",
    "SurveyFinding",
];

/// Where a member is bounded more narrowly by the check of its document: elements of a list, members of a map, characters of a text.
const NARROWER: [(&str, &str, usize); 25] = [
    ("IndicatorSetDocument", "nodes", set::MAX_NODES),
    ("IndicatorSetDocument", "items", set::MAX_ITEMS),
    ("IndicatorSetDocument", "rules", set::MAX_RULES),
    ("IndicatorSetDocument", "code", set::MAX_CODE),
    ("IndicatorSetDocument", "version", set::MAX_CODE),
    ("IndicatorSetNode", "code", set::MAX_CODE),
    ("DataItem", "code", set::MAX_CODE),
    ("Adjustment", "code", set::MAX_CODE),
    ("LevelBand", "code", set::MAX_CODE),
    ("LevelStage", "code", set::MAX_CODE),
    ("ValidationRule", "code", set::MAX_CODE),
    ("GoalPlanDocument", "goals", planning::MOST_GOALS),
    ("GoalPlanDocument", "statements", planning::MOST_PARTS),
    ("GoalPlanDocument", "reference_plans", planning::MOST_PARTS),
    ("Goal", "path", planning::MOST_PARTS),
    ("Goal", "serves", planning::MOST_PARTS),
    ("Goal", "requirements", planning::MOST_PARTS),
    ("ReferencePlan", "targets", planning::MOST_PARTS),
    ("MappingDocument", "attributes", crate::intake::mapping::MOST_MEMBERS),
    ("MappingDocument", "columns", crate::intake::mapping::MOST_MEMBERS),
    ("MappingDocument", "ignore", crate::intake::mapping::MOST_MEMBERS),
    ("MappingDocument", "items", crate::intake::mapping::MOST_MEMBERS),
    ("MappingDocument", "statuses", crate::intake::mapping::MOST_MEMBERS),
    ("NewWhatIf", "changes", crate::what_if::MOST_CHANGES),
    ("WhatIfRequest", "changes", crate::what_if::MOST_CHANGES),
];

/// Declares a bound wherever a JSON body may hold an array, a text or a map without one.
pub(super) fn declare(openapi: &mut OpenApi) {
    let mut waiting = Vec::new();
    let bodies = openapi.paths.paths.values_mut().flat_map(operations).filter_map(|operation| operation.request_body.as_mut());
    for body in bodies {
        let RefOr::T(body) = body else { continue };
        // Other files are bounded as a whole, and read by readers of their own.
        let Some(RefOr::T(content)) = body.content.get_mut("application/json") else { continue };
        if let Some(schema) = &mut content.schema {
            bound(schema, ANY, &mut waiting);
        }
    }
    let Some(components) = &mut openapi.components else { return };
    let mut reached = HashSet::new();
    while let Some(name) = waiting.pop() {
        if let Some(schema) = components.schemas.get_mut(&name).filter(|_| reached.insert(name.clone())) {
            of_component(&name, schema, &mut waiting);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// Declares the bounds of a component; the names of those that it refers to are added to `waiting`.
pub(super) fn of_component(name: &str, schema: &mut RefOr<Schema>, waiting: &mut Vec<String>) {
    bound(schema, if ELEMENTS.contains(&name) { ELEMENT } else { ANY }, waiting);
    let RefOr::T(Schema::Object(object)) = schema else { return };
    let narrower = NARROWER.iter().filter(|(component, ..)| *component == name).map(|(_, member, most)| (*member, *most));
    let of_element = ELEMENTS.contains(&name).then_some(("code", planning::MOST_OF_A_CODE));
    for (member, most) in narrower.chain(of_element) {
        match object.properties.get_mut(member) {
            Some(RefOr::T(Schema::Array(array))) => array.max_items = Some(most),
            Some(RefOr::T(Schema::Object(object))) if object.max_length.is_some() => object.max_length = Some(most),
            Some(RefOr::T(Schema::Object(object))) => object.max_properties = Some(most),
            _ => {}
        }
    }
}

fn bound(schema: &mut RefOr<Schema>, bounds: Bounds, waiting: &mut Vec<String>) {
    match schema {
        RefOr::Ref(reference) => waiting.extend(reference.ref_location.rsplit('/').next().map(str::to_owned)),
        RefOr::T(schema) => within(schema, bounds, waiting),
    }
}

fn within(schema: &mut Schema, bounds: Bounds, waiting: &mut Vec<String>) {
    match schema {
        Schema::Array(array) => {
            array.max_items.get_or_insert(bounds.elements);
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                bound(items, bounds, waiting);
            }
            array.prefix_items.iter_mut().for_each(|item| within(item, bounds, waiting));
        }
        Schema::Object(object) => of_object(object, bounds, waiting),
        Schema::OneOf(one) => one.items.iter_mut().for_each(|item| bound(item, bounds, waiting)),
        Schema::AllOf(all) => all.items.iter_mut().for_each(|item| bound(item, bounds, waiting)),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(|item| bound(item, bounds, waiting)),
        _ => {}
    }
}

fn of_object(object: &mut Object, bounds: Bounds, waiting: &mut Vec<String>) {
    let is = |kind: &Type| match &object.schema_type {
        SchemaType::Type(one) => one == kind,
        SchemaType::Array(several) => several.contains(kind),
        SchemaType::AnyValue => false,
    };
    // A day and a moment are as long as their form.
    let is_time = matches!(object.format, Some(SchemaFormat::KnownFormat(KnownFormat::Date | KnownFormat::DateTime)));
    let is_word = object.enum_values.is_some();
    let (is_text, is_object, is_array) = (is(&Type::String), is(&Type::Object), is(&Type::Array));
    if is_text && !is_time && !is_word {
        object.max_length.get_or_insert(bounds.characters);
    }
    let has_any = !matches!(object.additional_properties.as_deref(), None | Some(AdditionalProperties::FreeForm(false)));
    if is_object && (has_any || object.properties.is_empty()) {
        object.max_properties.get_or_insert(bounds.members);
    }
    debug_assert!(!is_array || is_object, "an array is an Array");
    object.properties.values_mut().for_each(|property| bound(property, bounds, waiting));
    if let Some(AdditionalProperties::RefOr(value)) = object.additional_properties.as_deref_mut() {
        bound(value, bounds, waiting);
    }
}
