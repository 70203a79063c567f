//! Proposals, findings and monitoring on small panels.

mod linted;
mod monitored;
mod proposed;

use citygauge_indicators::planning::{Document, GoalPlan};
use serde_json::{Value, json};

use super::*;
use crate::assessment::Assessment;
use crate::testing::{assessed, leaf, period};

/// Cities A to G over 2021 to 2025. X grows by 1, 2, ... 7 a year from 10, Y falls by as much from 90; less of Y is better.
fn panel() -> Assessment {
    let cities = ["A", "B", "C", "D", "E", "F", "G"];
    let years = ["2021", "2022", "2023", "2024", "2025"];
    let mut observed: Vec<(&str, &str, &str, f64)> = Vec::new();
    for (city, pace) in cities.iter().zip(1..) {
        for (year, passed) in years.iter().zip(0..) {
            observed.push((city, year, "x", 10.0 + f64::from(pace * passed)));
            observed.push((city, year, "y", 90.0 - f64::from(pace * passed)));
        }
    }
    let y = json!({"code": "Y", "title": {"en": "Y", "zh": "乙"}, "weight": 1, "indicator": {
        "formula": "y", "unit": "d", "scoring": {"rule": "goalposts", "worst": 100, "best": 0}
    }});
    let x = json!({"code": "X", "title": {"en": "X", "zh": "甲"}, "weight": 3, "indicator": {
        "formula": "x", "unit": "%", "scoring": {"rule": "goalposts", "worst": 0, "best": 80}
    }});
    let levels =
        json!({"levels": {"bands": [{"code": "low", "from": 0}, {"code": "mid", "from": 20}, {"code": "high", "from": 60}]}});
    let mut levels = levels;
    levels["items"] = json!([{"code": "x", "min": 0, "max": 100}, {"code": "y", "min": 0, "max": 100}]);
    assessed(levels, &[x, y], &observed, None)
}

/// A plan of A without a fault. X of A is 14 in 2025 and grew by 1 a year; the others grew by 2 to 7.
fn clean() -> Value {
    json!({
        "code": "P", "title": {"en": "Plan"}, "city": "A", "set": {"code": "small", "version": "1"},
        "baseline": {"period": "2025"}, "period": {"from": "2026", "to": "2029"},
        "statements": [{"code": "V", "kind": "vision", "text": {"en": "A city that works", "zh": "便民"}}],
        "reference_plans": [{"code": "R", "title": {"en": "Five-year plan"}, "kind": "economic_and_social_development", "targets": [
            {"node": "X", "period": "2027", "value": 18.0, "bound": "at_least", "quote": {"en": "page 3: X of 18 % by 2027"}},
            {"node": "Y", "period": "2029", "value": 80.0}
        ]}],
        "goals": [
            {"code": "O", "level": "overall", "statement": {"en": "A total of 30 by 2029"}, "owner": {"en": "Mayor"}, "node": "TOTAL",
             "baseline_value": 16.625, "target_value": 30.0, "due": "2029", "serves": ["V"], "requirements": ["R1"],
             "objective_areas": ["convenient_services", "refined_governance", "liveable_environment", "intelligent_infrastructure",
                                 "lasting_security"],
             "principles": ["green_development"]},
            {"code": "SX", "level": "sub", "parent": "O", "weight": 0.75, "statement": {"en": "X from 14 to 30 %"}, "owner": {"en": "Office"},
             "node": "X", "unit": "%", "baseline_value": 14.0, "target_value": 30.0, "bound": "at_least", "due": "2029",
             "path": [{"period": "2026", "value": 18.0}, {"period": "2027", "value": 22.0}, {"period": "2029", "value": 30.0}],
             "serves": ["V"]},
            {"code": "SY", "level": "sub", "parent": "O", "weight": 0.25, "statement": {"en": "Y from 86 to 76 d"}, "owner": {"en": "Office"},
             "node": "Y", "unit": "d", "baseline_value": 86.0, "target_value": 76.0, "bound": "at_most", "due": "2029", "serves": ["V"]},
            {"code": "T1", "level": "stage", "parent": "O", "statement": {"en": "Prepare"}, "from": "2026", "to": "2027",
             "tasks": {"en": "t"}, "content": {"en": "c"}, "results": {"en": "r"}},
            {"code": "T2", "level": "stage", "parent": "O", "statement": {"en": "Build"}, "from": "2028", "to": "2029",
             "tasks": {"en": "t"}, "content": {"en": "c"}, "results": {"en": "r"}}
        ]
    })
}

fn read(plan: &Value) -> GoalPlan {
    GoalPlan::read_at(plan, "").unwrap_or_else(|faults| panic!("{faults}"))
}
