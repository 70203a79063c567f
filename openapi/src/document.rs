//! The parts of the description that no operation carries: title, tags, access, and the schema of a set.

use std::collections::BTreeMap;

use citygauge_indicators::{Aim, Combination, Evidence, MixPart, SetDocument};
use serde_json::{Map, Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{OpenApi, PartialSchema, ToSchema};

use crate::{BusinessBranch, Code, Cursor, Digest, Fault, Id, Line, Moment, Note, PeriodCode, Problem, Severity};

/// Types that stand only in parameters and problems, or that refer to themselves, are listed here, or their
/// references would dangle.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "CityGauge",
        description = include_str!("description.md"),
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(Aim, BusinessBranch, Code, Combination, Cursor, Digest, Evidence, Fault, Id, Line, MixPart, Moment, Note, PeriodCode, Problem, Severity)),
    tags(
        (name = "indicator-sets", description = "Versioned indicator sets: drafts, publication, catalog"),
        (name = "cities", description = "The register of cities"),
        (name = "mappings", description = "How files are to be understood: columns, periods, numbers"),
        (name = "peer-groups", description = "Cities to compare with: listed, by attribute, or the nearest ones"),
        (name = "imports", description = "Files of cities or observations, with every fault found in them"),
        (name = "sources", description = "Where observations are fetched from, when, and what became of it"),
        (name = "observations", description = "Reported values with their history"),
        (name = "evidence", description = "Files that support observations"),
        (name = "validation", description = "Validation rules beside those of the sets, waivers, and what the rules find"),
        (name = "rounds", description = "Evaluations: what is collected, from whom, and how far its review is"),
        (name = "panels", description = "Panels of experts: who scores what, what they said, and what comes out"),
        (name = "releases", description = "Frozen copies of the observations"),
        (name = "exports", description = "Tables as files"),
        (name = "assessments", description = "Scores, ranks, levels and their explanation"),
        (name = "benchmarks", description = "The same evaluation year by year: series, breaks, distributions, movements, comparisons"),
        (name = "gap-analyses", description = "Distances from a reference, and what to improve first"),
        (name = "designs", description = "Dossiers of planning: what a design holds, rests on, and how far it does what a standard asks"),
        (name = "paths", description = "The least effort that leads to a level, a score or a rank by a year"),
        (name = "goal-plans", description = "What a city wants to reach by when, what is wrong with it, and how it stands"),
        (name = "roadmaps", description = "Schedules of projects under budgets, and what follows from them"),
        (name = "reports", description = "The current-state assessment of a city or a cohort as a document"),
        (name = "embeds", description = "Views of the dashboard in other pages"),
        (name = "maps", description = "Shapes of cities that the operator uploads, with their approval numbers"),
        (name = "evaluate", description = "Scores without keeping anything"),
        (name = "webhooks", description = "Who is told of what happens, and what became of each delivery"),
        (name = "jobs", description = "Work in progress"),
        (name = "keys", description = "Access"),
        (name = "audit-events", description = "Who did what, and when"),
        (name = "service", description = "Health and description of the service itself"),
    ),
)]
struct Base;

/// The description without its operations.
#[must_use]
pub fn base() -> utoipa::openapi::OpenApi {
    let mut document = Base::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    document.info.contact = None;
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("cg_<prefix>_<secret>")
        .description(Some("A key, issued by `citygauge keys create` or `POST /api/v1/keys`."))
        .build();
    let identity = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "An access token of the identity provider that the service is configured for, where it is (OpenID Connect).",
        ))
        .build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    components.add_security_scheme("identity", SecurityScheme::Http(identity));
    document
}

/// The schema of a set document on its own: JSON Schema 2020-12 with everything it refers to inside.
#[must_use]
pub fn set_json_schema() -> Value {
    let mut components = Vec::new();
    SetDocument::schemas(&mut components);
    // A mixture of weights holds weights; the derived collection stops at the circle.
    components.push((MixPart::name().into_owned(), MixPart::schema()));
    components.extend([
        (Aim::name().into_owned(), Aim::schema()),
        (Combination::name().into_owned(), Combination::schema()),
        (Evidence::name().into_owned(), Evidence::schema()),
    ]);
    let definitions: BTreeMap<String, Value> =
        components.into_iter().map(|(name, schema)| (name, in_definitions(json!(schema)))).collect();
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!("CityGauge indicator set document"));
    if let Value::Object(members) = in_definitions(json!(SetDocument::schema())) {
        schema.extend(members);
    }
    schema.insert("$defs".into(), json!(definitions));
    Value::Object(schema)
}

/// Moves references from the components of an OpenAPI document to the definitions of a JSON Schema.
fn in_definitions(schema: Value) -> Value {
    match schema {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(key, value)| match (key.as_str(), &value) {
                    ("$ref", Value::String(target)) => {
                        let moved = target.replace("#/components/schemas/", "#/$defs/");
                        (key, Value::String(moved))
                    }
                    _ => (key, in_definitions(value)),
                })
                .collect(),
        ),
        Value::Array(values) => Value::Array(values.into_iter().map(in_definitions).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn the_schema_of_a_set_stands_on_its_own() {
        let schema = set_json_schema();
        let mut found = Vec::new();
        references(&schema, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let pointer = reference.strip_prefix('#').expect("a reference within the document");
            assert!(schema.pointer(pointer).is_some(), "{reference} dangles");
        }
        assert_eq!(schema["required"], json!(["code", "version", "title", "items", "nodes"]));
    }
}
