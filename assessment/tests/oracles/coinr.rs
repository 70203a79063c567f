//! The rules that look at the cohort against what COINr gives: 51 countries and 49 indicators of ASEM.
//!
//! The files are not part of the repository; where they are absent, the tests say so and pass.

use std::collections::BTreeMap;
use std::path::Path;

use citygauge_assessment::{Observations, Options, assess};
use citygauge_indicators::{Observation, SetDocument, Status, Value};
use serde_json::{Value as Json, json};

use crate::oracle::{TOLERANCE, difference, folder, number, table};

/// Scores the treated data of the pipeline by a rule; `scoring` gives it for an indicator.
fn scored(folder: &Path, full_mark: f64, scoring: impl Fn(&str) -> Json) -> BTreeMap<(String, String), Option<f64>> {
    let meta = table(&folder.join("inputs/iMeta.csv"), "iCode");
    let treated = table(&folder.join("pipeline/Treated.csv"), "uCode");
    let codes: Vec<&String> = meta.iter().filter(|(_, row)| row["Type"] == "Indicator").map(|(code, _)| code).collect();
    let nodes = codes.iter().map(|code| {
        let direction = if meta[*code]["Direction"] == "-1" { "lower" } else { "higher" };
        let indicator = json!({"formula": format!("`{code}`"), "direction": direction, "scoring": scoring(code)});
        json!({"code": code, "title": {"en": code}, "indicator": indicator})
    });
    let document = json!({
        "code": "asem", "version": "1", "title": {"en": "ASEM"}, "full_mark": full_mark,
        "items": codes.iter().map(|code| json!({"code": code})).collect::<Vec<_>>(), "nodes": nodes.collect::<Vec<_>>()
    });
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let observation = |city: &str, item: &str, text: &str| Observation {
        city: city.to_owned(),
        period: "2018".parse().unwrap(),
        item: item.to_owned(),
        value: Some(Value::Number(text.parse().unwrap())),
        status: Status::Reported,
    };
    let observations: Vec<Observation> =
        treated.iter().flat_map(|(city, row)| codes.iter().map(move |code| observation(city, code, &row[*code]))).collect();
    let observations = Observations::from_long(&set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    let assessment = assess(&set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"));
    assessment.long().map(|row| ((row.city.to_owned(), row.node.to_owned()), row.score)).collect()
}

/// Compares every cell of a file; gives how many are not finite in R, where we have no score.
fn compare(folder: &Path, file: &str, scores: &BTreeMap<(String, String), Option<f64>>) -> usize {
    compare_where_finite(folder, file, file, scores)
}

/// The same where another file tells what is finite: under a cap R makes the full mark of what is infinite.
fn compare_where_finite(folder: &Path, file: &str, uncapped: &str, scores: &BTreeMap<(String, String), Option<f64>>) -> usize {
    let read = |file: &str| table(&folder.join("normalise").join(file), "uCode");
    let (expected, uncapped) = (read(file), read(uncapped));
    let (mut cells, mut without) = (0, 0);
    for (city, row) in &expected {
        for (code, text) in row.iter().filter(|(code, _)| *code != "uCode") {
            let own = scores[&(city.clone(), code.clone())];
            cells += 1;
            match number(&uncapped[city][code]).and(number(text)) {
                Some(number) => {
                    let own = own.unwrap_or_else(|| panic!("{file}: {city} {code} has no score, expected {number}"));
                    assert!(difference(own, number) <= TOLERANCE, "{file}: {city} {code} is {own}, expected {number}");
                }
                None => {
                    assert_eq!(own, None, "{file}: {city} {code} is {text} in R");
                    without += 1;
                }
            }
        }
    }
    assert_eq!(cells, 51 * 49, "{file} has a cell for every country and indicator");
    without
}

#[test]
fn min_max_is_that_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    for (file, range) in [("n_minmax_0_100.csv", [0, 100]), ("n_minmax_1_100.csv", [1, 100])] {
        let scores = scored(&folder, 100.0, |_| json!({"rule": "min_max", "range": range}));
        assert_eq!(compare(&folder, file, &scores), 0);
    }
}

#[test]
fn z_scores_are_those_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    for (file, mean, sd) in [("n_zscore_0_1.csv", 0, 1), ("n_zscore_100_15.csv", 100, 15)] {
        let scores = scored(&folder, 100.0, |_| json!({"rule": "z_score", "mean": mean, "sd": sd}));
        assert_eq!(compare(&folder, file, &scores), 0);
    }
}

#[test]
fn ranks_are_those_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let rules = [
        ("n_rank.csv", json!({"rule": "rank"})),
        ("n_rank_avg.csv", json!({"rule": "rank", "ties": "mean"})),
        ("n_borda.csv", json!({"rule": "borda"})),
        ("n_prank.csv", json!({"rule": "percentile_rank"})),
    ];
    for (file, rule) in rules {
        let scores = scored(&folder, 1.0, |_| rule.clone());
        assert_eq!(compare(&folder, file, &scores), 0);
    }
}

#[test]
fn goalposts_and_scales_are_those_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let goalposts = table(&folder.join("normalise/goalposts.csv"), "iCode");
    let meta = table(&folder.join("inputs/iMeta.csv"), "iCode");
    let is_lower = |code: &str| meta[code]["Direction"] == "-1";
    for (file, clamp) in [("n_goalposts_trunc.csv", true), ("n_goalposts_notrunc.csv", false)] {
        let rule = |code: &str| {
            let [low, high] = ["goalpost_lower", "goalpost_upper"].map(|end| number(&goalposts[code][end]).unwrap());
            let [worst, best] = if is_lower(code) { [high, low] } else { [low, high] };
            json!({"rule": "goalposts", "worst": worst, "best": best, "clamp": clamp})
        };
        assert_eq!(compare(&folder, file, &scored(&folder, 100.0, rule)), 0);
    }
    // COINr scales the value after turning its sign.
    let scale = |code: &str| json!({"rule": "scaled", "range": if is_lower(code) { [0, -100] } else { [0, 100] }});
    assert_eq!(compare(&folder, "n_scaled_0_100.csv", &scored(&folder, 100.0, scale)), 0);
}

#[test]
fn the_distance_to_the_best_and_the_fraction_of_the_greatest_are_those_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let scores = scored(&folder, 1.0, |_| json!({"rule": "max_distance"}));
    assert_eq!(compare(&folder, "n_dist2max.csv", &scores), 0);
    let scores = scored(&folder, 1.0, |_| json!({"rule": "max_fraction", "constant": "missing"}));
    let infinite = compare(&folder, "n_fracmax.csv", &scores);
    assert!(infinite > 0, "R divides by a greatest value of zero");
}

#[test]
fn the_distance_to_a_target_is_that_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let targets = table(&folder.join("normalise/targets.csv"), "iCode");
    for (file, cap) in [("n_dist2targ_iMeta.csv", false), ("n_dist2targ_iMeta_cap.csv", true)] {
        let target = |code: &str| targets[code]["Target"].parse::<f64>().unwrap();
        let rule = |code: &str| json!({"rule": "target_distance", "target": target(code), "cap": cap, "constant": "missing"});
        compare(&folder, file, &scored(&folder, 1.0, rule));
    }
}

#[test]
fn the_distance_to_a_reference_is_that_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    for (file, cap) in [("n_dist2ref_SGP.csv", false), ("n_dist2ref_SGP_cap.csv", true)] {
        let rule = json!({"rule": "reference_distance", "city": "SGP", "cap": cap, "constant": "missing"});
        let infinite = compare_where_finite(&folder, file, "n_dist2ref_SGP.csv", &scored(&folder, 1.0, |_| rule.clone()));
        assert!(infinite > 0, "R divides by a distance of zero");
    }
}
