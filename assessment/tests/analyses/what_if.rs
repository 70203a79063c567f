//! What if one city had other values: the digits are those of an assessment of the changed data, as long as nothing that is
//! fitted on the cohort would change with them.

use citygauge_assessment::{
    Assessment, AssessmentError, Change, Observations, Options, Row, Supposed, Supposition, assess, what_if, what_if_values,
};
use citygauge_indicators::{
    Arithmetic, Imputation, IndicatorSet, MissingRule, NodeKind, Observation, SetDocument, Status, Value, Weighting,
};
use serde_json::json;

use crate::reference::random::{Case, case};

/// Whether nothing that looks at the cohort reads an item, so that a change of it changes no other city.
fn stands_alone(set: &IndicatorSet, item: usize) -> bool {
    let alone = set
        .leaves()
        .all(|(_, leaf)| !leaf.items.contains(&item) || (leaf.scoring.cohort().is_none() && leaf.imputation == Imputation::None));
    let row_means = set.leaves().any(|(_, leaf)| matches!(leaf.imputation, Imputation::RowMean { .. }));
    alone
        && !row_means
        && set.nodes().iter().all(|node| {
            let looks = matches!(node.missing, MissingRule::PeerMean { .. } | MissingRule::PeerMedian { .. });
            !looks
                && match &node.kind {
                    NodeKind::Inner { aggregation, weighting } => {
                        !aggregation.method.reads_cohort() && weighting.as_ref().is_none_or(|given| *given == Weighting::Given)
                    }
                    NodeKind::Leaf(_) => true,
                }
        })
}

fn same(own: Option<f64>, expected: Option<f64>, rounded: bool) -> bool {
    match (own, expected) {
        (Some(own), Some(expected)) if rounded => own == expected,
        (Some(own), Some(expected)) => (own - expected).abs() <= 1e-9 * expected.abs().max(1.0),
        (own, expected) => own == expected,
    }
}

fn compare(set: &IndicatorSet, own: &[Supposed], expected: &[Row], at: &str) {
    for ((own, expected), node) in own.iter().zip(expected).zip(set.nodes()) {
        let is_rounded = node.places.is_some();
        // Under points arithmetic it is the mark that is rounded.
        let by_scores = set.document().arithmetic == Arithmetic::Scores;
        assert!(same(own.score, expected.score, is_rounded && by_scores), "{at}: {own:?} is not {expected:?}");
        assert!(same(own.mark, expected.mark, is_rounded), "{at}: {own:?} is not {expected:?}");
        assert!(same(own.value, expected.value, false), "{at}: {own:?} is not {expected:?}");
        assert!(same(own.points, expected.points, false), "{at}: {own:?} is not {expected:?}");
        assert_eq!((own.rank, own.level), (expected.rank, expected.level), "{at}: {own:?} is not {expected:?}");
    }
}

#[test]
fn the_digits_are_those_of_an_assessment_of_the_changed_data() {
    let mut compared = 0;
    for seed in 0..120 {
        let Case { set, observations, cities, .. } = case(seed);
        let assessed = |observations: &[Observation]| -> Option<Assessment> {
            let observations = Observations::from_long(&set, observations, cities.as_deref()).ok()?;
            assess(&set, &observations, &Options::default()).ok()
        };
        let Some(before) = assessed(&observations) else { continue };
        for (i, changed) in observations.iter().enumerate().step_by(7) {
            let item = set.item_index(&changed.item).unwrap();
            if !stands_alone(&set, item) || !before.periods().any(|period| period == changed.period) {
                continue;
            }
            // Another value that the item admits: that of another observation of it, or none.
            let others = observations.iter().filter(|other| other.item == changed.item && other.status == Status::Reported);
            let value = others.map(|other| other.value.clone()).nth(i % 3).flatten();
            let mut after = observations.clone();
            after[i].status = if value.is_some() { Status::Reported } else { Status::Missing };
            after[i].value = value.clone();
            let Some(after) = assessed(&after) else { continue };
            let at = format!("seed {seed}, {} {} {} to {value:?}", changed.city, changed.period, changed.item);
            let own = what_if(&before, &changed.city, changed.period, &[(&changed.item, value)]);
            let own = own.unwrap_or_else(|error| panic!("{at}: {error}"));
            compare(&set, &own, &after.city(&changed.city, changed.period).unwrap(), &at);
            compared += 1;
        }
    }
    assert!(compared > 30, "only {compared} changes were compared");
}

fn small() -> Assessment {
    let leaf = |code: &str| {
        json!({"code": code, "title": {"en": code},
               "indicator": {"formula": code.to_lowercase(), "scoring": {"rule": "min_max"}}})
    };
    let set = SetDocument::check_value(&json!({
        "code": "small", "version": "1", "title": {"en": "Small"}, "nodes": [leaf("A"), leaf("B")],
        "items": [{"code": "a", "min": 0}, {"code": "b"}], "rounding": {"places": 2, "depths": "all"},
        "levels": {"bands": [{"code": "low", "from": 0}, {"code": "high", "from": 60}]}
    }));
    let set = set.unwrap_or_else(|faults| panic!("{faults}"));
    let table = [("P", [0.0, 5.0]), ("Q", [10.0, 1.0]), ("R", [4.0, 3.0])];
    let observations = table.iter().flat_map(|(city, values)| {
        ["a", "b"].iter().zip(values).map(|(item, value)| Observation {
            city: (*city).into(),
            period: "2026".parse().unwrap(),
            item: (*item).into(),
            value: Some(Value::Number(*value)),
            status: Status::Reported,
        })
    });
    let observations: Vec<Observation> = observations.collect();
    let observations = Observations::from_long(&set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    assess(&set, &observations, &Options::default()).unwrap()
}

#[test]
fn the_fits_of_the_cohort_stay() {
    let assessment = small();
    // 0..10 and 1..5 stay the ends of the scales although P leaves 0 and Q would no longer be the best.
    let supposed = what_if(&assessment, "P", "2026".parse().unwrap(), &[("a", Some(Value::Number(20.0)))]).unwrap();
    let of = |code: &str| supposed.iter().find(|node| node.node == code).unwrap();
    assert_eq!((of("A").before, of("A").value, of("A").score, of("A").rank), (Some(0.0), Some(20.0), Some(200.0), Some(1)));
    assert_eq!((of("TOTAL").score, of("TOTAL").rank, of("TOTAL").level), (Some(150.0), Some(1), Some("high")));
    assert_eq!((of("B").score, of("B").rank), (Some(100.0), Some(1)));
}

#[test]
fn what_is_wrong_with_the_changes_is_named_all_at_once() {
    let assessment = small();
    let period = "2026".parse().unwrap();
    let codes = |city: &str, period, changes: &[(&str, Option<Value>)]| match what_if(&assessment, city, period, changes) {
        Err(AssessmentError::Refused(faults)) => faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(),
        other => panic!("it is not refused: {other:?}"),
    };
    let number = |number: f64| Some(Value::Number(number));
    assert_eq!(codes("Z", period, &[]), ["what_if.unknown_city"]);
    assert_eq!(codes("P", "2027".parse().unwrap(), &[]), ["period.absent"]);
    let changes = [("c", number(1.0)), ("a", number(-1.0)), ("b", number(1.0)), ("b", number(2.0)), ("b", number(f64::NAN))];
    let found = codes("P", period, &changes);
    for expected in ["observation.unknown_item", "observation.out_of_range", "observation.duplicate", "observation.wrong_type"] {
        assert!(found.contains(&expected), "{expected} is not among {found:?}");
    }
}

/// Two leaves: one is an item and nothing else, one is a ratio of two; a choice and a checklist beside them.
fn mixed() -> (IndicatorSet, Vec<Observation>) {
    let set = SetDocument::check_value(&json!({
        "code": "mixed", "version": "1", "title": {"en": "Mixed"},
        "nodes": [
            {"code": "A", "title": {"en": "A"}, "indicator": {"formula": "a", "scoring": {"rule": "scaled", "range": [0, 100]}}},
            {"code": "B", "title": {"en": "B"}, "indicator": {"formula": "b / c", "scoring": {"rule": "goalposts", "worst": 0.9, "best": 0.1}}},
            {"code": "C", "title": {"en": "C"}, "indicator": {"scoring": {"rule": "checklist", "items": {"d": 1}}}}
        ],
        "items": [{"code": "a", "min": 0}, {"code": "b"}, {"code": "c", "min": 1}, {"code": "d", "kind": "boolean"}]
    }));
    let set = set.unwrap_or_else(|faults| panic!("{faults}"));
    let table = [("P", [10.0, 6.0, 7.0, 1.0]), ("Q", [20.0, 1.0, 3.0, 0.0]), ("R", [77.7, 2.0, 9.0, 1.0])];
    let observations = table.iter().flat_map(|(city, values)| {
        ["a", "b", "c", "d"].iter().zip(values).map(|(item, value)| Observation {
            city: (*city).into(),
            period: "2026".parse().unwrap(),
            item: (*item).into(),
            value: Some(Value::Number(*value)),
            status: Status::Reported,
        })
    });
    let observations = observations.collect();
    (set, observations)
}

#[test]
fn a_raw_value_of_a_leaf_is_supposed_whatever_its_formula_and_the_whole_cohort_agrees() {
    let (set, observations) = mixed();
    let observations = Observations::from_long(&set, &observations, None).unwrap();
    let before = assess(&set, &observations, &Options::default()).unwrap();
    let period = "2026".parse().unwrap();
    let at = |code: &str| set.node_index(code).unwrap();
    for (a, b) in [(33.3, 0.3), (0.1, 0.7), (99.0, 0.1), (50.0, -4.0)] {
        let own = what_if_values(&before, "P", period, &[(at("A"), a), (at("B"), b)]).unwrap();
        assert_eq!((own[at("A")].value, own[at("A")].score, own[at("B")].value), (Some(a), Some(a), Some(b)));
        let supposition =
            |code: &str, value| Supposition { city: Some("P".into()), period, change: Change::Leaf(code.into(), value) };
        let changed = observations.supposing(&set, &[supposition("A", a), supposition("B", b)]).unwrap();
        let after = assess(&set, &changed, &Options::default()).unwrap();
        compare(&set, &own, &after.city("P", period).unwrap(), &format!("{a} {b}"));
        assert_eq!(
            after.city("Q", period),
            before.city("Q", period).map(|rows| {
                let ranks = after.city("Q", period).unwrap();
                rows.into_iter().zip(ranks).map(|(row, after)| Row { rank: after.rank, ..row }).collect::<Vec<_>>()
            })
        );
    }
    // 0.9 to 0.1: at 0.3 three quarters of the way.
    let own = what_if_values(&before, "P", period, &[(at("B"), 0.3)]).unwrap();
    assert_eq!(own[at("B")].score, Some(75.0));
}

#[test]
fn every_city_may_be_supposed_at_once_and_the_fits_follow() {
    let assessment = small();
    let period = "2026".parse().unwrap();
    let table = [("P", "a", 0.0), ("P", "b", 5.0), ("Q", "a", 10.0), ("Q", "b", 1.0), ("R", "a", 4.0), ("R", "b", 3.0)];
    let observations: Vec<Observation> = table
        .iter()
        .map(|(city, item, value)| Observation {
            city: (*city).into(),
            period,
            item: (*item).into(),
            value: Some(Value::Number(*value)),
            status: Status::Reported,
        })
        .collect();
    let observations = Observations::from_long(assessment.set(), &observations, None).unwrap();
    let change = Change::Item("b".into(), Some(Value::Number(2.0)));
    let all = Supposition { city: None, period, change };
    let one = Supposition { city: Some("P".into()), period, change: Change::Item("a".into(), Some(Value::Number(20.0))) };
    let changed = observations.supposing(assessment.set(), std::slice::from_ref(&one)).unwrap();
    let after = assess(assessment.set(), &changed, &Options::default()).unwrap();
    let score = |city: &str, node: usize| after.city(city, period).unwrap()[node].score;
    // Now a is 20, 10, 4: the ends of the scale are 4 and 20.
    assert_eq!((score("P", 1), score("Q", 1), score("R", 1)), (Some(100.0), Some(37.5), Some(0.0)));
    // Where all have the same b no scale is left, as in data that say so.
    let changed = observations.supposing(assessment.set(), &[all, one]).unwrap();
    let Err(AssessmentError::Refused(faults)) = assess(assessment.set(), &changed, &Options::default()) else {
        panic!("refused")
    };
    assert_eq!(faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["scoring.constant"]);
}

#[test]
fn what_cannot_be_supposed_of_a_leaf_is_named() {
    let (set, observations) = mixed();
    let observations = Observations::from_long(&set, &observations, None).unwrap();
    let before = assess(&set, &observations, &Options::default()).unwrap();
    let period = "2026".parse().unwrap();
    let at = |code: &str| set.node_index(code).unwrap();
    let values = [(at("C"), 0.5), (0, 1.0), (99, 1.0), (at("A"), -1.0), (at("B"), f64::NAN)];
    let Err(AssessmentError::Refused(faults)) = what_if_values(&before, "P", period, &values) else { panic!("refused") };
    let codes: Vec<&str> = faults.0.iter().map(|fault| fault.code).collect();
    assert_eq!(
        codes,
        [
            "what_if.needs_items",
            "what_if.unknown_indicator",
            "what_if.unknown_indicator",
            "observation.out_of_range",
            "observation.wrong_type"
        ]
    );
    let twice = [(at("B"), 0.5), (at("B"), 0.6), (at("A"), 1.0), (at("A"), 1.0)];
    let Err(AssessmentError::Refused(faults)) = what_if_values(&before, "P", period, &twice) else { panic!("refused") };
    assert_eq!(faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["observation.duplicate"; 2]);
    let absent = Supposition { city: None, period: "2030".parse().unwrap(), change: Change::Leaf("A".into(), 1.0) };
    let unknown = Supposition { city: Some("Z".into()), period, change: Change::Leaf("A".into(), 1.0) };
    let faults = observations.supposing(&set, &[absent, unknown]).unwrap_err();
    assert_eq!(faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["period.absent", "what_if.unknown_city"]);
}
