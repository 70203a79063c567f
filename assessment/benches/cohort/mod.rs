//! A cohort of one year for the benches: log-normal values, 5 % of them missing, every fourth indicator better when lower.

use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::SetDocument;
use polars::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

const SEED: u64 = 42;
const MISSING: f64 = 0.05;

/// The cohort, scored: indicators in groups, groups in branches, branches in the total.
pub fn assessment(cities: usize, indicators: usize, group: usize, branch: usize) -> Assessment {
    let mut random = StdRng::seed_from_u64(SEED);
    let item = |indicator: usize| format!("I{indicator:03}");
    let groups = indicators.div_ceil(group);
    let weights: Vec<f64> = (0..indicators).map(|_| random.random_range(0.5..2.0)).collect();
    let branches = (0..groups.div_ceil(branch)).map(|at| json!({"code": format!("P{at:02}"), "title": {"en": "branch"}}));
    let inner = (0..groups)
        .map(|at| json!({"code": format!("G{at:02}"), "parent": format!("P{:02}", at / branch), "title": {"en": "group"}}));
    let leaves = weights.iter().enumerate().map(|(at, weight)| {
        let direction = if at % 4 == 3 { "lower" } else { "higher" };
        json!({
            "code": item(at), "parent": format!("G{:02}", at / group), "weight": weight, "title": {"en": "indicator"},
            "indicator": {"formula": item(at), "direction": direction, "scoring": {"rule": "min_max", "range": [1, 100]}}
        })
    });
    let document = json!({
        "code": "bench", "version": "1", "title": {"en": "As in the script"},
        "items": (0..indicators).map(|at| json!({"code": item(at)})).collect::<Vec<_>>(),
        "nodes": branches.chain(inner).chain(leaves).collect::<Vec<_>>(),
        "levels": {"bands": [{"code": "low", "from": 0}, {"code": "middle", "from": 30}, {"code": "high", "from": 60}]},
    });
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let names: StringChunked = (0..cities).map(|city| Some(format!("{city:04}"))).collect();
    let periods: StringChunked = (0..cities).map(|_| Some("2026")).collect();
    let mut columns = vec![names.with_name("city".into()).into_column(), periods.with_name("period".into()).into_column()];
    columns.extend((0..indicators).map(|at| {
        let values: Float64Chunked =
            (0..cities).map(|_| (!random.random_bool(MISSING)).then(|| normal(&mut random).exp())).collect();
        values.with_name(item(at).into()).into_column()
    }));
    let frame = DataFrame::new(cities, columns).expect("columns of one height");
    let observations = Observations::from_wide(&set, &frame).expect("a sound frame");
    assess(&set, &observations, &Options::default()).expect("nothing refuses")
}

/// A standard normal number (Box and Muller, 1958).
fn normal(random: &mut StdRng) -> f64 {
    let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.random::<f64>()).cos()
}
