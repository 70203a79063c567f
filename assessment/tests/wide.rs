//! Observations taken from a wide frame are those of the long form, and every fault of a frame is named at once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use citygauge_assessment::{Observations, Options, assess};
use citygauge_indicators::{IndicatorSet, Observation, SetDocument, Status, Value};
use polars::prelude::*;
use serde_json::json;

fn set() -> IndicatorSet {
    let document = json!({
        "code": "wide", "version": "1", "title": {"en": "Two leaves"},
        "items": [{"code": "a", "min": 0}, {"code": "b", "kind": "choice", "options": ["low", "high"]}],
        "nodes": [
            {"code": "A", "title": {"en": "A"}, "indicator": {"formula": "a", "scoring": {"rule": "min_max"}}},
            {"code": "B", "title": {"en": "B"}, "indicator":
                {"formula": "b", "scoring": {"rule": "choice", "scores": {"low": 40, "high": 100}}}}
        ]
    });
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

const ROWS: [(&str, &str, Option<f64>, Option<&str>); 6] = [
    ("x", "2024", Some(1.0), Some("low")),
    ("y", "2024", Some(3.0), None),
    ("z", "2024", None, Some("high")),
    ("z", "2025", Some(5.0), Some("high")),
    ("x", "2025", Some(2.5), Some("low")),
    ("y", "2025", Some(9.0), Some("low")),
];

fn frame(rows: &[usize]) -> DataFrame {
    let of = |name: &str, texts: Vec<Option<&str>>| Column::new(name.into(), texts);
    let rows: Vec<_> = rows.iter().map(|&row| ROWS[row]).collect();
    let columns = vec![
        of("city", rows.iter().map(|row| Some(row.0)).collect()),
        of("period", rows.iter().map(|row| Some(row.1)).collect()),
        Column::new("a".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()),
        of("b", rows.iter().map(|row| row.3).collect()),
    ];
    DataFrame::new(rows.len(), columns).unwrap()
}

/// The scores table as text, its rows in an order of their own.
fn scores(observations: &Observations) -> Vec<String> {
    let assessment = assess(&set(), observations, &Options::default()).unwrap();
    let mut rows: Vec<String> = assessment.long().map(|row| format!("{row:?}")).collect();
    rows.sort();
    rows
}

#[test]
fn a_wide_frame_says_what_the_long_form_says() {
    let long: Vec<Observation> = ROWS
        .iter()
        .flat_map(|&(city, period, a, b)| {
            let reported = |item: &str, value| Observation {
                city: city.to_owned(),
                period: period.parse().unwrap(),
                item: item.to_owned(),
                value: Some(value),
                status: Status::Reported,
            };
            let a = a.map(|number| reported("a", Value::Number(number)));
            a.into_iter().chain(b.map(|option| reported("b", Value::Choice(option.to_owned()))))
        })
        .collect();
    let expected = scores(&Observations::from_long(&set(), &long, None).unwrap());
    assert_eq!(expected.len(), 6 * 3);
    let adjacent = Observations::from_wide(&set(), &frame(&[0, 1, 2, 3, 4, 5])).unwrap();
    assert_eq!(scores(&adjacent), expected);
    let scattered = Observations::from_wide(&set(), &frame(&[3, 0, 4, 1, 5, 2])).unwrap();
    assert_eq!(scores(&scattered), expected);
}

#[test]
fn every_fault_of_a_wide_frame_is_named() {
    let mut frame = frame(&[0, 1, 0, 3, 4, 5]);
    let a = vec![Some(-1.0), Some(f64::NAN), None, Some(1.0), Some(f64::INFINITY), None];
    frame.with_column(Column::new("a".into(), a)).unwrap();
    let b = vec![Some("low"), Some("middle"), None, None, Some("LOW"), None];
    frame.with_column(Column::new("b".into(), b)).unwrap();
    let faults = Observations::from_wide(&set(), &frame).unwrap_err();
    let mut found: Vec<String> = faults
        .0
        .iter()
        .map(|fault| {
            let text = |part: &Option<String>| part.clone().unwrap_or_default();
            format!("{} {} {} {}", fault.code, text(&fault.period), text(&fault.city), text(&fault.node_or_item))
        })
        .collect();
    found.sort();
    assert_eq!(
        found,
        [
            "observation.duplicate 2024 x ",
            "observation.out_of_range 2024 x a",
            "observation.wrong_type 2024 y a",
            "observation.wrong_type 2024 y b",
            "observation.wrong_type 2025 x a",
            "observation.wrong_type 2025 x b",
        ]
    );
}

#[test]
fn a_frame_without_its_keys_is_refused() {
    let whole = frame(&[0, 1]);
    let without = whole.drop("period").unwrap();
    let faults = Observations::from_wide(&set(), &without).unwrap_err();
    assert_eq!(faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["file.missing_column"]);
    let mut gaps = whole.clone();
    gaps.with_column(Column::new("city".into(), vec![Some("x"), None])).unwrap();
    let faults = Observations::from_wide(&set(), &gaps).unwrap_err();
    assert_eq!(faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["observation.missing_key"]);
    let mut numbers = whole;
    numbers.with_column(Column::new("a".into(), vec!["1", "2"])).unwrap();
    numbers.with_column(Column::new("c".into(), vec![1.0, 2.0])).unwrap();
    let faults = Observations::from_wide(&set(), &numbers).unwrap_err();
    let codes: Vec<_> = faults.0.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["observation.wrong_type", "observation.unknown_item"]);
}
