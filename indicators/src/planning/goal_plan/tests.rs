use serde_json::json;

use super::*;
use crate::planning::Document;

fn plan() -> Value {
    json!({
        "code": "P", "title": {"en": "Plan"}, "city": "a", "set": {"code": "small", "version": "1"},
        "baseline": {"period": "2025"}, "period": {"from": "2026", "to": "2030"},
        "statements": [{"code": "V", "kind": "vision", "text": {"en": "Green"}}],
        "goals": [
            {"code": "O", "level": "overall", "statement": {"en": "Better"}, "node": "TOTAL", "target_level": "growth", "due": "2030"},
            {"code": "S", "level": "sub", "parent": "O", "weight": 0.5, "node": "X", "unit": "%", "baseline_value": 10.0,
             "target_value": 20.0, "bound": "at_least", "due": "2030", "path": [{"period": "2030", "value": 20.0}],
             "serves": ["V"], "objective_areas": ["liveable_environment"], "principles": ["green_development"]},
            {"code": "T", "level": "stage", "parent": "O", "from": "2026", "to": "2027", "tasks": {"en": "Plant"}}
        ]
    })
}

#[test]
fn a_plan_reads_back_what_it_writes() {
    let read = GoalPlan::read_at(&plan(), "").expect("in order");
    assert_eq!(json!(read), plan());
    assert_eq!(read.goals[0].quantity(false), GoalQuantity::Level);
    assert_eq!((read.goals[1].quantity(true), read.goals[2].quantity(false)), (GoalQuantity::Value, GoalQuantity::Score));
    assert_eq!(read.goal("S").map(|(place, _)| place), Some(1));
}

#[test]
fn all_faults_of_a_plan_are_told_at_once_with_their_places() {
    let mut faulty = plan();
    faulty["period"] = json!({"from": "2031", "to": "2030"});
    faulty["title"] = json!({});
    faulty["goals"][0]["target_value"] = json!(3);
    faulty["goals"][1]["weight"] = json!(1.5);
    faulty["goals"][2]["code"] = json!("S");
    faulty["city"] = json!(" a");
    let faults = GoalPlan::read_at(&faulty, "/plan").expect_err("many faults");
    let mut told: Vec<String> =
        faults.0.iter().map(|fault| format!("{} {}", fault.code, fault.pointer.as_deref().unwrap_or(""))).collect();
    told.sort();
    assert_eq!(
        told,
        [
            "goal.two_targets /plan/goals/0",
            "goal_plan.code /plan/city",
            "goal_plan.duplicate /plan/goals/2/code",
            "goal_plan.no_title /plan/title",
            "goal_plan.period_backwards /plan/period",
            "planning.out_of_range /plan/goals/1/weight",
        ]
    );
    faulty["goals"][0]["level"] = json!("main");
    faulty["goals"][1]["due"] = json!("soon");
    faulty["extra"] = json!(1);
    let faults = GoalPlan::read_at(&faulty, "").expect_err("faults of its members");
    let told: Vec<&str> = faults.0.iter().map(|fault| fault.code).collect();
    assert_eq!(told, ["set.wrong_word", "period.invalid", "planning.out_of_range", "set.unknown_key"]);
}
