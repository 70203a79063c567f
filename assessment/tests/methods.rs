//! The worked examples of the method handbook, `docs/methods`: every one is computed here.
//!
//! An example is a run of fenced blocks: ```` ```json set ````, ```` ```csv data ```` (`city,period,item,value[,status]`), where needed
//! ```` ```csv cities ```` (`code,ATTRIBUTE,...`), and at its end ```` ```csv scores ```` (`city,node`, then any columns of the
//! scores table or `prepared`, the value that a leaf's rule scores, and `period` where there are several). A number holds to
//! half of its last decimal; an empty cell says that there is none. ```` ```json aggregation ```` gives the set before it
//! another aggregation, ```` ```json weighting ```` lets its TOTAL weigh its children in another way; ```` ```csv weights ```` then
//! holds `node` and any of `weight`, `normalised_weight`, `share` and the statistics of the method by name.
//! ```` ```json uncertainty ```` and ```` ```csv parameters ```` are the request and the parameters of
//! ```` ```csv replications ```` (`replication,city,score,rank`).
//! ```` ```csv statistics WHAT [NAME=VALUE ...] ```` ends an example with rows of statistics, text in the columns that hold
//! text; every row that is written is one of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod handbook;
mod years;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use citygauge_assessment::{Assessment, Observations, Options, Row, assess};
use citygauge_indicators::{City, Observation, SetDocument, Status, Value};

/// What is between two fences, with the words after the opening one and the line it stands on.
struct Block {
    words: String,
    text: String,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (line, text) in page.lines().enumerate() {
        match (text.strip_prefix("```"), &mut open) {
            (Some(words), None) => open = Some(Block { words: words.trim().to_owned(), text: String::new(), line: line + 1 }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text += &format!("{text}\n"),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

fn pages() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/methods");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| header.iter().zip(&record).map(|(name, cell)| (name.into(), cell.into())).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn computed(set: &str, data: &str, cities: Option<&str>) -> Assessment {
    let set = SetDocument::check_value(&serde_json::from_str(set).unwrap()).unwrap_or_else(|faults| panic!("{faults}"));
    let observation = |row: BTreeMap<String, String>| Observation {
        city: row["city"].clone(),
        period: row.get("period").map_or("2026", String::as_str).parse().unwrap(),
        item: row["item"].clone(),
        value: match row["value"].as_str() {
            "" => None,
            text => Some(text.parse().map_or_else(|_| Value::Choice(text.to_owned()), Value::Number)),
        },
        status: match row.get("status").and_then(|word| Status::from_word(word)) {
            Some(status) => status,
            None if row["value"].is_empty() => Status::Missing,
            None => Status::Reported,
        },
    };
    let observations: Vec<Observation> = rows(data).into_iter().map(observation).collect();
    let cities: Option<Vec<City>> = cities.map(|cities| {
        let city =
            |mut row: BTreeMap<String, String>| City { code: row.remove("code").unwrap(), attributes: row, ..City::default() };
        rows(cities).into_iter().map(city).collect()
    });
    let observations =
        Observations::from_long(&set, &observations, cities.as_deref()).unwrap_or_else(|faults| panic!("{faults}"));
    assess(&set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// A set with another aggregation.
fn with_aggregation(set: &str, aggregation: &str) -> String {
    let mut set: serde_json::Value = serde_json::from_str(set).unwrap();
    set["aggregation"] = serde_json::from_str(aggregation).unwrap();
    set.to_string()
}

/// A set whose TOTAL weighs its children in another way.
fn with_weighting(set: &str, weighting: &str) -> String {
    let mut set: serde_json::Value = serde_json::from_str(set).unwrap();
    let weighting: serde_json::Value = serde_json::from_str(weighting).unwrap();
    let nodes = set["nodes"].as_array_mut().unwrap();
    nodes.retain(|node| node["code"] != "TOTAL");
    nodes.push(serde_json::json!({"code": "TOTAL", "title": {"en": "Total"}, "weighting": weighting}));
    set.to_string()
}

/// What is told of the weight of a node: one of the numbers of the weights table, or a statistic of the method.
fn weight(assessment: &Assessment, node: &str, name: &str) -> Option<f64> {
    let weight = assessment.weights().find(|weight| weight.node == node).unwrap_or_else(|| panic!("no node '{node}'"));
    match name {
        "weight" => weight.weight,
        "normalised_weight" => weight.normalised_weight,
        "share" => Some(weight.share),
        statistic => {
            let place = assessment.set().node_index(node);
            let mut told = assessment.derivations().flat_map(|derivation| &derivation.statistics);
            let is_meant = |child: Option<usize>| child.is_none() || child == place;
            told.find(|told| told.name == statistic && told.matrix.is_none() && is_meant(told.child)).map(|told| told.value)
        }
    }
}

/// Whether a number is the one that was written, to half of its last decimal.
fn is_as_written(written: &str, number: Option<f64>) -> bool {
    let Ok(expected) = written.parse::<f64>() else { return written.is_empty() && number.is_none() };
    let places = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    number.is_some_and(|number| (number - expected).abs() <= 0.5 * 10_f64.powi(-(places as i32)) + 1e-12)
}

fn holds(column: &str, written: &str, row: &Row, prepared: Option<f64>) -> bool {
    match column {
        "city" | "node" | "period" => true,
        "value" => is_as_written(written, row.value),
        "score" => is_as_written(written, row.score),
        "mark" => is_as_written(written, row.mark),
        "points" => is_as_written(written, row.points),
        "coverage" => is_as_written(written, row.coverage),
        "low" => is_as_written(written, row.low),
        "high" => is_as_written(written, row.high),
        "rank" => is_as_written(written, row.rank.map(f64::from)),
        "level" => written == row.level.unwrap_or_default(),
        "imputed" => written == if row.imputed { "1" } else { "0" },
        "prepared" => is_as_written(written, prepared),
        other => panic!("the scores table has no column '{other}'"),
    }
}

/// The rows of a table of replications that do not come out; `parameters` is the table of what each of them drew.
fn replicated(assessment: &Assessment, request: &str, parameters: &str, expected: &str) -> Vec<BTreeMap<String, String>> {
    use citygauge_assessment::uncertainty::{Replay, Run, uncertainty};
    let request = citygauge_indicators::UncertaintyRequest::parse(request.as_bytes()).unwrap_or_else(|faults| panic!("{faults}"));
    let mut reader = csv::Reader::from_reader(parameters.as_bytes());
    let replay = Replay {
        columns: reader.headers().unwrap().iter().map(str::to_owned).collect(),
        rows: reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect(),
    };
    let result = uncertainty(assessment, &request, &Run { replay: Some(&replay), ..Run::default() });
    let result = result.unwrap_or_else(|error| panic!("{error}"));
    let comes_out = |row: &BTreeMap<String, String>| {
        let place = result.cities.iter().position(|city| city.city == row["city"]).unwrap();
        let (score, rank) = result.result(row["replication"].parse::<usize>().unwrap() - 1, place);
        is_as_written(&row["score"], score) && is_as_written(&row["rank"], rank.map(f64::from))
    };
    rows(expected).into_iter().filter(|row| !comes_out(row)).collect()
}

/// Whether every cell that is written is that of the row.
fn is_that_row(expected: &BTreeMap<String, String>, row: &handbook::statistics::Row) -> bool {
    use handbook::statistics::Cell;
    expected.iter().all(|(column, written)| match row.get(column.as_str()) {
        Some(Cell::Text(text)) => text == written,
        Some(Cell::Number(number)) => is_as_written(written, *number),
        None => panic!("the statistics have no column '{column}'"),
    })
}

#[test]
fn every_worked_example_of_the_handbook_comes_out() {
    let mut examples = 0;
    for (path, page) in pages() {
        let (mut set, mut data, mut cities): (Option<String>, Option<String>, Option<String>) = (None, None, None);
        let (mut later_set, mut later_data): (Option<String>, Option<String>) = (None, None);
        let (mut request, mut parameters): (Option<String>, Option<String>) = (None, None);
        for Block { words, text, line } in blocks(&page) {
            match words.as_str() {
                "json set" => (set, data, cities, later_set, later_data) = (Some(text), None, None, None, None),
                "json later set" => later_set = Some(text),
                "csv later data" => later_data = Some(text),
                words if words.starts_with("csv trends") || words == "csv changes" => {
                    let at = format!("{}:{line}", path.display());
                    let (Some(set), Some(data)) = (&set, &data) else { panic!("{at}: no set and data before it") };
                    let assessment = computed(set, data, cities.as_deref());
                    let held = match words.strip_prefix("csv trends") {
                        Some(words) => years::trends_hold(words, &assessment, &rows(&text), is_as_written),
                        None => {
                            let (set, data) = (later_set.as_ref().unwrap_or(set), later_data.as_ref().unwrap_or(data));
                            let later = computed(set, data, cities.as_deref());
                            years::changes_hold(&assessment, &later, &rows(&text), is_as_written)
                        }
                    };
                    held.unwrap_or_else(|difference| panic!("{at}: {difference}"));
                    examples += 1;
                }
                "json uncertainty" => request = Some(text),
                "csv parameters" => parameters = Some(text),
                "csv replications" => {
                    let at = format!("{}:{line}", path.display());
                    let (Some(set), Some(data), Some(request), Some(parameters)) = (&set, &data, &request, &parameters) else {
                        panic!("{at}: no set, data, request and parameters before it")
                    };
                    let different = replicated(&computed(set, data, cities.as_deref()), request, parameters, &text);
                    assert!(different.is_empty(), "{at}: {different:?} do not come out");
                    examples += 1;
                }
                "json aggregation" => set = set.map(|set| with_aggregation(&set, &text)),
                "json weighting" => set = set.map(|set| with_weighting(&set, &text)),
                "csv data" => data = Some(text),
                "csv cities" => cities = Some(text),
                "csv scores" => {
                    let at = format!("{}:{line}", path.display());
                    let (Some(set), Some(data)) = (&set, &data) else { panic!("{at}: no set and data before it") };
                    let assessment = computed(set, data, cities.as_deref());
                    for expected in rows(&text) {
                        let is_meant = |row: &Row| {
                            row.city == expected["city"]
                                && row.node == expected["node"]
                                && expected.get("period").is_none_or(|period| row.period.to_string() == *period)
                        };
                        let row = assessment.long().find(is_meant).unwrap_or_else(|| panic!("{at}: no {expected:?}"));
                        let prepared = assessment.prepared(row.city, row.period, row.node);
                        let different = expected.iter().find(|(column, written)| !holds(column, written, &row, prepared));
                        assert!(different.is_none(), "{at}: {expected:?} is not {row:?}, prepared {prepared:?}");
                    }
                    examples += 1;
                }
                "csv weights" => {
                    let at = format!("{}:{line}", path.display());
                    let (Some(set), Some(data)) = (&set, &data) else { panic!("{at}: no set and data before it") };
                    let assessment = computed(set, data, cities.as_deref());
                    for expected in rows(&text) {
                        for (name, written) in expected.iter().filter(|(name, _)| *name != "node") {
                            let own = weight(&assessment, &expected["node"], name);
                            assert!(is_as_written(written, own), "{at}: {name} of {} is {own:?}", expected["node"]);
                        }
                    }
                    examples += 1;
                }
                words => {
                    let Some(words) = words.strip_prefix("csv statistics ") else { continue };
                    let at = format!("{}:{line}", path.display());
                    let (Some(set), Some(data)) = (&set, &data) else { panic!("{at}: no set and data before it") };
                    let assessment = computed(set, data, cities.as_deref());
                    let found = handbook::statistics::rows(&assessment, &words.split(' ').collect::<Vec<_>>());
                    for expected in rows(&text) {
                        let is_meant = |row: &&handbook::statistics::Row| is_that_row(&expected, row);
                        assert!(found.iter().any(|row| is_meant(&row)), "{at}: {expected:?} is none of {found:#?}");
                    }
                    examples += 1;
                }
            }
        }
    }
    assert!(examples > 0, "the handbook has no examples");
}
