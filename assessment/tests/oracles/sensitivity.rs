//! The uncertainty and sensitivity analyses of COINr on 51 countries and 49 indicators of ASEM, run again from their
//! parameters.
//!
//! The files are not part of the repository; where they are absent, the tests say so and pass.

use std::collections::BTreeMap;
use std::path::Path;

use citygauge_assessment::uncertainty::{Replay, Run, Uncertainty, uncertainty};
use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{Observation, SetDocument, Status, UncertaintyRequest, Value};
use serde_json::{Map, Value as Json, json};

use crate::oracle::{TOLERANCE, difference, folder, number, rows, table};

/// The pipeline from the screened data on: treatment in two stages, min-max 0..100, weighted means.
fn pipeline(folder: &Path) -> Assessment {
    let meta = rows(&folder.join("inputs/iMeta.csv"));
    let of_type = |kind: &'static str| meta.iter().filter(move |row| row["Type"] == kind);
    let parent = |row: &BTreeMap<String, String>| if row["Parent"] == "Index" { json!(null) } else { json!(row["Parent"]) };
    let weight = |row: &BTreeMap<String, String>| row["Weight"].parse::<f64>().unwrap();
    let branches = of_type("Aggregate")
        .filter(|row| row["iCode"] != "Index")
        .map(|row| json!({"code": row["iCode"], "parent": parent(row), "weight": weight(row), "title": {"en": row["iName"]}}));
    let leaves = of_type("Indicator").map(|row| {
        let direction = if row["Direction"] == "-1" { "lower" } else { "higher" };
        json!({
            "code": row["iCode"], "parent": row["Parent"], "weight": weight(row), "title": {"en": row["iName"]},
            "indicator": {"formula": format!("`{}`", row["iCode"]), "direction": direction,
                          "scoring": {"rule": "min_max"}, "treatment": [{"method": "two_stage"}]}
        })
    });
    let document = json!({
        "code": "asem", "version": "1", "title": {"en": "ASEM"},
        "items": of_type("Indicator").map(|row| json!({"code": row["iCode"]})).collect::<Vec<_>>(),
        "nodes": branches.chain(leaves).collect::<Vec<_>>()
    });
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let screened = rows(&folder.join("pipeline/Screened.csv"));
    let observations = screened.iter().flat_map(|row| {
        of_type("Indicator").map(|indicator| Observation {
            city: row["uCode"].clone(),
            period: "2018".parse().unwrap(),
            item: indicator["iCode"].clone(),
            value: Some(Value::Number(row[&indicator["iCode"]].parse().unwrap())),
            status: Status::Reported,
        })
    });
    let observations: Vec<Observation> = observations.collect();
    let observations = Observations::from_long(&set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    assess(&set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The choices that were varied; `sets` are those of `weight_sets.csv`.
fn request(folder: &Path, sobol: bool) -> UncertaintyRequest {
    let mut sets: BTreeMap<u32, Map<String, Json>> = BTreeMap::new();
    for row in rows(&folder.join("sensitivity/weight_sets.csv")) {
        if row["iCode"] != "Index" {
            let weights = sets.entry(row["weight_set"].parse().unwrap()).or_default();
            weights.insert(row["iCode"].clone(), json!(row["Weight"].parse::<f64>().unwrap()));
        }
    }
    let document = json!({"sobol": sobol, "choices": [
        {"name": "winmax", "kind": "treatment", "at_most": [1, 2, 3, 4, 5]},
        {"name": "normalisation", "kind": "scoring", "alternatives": [
            {"name": "n_minmax", "scoring": {"rule": "min_max", "range": [1, 100]}},
            {"name": "n_zscore", "scoring": {"rule": "z_score", "mean": 10, "sd": 2}}
        ]},
        {"name": "weight_set", "kind": "weights", "sets": sets.into_values().map(Json::Object).collect::<Vec<_>>()},
        {"name": "aggregation", "kind": "aggregation", "alternatives": ["arithmetic", "geometric"]},
    ]});
    UncertaintyRequest::from_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

/// Runs the replications of a file of parameters.
fn replayed(folder: &Path, assessment: &Assessment, file: &str, sobol: bool) -> Uncertainty {
    let columns = ["winmax", "normalisation", "weight_set", "aggregation"];
    let cell = |text: &String| match text.as_str() {
        "a_amean" => "arithmetic".to_owned(),
        "a_gmean" => "geometric".to_owned(),
        other => other.to_owned(),
    };
    let parameters = rows(&folder.join("sensitivity").join(file));
    let replay = Replay {
        columns: columns.map(str::to_owned).to_vec(),
        rows: parameters.iter().map(|row| columns.iter().map(|column| cell(&row[*column])).collect()).collect(),
    };
    let options = Run { replay: Some(&replay), ..Run::default() };
    uncertainty(assessment, &request(folder, sobol), &options).unwrap_or_else(|error| panic!("{error}"))
}

/// Compares scores, ranks and what is said of the ranks of every country.
fn compare(folder: &Path, result: &Uncertainty, name: &str) {
    let read = |file: &str| table(&folder.join("sensitivity").join(format!("{name}_{file}.csv")), "uCode");
    let (scores, ranks, stats) = (read("scores"), read("ranks"), read("rankstats"));
    let mut largest: f64 = 0.0;
    for (place, city) in result.cities.iter().enumerate() {
        for replication in 0..result.replications() {
            let column = format!("r_{}", replication + 1);
            let (score, rank) = result.result(replication, place);
            let expected = number(&scores[&city.city][&column]).unwrap();
            largest = largest.max(difference(score.unwrap(), expected));
            assert_eq!(rank.unwrap().to_string(), ranks[&city.city][&column], "{name}: {} in {column}", city.city);
        }
        let stats = &stats[&city.city];
        let spread = city.ranks.unwrap();
        assert_eq!(city.rank.unwrap().to_string(), stats["Nominal"]);
        for (own, column) in [(spread.mean, "Mean"), (spread.median, "Median"), (spread.p5, "Q5"), (spread.p95, "Q95")] {
            assert!(difference(own, number(&stats[column]).unwrap()) <= TOLERANCE, "{name}: {} {column} {own}", city.city);
        }
    }
    assert!(largest <= TOLERANCE, "{name}: scores differ by {largest:e}");
    eprintln!("{name}: scores differ by {largest:e} at most");
}

/// `sensitivity/nominal.csv`.
#[test]
fn the_published_scores_are_the_nominal_ones_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let assessment = pipeline(&folder);
    for (city, expected) in table(&folder.join("sensitivity/nominal.csv"), "uCode") {
        let total = &assessment.city(&city, "2018".parse().unwrap()).unwrap()[0];
        assert!(difference(total.score.unwrap(), number(&expected["Score"]).unwrap()) <= TOLERANCE);
        assert_eq!(total.rank.unwrap().to_string(), expected["Rank"]);
    }
}

/// `sensitivity/UA_parameters.csv`, `weight_sets.csv`, `UA_scores.csv`, `UA_ranks.csv`, `UA_rankstats.csv`.
#[test]
fn the_uncertainty_analysis_of_coinr_comes_out_again_from_its_parameters() {
    let Some(folder) = folder("asem") else { return };
    let result = replayed(&folder, &pipeline(&folder), "UA_parameters.csv", false);
    assert_eq!(result.replications(), 200);
    compare(&folder, &result, "UA");
}

/// `sensitivity/SA_parameters.csv`, `SA_scores.csv`, `SA_ranks.csv`, `SA_rankstats.csv` and, but for its bootstrap, which
/// rests on another generator, `SA_sobol.csv`.
#[test]
fn the_sensitivity_analysis_of_coinr_comes_out_again_from_its_parameters() {
    let Some(folder) = folder("asem") else { return };
    let result = replayed(&folder, &pipeline(&folder), "SA_parameters.csv", true);
    assert_eq!(result.replications(), 600);
    compare(&folder, &result, "SA");
    let expected = rows(&folder.join("sensitivity/SA_sobol.csv"));
    for (own, expected) in result.sensitivity.iter().zip(&expected) {
        let own = own.indices.unwrap();
        let of = |column: &str| number(&expected[column]).unwrap();
        assert!(difference(own.first, of("Si")) <= TOLERANCE, "{expected:?} is not {own:?}");
        assert!(difference(own.total, of("STi")) <= TOLERANCE, "{expected:?} is not {own:?}");
        // Both intervals are estimates from random samples of the same hundred rows.
        for (bound, column) in own.total_interval.into_iter().zip(["STi_q5", "STi_q95"]) {
            assert!((bound - of(column)).abs() <= 0.1, "{column} is {bound}, expected about {}", of(column));
        }
    }
}

/// `sensitivity/remove_pillars_scores.csv`, `remove_pillars_ranks.csv`, `remove_pillars_meanabsdiff.csv`.
#[test]
fn leaving_out_one_pillar_after_the_other_is_that_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let assessment = pipeline(&folder);
    let shifts = rows(&folder.join("sensitivity/remove_pillars_meanabsdiff.csv"));
    let pillars: Vec<&str> = shifts.iter().map(|row| row["iCode"].as_str()).collect();
    let request = json!({"choices": [{"kind": "leave_out", "nodes": pillars[1..]}]});
    let request = UncertaintyRequest::from_value(&request).unwrap_or_else(|faults| panic!("{faults}"));
    let left_out = |pillar: &&str| vec![if *pillar == "Nominal" { String::new() } else { (*pillar).to_owned() }];
    let replay = Replay { columns: vec!["leave_out".into()], rows: pillars.iter().map(left_out).collect() };
    let result = uncertainty(&assessment, &request, &Run { replay: Some(&replay), ..Run::default() }).unwrap();
    let read = |file: &str| table(&folder.join("sensitivity").join(file), "uCode");
    let (scores, ranks) = (read("remove_pillars_scores.csv"), read("remove_pillars_ranks.csv"));
    for (place, city) in result.cities.iter().enumerate() {
        for (replication, pillar) in pillars.iter().enumerate() {
            let (score, rank) = result.result(replication, place);
            let expected = number(&scores[&city.city][*pillar]).unwrap();
            assert!(difference(score.unwrap(), expected) <= TOLERANCE, "{pillar}: {} {score:?} {expected}", city.city);
            assert_eq!(rank.unwrap().to_string(), ranks[&city.city][*pillar], "{pillar}: {}", city.city);
        }
    }
    let shift = result.parameters.columns.iter().position(|column| column == "rank_shift").unwrap();
    for (row, expected) in result.parameters.rows.iter().zip(&shifts) {
        let citygauge_assessment::uncertainty::Cell::Number(own) = row[shift] else { panic!("a shift is a number") };
        assert!(difference(own, number(&expected["MeanAbsRankDiff"]).unwrap()) <= TOLERANCE, "{expected:?} is not {own}");
    }
}
