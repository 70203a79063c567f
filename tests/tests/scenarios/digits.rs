//! The same input gives the same digits: on one thread and on all, and in whatever order the rows of the files stand.

use std::path::Path;

use citygauge_tests::command;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const CITIES: usize = 24;
const PERIODS: [&str; 3] = ["2024", "2025", "2026"];

/// The branches: what each does with its children.
fn branches() -> Vec<Value> {
    vec![
        json!({"missing": {"rule": "peer_mean"}, "weighting": {"method": "entropy"}}),
        json!({"missing": {"rule": "peer_median", "group": "region"}, "weighting": {"method": "critic"}}),
        json!({"missing": {"rule": "previous"}, "aggregation": {"method": "geometric", "floor": 0.1}}),
        json!({"aggregation": {"method": "topsis", "ideals": "cohort", "norm": "vector"}}),
        json!({"aggregation": "copeland", "weighting": {"method": "pca"}}),
        json!({"aggregation": "mazziotta_pareto"}),
    ]
}

/// What the leaves of a branch do with their values.
fn leaves() -> Vec<Value> {
    vec![
        json!({"scoring": {"rule": "min_max"}, "imputation": {"method": "mean", "group": "region"}}),
        json!({"scoring": {"rule": "z_score", "mean": 50, "sd": 10}, "treatment": [{"method": "winsorise", "at_most": 3}]}),
        json!({"scoring": {"rule": "percentile_rank"}, "direction": "lower"}),
        json!({"scoring": {"rule": "max_distance", "cohort": "pooled"}, "treatment": [{"method": "box_cox", "lambda": 0.5}]}),
        json!({"scoring": {"rule": "min_max", "cohort": {"base": "2024"}}, "treatment": [{"method": "log", "variant": "ct"}]}),
        json!({"scoring": {"rule": "rank", "ties": "mean", "cohort": "pooled"}, "imputation": {"method": "interpolate", "ends": "constant"}}),
        json!({"scoring": {"rule": "goalposts", "worst": 0, "best": 40}}),
    ]
}

/// Every branch with every kind of leaf, each over an item of its own, every other one divided by another; rounded.
fn set() -> Value {
    let mut nodes = Vec::new();
    for (at, mut branch) in branches().into_iter().enumerate() {
        let code = format!("B{at}");
        let mut below = Vec::new();
        for (place, mut indicator) in leaves().into_iter().enumerate() {
            let item = format!("i{place}");
            indicator["formula"] = json!(if (at + place) % 2 == 0 { item } else { format!("{item} / d") });
            let leaf = format!("{code}L{place}");
            below.push(json!({
                "code": leaf, "parent": code, "title": {"en": leaf}, "weight": 0.1 * (place + 1) as f64,
                "missing": branch["missing"].as_object().map_or(json!({"rule": "skip"}), |rule| json!(rule)), "indicator": indicator
            }));
        }
        branch["code"] = json!(code);
        branch["title"] = json!({"en": code});
        branch["weight"] = json!(at + 1);
        nodes.push(branch);
        nodes.extend(below);
    }
    let items: Vec<Value> = items().map(|code| json!({"code": code})).collect();
    json!({
        "code": "digits", "version": "1", "title": {"en": "Digits"}, "items": items, "nodes": nodes,
        "rounding": {"mode": "half_up", "places": 4, "depths": [1]}
    })
}

fn items() -> impl Iterator<Item = String> {
    (0..leaves().len()).map(|at| format!("i{at}")).chain(["d".to_owned()])
}

/// Rows of `city,period,item,value`, one in ten missing.
fn observations(random: &mut StdRng) -> Vec<String> {
    let mut rows = Vec::new();
    for city in 0..CITIES {
        for period in PERIODS {
            for item in items() {
                if item != "d" && random.random_range(0..10) == 0 {
                    continue;
                }
                // Few digits, so that there are ties and divisions that come out alike.
                let value = f64::from(random.random_range(1..200)) / 10.0;
                rows.push(format!("C{city:02},{period},{item},{value}"));
            }
        }
    }
    rows
}

fn write(folder: &Path, name: &str, header: &str, rows: &[String]) {
    std::fs::write(folder.join(name), format!("{header}\n{}\n", rows.join("\n"))).expect("the folder can be written to");
}

/// The digest of the scores that the command writes.
fn digest(folder: &Path, data: &str, cities: &str, threads: Option<usize>) -> String {
    let out = folder.join("scores.parquet");
    let mut assess = command(env!("CARGO_BIN_EXE_citygauge-under-test"));
    assess.current_dir(folder).args(["assess", "--set", "set.json", "--data", data, "--cities", cities, "--out"]).arg(&out);
    if let Some(threads) = threads {
        assess.args(["--threads", &threads.to_string()]).env("POLARS_MAX_THREADS", threads.to_string());
    }
    let output = assess.output().expect("the command can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let written = std::fs::read(&out).expect("the scores were written");
    assert!(written.len() > 1_000, "the file holds scores");
    std::fs::remove_file(&out).expect("it is there");
    format!("{:x}", Sha256::digest(written))
}

#[test]
fn threads_and_the_order_of_rows_change_no_digit() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut random = StdRng::seed_from_u64(3);
    std::fs::write(folder.path().join("set.json"), set().to_string()).expect("the folder can be written to");
    let mut rows = observations(&mut random);
    let mut cities: Vec<String> = (0..CITIES).map(|city| format!("C{city:02},C,{}", ["north", "south"][city % 2])).collect();
    write(folder.path(), "data.csv", "city,period,item,value", &rows);
    write(folder.path(), "cities.csv", "code,name,region", &cities);
    rows.shuffle(&mut random);
    cities.shuffle(&mut random);
    write(folder.path(), "shuffled.csv", "city,period,item,value", &rows);
    write(folder.path(), "shuffled_cities.csv", "code,name,region", &cities);

    let of = |data, cities, threads| digest(folder.path(), data, cities, threads);
    let alone = of("data.csv", "cities.csv", Some(1));
    for threads in [Some(3), None] {
        assert_eq!(of("data.csv", "cities.csv", threads), alone, "{threads:?} threads");
    }
    assert_eq!(of("shuffled.csv", "cities.csv", None), alone, "shuffled observations");
    assert_eq!(of("shuffled.csv", "shuffled_cities.csv", Some(1)), alone, "shuffled cities too");
}
