//! A yearly evaluation on a large scale: 3,000 cities, 300 indicators, 20 years, from a wide frame to scores.
//!
//! The work is that of a plain data-frame script, so that both can be measured in one sitting: log-normal values, 5 %
//! of them missing, every fourth indicator better when lower, `min_max` within each year, groups of ten, then of four,
//! then the total, weights rescaled over what is present. `docs/benchmarks.md` tells how to run both sides.
//!
//! ```text
//! cargo bench -p citygauge-assessment --bench frames
//! ```

use std::hint::black_box;

use citygauge_assessment::{Assessment, Observations, Options, Outputs, assess};
use citygauge_indicators::{IndicatorSet, SetDocument};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use polars::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value as Json, json};

/// The allocator of the `citygauge` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CITIES: usize = 3_000;
const INDICATORS: usize = 300;
const YEARS: usize = 20;
const FIRST_YEAR: usize = 2000;

/// How many children a node has: an indicator's group, a group's branch.
const GROUP: usize = 10;
const BRANCH: usize = 4;

const SEED: u64 = 42;
const MISSING: f64 = 0.05;

fn score_many_cities(criterion: &mut Criterion) {
    let mut random = StdRng::seed_from_u64(SEED);
    let frame = frame(&mut random);
    let weights: Vec<f64> = (0..INDICATORS).map(|_| (random.random_range(0.5..2.0_f64) * 100.0).round() / 100.0).collect();
    let plain = set(&weights, &Json::Null);
    let rounded = set(&weights, &json!({"mode": "half_up", "places": 2, "depths": "all"}));
    report_memory(&plain, &frame);

    let mut group = criterion.benchmark_group(format!("{CITIES} cities x {INDICATORS} indicators x {YEARS} years"));
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    let runs = [
        ("scores", &plain, Outputs::Scores),
        ("scores, rounded", &rounded, Outputs::Scores),
        ("with low, high, coverage and ranks", &plain, Outputs::All),
        ("with low, high, coverage and ranks, rounded", &rounded, Outputs::All),
    ];
    for (name, set, outputs) in runs {
        group.bench_function(name, |bencher| bencher.iter_with_large_drop(|| scores(set, &frame, outputs)));
    }
    group.bench_function("of which wide frame to observations", |bencher| {
        bencher.iter_with_large_drop(|| Observations::from_wide(&plain, black_box(&frame)).expect("a sound frame"));
    });
    group.finish();
}

/// From the wide frame to scores; the script has neither `low` and `high`, nor coverage, nor ranks.
fn scores(set: &IndicatorSet, frame: &DataFrame, outputs: Outputs) -> Assessment {
    let observations = Observations::from_wide(set, black_box(frame)).expect("a sound frame");
    assess(set, &observations, &Options { outputs, ..Options::default() }).expect("nothing refuses")
}

/// The values: a row per year and city, a column per indicator.
fn frame(random: &mut StdRng) -> DataFrame {
    let height = CITIES * YEARS;
    let city: StringChunked = (0..height).map(|row| Some(format!("{:04}", row % CITIES))).collect();
    let period: StringChunked = (0..height).map(|row| Some(format!("{}", FIRST_YEAR + row / CITIES))).collect();
    let mut columns = vec![city.with_name("city".into()).into_column(), period.with_name("period".into()).into_column()];
    columns.extend((0..INDICATORS).map(|indicator| {
        let values: Float64Chunked = (0..height).map(|_| (!random.random_bool(MISSING)).then(|| normal(random).exp())).collect();
        values.with_name(item(indicator).into()).into_column()
    }));
    DataFrame::new(height, columns).expect("columns of one height")
}

/// A standard normal number (Box and Muller, 1958).
fn normal(random: &mut StdRng) -> f64 {
    let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.random::<f64>()).cos()
}

/// Three levels above the indicators: groups of ten, branches of four groups, the total.
fn set(weights: &[f64], rounding: &Json) -> IndicatorSet {
    let groups = INDICATORS.div_ceil(GROUP);
    let branches = (0..groups.div_ceil(BRANCH)).map(|branch| json!({"code": format!("P{branch:02}"), "title": {"en": "branch"}}));
    let inner = (0..groups).map(
        |group| json!({"code": format!("G{group:02}"), "parent": format!("P{:02}", group / BRANCH), "title": {"en": "group"}}),
    );
    let leaves = weights.iter().enumerate().map(|(indicator, weight)| {
        let direction = if indicator % 4 == 3 { "lower" } else { "higher" };
        json!({
            "code": item(indicator), "parent": format!("G{:02}", indicator / GROUP), "weight": weight, "title": {"en": "indicator"},
            "indicator": {"formula": item(indicator), "direction": direction, "scoring": {"rule": "min_max"}}
        })
    });
    let mut document = json!({
        "code": "frames", "version": "1", "title": {"en": "As in the script"},
        "items": (0..INDICATORS).map(|indicator| json!({"code": item(indicator)})).collect::<Vec<_>>(),
        "nodes": branches.chain(inner).chain(leaves).collect::<Vec<_>>()
    });
    if !rounding.is_null() {
        document["rounding"] = rounding.clone();
    }
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

fn item(indicator: usize) -> String {
    format!("I{indicator:03}")
}

/// Prints how much memory one run needs beside its input, where the system tells.
fn report_memory(set: &IndicatorSet, frame: &DataFrame) {
    const MIB: f64 = 1_048_576.0;
    let input = frame.estimated_size() as f64 / MIB;
    let (Some(before), Ok(())) = (memory("VmRSS"), std::fs::write("/proc/self/clear_refs", "5")) else { return };
    drop(black_box(scores(set, frame, Outputs::Scores)));
    let Some(peak) = memory("VmHWM") else { return };
    println!(
        "input frame {input:.0} MiB; resident before {before:.0} MiB, at most {peak:.0} MiB: {:.2} x the input frame",
        peak / input
    );
}

/// A member of the process's status, in MiB.
fn memory(member: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(member)?.strip_prefix(':'))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()? / 1024.0)
}

criterion_group!(benches, score_many_cities);
criterion_main!(benches);
