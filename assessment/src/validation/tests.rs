//! What the worked examples of `docs/validation.md` do not show: thresholds, ties and what says nothing.

use citygauge_indicators::{ChangeMeasure, City, DigitsOver, PeerMeasure, Period, RepeatedOver, SetDocument};

use super::{Panel, change, digits, peers, repeated};

fn period(year: i32) -> Period {
    year.to_string().parse().expect("a year")
}

/// A panel of one item: a row per city, a column per year from 2020.
fn panel(rows: &[&[f64]]) -> Panel {
    let code = |row: usize| format!("C{row:02}");
    let cities = (0..rows.len()).map(|row| City { code: code(row), ..City::default() }).collect();
    let mut panel = Panel::new(cities);
    for (row, values) in rows.iter().enumerate() {
        for (year, value) in (2020..).zip(*values) {
            if value.is_finite() {
                assert!(panel.put(&code(row), period(year), 0, Some(*value)));
            }
        }
    }
    panel
}

const NONE: f64 = f64::NAN;

#[test]
fn a_change_on_the_bound_is_no_finding_and_is_decided_on_decimals() {
    let bounds = change::Bounds { measure: ChangeMeasure::Ratio, at_least: Some(0.7), at_most: Some(1.1) };
    // In doubles 0.1 * 1.1 is 0.11000000000000001 and 0.3 * 0.7 is 0.21.
    assert_eq!((bounds.outside(0.11, 0.1), bounds.outside(0.21, 0.3)), (None, None));
    assert!(bounds.outside(0.110_000_000_000_01, 0.1).is_some() && bounds.outside(0.209_999_999_999_99, 0.3).is_some());
    let bounds = change::Bounds { measure: ChangeMeasure::Difference, at_least: Some(-0.1), at_most: Some(0.1) };
    // In doubles 0.3 - 0.2 is 0.09999999999999998 and 1.1 - 1 is 0.10000000000000009.
    assert_eq!((bounds.outside(1.1, 1.0), bounds.outside(0.2, 0.3)), (None, None));
    assert!(bounds.outside(1.100_000_000_000_01, 1.0).is_some());
}

#[test]
fn a_change_needs_both_values_and_a_ratio_an_earlier_one_above_zero() {
    let bounds = change::Bounds { measure: ChangeMeasure::Ratio, at_least: Some(0.5), at_most: Some(2.0) };
    let panel = panel(&[&[1.0, NONE, 9.0], &[0.0, 9.0, 9.0], &[-1.0, 9.0, 9.0], &[1.0, 9.0, 9.0]]);
    let found = change::find(&[0], &panel, 1, &bounds);
    assert_eq!(found.iter().map(|found| (found.city, found.period)).collect::<Vec<_>>(), [(3, period(2021))]);
    assert_eq!(change::find(&[0], &panel, 2, &bounds).iter().map(|found| found.city).collect::<Vec<_>>(), [0, 3]);
}

fn far(values: &[f64], measure: PeerMeasure, at_most: f64, min_cities: usize) -> Vec<usize> {
    let rows: Vec<&[f64]> = values.iter().map(std::slice::from_ref).collect();
    peers::find(&[0], &panel(&rows), measure, at_most, None, min_cities).into_iter().map(|found| found.city).collect()
}

#[test]
fn the_mean_deviation_stands_in_for_a_median_deviation_of_zero() {
    // median 5, MAD 0, MeanAD 10/6: (15 - 5) / (1.253314 * 1.6667) = 4.787.
    let values = [5.0, 5.0, 5.0, 5.0, 5.0, 15.0];
    assert_eq!(far(&values, PeerMeasure::ModifiedZScore, 4.78, 5), [5]);
    assert_eq!(far(&values, PeerMeasure::ModifiedZScore, 4.79, 5), Vec::<usize>::new());
    for measure in [PeerMeasure::ModifiedZScore, PeerMeasure::ZScore, PeerMeasure::Iqr] {
        assert_eq!(far(&[0.1; 7], measure, 0.1, 3), Vec::<usize>::new(), "nothing differs");
    }
}

#[test]
fn a_distance_on_the_bound_is_no_finding_and_few_cities_say_nothing() {
    // Quartiles 2 and 4: 7 is 1.5 interquartile ranges beyond the upper one.
    let values = [1.0, 2.0, 3.0, 4.0, 7.0];
    assert_eq!(far(&values, PeerMeasure::Iqr, 1.5, 5), Vec::<usize>::new());
    assert_eq!(far(&values, PeerMeasure::Iqr, 1.49, 5), [4]);
    assert_eq!(far(&values, PeerMeasure::Iqr, 1.49, 6), Vec::<usize>::new());
    // Median 3, MAD 1: 0.6745 (7 - 3) / 1 = 2.698.
    assert_eq!(far(&values, PeerMeasure::ModifiedZScore, 2.698, 5), Vec::<usize>::new());
    assert_eq!(far(&values, PeerMeasure::ModifiedZScore, 2.69, 5), [4]);
}

#[test]
fn the_last_digit_is_that_of_the_decimal_and_stands_behind_another() {
    let digit = |value, decimals| digits::digit(value, decimals);
    assert_eq!(
        [digit(0.29, 2), digit(1.5, 1), digit(1.5, 2), digit(-120.0, 0), digit(17.9, 0)],
        [Some(9), Some(5), Some(0), Some(0), Some(7)]
    );
    assert_eq!([digit(7.0, 0), digit(0.0, 0), digit(0.05, 2)], [None, None, None]);
    assert_eq!(digit(1e22, 0), Some(0));
}

#[test]
fn a_share_of_round_digits_on_the_bound_is_no_finding() {
    let row: Vec<f64> = (0..20).map(|i| f64::from(if i < 10 { 100 + 5 * i } else { 101 + 10 * i })).collect();
    let panel = panel(&[&row]);
    let found = |at_most, min_values| digits::heaping(&[0], &panel, DigitsOver::City, 0, at_most, min_values).len();
    assert_eq!([found(0.5, 20), found(0.49, 20), found(0.49, 21)], [0, 1, 0]);
}

#[test]
fn a_run_of_equal_values_ends_at_a_gap_and_zeros_do_not_count() {
    let panel = panel(&[&[3.0, 3.0, 3.0, 4.0], &[3.0, 3.0, NONE, 3.0], &[0.0, 0.0, 0.0, 0.0]]);
    let found = repeated::find(&[0], &panel, RepeatedOver::Periods, 3);
    let places: Vec<_> = found.iter().map(|found| (found.city, found.since, found.period)).collect();
    assert_eq!(places, [(0, period(2020), period(2022))]);
    let over_cities = repeated::find(&[0], &panel, RepeatedOver::Cities, 2);
    assert_eq!(
        over_cities.iter().map(|found| (found.city, found.period)).collect::<Vec<_>>(),
        [(0, period(2020)), (1, period(2020)), (0, period(2021)), (1, period(2021)),]
    );
}

#[test]
fn a_formula_that_looks_back_says_since_when() {
    let document = serde_json::json!({
        "code": "s", "version": "1", "title": {"en": "S"}, "items": [{"code": "x", "kind": "amount"}],
        "nodes": [{"code": "N", "title": {"en": "N"}, "indicator": {"formula": "x", "scoring": {"rule": "min_max"}}}],
        "rules": [{"code": "R", "check": {"rule": "formula", "holds": "x <= 2 * previous(x, 2)"}}]
    });
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let found = super::validate(&set, &panel(&[&[1.0, 5.0, 2.0, 11.0]]));
    let places: Vec<_> = found.iter().map(|found| (found.since, found.period)).collect();
    assert_eq!(places, [(period(2021), period(2023))]);
}
