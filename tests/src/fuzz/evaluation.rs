//! The evaluation of formulas: whatever the formula, values are numbers or absent, and those of the printed formula are the same.

use citygauge_assessment::{Observations, Options, assess};
use citygauge_indicators::formula::Formula;
use citygauge_indicators::{IndicatorSet, Observation, Period, SetDocument, Status, Value};
use serde_json::json;

/// Formulas of more parts take long, and are nothing new to the engine.
const MOST_PARTS: usize = 200;

/// Values that are easily got wrong; items have them in turn.
const VALUES: [f64; 8] = [0.0, 1.0, -2.5, 1e-300, 1e300, 0.1, 9_007_199_254_740_993.0, -0.0];

/// Reads a formula and computes it for two cities in two periods.
///
/// # Panics
/// Where a value is no number, a score lies outside its bounds, or the printed formula has another value.
pub fn evaluation(bytes: &[u8]) -> bool {
    let Some(formula) = std::str::from_utf8(bytes).ok().and_then(|text| Formula::parse(text).ok()) else { return false };
    let mut parts = 0;
    formula.root().visit(&mut |_| parts += 1);
    if parts > MOST_PARTS {
        return false;
    }
    let Some(written) = values(formula.text(), &formula) else { return false };
    let printed = formula.root().to_string();
    let again = values(&printed, &formula).expect("what is printed is accepted as what was written");
    // By their bits, so that a value that is no number would not pass as unequal to itself.
    let bits = |values: &[Option<f64>]| values.iter().map(|value| value.map(f64::to_bits)).collect::<Vec<_>>();
    assert_eq!(bits(&written), bits(&again), "{printed}");
    true
}

/// The values and scores of a set with the formula; none where the set is refused.
fn values(text: &str, formula: &Formula) -> Option<Vec<Option<f64>>> {
    let items: Vec<_> = formula.items().into_iter().map(|code| json!({"code": code, "kind": "amount"})).collect();
    let document = json!({
        "code": "s", "version": "1", "title": {"en": "S", "zh": "集"}, "items": items,
        "nodes": [{"code": "N", "title": {"en": "N", "zh": "节"},
            "indicator": {"formula": text, "scoring": {"rule": "goalposts", "worst": 0, "best": 10}}}]
    });
    let set = SetDocument::check_value(&document).map_err(|faults| super::refused(&faults)).ok()?;
    let observed = observed(&set);
    if observed.is_empty() {
        return None;
    }
    let observations = Observations::from_long(&set, &observed, None).expect("the observations are of the set");
    let assessment = assess(&set, &observations, &Options::default()).expect("a checked set is computed");
    let mut values = Vec::new();
    for row in assessment.long() {
        let numbers = [row.value, row.score, row.points, row.coverage, row.low, row.high];
        assert!(numbers.iter().flatten().all(|number| number.is_finite()), "{row:?}");
        assert!(row.score.is_none_or(|score| (0.0..=100.0).contains(&score)), "{row:?}");
        assert!(row.coverage.is_none_or(|coverage| (0.0..=1.0).contains(&coverage)), "{row:?}");
        if let (Some(score), Some(low), Some(high)) = (row.score, row.low, row.high) {
            assert!(low <= score && score <= high, "{row:?}");
        }
        values.extend(numbers);
    }
    Some(values)
}

/// Two cities in two years; the second reports every other item only.
fn observed(set: &IndicatorSet) -> Vec<Observation> {
    let mut observed = Vec::new();
    let years: [Period; 2] = ["2025", "2026"].map(|year| year.parse().expect("a year"));
    for (at, item) in set.items().iter().enumerate() {
        for (city, code) in ["hz", "nb"].into_iter().enumerate().filter(|(city, _)| *city == 0 || at % 2 == 0) {
            for (year, period) in years.into_iter().enumerate() {
                let value = VALUES[(at + 3 * city + 5 * year) % VALUES.len()];
                let (city, item) = (code.to_owned(), item.code.clone());
                observed.push(Observation { city, period, item, value: Some(Value::Number(value)), status: Status::Reported });
            }
        }
    }
    observed
}
