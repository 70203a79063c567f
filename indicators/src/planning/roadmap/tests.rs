use serde_json::{Value, json};

use super::Roadmap;
use crate::planning::Document;

fn project(code: &str, after: &[&str]) -> Value {
    json!({"code": code, "title": {"en": code}, "duration_years": 1, "cost": 1.0, "urgency": 3, "difficulty": 3, "depends_on": after})
}

fn told(document: &Value) -> Vec<String> {
    let faults = Roadmap::read_at(document, "").expect_err("faults");
    faults.0.iter().map(|fault| format!("{} {}", fault.code, fault.pointer.as_deref().unwrap_or(""))).collect()
}

#[test]
fn a_roadmap_reads_back_what_it_writes() {
    let document = json!({"title": {"en": "R"}, "city": "a", "period": "2025", "first_year": 2026, "years": 2, "budget": [1.0, 2.0],
        "projects": [project("A", &[]), project("B", &["A"])], "must": ["A"], "starts": [{"project": "B", "year": 2027}],
        "stages": [{"title": {"en": "S"}, "from": 2026, "to": 2027}]});
    let read = Roadmap::read_at(&document, "").expect("in order");
    assert_eq!(Roadmap::read_at(&json!(read), "").expect("in order"), read);
    let total = json!({"title": {"en": "R"}, "first_year": 2026, "years": 2, "budget": 7.0, "projects": []});
    assert_eq!(Roadmap::read_at(&total, "").expect("in order").terms.stages().len(), 2);
}

#[test]
fn every_circle_of_dependencies_is_named_with_its_members() {
    let projects = [
        project("A", &["C"]),
        project("B", &["A"]),
        project("C", &["B"]),
        project("D", &["E"]),
        project("E", &["D"]),
        project("F", &["A"]),
    ];
    let document = json!({"title": {"en": "R"}, "first_year": 2026, "years": 2, "budget": 7.0, "projects": projects});
    let faults = Roadmap::read_at(&document, "").expect_err("faults");
    let named: Vec<_> = faults.0.iter().map(|fault| (fault.code, fault.value.clone().expect("named"))).collect();
    assert_eq!(
        named,
        [("roadmap.dependency_cycle", "A -> C -> B -> A".to_owned()), ("roadmap.dependency_cycle", "D -> E -> D".to_owned()),]
    );
}

#[test]
fn all_that_contradicts_itself_is_told_at_once() {
    let mut first = project("A", &["A", "X"]);
    first["duration_years"] = json!(2);
    first["cost_by_year"] = json!([1.0]);
    let mut second = project("A", &[]);
    second["cost_by_year"] = json!([3.0]);
    let document = json!({"title": {"en": "R"}, "first_year": 2026, "years": 2, "budget": [1.0, -1.0, 2e15], "projects": [first, second],
        "must": ["Y"], "starts": [{"project": "A", "year": 2025}, {"project": "A", "year": 2026}], "exclusive": [["A", "Z"]],
        "stages": [{"title": {"en": "S"}, "from": 2027, "to": 2026}], "max_nodes": 0});
    assert_eq!(
        told(&document),
        [
            "planning.out_of_range /max_nodes",
            "roadmap.cost_years /projects/0/cost_by_year",
            "roadmap.duplicate_project /projects/1/code",
            "roadmap.cost_sum /projects/1/cost_by_year",
            "roadmap.self_dependency /projects/0/depends_on/0",
            "roadmap.unknown_project /projects/0/depends_on/1",
            "roadmap.budget_years /budget",
            "planning.out_of_range /budget/1",
            "planning.out_of_range /budget/2",
            "roadmap.unknown_project /must/0",
            "roadmap.unknown_project /exclusive/0/1",
            "planning.out_of_range /starts/0/year",
            "roadmap.two_starts /starts/1/project",
            "roadmap.stage_order /stages/0",
        ]
    );
}
