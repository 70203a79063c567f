//! The worked examples of `docs/validation.md`, and the real defects of a panel of Chinese prefectures.
//!
//! An example is a ```` ```json set ````, a ```` ```csv data ```` (`city,period,item,value`), where needed a
//! ```` ```csv cities ```` (`code,ATTRIBUTE`), and at its end ```` ```csv findings ```` (`rule,severity,city,period,value`): all
//! findings, in order.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use citygauge_assessment::validation::{Panel, validate};
use citygauge_indicators::{City, IndicatorSet, SetDocument};
use serde_json::json;

fn checked(set: &serde_json::Value) -> IndicatorSet {
    SetDocument::check_value(set).unwrap_or_else(|faults| panic!("{faults}"))
}

fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

#[test]
fn every_worked_example_of_the_page_is_as_it_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/validation.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (mut set, mut cities, mut data, mut kinds) = (None, Vec::new(), Vec::new(), BTreeSet::new());
    for block in page.split("\n```").skip(1).step_by(2) {
        let (words, text) = block.split_once('\n').unwrap();
        match words {
            "json set" => {
                (set, cities, data) = (Some(checked(&serde_json::from_str(text).unwrap())), Vec::new(), Vec::new());
            }
            "csv cities" => cities = rows(text),
            "csv data" => data = rows(text),
            "csv findings" => {
                let set = set.as_ref().unwrap();
                kinds.extend(set.rules().iter().map(|rule| rule.rule.check.word()));
                let found: Vec<String> = validate(set, &filled(set, &cities, &data))
                    .into_iter()
                    .map(|found| {
                        let value = if found.value.contains(',') { format!("\"{}\"", found.value) } else { found.value };
                        format!("{},{},{},{},{value}", found.rule, found.severity.word(), found.city, found.period)
                    })
                    .collect();
                let expected: Vec<&str> = text.lines().skip(1).collect();
                assert_eq!(found, expected, "{}", set.document().code);
            }
            _ => {}
        }
    }
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["change", "formula", "heaping", "last_digit", "peers", "repeated"]);
}

fn filled(set: &IndicatorSet, cities: &[BTreeMap<String, String>], data: &[BTreeMap<String, String>]) -> Panel {
    let codes: BTreeSet<&String> = data.iter().map(|row| &row["city"]).collect();
    let described = |code: &String| cities.iter().find(|city| city["code"] == *code).cloned().unwrap_or_default();
    let city = |code: &String| City { code: code.clone(), attributes: described(code), ..City::default() };
    let mut panel = Panel::new(codes.into_iter().map(city).collect());
    for row in data {
        let (period, item) = (row["period"].parse().unwrap(), set.item_index(&row["item"]).unwrap());
        assert!(panel.put(&row["city"], period, item, row["value"].parse().ok()));
    }
    panel
}

/// Prefecture-level units of China, 2000 to 2023: 341 units and 12 columns.
fn prefectures() -> Vec<BTreeMap<String, String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/cn-prefecture-panel-2000-2023/panel_2000_2023.csv");
    match std::fs::read_to_string(file) {
        Ok(text) => rows(text.trim_start_matches('\u{feff}')),
        // The data stand beside the repository, not in it.
        Err(_) => Vec::new(),
    }
}

const COLUMNS: [&str; 10] = [
    "gdp_100m_yuan",
    "va_primary_100m_yuan",
    "va_secondary_100m_yuan",
    "va_tertiary_100m_yuan",
    "tertiary_share_of_gdp",
    "industry_upgrade_index",
    "tertiary_to_secondary",
    "land_area_km2",
    "resident_population_10k",
    "population_density_per_km2",
];

fn of_prefectures(rules: &serde_json::Value) -> IndicatorSet {
    let items: Vec<_> = COLUMNS.iter().map(|code| json!({"code": code, "kind": "amount"})).collect();
    checked(&json!({
        "code": "prefectures", "version": "1", "title": {"en": "Prefectures"}, "items": items, "rules": rules,
        "nodes": [{"code": "GDP", "title": {"en": "GDP"}, "indicator": {"formula": "gdp_100m_yuan", "scoring": {"rule": "min_max"}}}]
    }))
}

fn panel_of(set: &IndicatorSet, rows: &[BTreeMap<String, String>]) -> Panel {
    let codes: BTreeMap<&String, &BTreeMap<String, String>> = rows.iter().map(|row| (&row["city_code"], row)).collect();
    let cities = codes.into_iter().map(|(code, row)| {
        let attributes = BTreeMap::from([("class".to_owned(), row["city_class"].clone())]);
        City { code: code.clone(), attributes, ..City::default() }
    });
    let mut panel = Panel::new(cities.collect());
    for row in rows {
        for column in COLUMNS {
            let value: Option<f64> = row[column].parse().ok();
            panel.put(&row["city_code"], row["year"].parse().unwrap(), set.item_index(column).unwrap(), value);
        }
    }
    panel
}

#[test]
fn a_change_rule_finds_the_jumps_of_the_prefectures_and_nothing_else() {
    let rows = prefectures();
    if rows.is_empty() {
        return;
    }
    let set = of_prefectures(&json!([
        {"code": "JUMP", "check": {"rule": "change", "items": ["gdp_100m_yuan"], "at_least": 0.6, "at_most": 1.6}}
    ]));
    let found = validate(&set, &panel_of(&set, &rows));
    assert_eq!(found.len(), 30);
    let ratio = |city: &str, year: &str| {
        let found = found.iter().find(|found| found.city == city && found.period.to_string() == year).unwrap();
        found.value.parse::<f64>().unwrap()
    };
    let near = |ratio: f64, expected: f64| assert!((ratio - expected).abs() < 0.005, "{ratio} is not {expected}");
    // Ordos, Qitaihe, Jiamusi, Songyuan.
    near(ratio("150600", "2022"), 4.91);
    near(ratio("150600", "2023"), 0.25);
    near(ratio("230900", "2011"), 3.08);
    near(ratio("230900", "2012"), 0.32);
    near(ratio("230800", "2012"), 2.17);
    near(ratio("220700", "2019"), 0.53);
}

#[test]
fn all_rules_over_the_prefectures_stay_within_a_bound_of_time() {
    let rows = prefectures();
    if rows.is_empty() {
        return;
    }
    let set = of_prefectures(&json!([
        {"code": "PARTS", "check": {"rule": "formula", "holds": "va_primary_100m_yuan + va_secondary_100m_yuan <= gdp_100m_yuan * 1.05"}},
        {"code": "CHANGE", "check": {"rule": "change", "items": COLUMNS, "at_least": 0.6, "at_most": 1.6}},
        {"code": "PEERS", "check": {"rule": "peers", "items": COLUMNS, "group": "class"}},
        {"code": "HEAPING", "check": {"rule": "heaping", "items": COLUMNS}},
        {"code": "DIGIT", "check": {"rule": "last_digit", "items": COLUMNS, "over": "item"}},
        {"code": "STALE", "check": {"rule": "repeated", "items": COLUMNS, "over": "periods", "at_least": 3}},
        {"code": "COPIED", "check": {"rule": "repeated", "items": COLUMNS, "over": "cities", "at_least": 3}},
        {"code": "DOWN", "check": {"rule": "repeated", "items": COLUMNS, "over": "items", "at_least": 3}}
    ]));
    let panel = panel_of(&set, &rows);
    let start = Instant::now();
    let found = validate(&set, &panel);
    let took = start.elapsed();
    assert!(found.iter().any(|found| found.rule == "STALE"), "areas stay as they are");
    println!("{} findings in {took:?}", found.len());
    // Wide enough for an unoptimised build on a busy machine; a rule that compares all pairs would not stay within it.
    assert!(took.as_secs() < 20, "{took:?}");
}
