use std::collections::BTreeMap;

use citygauge_indicators::City;
use serde_json::{Value as Json, json};

use super::*;
use crate::testing::{assessed, leaf, period};

/// Cities A to D in 2025 and 2026; only B, C and D have a value of `x` in 2026, A has one of 2025.
fn filled(missing: Json) -> Assessment {
    let city = |code: &str, region: Option<&str>| {
        let attributes = region.map(|region| ("region".to_owned(), region.to_owned()));
        City { code: code.into(), attributes: BTreeMap::from_iter(attributes), ..City::default() }
    };
    let cities = [city("A", Some("east")), city("B", Some("east")), city("C", Some("west")), city("D", None)];
    let observed = [
        ("A", "2025", "x", 70.0),
        ("A", "2026", "y", 50.0),
        ("B", "2026", "x", 20.0),
        ("C", "2026", "x", 40.0),
        ("D", "2026", "x", 90.0),
    ];
    assessed(json!({}), &[leaf("X", json!({"missing": missing})), leaf("Y", json!({}))], &observed, Some(&cities))
}

fn filling_of(assessment: &Assessment, city: &str, node: &str) -> Option<Filling> {
    assessment.explain(city, period("2026"), node, 0).expect("it is there").filling
}

#[test]
fn a_filling_by_peers_says_how_many_scores_it_was_made_of() {
    for (missing, value, of) in [
        (json!({"rule": "peer_mean"}), 50.0, 3),
        (json!({"rule": "peer_median"}), 40.0, 3),
        (json!({"rule": "peer_mean", "group": "region"}), 20.0, 1),
    ] {
        let filling = filling_of(&filled(missing.clone()), "A", "X").expect("A has no value");
        assert_eq!((filling.value, filling.of, filling.period), (Some(value), Some(of), None), "{missing}");
    }
}

#[test]
fn a_filling_of_an_earlier_period_says_of_which() {
    let assessment = filled(json!({"rule": "previous", "at_most": 2}));
    let filling = filling_of(&assessment, "A", "X").expect("A has no value in 2026");
    assert_eq!((filling.value, filling.of, filling.period), (Some(70.0), Some(1), Some(period("2025"))));
    assert_eq!(filling_of(&assessment, "B", "X"), None, "B has a score of its own");
}

#[test]
fn a_rule_that_finds_nothing_says_so_and_one_that_does_not_look_says_nothing() {
    let alone = |missing: Json| {
        let leaves = [leaf("X", json!({"missing": missing})), leaf("Y", json!({}))];
        filling_of(&assessed(json!({}), &leaves, &[("A", "2026", "y", 50.0)], None), "A", "X").expect("A has no value")
    };
    for looking in [json!({"rule": "peer_mean"}), json!({"rule": "previous"})] {
        let filling = alone(looking.clone());
        assert_eq!((filling.value, filling.of, filling.period), (None, Some(0), None), "{looking}");
    }
    assert_eq!((alone(json!({"rule": "zero"})).value, alone(json!({"rule": "zero"})).of), (Some(0.0), None));
    assert_eq!((alone(json!({"rule": "skip"})).value, alone(json!({"rule": "skip"})).of), (None, None));
}

/// What is said of the level of TOTAL for the one city.
fn told(levels: Json, observed: &[(&str, &str, &str, f64)]) -> Vec<String> {
    let assessment = assessed(json!({"levels": levels}), &[leaf("X", json!({})), leaf("Y", json!({}))], observed, None);
    let operations = assessment.explain("A", period("2026"), "TOTAL", 0).expect("it is there").operations;
    operations.into_iter().filter_map(|operation| operation.text.en).filter(|text| text.contains("level")).collect()
}

#[test]
fn what_keeps_a_city_from_the_next_level_is_named_with_what_there_is() {
    let observed = [("A", "2026", "x", 55.5)];
    let staged = json!({"staged": [
        {"code": "1", "require": [{"node": "X", "at_least": 50}]},
        {"code": "2", "require": [
            {"node": "X", "at_least": 60}, {"item": "y", "at_least": 1}, {"nodes": ["X"], "reach": "2", "count": 1}, {"item": "x", "at_least": 5}
        ]},
        {"code": "3", "require": [{"node": "Y", "at_least": 1}]}
    ]});
    assert_eq!(
        told(staged, &observed),
        [
            "level: 1",
            "a requirement of the level '2' does not hold: the score of 'X' is 55.5; at least 60 is required",
            "a requirement of the level '2' does not hold: 'y' has no value; at least 1 is required",
            "a requirement of the level '2' does not hold: 0 of X reach the level '2'; 1 must",
        ]
    );
    let gated = json!({"bands": [{"code": "low", "from": 0}, {"code": "high", "from": 50}],
        "gates": [{"level": "high", "require": [{"item": "x", "at_least": 0}, {"node": "Y", "at_least": 1}]}]});
    assert_eq!(
        told(gated, &observed),
        ["level: low", "a gate of the level 'high' does not hold: 'Y' has no score; at least 1 is required"]
    );
}
