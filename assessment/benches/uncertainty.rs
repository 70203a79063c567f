//! How far a ranking rests on its choices: 1,000 replications of 700 cities and 200 indicators.
//!
//! The work is that of a plain numpy script, so that both can be measured in one sitting: log-normal values, 5 % of them
//! missing, every fourth indicator better when lower, groups of ten, then of four, then the total, weights rescaled over
//! what is present. Each replication draws a normalisation (min-max onto 1..100 or z-scores of mean 10 and deviation 2) and
//! the weights of groups and branches, plus or minus 25 %. `docs/benchmarks.md` tells how to run both sides.
//!
//! ```text
//! cargo bench -p citygauge-assessment --bench uncertainty
//! ```

mod cohort;

use std::hint::black_box;
use std::num::NonZeroUsize;

use citygauge_assessment::uncertainty::{Run, uncertainty};
use citygauge_indicators::UncertaintyRequest;
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use serde_json::json;

/// The allocator of the `citygauge` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn vary_choices(criterion: &mut Criterion) {
    let assessment = cohort::assessment(700, 200, 10, 4);
    let document = |replications: u32, depths: &[u32]| {
        json!({"replications": replications, "seed": 1, "choices": [
            {"kind": "scoring", "alternatives": [
                {"scoring": {"rule": "min_max", "range": [1, 100]}}, {"scoring": {"rule": "z_score", "mean": 10, "sd": 2}}
            ]},
            {"kind": "weights", "plus_minus": 0.25, "depths": depths},
        ]})
    };
    let request = |replications, depths| {
        UncertaintyRequest::from_value(&document(replications, depths)).unwrap_or_else(|faults| panic!("{faults}"))
    };
    let mut group = criterion.benchmark_group("700 cities x 200 indicators");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    let runs = [
        ("500 replications, one thread", request(500, &[1, 2]), NonZeroUsize::new(1)),
        ("1000 replications, one thread", request(1_000, &[1, 2]), NonZeroUsize::new(1)),
        ("1000 replications", request(1_000, &[1, 2]), None),
        ("1000 replications, weights of indicators too", request(1_000, &[1, 2, 3]), None),
    ];
    for (name, request, threads) in runs {
        let options = Run { threads, ..Run::default() };
        group.bench_function(name, |bencher| {
            bencher.iter_with_large_drop(|| uncertainty(black_box(&assessment), &request, &options).expect("nothing refuses"));
        });
    }
    group.finish();
}

criterion_group!(benches, vary_choices);
criterion_main!(benches);
