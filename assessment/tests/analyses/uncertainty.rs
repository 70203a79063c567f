//! Uncertainty analyses: they begin at what the engine publishes, give the same digits from the same seed, and can be
//! run again from their parameters.

use std::num::NonZeroUsize;

use citygauge_assessment::uncertainty::{Cell, Replay, Run, Table, Uncertainty, uncertainty};
use citygauge_assessment::{Assessment, AssessmentError, Observations, Options, assess};
use citygauge_indicators::{Faults, Observation, SetDocument, Status, UncertaintyRequest, Value};
use serde_json::{Value as Json, json};

use crate::reference::random::{Case, case};

/// Two groups of two indicators each, five cities, one value missing.
fn assessment(members: &Json) -> Assessment {
    let leaf = |code: &str, parent: &str| {
        let scoring = json!({"rule": "min_max", "range": [1, 100]});
        json!({"code": code, "parent": parent, "title": {"en": code}, "indicator": {"formula": code.to_lowercase(), "scoring": scoring}})
    };
    let mut document = json!({
        "code": "small", "version": "1", "title": {"en": "Small"},
        "items": [{"code": "a"}, {"code": "b"}, {"code": "c"}, {"code": "d"}],
        "nodes": [
            {"code": "X", "title": {"en": "X"}, "weight": 2}, {"code": "Y", "title": {"en": "Y"}},
            leaf("A", "X"), leaf("B", "X"), leaf("C", "Y"), leaf("D", "Y"),
        ]
    });
    for (key, value) in members.as_object().unwrap() {
        document[key] = value.clone();
    }
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let table = [
        ("P", [1.0, 7.0, 3.0, 2.0]),
        ("Q", [2.0, 6.0, 4.0, 8.0]),
        ("R", [3.0, 9.0, 1.0, 5.0]),
        ("S", [9.0, 2.0, 2.5, 6.0]),
        ("T", [4.0, 4.0, 8.0, 1.0]),
    ];
    let observations = table.iter().flat_map(|(city, values)| {
        ["a", "b", "c", "d"].iter().zip(values).map(|(item, value)| Observation {
            city: (*city).to_owned(),
            period: "2026".parse().unwrap(),
            item: (*item).to_owned(),
            value: (*city != "T" || *item != "b").then_some(Value::Number(*value)),
            status: if *city == "T" && *item == "b" { Status::Missing } else { Status::Reported },
        })
    });
    let observations: Vec<Observation> = observations.collect();
    let observations = Observations::from_long(&set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    assess(&set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn request(json: &Json) -> UncertaintyRequest {
    UncertaintyRequest::from_value(json).unwrap_or_else(|faults| panic!("{faults}"))
}

fn run(assessment: &Assessment, json: &Json) -> Uncertainty {
    uncertainty(assessment, &request(json), &Run::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(assessment: &Assessment, json: &Json) -> Faults {
    match uncertainty(assessment, &request(json), &Run::default()) {
        Err(AssessmentError::Refused(faults)) => faults,
        other => panic!("it is not refused: {other:?}"),
    }
}

/// Parameters to run again.
fn again(replay: &Replay) -> Run<'_> {
    Run { replay: Some(replay), ..Run::default() }
}

/// A table as a file of it would be read.
fn as_text(table: &Table) -> Replay {
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Empty => String::new(),
    };
    Replay { columns: table.columns.clone(), rows: table.rows.iter().map(|row| row.iter().map(text).collect()).collect() }
}

fn everything() -> Json {
    json!({"replications": 200, "seed": 7, "choices": [
        {"kind": "weights", "plus_minus": 0.5, "depths": [1, 2]},
        {"kind": "scoring", "alternatives": [{"name": "published"}, {"scoring": {"rule": "max_distance"}}]},
        {"kind": "aggregation", "alternatives": ["arithmetic", {"method": "geometric", "floor": 1}]},
        {"kind": "missing", "alternatives": [{"rule": "skip"}, {"rule": "zero"}, {"rule": "peer_mean"}, {"rule": "no_score"}]},
        {"kind": "leave_out", "nodes": ["A", "Y"]},
    ]})
}

#[test]
fn the_published_choices_give_the_published_scores_on_random_sets() {
    let mut compared = 0;
    for seed in 0..150 {
        let Case { set, observations, cities, .. } = case(seed);
        let Ok(observations) = Observations::from_long(&set, &observations, cities.as_deref()) else { continue };
        let Ok(assessment) = assess(&set, &observations, &Options::default()) else { continue };
        let nodes: Vec<_> = set.nodes().iter().filter(|node| node.parent.is_some()).collect();
        if nodes.is_empty() {
            continue;
        }
        let codes: Vec<&str> = nodes.iter().map(|node| node.code.as_str()).collect();
        for period in assessment.periods() {
            let choices = json!([{"kind": "weights", "plus_minus": 0.25, "nodes": codes}]);
            let request = request(&json!({"period": period.to_string(), "choices": choices}));
            let replay = Replay {
                columns: codes.iter().map(|code| format!("weights.{code}")).collect(),
                rows: vec![nodes.iter().map(|node| node.weight.to_string()).collect()],
            };
            let result =
                uncertainty(&assessment, &request, &again(&replay)).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            for (place, city) in assessment.cities_of(period).enumerate() {
                let total = &assessment.city(city, period).unwrap()[0];
                let (score, rank) = result.result(0, place);
                let difference = match (score, total.score) {
                    (Some(own), Some(published)) => (own - published).abs() / published.abs().max(1.0),
                    (None, None) => 0.0,
                    _ => f64::INFINITY,
                };
                assert!(difference <= 1e-9, "seed {seed}, {period}, {city}: {score:?}, published {:?}", total.score);
                assert_eq!(rank, total.rank, "seed {seed}, {period}, {city}");
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "only {compared} scores were compared");
}

#[test]
fn the_same_seed_gives_the_same_digits_and_another_seed_others() {
    let assessment = assessment(&json!({}));
    let mut request = everything();
    let first = run(&assessment, &request);
    assert_eq!(first, run(&assessment, &request));
    let one = Run { threads: NonZeroUsize::new(1), ..Run::default() };
    assert_eq!(first, uncertainty(&assessment, &self::request(&request), &one).unwrap());
    request["seed"] = json!(8);
    assert_ne!(first.parameters, run(&assessment, &request).parameters);
}

#[test]
fn a_shorter_run_is_the_beginning_of_a_longer_one() {
    let assessment = assessment(&json!({}));
    let long = run(&assessment, &everything());
    let mut request = everything();
    request["replications"] = json!(50);
    let short = run(&assessment, &request);
    assert_eq!(short.parameters.rows, long.parameters.rows[..50]);
}

#[test]
fn a_run_comes_out_again_from_its_parameters() {
    let assessment = assessment(&json!({"rounding": {"places": 2, "depths": "all"}}));
    for sobol in [false, true] {
        let mut document = everything();
        document["sobol"] = json!(sobol);
        document["replications"] = json!(40);
        let first = run(&assessment, &document);
        let again = uncertainty(&assessment, &request(&document), &again(&as_text(&first.parameters))).unwrap();
        assert_eq!(first, again);
    }
}

#[test]
fn weights_of_points_arithmetic_still_add_up() {
    let assessment = assessment(&json!({
        "arithmetic": "points", "rounding": {"places": 2, "depths": "all"},
        "nodes": [
            {"code": "X", "title": {"en": "X"}, "weight": 60, "weight_of": "total"},
            {"code": "Y", "title": {"en": "Y"}, "weight": 40, "weight_of": "total"},
            {"code": "A", "parent": "X", "weight": 100, "weight_of": "parent", "title": {"en": "A"},
             "indicator": {"formula": "a + 0 * b * c * d", "scoring": {"rule": "scaled", "range": [0, 9]}}},
            {"code": "B", "parent": "Y", "weight": 100, "weight_of": "parent", "title": {"en": "B"},
             "indicator": {"formula": "a", "scoring": {"rule": "scaled", "range": [0, 9]}}},
        ]
    }));
    let result = run(&assessment, &json!({"replications": 100, "choices": [{"kind": "weights", "plus_minus": 1}]}));
    // Both branches score the same in S, 100: whatever the weights, so does the total.
    let place = assessment.cities().iter().position(|city| city.code == "S").unwrap();
    assert!((0..100).all(|i| result.result(i, place).0.is_some_and(|score| (score - 100.0).abs() <= 0.01)));
}

#[test]
fn the_more_a_choice_moves_the_more_it_explains() {
    let assessment = assessment(&json!({}));
    let result = run(
        &assessment,
        &json!({"replications": 500, "sobol": true, "choices": [
            {"name": "much", "kind": "weights", "plus_minus": 1, "depths": [1]},
            {"name": "little", "kind": "weights", "plus_minus": 0.001, "depths": [2]},
        ]}),
    );
    assert_eq!(result.replications(), 500 * 4);
    let total = |i: usize| result.sensitivity[i].indices.unwrap().total;
    assert!(total(0) > 0.9 && total(1) < 0.1, "{:?}", result.sensitivity);
}

#[test]
fn whoever_is_left_out_does_not_count() {
    let assessment = assessment(&json!({}));
    let document = json!({"choices": [{"kind": "leave_out", "nodes": ["X", "Y"]}]});
    let replay = Replay { columns: vec!["leave_out".into()], rows: vec![vec![String::new()], vec!["X".into()]] };
    let result = uncertainty(&assessment, &request(&document), &again(&replay)).unwrap();
    for (place, city) in assessment.cities().iter().enumerate() {
        let rows = assessment.city(&city.code, "2026".parse().unwrap()).unwrap();
        let score = |code: &str| rows.iter().find(|row| row.node == code).unwrap().score;
        assert_eq!(result.result(0, place).0, score("TOTAL"));
        assert_eq!(result.result(1, place).0, score("Y"));
    }
}

#[test]
fn what_does_not_fit_the_set_is_named_all_at_once() {
    let assessment = assessment(&json!({"missing": {"rule": "previous"}}));
    let faults = refused(
        &assessment,
        &json!({"choices": [
            {"kind": "weights", "plus_minus": 0.1, "nodes": ["X", "Z", "TOTAL"]},
            {"name": "deep", "kind": "weights", "plus_minus": 0.1, "depths": [1, 9]},
            {"name": "zero", "kind": "weights", "sets": [{"C": 0, "D": 0}]},
            {"kind": "scoring", "alternatives": [{"scoring": {"rule": "min_max", "range": [9, 1]}}]},
            {"kind": "aggregation", "alternatives": ["arithmetic"], "nodes": ["A"]},
            {"kind": "treatment", "at_most": [1, 2]},
        ]}),
    );
    let found: Vec<(&str, &str)> =
        faults.0.iter().map(|fault| (fault.code, fault.pointer.as_deref().unwrap_or_default())).collect();
    for expected in [
        ("uncertainty.unknown_node", "/choices/0/nodes/1"),
        ("uncertainty.not_here", "/choices/0/nodes/2"),
        ("uncertainty.no_depth", "/choices/1/depths/1"),
        ("uncertainty.weights_zero", "/choices/2/sets/0"),
        ("scoring.range", "/choices/3/alternatives/0"),
        ("uncertainty.not_here", "/choices/4/nodes/0"),
        ("uncertainty.no_leaf", "/choices/5"),
    ] {
        assert!(found.contains(&expected), "{expected:?} is not among {found:?}");
    }
}

#[test]
fn choices_that_meet_are_refused() {
    let small = assessment(&json!({}));
    let faults = refused(
        &small,
        &json!({"choices": [
            {"name": "one", "kind": "weights", "plus_minus": 0.1, "nodes": ["X"]},
            {"name": "two", "kind": "weights", "sets": [{"X": 2}]},
        ]}),
    );
    assert_eq!(faults.0[0].code, "uncertainty.overlap");
    let scoring = json!([{"kind": "scoring", "alternatives": [{"scoring": {"rule": "max_distance"}}]}]);
    let looking_back = assessment(&json!({"missing": {"rule": "previous"}}));
    assert_eq!(refused(&looking_back, &json!({"choices": scoring})).0[0].code, "uncertainty.previous");
    let large = json!({"replications": 100_000, "sobol": true, "choices": [
        {"name": "1", "kind": "weights", "plus_minus": 0.1, "nodes": ["X"]},
        {"name": "2", "kind": "weights", "plus_minus": 0.1, "nodes": ["Y"]},
    ]});
    assert_eq!(
        uncertainty(&small, &request(&large), &Run { progress: Some(&|_| false), ..Run::default() }).unwrap_err().to_string(),
        "the assessment was cancelled"
    );
}

#[test]
fn a_table_of_other_choices_is_refused_cell_by_cell() {
    let assessment = assessment(&json!({}));
    let document = json!({"choices": [{"kind": "missing", "alternatives": [{"rule": "skip"}, {"rule": "zero"}]}]});
    let replay = |columns: &[&str], rows: &[&[&str]]| Replay {
        columns: columns.iter().map(ToString::to_string).collect(),
        rows: rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect(),
    };
    let codes = |replay: &Replay| match uncertainty(&assessment, &request(&document), &again(replay)) {
        Err(AssessmentError::Refused(faults)) => faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(),
        other => panic!("it is not refused: {other:?}"),
    };
    assert_eq!(codes(&replay(&["wrong"], &[&["skip"]])), ["replay.column_missing", "replay.unknown_column"]);
    assert_eq!(codes(&replay(&["missing"], &[&["skip"], &["none"], &["all"]])), ["replay.wrong_cell", "replay.wrong_cell"]);
    assert_eq!(codes(&replay(&["replication", "missing"], &[])), ["replay.empty"]);
}
