//! The traps of aggregations: zeros under means of logarithms and reciprocals, divisions by zero, cohorts without a
//! difference, one city only, nothing at all.

use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{Observation, SetDocument, Status, Value};
use serde_json::{Value as Json, json};

/// A city and the scores of its children.
type City<'a> = (&'a str, &'a [Option<f64>]);

/// A set whose leaves `C0`, `C1`, ... score their raw values, assessed; every number of the result is finite.
fn assessed(aggregation: &Json, cities: &[City]) -> Assessment {
    let items: Vec<String> = (0..cities[0].1.len()).map(|i| format!("c{i}")).collect();
    let leaf = |item: &String| {
        json!({"code": item.to_uppercase(), "title": {"en": item},
            "indicator": {"formula": item, "scoring": {"rule": "scaled", "range": [0, 100]}}})
    };
    let document = json!({
        "code": "trap", "version": "1", "title": {"en": "Trap"}, "aggregation": aggregation,
        "items": items.iter().map(|code| json!({"code": code})).collect::<Vec<_>>(),
        "nodes": items.iter().map(leaf).collect::<Vec<_>>()
    });
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let observation = |city: &str, item: &String, value: Option<f64>| Observation {
        city: city.to_owned(),
        period: "2026".parse().unwrap(),
        item: item.clone(),
        value: value.map(Value::Number),
        status: if value.is_some() { Status::Reported } else { Status::Missing },
    };
    let of_city = |(city, scores): &City| -> Vec<Observation> {
        items.iter().zip(*scores).map(|(item, score)| observation(city, item, *score)).collect()
    };
    let observations: Vec<Observation> = cities.iter().flat_map(of_city).collect();
    let observations = Observations::from_long(&set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    let assessment = assess(&set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"));
    for row in assessment.long() {
        let numbers = [row.score, row.points, row.low, row.high];
        assert!(numbers.iter().flatten().all(|number| number.is_finite()), "{row:?}");
    }
    for warning in assessment.warnings() {
        assert!(warning.message.zh.is_some() && warning.message.en.is_some() && warning.hint.is_some(), "{warning:?}");
    }
    assessment
}

/// The total of each city.
fn totals(aggregation: &Json, cities: &[City]) -> Vec<Option<f64>> {
    assessed(aggregation, cities).long().filter(|row| row.node == "TOTAL").map(|row| row.score).collect()
}

/// Code and city of each warning.
fn warnings(aggregation: &Json, cities: &[City]) -> Vec<(&'static str, String)> {
    let assessment = assessed(aggregation, cities);
    assessment.warnings().iter().map(|warning| (warning.code, warning.city.clone().unwrap_or_default())).collect()
}

fn warned(code: &'static str, cities: &[&str]) -> Vec<(&'static str, String)> {
    cities.iter().map(|city| (code, (*city).to_owned())).collect()
}

/// The methods that compare cities by how they differ.
fn comparing() -> [Json; 3] {
    ["topsis", "vikor", "grey_relational"].map(|method| json!({"method": method, "ideals": "cohort"}))
}

#[test]
fn a_zero_under_a_mean_of_reciprocals_or_logarithms_leaves_the_node_without_a_score() {
    let cities: [City; 2] = [("A", &[Some(0.0), Some(50.0)]), ("B", &[Some(20.0), Some(50.0)])];
    for method in [json!("harmonic"), json!("geometric"), json!({"method": "power", "p": -2}), json!({"method": "power", "p": 0})]
    {
        let totals = totals(&method, &cities);
        assert!(totals[0].is_none() && totals[1].is_some(), "{method}: {totals:?}");
        assert_eq!(warnings(&method, &cities), warned("aggregation.not_positive", &["A"]), "{method}");
    }
    // A floor, or an exponent above 0, lets a zero count.
    assert!(totals(&json!({"method": "harmonic", "floor": 1}), &cities)[0].is_some());
    assert_eq!(totals(&json!({"method": "power", "p": 2}), &[("A", &[Some(0.0), Some(0.0)])]), [Some(0.0)]);
}

#[test]
fn a_score_below_zero_has_no_power_mean() {
    let cities: [City; 1] = [("A", &[Some(-1.0), Some(50.0)])];
    assert_eq!(totals(&json!({"method": "power", "p": 2}), &cities), [None]);
    assert_eq!(warnings(&json!({"method": "power", "p": 2}), &cities), warned("aggregation.negative", &["A"]));
}

#[test]
fn a_penalty_over_a_mean_of_zero_is_none_unless_nothing_differs() {
    let method = json!("mazziotta_pareto");
    let cities: [City; 2] = [("A", &[Some(-5.0), Some(5.0)]), ("B", &[Some(0.0), Some(0.0)])];
    assert_eq!(totals(&method, &cities), [None, Some(0.0)]);
    assert_eq!(warnings(&method, &cities), warned("aggregation.division_by_zero", &["A"]));
}

#[test]
fn a_child_in_which_no_city_differs_tells_nothing_and_is_named() {
    let cities: [City; 3] = [("A", &[Some(10.0), Some(7.0)]), ("B", &[Some(20.0), Some(7.0)]), ("C", &[Some(40.0), Some(7.0)])];
    for method in comparing() {
        let scores = totals(&method, &cities);
        assert!(scores.iter().all(Option::is_some) && scores[0] < scores[1] && scores[1] < scores[2], "{method}: {scores:?}");
        let assessment = assessed(&method, &cities);
        let [warning] = assessment.warnings() else { panic!("one warning") };
        assert_eq!((warning.code, warning.value.as_deref(), warning.city.as_deref()), ("aggregation.constant", Some("C1"), None));
        assert_eq!((warning.node_or_item.as_deref(), warning.period.as_deref()), (Some("TOTAL"), Some("2026")));
    }
    for standardise in ["z_score", "goalposts"] {
        let method = json!({"method": "mazziotta_pareto", "standardise": standardise});
        assert_eq!(warnings(&method, &cities), warned("aggregation.constant", &[""]));
    }
    // All scores 0: nothing to divide by.
    let zeros: [City; 2] = [("A", &[Some(10.0), Some(0.0)]), ("B", &[Some(20.0), Some(0.0)])];
    let vector = json!({"method": "topsis", "norm": "vector"});
    assert_eq!(warnings(&vector, &zeros), warned("aggregation.constant", &[""]));
    assert_eq!(totals(&vector, &zeros), [Some(10.0), Some(20.0)]);
}

#[test]
fn a_cohort_of_one_city_or_without_any_difference_has_no_score_and_says_so() {
    let one: &[City] = &[("A", &[Some(10.0), Some(20.0)])];
    let same: &[City] = &[("A", &[Some(10.0), Some(20.0)]), ("B", &[Some(10.0), Some(20.0)])];
    for method in comparing() {
        for cities in [one, same] {
            assert_eq!(totals(&method, cities), vec![None; cities.len()], "{method}");
            let codes: Vec<&str> = warnings(&method, cities).iter().map(|(code, _)| *code).collect();
            let expected: Vec<&str> =
                ["aggregation.constant"; 2].into_iter().chain(vec!["aggregation.division_by_zero"; cities.len()]).collect();
            assert_eq!(codes, expected, "{method}");
        }
    }
    assert_eq!(totals(&json!({"method": "mazziotta_pareto", "standardise": "z_score"}), one), [Some(100.0)]);
    assert_eq!(totals(&json!("copeland"), one), [Some(0.0)]);
    assert_eq!(totals(&json!({"method": "copeland", "scale": "full_mark"}), one), [Some(50.0)]);
}

#[test]
fn fixed_ideals_ask_nothing_of_a_cohort() {
    let one: &[City] = &[("A", &[Some(100.0), Some(100.0)])];
    let none: &[City] = &[("A", &[Some(0.0), Some(0.0)])];
    for (method, worst) in [("topsis", 0.0), ("vikor", 0.0), ("grey_relational", 100.0 / 3.0)] {
        assert_eq!(totals(&json!(method), one), [Some(100.0)], "{method}");
        let score = totals(&json!(method), none)[0].unwrap();
        assert!((score - worst).abs() < 1e-9, "{method}: {score}");
        assert_eq!(warnings(&json!(method), one), []);
    }
}

#[test]
fn a_city_without_any_score_takes_no_part() {
    let with: [City; 3] = [("A", &[Some(10.0), Some(30.0)]), ("B", &[None, None]), ("C", &[Some(40.0), Some(20.0)])];
    let without: [City; 2] = [("A", &[Some(10.0), Some(30.0)]), ("C", &[Some(40.0), Some(20.0)])];
    let standardised = json!({"method": "mazziotta_pareto", "standardise": "z_score"});
    for method in comparing().into_iter().chain([json!("copeland"), standardised]) {
        let [first, none, last] = totals(&method, &with)[..] else { panic!("three cities") };
        assert_eq!((vec![first, last], none), (totals(&method, &without), None), "{method}");
    }
}

#[test]
fn copeland_compares_only_what_both_cities_have() {
    // A is better in all that it has; what it lacks counts for nobody (COINr lets it come out level).
    let cities: [City; 2] = [("A", &[Some(9.0), None, None]), ("B", &[Some(5.0), Some(5.0), Some(5.0)])];
    assert_eq!(totals(&json!("copeland"), &cities), [Some(1.0), Some(-1.0)]);
}

#[test]
fn scores_beyond_all_use_are_none() {
    let cities: [City; 1] = [("A", &[Some(1e100), Some(-1e100), Some(1e-10)])];
    let method = json!("mazziotta_pareto");
    assert_eq!(totals(&method, &cities), [None]);
    assert_eq!(warnings(&method, &cities), warned("score.overflow", &["A"]));
}
