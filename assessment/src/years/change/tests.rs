use serde_json::{Value as Json, json};

use super::*;
use crate::testing::{assessed, leaf, period};

type Observed<'o> = &'o [(&'o str, &'o str, &'o str, f64)];

fn two(members: Json, weights: [f64; 2], observed: Observed) -> Assessment {
    let nodes = [leaf("X", json!({"weight": weights[0]})), leaf("Y", json!({"weight": weights[1]}))];
    assessed(members, &nodes, observed, None)
}

fn compared(before: (&Assessment, &str), after: (&Assessment, &str), city: &str) -> Vec<Change> {
    let of = |(assessment, at): (_, &str)| Compared { assessment, period: period(at) };
    let changes = compare(of(before), of(after), &[city], None).unwrap_or_else(|error| panic!("{error}"));
    for change in &changes {
        adds_up(change);
    }
    changes
}

/// The printed decimals add up to the printed change.
fn adds_up(change: &Change) {
    let sum = |parts: &[f64]| parts.iter().map(|part| number(*part)).fold(RBig::ZERO, |sum, next| sum + next);
    if let (Some(parts), Some(whole)) = (change.parts, change.change) {
        assert_eq!(sum(&[parts.data, parts.set, parts.cohort, parts.coverage]), number(whole), "{change:?}");
    }
    if let (Some(rest), Some(whole)) = (change.rest, change.change) {
        let children: Vec<f64> = change.children.iter().map(|child| child.change).chain([rest]).collect();
        assert_eq!(sum(&children), number(whole), "{change:?}");
    }
}

fn of(changes: &[Change], node: &str) -> (Option<f64>, Option<[f64; 4]>) {
    let change = changes.iter().find(|change| change.node == node).expect("listed");
    (change.change, change.parts.map(|parts| [parts.data, parts.set, parts.cohort, parts.coverage]))
}

#[test]
fn a_year_later_under_the_same_set_only_data_and_coverage_change() {
    let assessment = two(json!({}), [1.0, 1.0], &[("A", "2025", "x", 40.0), ("A", "2026", "x", 60.0), ("A", "2026", "y", 80.0)]);
    let changes = compared((&assessment, "2025"), (&assessment, "2026"), "A");
    // x alone 40; with y 60; x changed 60; both 70. Data: (20 + 10)/2, coverage: (20 + 10)/2.
    assert_eq!(of(&changes, "TOTAL"), (Some(30.0), Some([15.0, 0.0, 0.0, 15.0])));
    assert_eq!(of(&changes, "X"), (Some(20.0), Some([20.0, 0.0, 0.0, 0.0])));
    assert_eq!(of(&changes, "Y"), (None, None));
    let total = &changes[0];
    assert_eq!(
        total.children.iter().map(|child| (child.node.as_str(), child.change)).collect::<Vec<_>>(),
        [("X", -10.0), ("Y", 40.0)]
    );
    assert_eq!((total.rest, total.rank_before, total.rank_after), (Some(0.0), Some(1), Some(1)));
    assert_eq!(changes[2].note.as_ref().and_then(|note| note.en.as_deref()), Some("the earlier assessment has no score"));
}

#[test]
fn other_weights_on_the_same_data_are_the_sets_part() {
    let observed = [("A", "2026", "x", 40.0), ("A", "2026", "y", 80.0)];
    let (before, after) = (two(json!({}), [1.0, 1.0], &observed), two(json!({"version": "2"}), [1.0, 2.0], &observed));
    let changes = compared((&before, "2026"), (&after, "2026"), "A");
    assert_eq!(of(&changes, "TOTAL"), (Some(6.666_666_666_7), Some([0.0, 6.666_666_666_7, 0.0, 0.0])));
    assert_eq!(of(&changes, "X"), (Some(0.0), Some([0.0; 4])));
}

#[test]
fn data_and_weights_that_change_together_share_their_joint_effect() {
    let before = two(json!({}), [1.0, 1.0], &[("A", "2025", "x", 40.0), ("A", "2025", "y", 80.0)]);
    let after = two(json!({"version": "2"}), [1.0, 3.0], &[("A", "2026", "x", 40.0), ("A", "2026", "y", 100.0)]);
    let changes = compared((&before, "2025"), (&after, "2026"), "A");
    // 60; data first 70, set first 70; both 85.
    assert_eq!(of(&changes, "TOTAL"), (Some(25.0), Some([12.5, 12.5, 0.0, 0.0])));
    assert_eq!(changes[0].children[1].change, 35.0);
}

/// A set that scores by the cohort's smallest and largest.
fn by_cohort(observed: Observed) -> Assessment {
    assessed(
        json!({}),
        &[json!({"code": "X", "title": {"en": "X"}, "indicator": {"formula": "x", "scoring": {"rule": "min_max"}}})],
        observed,
        None,
    )
}

#[test]
fn what_other_cities_do_is_the_cohorts_part() {
    let before = by_cohort(&[("A", "2025", "x", 50.0), ("B", "2025", "x", 0.0), ("C", "2025", "x", 100.0)]);
    let after = by_cohort(&[("A", "2026", "x", 60.0), ("B", "2026", "x", 0.0), ("C", "2026", "x", 200.0)]);
    let changes = compared((&before, "2025"), (&after, "2026"), "A");
    // 50; own data 60; other cities 25; both 30.
    assert_eq!(of(&changes, "TOTAL"), (Some(-20.0), Some([7.5, 0.0, -27.5, 0.0])));
    let changes = compared((&before, "2025"), (&after, "2026"), "C");
    assert_eq!(of(&changes, "TOTAL"), (Some(0.0), Some([0.0; 4])), "the largest stays the largest");
}

#[test]
fn a_city_that_joins_is_the_cohorts_part_and_has_no_change_of_its_own() {
    let before = by_cohort(&[("A", "2026", "x", 50.0), ("B", "2026", "x", 0.0), ("C", "2026", "x", 100.0)]);
    let after =
        by_cohort(&[("A", "2026", "x", 50.0), ("B", "2026", "x", 0.0), ("C", "2026", "x", 100.0), ("D", "2026", "x", 200.0)]);
    let changes = compared((&before, "2026"), (&after, "2026"), "A");
    assert_eq!(of(&changes, "TOTAL"), (Some(-25.0), Some([0.0, 0.0, -25.0, 0.0])));
    let joined = compared((&before, "2026"), (&after, "2026"), "D");
    assert_eq!((joined[0].before, joined[0].after, joined[0].change), (None, Some(100.0), None));
    assert_eq!(joined[0].note.as_ref().and_then(|note| note.en.as_deref()), Some("the earlier assessment has no such city"));
}

#[test]
fn an_item_that_only_one_set_knows_comes_with_that_set() {
    let before = assessed(json!({}), &[leaf("X", json!({}))], &[("A", "2025", "x", 40.0)], None);
    let after = two(json!({"version": "2"}), [1.0, 1.0], &[("A", "2026", "x", 40.0), ("A", "2026", "y", 80.0)]);
    let changes = compared((&before, "2025"), (&after, "2026"), "A");
    assert_eq!(of(&changes, "TOTAL"), (Some(20.0), Some([0.0, 20.0, 0.0, 0.0])));
    let note = |node: &str| changes.iter().find(|change| change.node == node).and_then(|change| change.note.clone()?.en);
    assert_eq!(note("Y").as_deref(), Some("the earlier set has no such node"));
    let backwards = compared((&after, "2026"), (&before, "2025"), "A");
    assert_eq!(of(&backwards, "TOTAL"), (Some(-20.0), Some([0.0, -20.0, 0.0, 0.0])));
    assert_eq!(backwards[0].children.iter().map(|child| child.change).collect::<Vec<_>>(), [20.0, -40.0]);
}

#[test]
fn orders_through_a_state_without_a_score_are_left_out() {
    let strict = json!({"missing": {"rule": "no_score"}, "version": "2"});
    let before = two(json!({}), [1.0, 1.0], &[("A", "2025", "x", 40.0)]);
    let after = two(strict.clone(), [1.0, 1.0], &[("A", "2026", "x", 40.0), ("A", "2026", "y", 80.0)]);
    let changes = compared((&before, "2025"), (&after, "2026"), "A");
    // Under the strict set the total needs y, so coverage comes first.
    assert_eq!(of(&changes, "TOTAL"), (Some(20.0), Some([0.0, 0.0, 0.0, 20.0])));
}

#[test]
fn earlier_periods_that_a_formula_reads_are_the_citys_own_data() {
    let growth = json!({"code": "X", "title": {"en": "X"}, "indicator": {"formula": "x - previous(x, 1)", "scoring": {"rule": "scaled", "range": [0, 100]}}});
    let assess = |observed: Observed| {
        let set = json!({"code": "g", "version": "1", "title": {"en": "G"}, "items": [{"code": "x"}], "nodes": [growth]});
        let set = citygauge_indicators::SetDocument::check_value(&set).expect("sound");
        let rows = observed.iter().map(|(city, at, item, value)| citygauge_indicators::Observation {
            city: (*city).into(),
            period: period(at),
            item: (*item).into(),
            value: Some(citygauge_indicators::Value::Number(*value)),
            status: citygauge_indicators::Status::Reported,
        });
        let rows: Vec<_> = rows.collect();
        assess(&set, &crate::Observations::from_long(&set, &rows, None).expect("sound"), &Options::default()).expect("assessed")
    };
    let before = assess(&[("A", "2024", "x", 10.0), ("A", "2025", "x", 30.0)]);
    let after = assess(&[("A", "2025", "x", 35.0), ("A", "2026", "x", 95.0)]);
    let changes = compared((&before, "2025"), (&after, "2026"), "A");
    assert_eq!(of(&changes, "TOTAL"), (Some(40.0), Some([40.0, 0.0, 0.0, 0.0])));
}

#[test]
fn a_period_or_city_that_is_not_there_is_named() {
    let assessment = two(json!({}), [1.0, 1.0], &[("A", "2025", "x", 40.0)]);
    let side = |at: &str| Compared { assessment: &assessment, period: period(at) };
    let Err(AssessmentError::Refused(faults)) = compare(side("2025"), side("2026"), &["A", "Z"], None) else {
        panic!("accepted")
    };
    assert_eq!(faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["period.absent", "diff.unknown_city"]);
    assert!(matches!(compare(side("2025"), side("2025"), &["A"], Some(&|_| false)), Err(AssessmentError::Cancelled)));
}

/// A state that takes every factor of one assessment is that assessment.
#[test]
fn a_state_that_mixes_nothing_is_the_published_one() {
    let nodes = [
        leaf("X", json!({"weight": 2, "missing": {"rule": "previous"}})),
        leaf("Y", json!({"missing": {"rule": "peer_mean"}})),
        json!({"code": "Z", "title": {"en": "Z"}, "indicator": {"formula": "z + previous(z, 1)", "scoring": {"rule": "min_max"}}}),
    ];
    let mut members = json!({"rounding": {"mode": "half_up", "places": 2}});
    members["items"] = json!([{"code": "x"}, {"code": "y"}, {"code": "z"}]);
    let observed = |shift: f64, gap: &str| {
        let mut rows = Vec::new();
        for (at, year) in ["2024", "2025", "2026"].into_iter().enumerate() {
            for (place, city) in ["A", "B", "C", "D"].into_iter().enumerate() {
                for (item, code) in ["x", "y", "z"].into_iter().enumerate() {
                    let is_gap = code == gap && place == at;
                    let value = shift + (at * 7 + place * 13 + item * 29) as f64 % 50.0;
                    rows.extend((!is_gap).then_some((city, year, code, value)));
                }
            }
        }
        rows
    };
    let (before, after) =
        (assessed(members.clone(), &nodes, &observed(3.0, "x"), None), assessed(members, &nodes, &observed(11.5, "y"), None));
    let side = |assessment, at: &str| Compared { assessment, period: period(at) };
    for (earlier, later) in [(side(&before, "2025"), side(&after, "2026")), (side(&after, "2026"), side(&before, "2026"))] {
        let comparison = Comparison::new(earlier, later);
        for (swapped, whole) in [(0, earlier), (ALL, later)] {
            for city in ["A", "B", "C", "D"] {
                let state = comparison.assessed(swapped, &[city]).expect("no defect").expect("nothing refuses");
                for node in 0..whole.assessment.set().nodes().len() {
                    let score = |of: &Assessment| of.city(city, whole.period).expect("it is there")[node].score;
                    assert_eq!(score(&state), score(whole.assessment), "{city} {node} {swapped}");
                }
            }
        }
    }
}
