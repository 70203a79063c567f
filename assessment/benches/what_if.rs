//! What if one city had other values, in a cohort of 700 cities and 200 indicators.
//!
//! ```text
//! cargo bench -p citygauge-assessment --bench what_if
//! ```

mod cohort;

use std::hint::black_box;

use citygauge_assessment::what_if;
use citygauge_indicators::Value;
use criterion::{Criterion, criterion_group, criterion_main};

/// The allocator of the `citygauge` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn suppose(criterion: &mut Criterion) {
    let assessment = cohort::assessment(700, 200, 10, 4);
    let period = "2026".parse().expect("a year");
    let mut group = criterion.benchmark_group("one city of 700 x 200 indicators");
    for changed in [1, 10, 200] {
        let codes: Vec<String> = (0..changed).map(|item| format!("I{:03}", item * 200 / changed)).collect();
        let changes: Vec<(&str, Option<Value>)> =
            codes.iter().enumerate().map(|(i, code)| (code.as_str(), Some(Value::Number(0.5 + i as f64 / 100.0)))).collect();
        group.bench_function(format!("{changed} changed values"), |bencher| {
            bencher.iter(|| what_if(black_box(&assessment), "0350", period, &changes).expect("nothing refuses"));
        });
    }
    group.finish();
}

criterion_group!(benches, suppose);
criterion_main!(benches);
