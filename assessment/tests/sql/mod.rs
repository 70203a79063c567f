//! The SQL of sets, run in engines, gives the scores of the engine: unrounded within 1e-9, rounded the same, but for what
//! the query marks as undecided.
//!
//! The test runs a few dozen random sets and two of the catalog in DuckDB, where `python3` has it. More, and other engines:
//!
//! ```text
//! CITYGAUGE_SQL_ENGINES=duckdb,spark,postgres CITYGAUGE_SQL_CASES=200 cargo test -p citygauge-assessment --test agreement sql
//! ```
//!
//! An engine that is asked for by name has to be there. `CITYGAUGE_SQL_FOLDER` keeps the files in a folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use citygauge_assessment::sql::{Dialect, Relation, query};
use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{Arithmetic, IndicatorSet, Observation, SetDocument, Status, Value, WeightOf, catalog};
use polars::prelude::{Column, DataFrame, NamedFrom, ParquetWriter, Series};
use serde_json::{Value as Json, json};

use crate::reference::published;
use crate::reference::random::{Case, case};

/// How many random sets are run unless the environment says otherwise.
const CASES: usize = 24;

#[test]
fn the_sql_of_random_sets_and_of_the_catalog_gives_the_scores_of_the_engine() {
    let asked = std::env::var("CITYGAUGE_SQL_ENGINES").ok();
    let engines: Vec<&str> = asked.as_deref().unwrap_or("duckdb").split(',').collect();
    let engines: Vec<&str> = engines.into_iter().filter(|engine| asked.is_some() || has_duckdb(engine)).collect();
    if engines.is_empty() {
        eprintln!("skipped: python3 has no duckdb");
        return;
    }
    let kept = std::env::var_os("CITYGAUGE_SQL_FOLDER").map(PathBuf::from);
    let folder = kept.clone().unwrap_or_else(|| std::env::temp_dir().join(format!("citygauge-sql-{}", std::process::id())));
    of_catalog(&folder);
    let wanted = std::env::var("CITYGAUGE_SQL_CASES").ok().map_or(CASES, |count| count.parse().expect("a number of cases"));
    of_random_sets(&folder, wanted);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql/compare.py");
    let mut failed = Vec::new();
    for engine in engines {
        let run = Command::new("python3").arg(&script).arg(engine).arg(&folder).output().expect("python3 starts");
        println!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        if !run.status.success() {
            failed.push(engine);
        }
    }
    if kept.is_none() {
        fs::remove_dir_all(&folder).expect("the folder is ours");
    }
    assert!(failed.is_empty(), "differences that no query marks, or no engine: {failed:?}");
}

fn has_duckdb(engine: &str) -> bool {
    let run = Command::new("python3").args(["-c", &format!("import {engine}")]).output();
    run.is_ok_and(|run| run.status.success())
}

/// The two sets of the catalog: the published cities, and cities made up for the notice of 2016.
fn of_catalog(folder: &Path) {
    if let Some(spain) = published::spain() {
        write(folder, "es-sdg-cities-2018", &spain.set, &spain.observations).expect("SQL takes it");
    }
    let set = catalog::find("gbt-33356-2016").expect("it is in the catalog").check().expect("a test checks every entry");
    write(folder, "gbt-33356-2016", &set, &made_up(&set)).expect("SQL takes it");
}

/// Two periods of forty cities with values of few digits, of which some are missing and some do not apply.
fn made_up(set: &IndicatorSet) -> Vec<Observation> {
    let mut observations = Vec::new();
    let mut dice = 1_u64;
    let mut next = |below: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % below
    };
    for period in ["2025", "2026"] {
        for city in 0..40 {
            for item in set.items() {
                let most = item.max.unwrap_or(1_000.0);
                let value = if item.kind == citygauge_indicators::ItemKind::Boolean {
                    next(2) as f64
                } else {
                    (next(1_001) as f64 / 1_000.0 * most * 10.0).round() / 10.0
                };
                let (value, status) = match next(20) {
                    0 => (None, Status::Missing),
                    1 => (None, Status::NotApplicable),
                    _ => (Some(Value::Number(value)), Status::Reported),
                };
                let (city, period) = (format!("33{city:04}"), period.parse().expect("a period"));
                observations.push(Observation { city, period, item: item.code.clone(), value, status });
            }
        }
    }
    observations
}

/// Random sets until so many are taken, and how often what was refused.
fn of_random_sets(folder: &Path, wanted: usize) {
    let (mut as_drawn, mut tamed, mut refused) = (0, 0, BTreeMap::<String, usize>::new());
    for seed in 0.. {
        if as_drawn + tamed == wanted {
            break;
        }
        let Case { mut document, set, observations, .. } = case(seed);
        match write(folder, &format!("seed-{seed:05}"), &set, &observations) {
            Ok(true) => as_drawn += 1,
            Ok(false) => {}
            Err(words) => {
                words.into_iter().for_each(|word| *refused.entry(word).or_default() += 1);
                tame(&mut document);
                let Ok(set) = SetDocument::check_value(&document) else { continue };
                if write(folder, &format!("seed-{seed:05}-tamed"), &set, &observations) == Ok(true) {
                    tamed += 1;
                }
            }
        }
    }
    println!("random sets: {as_drawn} as drawn, {tamed} with what SQL refuses replaced; refused: {refused:?}");
}

/// Replaces what SQL does not express.
fn tame(document: &mut Json) {
    let members = document.as_object_mut().expect("a document");
    members.remove("imputation");
    if members.get("levels").is_some_and(|levels| levels.get("staged").is_some()) {
        members.remove("levels");
    }
    let tame_settings = |settings: &mut serde_json::Map<String, Json>| {
        if let Some(missing) = settings.get_mut("missing").and_then(Json::as_object_mut) {
            missing.remove("group");
        }
        let known = ["arithmetic", "geometric", "harmonic", "power", "minimum", "median"];
        let method =
            settings.get("aggregation").map(|own| own["method"].as_str().or(own.as_str()).unwrap_or_default().to_owned());
        if method.is_some_and(|method| !known.contains(&method.as_str())) {
            settings.remove("aggregation");
        }
    };
    tame_settings(members);
    for node in members["nodes"].as_array_mut().expect("nodes") {
        tame_settings(node.as_object_mut().expect("a node"));
        let Some(indicator) = node.get_mut("indicator").and_then(Json::as_object_mut) else { continue };
        indicator.remove("imputation");
        indicator.remove("treatment");
        let of_one_city =
            ["ratio", "goalposts", "piecewise", "steps", "choice", "checklist", "benchmark_share", "survey", "scaled"];
        if !of_one_city.iter().any(|rule| indicator["scoring"]["rule"] == *rule) {
            indicator.insert("scoring".into(), json!({"rule": "goalposts", "worst": 0, "best": 7}));
            indicator.remove("direction");
        }
    }
}

/// Writes a case into a folder of its own; `false` where the engine refuses it, the refused words where SQL does.
fn write(folder: &Path, name: &str, set: &IndicatorSet, observations: &[Observation]) -> Result<bool, Vec<String>> {
    let folder = folder.join(name);
    let parquet = folder.join("release.parquet");
    let mut queries = Vec::new();
    for dialect in Dialect::ALL {
        let from = match dialect {
            Dialect::Postgres => Relation::usual(dialect),
            _ => Relation::Parquet(parquet.display().to_string()),
        };
        let refused = |faults: citygauge_indicators::Faults| {
            let mut words: Vec<String> = faults.0.into_iter().filter_map(|fault| fault.value).collect();
            words.sort();
            words.dedup();
            words
        };
        queries.push((dialect, query(set, dialect, &from).map_err(refused)?));
    }
    let Ok(read) = Observations::from_long_observed(set, observations, &[]) else { return Ok(false) };
    let Ok(assessment) = assess(set, &read, &Options::default()) else { return Ok(false) };
    fs::create_dir_all(&folder).expect("a folder");
    for (dialect, query) in queries {
        fs::write(folder.join(format!("{}.sql", dialect.word())), query).expect("written");
    }
    release(&parquet, observations);
    fs::write(folder.join("scores.json"), scores(&assessment).to_string()).expect("written");
    fs::write(folder.join("nodes.json"), rounded(set).to_string()).expect("written");
    Ok(true)
}

/// The file of a release.
fn release(file: &Path, observations: &[Observation]) {
    let texts = |name: &str, of: &dyn Fn(&Observation) -> Option<String>| {
        Column::from(Series::new(name.into(), observations.iter().map(of).collect::<Vec<Option<String>>>()))
    };
    let number = |observation: &Observation| match observation.value {
        Some(Value::Number(number)) => Some(number),
        _ => None,
    };
    let choice = |observation: &Observation| match &observation.value {
        Some(Value::Choice(option)) => Some(option.clone()),
        _ => None,
    };
    let columns = vec![
        texts("city", &|observation| Some(observation.city.clone())),
        texts("period", &|observation| Some(observation.period.to_string())),
        texts("item", &|observation| Some(observation.item.clone())),
        Column::from(Series::new("value".into(), observations.iter().map(number).collect::<Vec<Option<f64>>>())),
        texts("choice", &choice),
        texts("status", &|observation| Some(observation.status.word().to_owned())),
    ];
    let mut frame = DataFrame::new(observations.len(), columns).expect("columns of one height");
    ParquetWriter::new(File::create(file).expect("a file")).finish(&mut frame).expect("written");
}

/// The engine's table.
fn scores(assessment: &Assessment) -> Json {
    let row = |row: citygauge_assessment::Row| {
        json!([
            row.city,
            row.period.to_string(),
            row.node,
            row.value,
            row.score,
            row.mark,
            row.points,
            row.coverage,
            row.low,
            row.high,
            row.rank,
            row.level
        ])
    };
    assessment.long().map(row).collect()
}

/// The measures of each node that are rounded.
fn rounded(set: &IndicatorSet) -> Json {
    let by_points = set.document().arithmetic == Arithmetic::Points;
    let of = |node: &citygauge_indicators::SetNode| {
        let is_total = node.parent.is_none();
        let mut measures = Vec::new();
        if node.places.is_some() {
            measures.push("mark");
            if !by_points || is_total {
                measures.extend(["score", "low", "high"]);
            }
            if is_total || (by_points && node.weight_of == WeightOf::Total) {
                measures.push("points");
            }
        }
        (node.code.clone(), json!(measures))
    };
    Json::Object(set.nodes().iter().map(of).collect())
}
