use serde_json::{Value, json};

use super::*;
use crate::planning::Document;

fn dossier(elements: Value) -> Value {
    json!({"title": {"en": "Smart A"}, "city": "a", "from": "2026", "to": "2030", "elements": elements})
}

fn told(faults: &Faults) -> Vec<String> {
    faults.0.iter().map(|fault| format!("{} {}", fault.code, fault.pointer.as_deref().unwrap_or("-"))).collect()
}

fn checked(elements: Value) -> Vec<String> {
    told(&Dossier::read_at(&dossier(elements), "").expect("it can be read").faults())
}

fn business(code: &str, level: u32, parent: Option<&str>) -> Value {
    let mut document = json!({"code": code, "part": "business", "title": {"en": code}, "level": level});
    if let Some(parent) = parent {
        document["parent"] = json!(parent);
    }
    json!({"kind": "architecture", "document": document})
}

fn project(code: &str, depends_on: &[&str]) -> Value {
    json!({"kind": "project", "document":
        {"code": code, "title": {"en": code}, "duration_years": 1, "cost": 1, "depends_on": depends_on}})
}

#[test]
fn a_dossier_reads_back_what_it_writes() {
    let elements = json!([
        {"kind": "statement", "document": {"code": "V", "kind": "vision", "text": {"zh": "便民"}}},
        {"kind": "requirement", "document": {"code": "R", "kind": "goal", "text": {"en": "x"}, "urgency": 4},
         "links": [{"relation": "origin", "to": {"element": "V"}},
                   {"relation": "based_on", "to": {"gap": {"analysis": "g", "node": "L1"}}}]},
        {"kind": "stage", "document": {"code": "S", "title": {"en": "one"}, "from": "2026", "to": "2027-Q2"}},
    ]);
    let read = Dossier::read_at(&dossier(elements.clone()), "").expect("in order");
    assert_eq!(json!(read)["elements"][0], elements[0]);
    assert_eq!(json!(read.elements[1].links), elements[1]["links"]);
    assert_eq!(Dossier::read_at(&json!(read), "").expect("in order"), read);
    assert_eq!(read.faults(), Faults::default());
}

#[test]
fn every_fault_of_reading_is_told_at_once() {
    let elements = json!([
        {"kind": "vision", "document": {"code": "V"}},
        {"kind": "requirement", "document": {"code": "R", "kind": "goal", "text": {}, "urgency": 6}, "links": [
            {"relation": "origin", "to": {"element": "V", "path": "p"}}, {"relation": "because", "to": {"elements": "V"}}]},
        {"kind": "activity", "document": {"code": " A", "title": {"en": "x"}, "method": "meeting", "date": "2026-02-30"}},
        {"kind": "principle", "document": {"code": " P", "text": {"en": "x"}}},
    ]);
    let faults = Dossier::read_at(&dossier(elements), "").expect_err("many faults");
    let told = told(&faults);
    for expected in [
        "set.wrong_word /elements/0/kind",
        "planning.out_of_range /elements/1/document/urgency",
        "design.empty_text /elements/1/document/text",
        "design.link_target /elements/1/links/0/to",
        "set.wrong_word /elements/1/links/1/relation",
        "set.unknown_key /elements/1/links/1/to/elements",
        "planning.not_a_day /elements/2/document/date",
        "design.code /elements/3/document/code",
    ] {
        assert!(told.iter().any(|told| told == expected), "{expected} is not in {told:#?}");
    }
}

#[test]
fn a_dossier_that_ends_before_it_begins_is_refused() {
    let mut reversed = dossier(json!([]));
    reversed["to"] = json!("2025");
    assert_eq!(told(&Dossier::read_at(&reversed, "").expect_err("refused")), ["design.period_order /to"]);
}

#[test]
fn every_fault_among_the_elements_is_told_at_once() {
    let elements = json!([
        {"kind": "requirement", "document": {"code": "R", "kind": "goal", "text": {"en": "x"}, "urgency": 1},
         "links": [{"relation": "based_on", "to": {"element": "none"}}, {"relation": "based_on", "to": {"element": "R"}}]},
        {"kind": "statement", "document": {"code": "R", "kind": "vision", "text": {"en": "x"}}},
        {"kind": "stage", "document": {"code": "S", "title": {"en": "s"}, "from": "2025-Q4", "to": "2031"}},
        {"kind": "stage", "document": {"code": "T", "title": {"en": "s"}, "from": "2028", "to": "2027"}},
        {"kind": "feedback", "document": {"code": "F", "from": "overall_design", "to": "architecture_design",
            "found": {"en": "x"}, "decision": {"en": "y"}}},
        {"kind": "architecture", "document": {"code": "D", "part": "data", "title": {"en": "d"}, "level": 1,
            "aspects": ["data_services", "interfaces"]}},
        project("P", &["S", "Q"]),
    ]);
    assert_eq!(
        checked(elements),
        [
            "design.duplicate /elements/1/document/code",
            "design.dangling /elements/0/links/0/to/element",
            "design.link_to_itself /elements/0/links/1",
            "design.no_origin /elements/0/links",
            "design.stage_outside /elements/2/document/from",
            "design.stage_outside /elements/2/document/to",
            "design.period_order /elements/3/document/to",
            "design.feedback_order /elements/4/document/to",
            "design.aspect_of_another_part /elements/5/document/aspects/1",
            "design.not_business /elements/5/document/level",
            "design.wrong_kind /elements/6/document/depends_on/0",
            "design.dangling /elements/6/document/depends_on/1",
        ]
    );
}

#[test]
fn the_business_architecture_is_a_tree_of_three_levels() {
    let elements = json!([
        business("services", 1, None),
        business("citizens", 2, Some("services")),
        business("education", 3, Some("citizens")),
        business("health", 3, Some("citizens")),
        business("governance", 1, None),
    ]);
    let dossier = Dossier::read_at(&dossier(elements), "").expect("in order");
    assert_eq!(dossier.faults(), Faults::default());
    let tree = business_tree(&dossier.elements);
    let codes: Vec<&str> = tree.iter().map(|node| node.code.as_str()).collect();
    assert_eq!(codes, ["governance", "services"]);
    assert_eq!(tree[1].children[0].children[1].code, "health");
    assert_eq!(
        checked(json!([
            business("a", 1, Some("b")),
            business("b", 2, None),
            business("c", 3, Some("a")),
            business("d", 2, Some("e")),
        ])),
        [
            "design.business_level /elements/0/document/parent",
            "design.business_level /elements/1/document",
            "design.business_level /elements/2/document/parent",
            "design.dangling /elements/3/document/parent",
        ]
    );
}

#[test]
fn circles_are_named_once_with_their_codes() {
    let read = Dossier::read_at(
        &dossier(json!([
            business("a", 2, Some("b")),
            business("b", 2, Some("a")),
            project("p", &["q"]),
            project("q", &["r"]),
            project("r", &["p", "s"]),
            project("s", &["s"]),
        ])),
        "",
    )
    .expect("it can be read");
    let messages: Vec<String> = read
        .faults()
        .0
        .iter()
        .filter(|fault| fault.code.ends_with("_cycle"))
        .map(|fault| fault.message.en.clone().expect("both languages"))
        .collect();
    assert_eq!(
        messages,
        [
            "the business architecture runs in a circle: a → b → a",
            "the order of projects runs in a circle: p → q → r → p",
            "the order of projects runs in a circle: s → s",
        ]
    );
}
