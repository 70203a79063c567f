//! Coverage is a share, and the bounds contain the score that the missing values would have given.

use citygauge_indicators::Status;
use serde_json::json;

use super::drawn::drawn;
use super::{cells, seeds};
use crate::reference::random::Dice;

#[test]
fn the_bounds_contain_what_the_missing_values_would_have_given() {
    let ways = [
        json!("arithmetic"),
        json!({"method": "geometric", "floor": 1}),
        json!({"method": "harmonic", "floor": 1}),
        json!({"method": "power", "p": 2, "floor": 1}),
        json!({"method": "minimum"}),
        json!({"method": "median"}),
        json!({"method": "topsis", "ideals": "fixed", "norm": "none"}),
        json!({"method": "fuzzy", "grades": [20, 50, 80, 100], "operator": "weighted_average"}),
    ];
    let (mut contained, mut open) = (0, 0);
    for aggregation in &ways {
        for seed in seeds() {
            // What other cities report moves the scores of the cohort rules, which no bound of one city can tell.
            let drawn = drawn(seed, aggregation, false);
            let Some(truth) = cells(&drawn.set, &drawn.observations, Some(&drawn.cities)) else { continue };
            let mut dice = Dice::of(seed ^ 0xB0D5);
            let mut known = drawn.observations.clone();
            for observation in &mut known {
                if dice.chance(35) {
                    (observation.value, observation.status) = (None, Status::Missing);
                }
            }
            let Some(found) = cells(&drawn.set, &known, Some(&drawn.cities)) else { continue };
            for (place, cell) in &found {
                let (score, at) = (truth[place].score, format!("seed {seed}, {aggregation}, {place:?}"));
                let (Some(score), Some(low), Some(high)) = (score, cell.low, cell.high) else {
                    panic!("{at}: no bounds {cell:?}, or no truth {score:?}");
                };
                let is_within = low - 1e-9 <= score && score <= high + 1e-9;
                assert!(is_within, "{at}: {score} is not within {low}..{high}\n{:#}", drawn.document);
                contained += 1;
                open += usize::from(low < high);
            }
        }
    }
    println!("{contained} true scores lie within their bounds, {open} of which are apart");
    assert!(open > 0);
}

#[test]
fn coverage_is_a_share_that_falls_with_every_value_taken_away() {
    let mut compared = 0;
    for seed in seeds() {
        let drawn = drawn(seed, &json!("arithmetic"), true);
        let mut known = drawn.observations.clone();
        let Some(mut before) = cells(&drawn.set, &known, Some(&drawn.cities)) else { continue };
        let whole = before.values().all(|cell| cell.coverage == Some(1.0));
        assert!(whole, "seed {seed}: all is reported, but not covered");
        let mut dice = Dice::of(seed ^ 0xC0E2);
        for _ in 0..6 {
            let row = dice.between(0, known.len() as i64 - 1) as usize;
            (known[row].value, known[row].status) = (None, Status::Missing);
            let Some(after) = cells(&drawn.set, &known, Some(&drawn.cities)) else { break };
            for (place, cell) in &after {
                let (now, then) = (cell.coverage.unwrap_or_default(), before[place].coverage.unwrap_or_default());
                assert!((0.0..=1.0).contains(&now) && now <= then, "seed {seed}, {place:?}: {then}, then {now}");
                assert!(cell.low <= cell.high, "seed {seed}, {place:?}: {cell:?}");
                compared += 1;
            }
            before = after;
        }
    }
    println!("{compared} shares of coverage, none of which rises");
    assert!(compared > 0);
}
