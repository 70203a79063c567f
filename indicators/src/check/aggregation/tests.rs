//! Aggregations that are right, and every parameter that is not.

use serde_json::{Value, json};

use crate::SetDocument;

fn document(aggregation: &Value) -> Value {
    let leaf = |code: &str, weight: u32| {
        json!({"code": code, "title": {"en": code}, "weight": weight,
            "indicator": {"formula": "x", "scoring": {"rule": "scaled", "range": [0, 100]}}})
    };
    json!({
        "code": "small", "version": "1", "title": {"en": "Small"}, "items": [{"code": "x"}],
        "nodes": [{"code": "TOTAL", "title": {"en": "Total"}, "aggregation": aggregation}, leaf("A", 1), leaf("B", 2), leaf("C", 0)]
    })
}

/// Code and pointer of every fault.
fn faults(aggregation: &Value) -> Vec<(String, String)> {
    match SetDocument::check_value(&document(aggregation)) {
        Ok(_) => Vec::new(),
        Err(faults) => {
            let named = faults.0.into_iter().map(|fault| {
                assert!(fault.message.zh.is_some() && fault.message.en.is_some() && fault.hint.is_some(), "{fault:?}");
                (fault.code.to_owned(), fault.pointer.unwrap_or_default())
            });
            named.collect()
        }
    }
}

#[test]
fn parameters_outside_their_ranges_are_named_where_they_stand() {
    let at = |member: &str| format!("/nodes/0/aggregation/{member}");
    for (aggregation, code, member) in [
        (json!({"method": "power", "p": 1001}), "aggregation.p", "p"),
        (json!({"method": "power", "p": 0.0001}), "aggregation.p", "p"),
        (json!({"method": "vikor", "v": 1.5}), "aggregation.v", "v"),
        (json!({"method": "vikor", "v": -0.5}), "aggregation.v", "v"),
        (json!({"method": "grey_relational", "rho": 0}), "aggregation.rho", "rho"),
        (json!({"method": "grey_relational", "rho": 2}), "aggregation.rho", "rho"),
        (json!({"method": "fuzzy", "grades": [50]}), "aggregation.grades", "grades"),
        (json!({"method": "fuzzy", "grades": [50, 50]}), "aggregation.grades", "grades"),
        (json!({"method": "fuzzy", "grades": [20, 120]}), "aggregation.grades", "grades"),
        (json!({"method": "owa", "weights": [1, -1]}), "aggregation.weights", "weights"),
        (json!({"method": "owa", "weights": [0, 0]}), "aggregation.weights", "weights"),
        (json!({"method": "owa", "weights": [1, 1, 1]}), "aggregation.weights", "weights"),
        (json!({"method": "topsis", "ideals": "best"}), "set.wrong_word", "ideals"),
        (json!({"method": "copeland", "scale": "points"}), "set.wrong_word", "scale"),
        (json!({"method": "mazziotta_pareto", "sd": "both"}), "set.wrong_word", "sd"),
    ] {
        assert_eq!(faults(&aggregation), [(code.to_owned(), at(member))], "{aggregation}");
    }
    // A parameter of another method is none of this one; a required one is missed.
    assert_eq!(faults(&json!({"method": "median", "p": 2})), [("set.unknown_key".to_owned(), at("p"))]);
    assert_eq!(faults(&json!({"method": "power"})), [("set.missing_key".to_owned(), "/nodes/0/aggregation".to_owned())]);
    for word in ["power", "fuzzy", "owa"] {
        assert_eq!(faults(&json!(word)), [("set.wrong_type".to_owned(), "/nodes/0/aggregation".to_owned())], "{word}");
    }
}

/// Every method in its shortest form.
fn shortest() -> Vec<Value> {
    let words = crate::document::aggregation::WORDS;
    let needed = |word: &&str| match *word {
        "power" => json!({"method": "power", "p": 2.0}),
        "fuzzy" => json!({"method": "fuzzy", "grades": [20.0, 90.0]}),
        "owa" => json!({"method": "owa", "weights": [3.0, 1.0]}),
        word => json!(word),
    };
    words.iter().map(needed).collect()
}

#[test]
fn every_method_is_written_as_short_as_it_was_read() {
    for aggregation in shortest() {
        let set = SetDocument::check_value(&document(&aggregation)).unwrap_or_else(|faults| panic!("{aggregation}: {faults}"));
        let written = serde_json::to_value(set.document()).expect("it is JSON");
        assert_eq!(written["nodes"][0]["aggregation"], aggregation);
    }
    let full = json!({
        "method": "mazziotta_pareto", "penalty": "negative", "standardise": "none", "sd": "population", "floor": 1
    });
    let set = SetDocument::check_value(&document(&full)).expect("sound");
    let written = serde_json::to_value(set.document()).expect("it is JSON");
    assert_eq!(written["nodes"][0]["aggregation"], json!({"method": "mazziotta_pareto", "floor": 1.0}));
}

#[test]
fn points_arithmetic_refuses_every_other_method() {
    for aggregation in shortest().into_iter().filter(|aggregation| *aggregation != "arithmetic") {
        let mut document = document(&aggregation);
        document["arithmetic"] = json!("points");
        let faults = SetDocument::check_value(&document).expect_err("it is refused");
        assert!(faults.0.iter().any(|fault| fault.code == "aggregation.points"), "{aggregation}");
    }
}
