//! The same input gives the same digits: on one thread and on all, and in whatever order the rows of the files stand.

use std::path::Path;

use citygauge_tests::command;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const CITIES: usize = 60;
const PERIODS: [&str; 3] = ["2024", "2025", "2026"];

/// The rules of the leaves; each reads an item of its own, every other one over a second item.
fn rules() -> Vec<Value> {
    vec![
        json!({"rule": "min_max"}),
        json!({"rule": "z_score", "mean": 50, "sd": 10}),
        json!({"rule": "z_score", "cohort": "pooled", "constant": "half"}),
        json!({"rule": "rank", "ties": "mean"}),
        json!({"rule": "borda", "cohort": "pooled"}),
        json!({"rule": "percentile_rank", "cohort": {"base": "2024"}}),
        json!({"rule": "max_distance"}),
        json!({"rule": "goalposts", "worst": 0, "best": 40}),
    ]
}

/// Three branches with missing rules that read the scores of others, one of them a geometric mean; rounded.
fn set() -> Value {
    let missing = [json!({"rule": "peer_mean"}), json!({"rule": "peer_median", "group": "region"}), json!({"rule": "previous"})];
    let mut nodes: Vec<Value> = missing
        .iter()
        .enumerate()
        .map(|(at, missing)| json!({"code": format!("B{at}"), "title": {"en": "B"}, "weight": at + 1, "missing": missing}))
        .collect();
    nodes[2]["aggregation"] = json!({"method": "geometric", "floor": 0.1});
    for (at, rule) in rules().into_iter().enumerate() {
        let formula = if at % 2 == 0 { format!("i{at}") } else { format!("i{at} / d") };
        let direction = if at % 3 == 0 && at < 7 { "lower" } else { "higher" };
        nodes.push(json!({
            "code": format!("L{at}"), "parent": format!("B{}", at % 3), "title": {"en": "L"}, "weight": 0.1 * (at + 1) as f64,
            "missing": missing[at % 3], "indicator": {"formula": formula, "direction": direction, "scoring": rule}
        }));
    }
    let items = (0..rules().len()).map(|at| json!({"code": format!("i{at}")})).chain([json!({"code": "d"})]);
    json!({
        "code": "digits", "version": "1", "title": {"en": "Digits"}, "items": items.collect::<Vec<_>>(), "nodes": nodes,
        "rounding": {"mode": "half_up", "places": 4, "depths": [1, 2]}
    })
}

/// Rows of `city,period,item,value`, one in ten missing.
fn observations(random: &mut StdRng) -> Vec<String> {
    let mut rows = Vec::new();
    for city in 0..CITIES {
        for period in PERIODS {
            for item in (0..rules().len()).map(|at| format!("i{at}")).chain(["d".to_owned()]) {
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
    for threads in [Some(2), Some(7), None] {
        assert_eq!(of("data.csv", "cities.csv", threads), alone, "{threads:?} threads");
    }
    assert_eq!(of("shuffled.csv", "cities.csv", None), alone, "shuffled observations");
    assert_eq!(of("shuffled.csv", "shuffled_cities.csv", Some(1)), alone, "shuffled cities too");
}
