//! Published digits: a sum of rounded marks is the decimal that a person gets with pencil and paper.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use citygauge_assessment::{Observations, Options, assess};
use citygauge_indicators::{Observation, SetDocument, Status, Value};
use serde_json::json;

#[test]
fn a_sum_of_rounded_marks_has_no_more_places_than_they_have() {
    let leaf = |code: &str, weight: u32| {
        let indicator = json!({"formula": code, "scoring": {"rule": "goalposts", "worst": 0, "best": 100}});
        json!({"code": code.to_uppercase(), "parent": "P", "weight": weight, "weight_of": "parent", "title": {"en": code},
            "indicator": indicator})
    };
    let document = json!({
        "code": "digits", "version": "1", "title": {"en": "Digits"}, "arithmetic": "points", "missing": {"rule": "zero"},
        "rounding": {"mode": "half_up", "places": 2, "depths": "all"},
        "items": [{"code": "a"}, {"code": "b"}, {"code": "c"}],
        "nodes": [{"code": "P", "title": {"en": "P"}, "weight": 100, "weight_of": "total"},
            leaf("a", 30), leaf("b", 30), leaf("c", 40)]
    });
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let values = [("x", "a", 91.0), ("x", "b", 94.9), ("x", "c", 99.925), ("y", "a", 0.3335), ("y", "b", 0.6667)];
    let observations = values.map(|(city, item, value)| Observation {
        city: city.to_owned(),
        period: "2026".parse().unwrap(),
        item: item.to_owned(),
        value: Some(Value::Number(value)),
        status: Status::Reported,
    });
    let observations = Observations::from_long(&set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    let assessment = assess(&set, &observations, &Options::default()).unwrap();
    let score = |city: &str| {
        let rows = assessment.city(city, "2026".parse().unwrap()).unwrap();
        rows.into_iter().find(|row| row.node == "P").unwrap().score
    };
    assert_eq!(score("x"), Some(95.74));
    // 0.1 + 0.2, which is 0.30000000000000004 in doubles; the third counts zero.
    assert_eq!(score("y"), Some(0.3));
}
