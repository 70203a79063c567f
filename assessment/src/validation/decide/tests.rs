use citygauge_indicators::{City, RoundingMode, SetDocument, exact};
use dashu_ratio::RBig;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use super::*;
use crate::exact::formula::{Evaluation, Items};

const ITEMS: [&str; 4] = ["a", "b", "c", "d"];

fn set(holds: &str) -> IndicatorSet {
    let items: Vec<_> = ITEMS.iter().map(|code| json!({"code": code, "kind": "amount"})).collect();
    let document = json!({
        "code": "s", "version": "1", "title": {"en": "S"}, "items": items,
        "nodes": [{"code": "N", "title": {"en": "N"}, "indicator": {"formula": "a", "scoring": {"rule": "min_max"}}}],
        "rules": [{"code": "R", "check": {"rule": "formula", "holds": holds}}]
    });
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{holds}: {faults}"))
}

struct Row([Option<f64>; 4]);

impl Items for Row {
    fn current(&self, item: &str) -> Option<f64> {
        self.0[ITEMS.iter().position(|known| *known == item)?]
    }

    fn earlier(&self, _: &str, _: u32) -> Option<f64> {
        None
    }
}

fn both(holds: &str, row: [Option<f64>; 4]) -> (Decision, Decision) {
    let set = set(holds);
    let period = "2025".parse().expect("a year");
    let mut panel = Panel::new(vec![City { code: "x".into(), ..City::default() }]);
    for (item, value) in row.iter().enumerate() {
        panel.put("x", period, item, *value);
    }
    let root = set.rules()[0].formula.as_ref().expect("a formula").root();
    let decider = Decider::new(root, &set).expect("the set has the items");
    let decided = decider.decide(&decider.columns(&panel, period), 0);
    let exact = match Evaluation::new(&Row(row), RoundingMode::HalfUp).formula(root) {
        None => Decision::Silent,
        Some(value) if value == RBig::ZERO => Decision::Fails,
        Some(_) => Decision::Holds,
    };
    (decided, exact)
}

#[test]
fn what_is_clear_is_decided_and_what_is_close_is_left_open() {
    let row = |a: f64, b: f64, c: f64| [Some(a), Some(b), Some(c), None];
    for (holds, row, expected) in [
        ("a <= b", row(1.0, 2.0, 0.0), Decision::Holds),
        ("a + b == c", row(3.0, 4.0, 7.0), Decision::Holds),
        ("a + b == c", row(3.0, 4.0, 8.0), Decision::Fails),
        ("a + b == c", row(0.1, 0.2, 0.3), Decision::Open),
        ("a + b == c", row(0.1, 0.2, 0.4), Decision::Fails),
        ("a <= b * 1.05", row(104.9, 100.0, 0.0), Decision::Holds),
        ("a <= b * 1.05", row(105.0, 100.0, 0.0), Decision::Open),
        ("a / b < 0.5", row(1.0, 0.0, 0.0), Decision::Silent),
        ("a / b == 3", row(6.0, 2.0, 0.0), Decision::Holds),
        ("a < d", row(1.0, 2.0, 0.0), Decision::Silent),
        ("coalesce(d, a) < b", row(1.0, 2.0, 0.0), Decision::Holds),
        ("sum(a, d, b) > mean(a, b, d)", row(1.0, 2.0, 0.0), Decision::Holds),
        ("sqrt(a) < b", row(1.0, 2.0, 0.0), Decision::Open),
        ("sqrt(d) < b", row(1.0, 2.0, 0.0), Decision::Silent),
        ("if(a > b, a < c, a > c)", row(2.0, 1.0, 3.0), Decision::Holds),
        ("a * b < c", row(1e200, 1e200, 1.0), Decision::Open),
        ("a - b", row(9_007_199_254_740_992.0, 1.0, 0.0), Decision::Holds),
    ] {
        let (decided, exact) = both(holds, row);
        assert_eq!(decided, expected, "{holds} of {row:?}");
        assert!(decided == Decision::Open || decided == exact, "{holds} of {row:?}: {exact:?}");
    }
}

#[test]
fn doubles_never_say_what_exact_arithmetic_does_not() {
    let mut random = StdRng::seed_from_u64(7);
    let formulas = [
        "a + b <= c",
        "a + b + c == d",
        "a * b >= c * d",
        "a / b > c / d",
        "(a - b) * (a + b) == c",
        "abs(a - b) <= 0.1 * max(a, b, c)",
        "if(a - b, a / (b - c), c) < d",
        "sum(a, b, c) - mean(a, b) * 1.1 > d",
        "-a + min(b, c) != -d / 3",
    ];
    let mut open = 0;
    for round in 0..4_000 {
        let holds = formulas[round % formulas.len()];
        let mut row: [Option<f64>; 4] = std::array::from_fn(|_| {
            let (digits, places) = (random.random_range(-999..=999_i32), random.random_range(0..3_i32));
            (random.random_range(0..12) > 0).then(|| f64::from(digits) / 10_f64.powi(places))
        });
        if random.random_range(0..2) == 0
            && let [Some(a), Some(b), _, _] = row
        {
            // On the edge, as decimals or as doubles see it.
            let sum = exact::rational(a).zip(exact::rational(b)).map(|(a, b)| exact::nearest_double(&(a + b)));
            (row[2], row[3]) = (sum, Some(a + b));
        }
        let (decided, exact) = both(holds, row);
        if decided == Decision::Open {
            open += 1;
        } else {
            assert_eq!(decided, exact, "{holds} of {row:?}");
        }
    }
    assert!((1..2_000).contains(&open), "{open} of 4000 are open");
}
