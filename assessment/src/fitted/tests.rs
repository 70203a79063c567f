use citygauge_indicators::exact::nearest_double;
use serde_json::{Value as Json, json};

use super::order::Standing;
use super::*;
use crate::Assessment;
use crate::normalise::number;
use crate::testing::{assessed, leaf, period};

/// Cities with a value of `x` each, of which the node `Y` scores a formula by a rule.
fn fitted(formula: &str, rule: Json, values: &[f64]) -> Assessment {
    let cities: Vec<String> = (0..values.len()).map(|city| format!("C{city:05}")).collect();
    let observed: Vec<_> = cities.iter().zip(values).map(|(city, value)| (city.as_str(), "2026", "x", *value)).collect();
    let indicator = json!({"formula": formula, "scoring": rule});
    // The harness takes the items from the formulas, so `x` has a leaf of its own.
    let leaves = [leaf("X", json!({})), leaf("Y", json!({"indicator": indicator}))];
    let items = json!({"items": [{"code": "x"}]});
    assessed(items, &leaves, &observed, None)
}

fn fit(assessment: &Assessment) -> &Fit {
    assessment.fitted.of(2, period("2026")).expect("it is fitted")
}

/// Values that spread little around a large number, some with a tail.
fn values(count: usize, offset: f64, tail: f64) -> Vec<f64> {
    (0..count).map(|i| offset + ((i * 7919) % 1009) as f64 / 1000.0 + if i % 97 == 0 { tail } else { 0.0 }).collect()
}

#[test]
fn the_doubles_of_a_spread_lie_within_their_bounds() {
    for (count, offset, tail) in [(2, 0.0, 0.0), (60, 1e6, 0.0), (500, -3e9, 0.0), (700, 0.1, 1e5), (300, 0.0, 1e12)] {
        for formula in ["x", "x * 3"] {
            let assessment = fitted(formula, json!({"rule": "z_score"}), &values(count, offset, tail));
            let spread = fit(&assessment).spread.as_ref().expect("a z_score has one");
            let exact = spread.exact().clone();
            let error = |double: f64, exact| nearest_double(&(number(double) - exact)).abs();
            assert!(error(spread.mean, exact.mean) <= spread.mean_bound, "mean of {count} around {offset}");
            assert!(error(spread.sd, exact.sd) <= spread.sd_bound, "sd of {count} around {offset}");
        }
    }
}

#[test]
fn no_exact_value_is_made_where_doubles_decide() {
    let assessment = fitted("x * 3", json!({"rule": "z_score", "mean": 50, "sd": 10}), &values(700, 20.0, 50.0));
    assert!(!fit(&assessment).spread.as_ref().expect("a z_score has one").is_exact());
}

#[test]
fn computed_values_closer_than_their_bounds_are_put_in_order_exactly() {
    // The fifth value lies closer to the second and third than their bounds.
    let assessment = fitted("x * 3 / 3", json!({"rule": "rank"}), &[0.3, 0.1, 0.1, 0.7, 0.100_000_000_000_000_02, 0.3]);
    let order = fit(&assessment).order.clone().expect("a rank has one");
    let standing = |value: f64| order.exact_standing(&number(value));
    assert_eq!(standing(0.1), Standing { below: 0, equal: 2 });
    assert_eq!(standing(0.100_000_000_000_000_02), Standing { below: 2, equal: 1 });
    assert_eq!(standing(0.3), Standing { below: 3, equal: 2 });
    assert_eq!(standing(0.7), Standing { below: 5, equal: 1 });
    // What is none of the members.
    assert_eq!(standing(0.5), Standing { below: 5, equal: 0 });
    assert_eq!(standing(0.300_000_000_000_000_04), Standing { below: 5, equal: 0 });
    assert_eq!(standing(0.05), Standing { below: 0, equal: 0 });
    let scores: Vec<Option<f64>> = assessment.long().filter(|row| row.node == "Y").map(|row| row.score).collect();
    assert_eq!(scores, [4.0, 1.0, 1.0, 6.0, 3.0, 4.0].map(Some));
    let rising: Vec<f64> = (0..order.len()).map(|at| nearest_double(&order.exact(at))).collect();
    assert_eq!(rising, [0.1, 0.1, 0.100_000_000_000_000_02, 0.3, 0.3, 0.7]);
}

#[test]
fn many_equal_decimals_stand_together() {
    let assessment = fitted("x", json!({"rule": "rank", "ties": "mean"}), &[1.0, 0.0, 1.0, 1.0, 0.0]);
    let order = fit(&assessment).order.clone().expect("a rank has one");
    assert_eq!(order.exact_standing(&number(1.0)), Standing { below: 2, equal: 3 });
    assert_eq!(order.exact_standing(&number(0.0)), Standing { below: 0, equal: 2 });
    assert_eq!(order.exact_standing(&number(0.5)), Standing { below: 2, equal: 0 });
}
