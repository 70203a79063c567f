//! Aggregations against what R and numpy give: COINr's means and Copeland scores of ASEM, TOPSIS, VIKOR, grey relational
//! grades and weighted sums of three decision problems, fuzzy evaluation, and Mazziotta and Pareto's indices.
//!
//! Folders `asem`, `mcdm` and `bod_mpi`; where one is absent, a test says so and passes.

use std::collections::BTreeMap;
use std::path::Path;

use citygauge_assessment::{Observations, Options, assess};
use citygauge_indicators::{Observation, SetDocument, Status, Value};
use serde_json::{Value as Json, json};

use crate::oracle::{TOLERANCE, Table, difference, folder, number, rows, table};

/// Score and rank by city and node.
type Scores = BTreeMap<(String, String), (Option<f64>, Option<u32>)>;

/// Assesses a document over a table whose columns are its items.
fn assessed(document: &Json, data: &Table, items: &[String]) -> Scores {
    let set = SetDocument::check_value(document).unwrap_or_else(|faults| panic!("{faults}"));
    let observation = |city: &str, item: &str, text: &str| Observation {
        city: city.to_owned(),
        period: "2018".parse().unwrap(),
        item: item.to_owned(),
        value: number(text).map(Value::Number),
        status: if number(text).is_some() { Status::Reported } else { Status::Missing },
    };
    let observations: Vec<Observation> =
        data.iter().flat_map(|(city, row)| items.iter().map(move |item| observation(city, item, &row[item]))).collect();
    let observations = Observations::from_long(&set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    let assessment = assess(&set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"));
    assessment.long().map(|row| ((row.city.to_owned(), row.node.to_owned()), (row.score, row.rank))).collect()
}

/// The largest difference between scores and a column, the file's rows being cities.
fn compare(what: &str, expected: impl IntoIterator<Item = (String, String, f64)>, scores: &Scores, tolerance: f64) {
    let (mut largest, mut count) = (0.0_f64, 0);
    for (city, node, expected) in expected {
        let own = scores[&(city.clone(), node.clone())].0.unwrap_or_else(|| panic!("{what}: {city} {node} has no score"));
        let off = difference(own, expected);
        assert!(off <= tolerance, "{what}: {city} {node} is {own}, expected {expected}");
        largest = largest.max(off);
        count += 1;
    }
    assert!(count > 0, "{what} has no rows");
    println!("{what}: largest difference {largest:.1e} in {count} cells");
}

/// Everything about ASEM: 49 indicators under 8 pillars under 2 sub-indices, normalised to `range`, with a method per level.
fn asem(folder: &Path, range: [u32; 2], weights: &dyn Fn(&str, &str) -> f64, methods: [&Json; 3]) -> Scores {
    let meta = rows(&folder.join("inputs/iMeta.csv"));
    let treated = table(&folder.join("pipeline/Treated.csv"), "uCode");
    let members = meta.iter().filter(|row| ["Indicator", "Aggregate"].contains(&row["Type"].as_str()));
    let nodes = members.map(|row| {
        let (code, level) = (row["iCode"].as_str(), row["Level"].parse::<usize>().unwrap());
        let is_root = row["Parent"].is_empty() || row["Parent"] == "NA";
        let mut node = json!({"code": if is_root { "TOTAL" } else { code }, "title": {"en": code}});
        if level == 1 {
            let direction = if row["Direction"] == "-1" { "lower" } else { "higher" };
            node["indicator"] = json!({
                "formula": format!("`{code}`"), "direction": direction, "scoring": {"rule": "min_max", "range": range}
            });
        } else {
            node["aggregation"] = methods[level - 2].clone();
        }
        if !is_root {
            node["weight"] = json!(weights(code, &row["Weight"]));
            node["parent"] = json!(if row["Parent"] == "Index" { "TOTAL" } else { row["Parent"].as_str() });
        }
        node
    });
    let items: Vec<String> = meta.iter().filter(|row| row["Type"] == "Indicator").map(|row| row["iCode"].clone()).collect();
    let document = json!({
        "code": "asem", "version": "1", "title": {"en": "ASEM"},
        "items": items.iter().map(|code| json!({"code": code})).collect::<Vec<_>>(), "nodes": nodes.collect::<Vec<_>>()
    });
    assessed(&document, &treated, &items)
}

/// Compares a file of scores by node and the file of their ranks.
fn compare_asem(folder: &Path, file: &str, scores: &Scores) {
    let of = |code: &str| if code == "Index" { "TOTAL".to_owned() } else { code.to_owned() };
    let expected = table(&folder.join(format!("aggregate/{file}.csv")), "uCode");
    let cells = expected.iter().flat_map(|(city, row)| {
        let cells = row.iter().filter(|(code, _)| *code != "uCode");
        cells.map(move |(code, text)| (city.clone(), of(code), number(text).unwrap()))
    });
    compare(file, cells, scores, TOLERANCE);
    let ranks = table(&folder.join(format!("aggregate/{file}_ranks.csv")), "uCode");
    for (city, row) in &ranks {
        for (code, text) in row.iter().filter(|(code, _)| *code != "uCode") {
            let own = scores[&(city.clone(), of(code))].1;
            assert_eq!(own, Some(text.parse().unwrap()), "{file}_ranks: {city} {code}");
        }
    }
}

fn given(_: &str, weight: &str) -> f64 {
    weight.parse().unwrap()
}

#[test]
fn the_means_are_those_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let power = |p: f64| json!({"method": "power", "p": p});
    let all = |method: &Json| asem(&folder, [1, 100], &given, [method; 3]);
    compare_asem(&folder, "amean_minmax0_100", &asem(&folder, [0, 100], &given, [&json!("arithmetic"); 3]));
    compare_asem(&folder, "amean_minmax1_100", &all(&json!("arithmetic")));
    compare_asem(&folder, "gmean_minmax1_100", &all(&json!("geometric")));
    compare_asem(&folder, "gmean_minmax1_100", &all(&power(0.0)));
    compare_asem(&folder, "hmean_minmax1_100", &all(&json!("harmonic")));
    compare_asem(&folder, "genmean_p2_minmax1_100", &all(&power(2.0)));
    compare_asem(&folder, "genmean_p0.5_minmax1_100", &all(&power(0.5)));
    compare_asem(&folder, "genmean_pm1_minmax1_100", &all(&power(-1.0)));
    let mixed = [&json!("arithmetic"), &json!("geometric"), &json!("harmonic")];
    compare_asem(&folder, "mixed_amean_gmean_hmean", &asem(&folder, [1, 100], &given, mixed));
    compare_asem(&folder, "amean_equal_weights", &asem(&folder, [1, 100], &|_, _| 1.0, [&json!("arithmetic"); 3]));
    let custom = table(&folder.join("aggregate/custom_weights.csv"), "iCode");
    for (file, method) in [("customw_a_amean", "arithmetic"), ("customw_a_gmean", "geometric"), ("customw_a_hmean", "harmonic")] {
        let weight = |code: &str, _: &str| custom[code]["Weight"].parse().unwrap();
        compare_asem(&folder, file, &asem(&folder, [1, 100], &weight, [&json!(method); 3]));
    }
}

#[test]
fn copeland_is_that_of_coinr_at_every_level() {
    let Some(folder) = folder("asem") else { return };
    compare_asem(&folder, "copeland_all_levels", &asem(&folder, [1, 100], &given, [&json!("copeland"); 3]));
}

/// A decision problem: a set of one level over its criteria, and how they are scored.
fn problem(folder: &Path, aggregation: &Json, is_raw: bool) -> Scores {
    let criteria = rows(&folder.join("criteria.csv"));
    let data = table(&folder.join("input.csv"), "alternative");
    let nodes = criteria.iter().map(|row| {
        let code = &row["criterion"];
        let less = row["direction"] == "-1";
        let indicator = if is_raw {
            // Raw values as scores; less is better is more of its negative.
            json!({"formula": if less { format!("-{code}") } else { code.clone() }, "scoring": {"rule": "scaled", "range": [0, 1]}})
        } else {
            json!({"formula": code, "direction": if less { "lower" } else { "higher" }, "scoring": {"rule": "min_max"}})
        };
        json!({"code": code, "title": {"en": code}, "weight": number(&row["weight"]), "indicator": indicator})
    });
    let items: Vec<String> = criteria.iter().map(|row| row["criterion"].clone()).collect();
    let document = json!({
        "code": "problem", "version": "1", "title": {"en": "A decision problem"}, "full_mark": 1, "aggregation": aggregation,
        "items": items.iter().map(|code| json!({"code": code})).collect::<Vec<_>>(), "nodes": nodes.collect::<Vec<_>>()
    });
    assessed(&document, &data, &items)
}

#[test]
fn decision_problems_come_out_as_in_the_libraries() {
    let Some(folder) = folder("mcdm") else { return };
    for case in ["small_6x5", "medium_30x12", "large_285x24"] {
        let folder = folder.join(case);
        let expected = table(&folder.join("scores_expected.csv"), "alternative");
        let ranks = table(&folder.join("ranks_expected.csv"), "alternative");
        let check = |column: &str, aggregation: Json, is_raw: bool| {
            let scores = problem(&folder, &aggregation, is_raw);
            // Of VIKOR's Q less is better; the score is the rest of the full mark.
            let turned = |number: f64| if column.starts_with("vikor") { 1.0 - number } else { number };
            let cells = expected
                .iter()
                .map(|(alternative, row)| (alternative.clone(), "TOTAL".to_owned(), turned(number(&row[column]).unwrap())));
            compare(&format!("{case} {column}"), cells, &scores, TOLERANCE);
            for (alternative, row) in &ranks {
                let own = scores[&(alternative.clone(), "TOTAL".to_owned())].1;
                assert_eq!(own, Some(row[column].parse().unwrap()), "{case} rank of {alternative} by {column}");
            }
        };
        check("weighted_sum_minmax", json!("arithmetic"), false);
        check("topsis_minmax", json!("topsis"), false);
        check("topsis_minmax", json!({"method": "topsis", "ideals": "cohort"}), false);
        check("topsis_vector", json!({"method": "topsis", "ideals": "cohort", "norm": "vector"}), true);
        check("topsis_vector_cost_as_1_minus_r", json!({"method": "topsis", "ideals": "cohort", "norm": "vector"}), true);
        for is_raw in [false, true] {
            check("vikor_Q_v0.5", json!({"method": "vikor", "ideals": "cohort"}), is_raw);
            check("vikor_Q_v0.25", json!({"method": "vikor", "v": 0.25, "ideals": "cohort"}), is_raw);
            check("gra_rho0.5", json!({"method": "grey_relational", "ideals": "cohort"}), is_raw);
            check("gra_rho0.2", json!({"method": "grey_relational", "rho": 0.2, "ideals": "cohort"}), is_raw);
        }
        check("gra_rho0.5", json!("grey_relational"), false);
    }
}

/// A set of one level whose raw values are the scores.
fn flat(items: &[String], weights: &[f64], aggregation: &Json) -> Json {
    let nodes = items.iter().zip(weights).map(|(code, weight)| {
        json!({"code": code, "title": {"en": code}, "weight": weight, "indicator": {
            "formula": format!("`{code}`"), "scoring": {"rule": "scaled", "range": [0, 100]}
        }})
    });
    json!({
        "code": "flat", "version": "1", "title": {"en": "Flat"}, "aggregation": aggregation,
        "items": items.iter().map(|code| json!({"code": code})).collect::<Vec<_>>(), "nodes": nodes.collect::<Vec<_>>()
    })
}

#[test]
fn fuzzy_evaluation_comes_out_with_every_operator() {
    let Some(folder) = folder("mcdm") else { return };
    let expected: Json = serde_json::from_slice(&std::fs::read(folder.join("fuzzy.json")).unwrap()).unwrap();
    let numbers = |key: &str| -> Vec<f64> { expected[key].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect() };
    let (grades, scores) = (numbers("grade_centres"), numbers("scores"));
    let items: Vec<String> = (0..scores.len()).map(|i| format!("c{i}")).collect();
    let row = items.iter().zip(&scores).map(|(item, score)| (item.clone(), score.to_string())).collect();
    let data = Table::from([("A".to_owned(), row)]);
    for operator in ["weighted_average", "max_min", "max_product", "bounded_sum_min"] {
        let aggregation = json!({"method": "fuzzy", "grades": grades, "operator": operator});
        let memberships = numbers(operator);
        let all: f64 = memberships.iter().sum();
        let centre = memberships.iter().zip(&grades).map(|(membership, grade)| membership * grade).sum::<f64>() / all;
        let own = assessed(&flat(&items, &numbers("weights"), &aggregation), &data, &items);
        compare(&format!("fuzzy.json {operator}"), [("A".to_owned(), "TOTAL".to_owned(), centre)], &own, TOLERANCE);
        if operator == "weighted_average" {
            let score = expected["score_from_weighted_average"].as_f64().unwrap();
            compare("fuzzy.json score", [("A".to_owned(), "TOTAL".to_owned(), score)], &own, TOLERANCE);
        }
    }
}

#[test]
fn mazziotta_and_paretos_indices_are_those_of_compind_and_numpy() {
    let Some(folder) = folder("bod_mpi") else { return };
    let data = table(&folder.join("input.csv"), "uCode");
    let items: Vec<String> = data.values().next().unwrap().keys().filter(|key| *key != "uCode").cloned().collect();
    let weights = vec![1.0; items.len()];
    let of = |penalty: &str, standardise: &str, sd: &str| {
        let aggregation = json!({"method": "mazziotta_pareto", "penalty": penalty, "standardise": standardise, "sd": sd});
        assessed(&flat(&items, &weights, &aggregation), &data, &items)
    };
    let check = |file: &str, column: &str, scores: &Scores, tolerance: f64| {
        let expected = table(&folder.join(file), "uCode");
        let cells = expected.iter().map(|(city, row)| (city.clone(), "TOTAL".to_owned(), number(&row[column]).unwrap()));
        compare(&format!("{file} {column}"), cells, scores, tolerance);
    };
    // In these files "pos" stands for indices of which more is better: the penalty is taken away.
    for (column, penalty) in [("pos", "negative"), ("neg", "positive")] {
        let sample = of(penalty, "z_score", "sample");
        check("expected_r.csv", &format!("mpi_{column}_sample_sd"), &sample, 1e-8);
        check("expected_numpy.csv", &format!("mpi_{column}_sample_sd"), &sample, 1e-8);
        check("expected_numpy.csv", &format!("mpi_{column}_population_sd"), &of(penalty, "z_score", "population"), 1e-8);
        check("expected_numpy.csv", &format!("ampi_{column}"), &of(penalty, "goalposts", "population"), 1e-8);
    }
    // Rounded to three places in R.
    check("expected_r.csv", "ampi_rounded3", &of("negative", "goalposts", "population"), 5.1e-4);
}
