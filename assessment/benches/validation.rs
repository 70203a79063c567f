//! Validation rules over a panel of the size of China's prefectures: 341 cities, 24 years, 10 items.
//!
//! The values are decimals of two places that grow from year to year, 3 % of them missing; one formula compares decimals
//! that are equal in every row, which doubles cannot decide. `of which ...` is one rule alone.
//!
//! ```text
//! cargo bench -p citygauge-assessment --bench validation
//! ```

use std::hint::black_box;

use citygauge_assessment::validation::{Panel, validate};
use citygauge_indicators::{City, IndicatorSet, SetDocument};
use criterion::{Criterion, criterion_group, criterion_main};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value as Json, json};

/// The allocator of the `citygauge` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CITIES: usize = 341;
const FIRST_YEAR: i32 = 2000;
const YEARS: usize = 24;
const ITEMS: [&str; 10] = ["part", "rest", "whole", "i3", "i4", "i5", "i6", "i7", "i8", "i9"];
const MISSING: f64 = 0.03;

fn find_violations(criterion: &mut Criterion) {
    let rules = [
        json!({"code": "PARTS", "check": {"rule": "formula", "holds": "part <= whole * 1.05"}}),
        json!({"code": "SUM", "check": {"rule": "formula", "holds": "part + rest == whole"}}),
        json!({"code": "CHANGE", "check": {"rule": "change", "items": ITEMS, "at_least": 0.6, "at_most": 1.6}}),
        json!({"code": "PEERS", "check": {"rule": "peers", "items": ITEMS, "group": "class"}}),
        json!({"code": "HEAPING", "check": {"rule": "heaping", "items": ITEMS}}),
        json!({"code": "DIGIT", "check": {"rule": "last_digit", "items": ITEMS, "over": "item"}}),
        json!({"code": "STALE", "check": {"rule": "repeated", "items": ITEMS, "over": "periods", "at_least": 3}}),
        json!({"code": "DOWN", "check": {"rule": "repeated", "items": ITEMS, "over": "items", "at_least": 3}}),
    ];
    let all = set(&json!(rules));
    let panel = panel(&all);
    let mut group = criterion.benchmark_group(format!("{CITIES} cities x {YEARS} years x {} items", ITEMS.len()));
    group.sample_size(20);
    group.bench_function("8 rules", |bencher| bencher.iter_with_large_drop(|| validate(&all, black_box(&panel))));
    for rule in rules {
        let one = set(&json!([rule]));
        let name = format!("of which {}", rule["code"].as_str().expect("a code"));
        group.bench_function(name, |bencher| bencher.iter_with_large_drop(|| validate(&one, black_box(&panel))));
    }
    group.finish();
}

fn set(rules: &Json) -> IndicatorSet {
    let items: Vec<_> = ITEMS.iter().map(|code| json!({"code": code, "kind": "amount"})).collect();
    let document = json!({
        "code": "panel", "version": "1", "title": {"en": "Panel"}, "items": items, "rules": rules,
        "nodes": [{"code": "N", "title": {"en": "N"}, "indicator": {"formula": "part", "scoring": {"rule": "min_max"}}}]
    });
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

fn panel(set: &IndicatorSet) -> Panel {
    let mut random = StdRng::seed_from_u64(42);
    let code = |city: usize| format!("{city:04}");
    let class = |city: usize| [("class".to_owned(), (city % 5).to_string())].into();
    let cities = (0..CITIES).map(|city| City { code: code(city), attributes: class(city), ..City::default() });
    let mut panel = Panel::new(cities.collect());
    for city in 0..CITIES {
        let mut cents: Vec<f64> = ITEMS.iter().map(|_| random.random_range(1_000.0..1_000_000.0_f64).round()).collect();
        for (year, _) in (FIRST_YEAR..).zip(0..YEARS) {
            let period = year.to_string().parse().expect("a year");
            for value in &mut cents {
                *value = (*value * random.random_range(0.95..1.15)).round();
            }
            cents[2] = cents[0] + cents[1];
            for (item, value) in ITEMS.iter().zip(&cents) {
                let place = set.item_index(item).expect("it is one of the set's");
                let value = (!random.random_bool(MISSING)).then_some(value / 100.0);
                panel.put(&code(city), period, place, value);
            }
        }
    }
    panel
}

criterion_group!(benches, find_violations);
criterion_main!(benches);
