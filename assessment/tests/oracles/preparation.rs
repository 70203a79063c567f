//! Imputation and treatment against what COINr gives: 51 countries and 49 indicators of ASEM, and a panel of five years.
//!
//! The files are not part of the repository; where they are absent, the tests say so and pass.

use std::collections::BTreeMap;
use std::path::Path;

use citygauge_assessment::statistics::{IndicatorLimits, IndicatorStatistics, Of, Statistics};
use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{City, IndicatorSet, Observation, SetDocument, Status, Value};
use serde_json::{Value as Json, json};

use crate::oracle::{TOLERANCE, Table, difference, folder, number, rows, table};

/// Numbers by city, period and node or item.
type Numbers = BTreeMap<(String, String, String), f64>;

/// The year of the data that name none.
const YEAR: &str = "2018";

/// The indicators, aggregates and their settings.
fn meta(folder: &Path) -> Table {
    table(&folder.join("inputs/iMeta.csv"), "iCode")
}

fn indicators(meta: &Table) -> Vec<&str> {
    meta.iter().filter(|(_, row)| row["Type"] == "Indicator").map(|(code, _)| code.as_str()).collect()
}

/// The formula of an indicator: over its denominator, where it has one.
fn formula(meta: &Table, code: &str) -> String {
    match meta[code]["Denominator"].as_str() {
        "" => format!("`{code}`"),
        denominator => format!("`{code}` / `{denominator}`"),
    }
}

/// A set of ASEM's tree; `indicator` gives what stands in each leaf.
fn set(meta: &Table, settings: Json, indicator: impl Fn(&str) -> Json) -> IndicatorSet {
    let node = |(code, row): (&String, &BTreeMap<String, String>)| {
        let mut node = json!({"code": code, "title": {"en": code}, "weight": row["Weight"].parse::<f64>().unwrap()});
        match row["Parent"].as_str() {
            "" => return None,
            "Index" => {}
            parent => node["parent"] = json!(parent),
        }
        if row["Type"] == "Indicator" {
            let direction = if row["Direction"] == "-1" { "lower" } else { "higher" };
            let mut leaf = indicator(code);
            if leaf["scoring"]["rule"] == "min_max" {
                leaf["direction"] = json!(direction);
            }
            node["indicator"] = leaf;
        }
        Some(node)
    };
    let is_node = |row: &BTreeMap<String, String>| row["Type"] == "Indicator" || row["Type"] == "Aggregate";
    let is_item = |row: &BTreeMap<String, String>| row["Type"] == "Indicator" || row["Type"] == "Denominator";
    let mut document = json!({
        "code": "asem", "version": "1", "title": {"en": "ASEM"},
        "items": meta.iter().filter(|(_, row)| is_item(row)).map(|(code, _)| json!({"code": code})).collect::<Vec<_>>(),
        "nodes": meta.iter().filter(|(_, row)| is_node(row)).filter_map(node).collect::<Vec<_>>()
    });
    for (key, value) in settings.as_object().unwrap() {
        document[key] = value.clone();
    }
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The numbers of a file; without a column `Time` they are of one year.
fn numbers(path: &Path) -> Numbers {
    let mut numbers = Numbers::new();
    for row in rows(path) {
        let period = row.get("Time").map_or(YEAR, String::as_str).to_owned();
        for (code, text) in row.iter().filter(|(code, _)| *code != "uCode" && *code != "Time") {
            numbers.extend(number(text).map(|number| ((row["uCode"].clone(), period.clone(), code.clone()), number)));
        }
    }
    numbers
}

/// Assesses numbers; the countries stand in groups.
fn assessed(folder: &Path, set: &IndicatorSet, numbers: &Numbers) -> Assessment {
    let groups = table(&folder.join("inputs/iData.csv"), "uCode");
    let city = |(code, row): (&String, &BTreeMap<String, String>)| City {
        code: code.clone(),
        attributes: row.iter().filter(|(name, _)| name.ends_with("_group")).map(|(n, v)| (n.clone(), v.clone())).collect(),
        ..City::default()
    };
    let cities: Vec<City> = groups.iter().map(city).collect();
    let known = |item: &String| set.items().iter().any(|known| known.code == *item);
    let observations = numbers.iter().filter(|((_, _, item), _)| known(item)).map(|((city, period, item), number)| Observation {
        city: city.clone(),
        period: period.parse().unwrap(),
        item: item.clone(),
        value: Some(Value::Number(*number)),
        status: Status::Reported,
    });
    let observations: Vec<Observation> = observations.collect();
    let observations = Observations::from_long_observed(set, &observations, &cities).unwrap_or_else(|faults| panic!("{faults}"));
    assess(set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The values that the rules score.
fn prepared(assessment: &Assessment) -> Numbers {
    let value = |row: citygauge_assessment::Row| {
        let value = assessment.prepared(row.city, row.period, row.node)?;
        Some(((row.city.to_owned(), row.period.to_string(), row.node.to_owned()), value))
    };
    assessment.long().filter_map(value).collect()
}

fn measured(assessment: &Assessment) -> Numbers {
    let value =
        |row: citygauge_assessment::Row| Some(((row.city.to_owned(), row.period.to_string(), row.node.to_owned()), row.value?));
    assessment.long().filter_map(value).collect()
}

fn scores(assessment: &Assessment) -> Numbers {
    let row = |row: citygauge_assessment::Row| {
        let node = if row.node == "TOTAL" { "Index" } else { row.node };
        row.score.map(|score| ((row.city.to_owned(), row.period.to_string(), node.to_owned()), score))
    };
    assessment.long().filter_map(row).collect()
}

/// Compares every number of a file, and what it has none of.
fn compare(file: &Path, expected: &Numbers, found: &Numbers) {
    let codes: std::collections::BTreeSet<&String> = expected.keys().map(|(_, _, code)| code).collect();
    let mut greatest = 0.0_f64;
    for (place, expected) in expected {
        let found = found.get(place).unwrap_or_else(|| panic!("{}: nothing at {place:?}", file.display()));
        let difference = difference(*found, *expected);
        assert!(difference <= TOLERANCE, "{}: {place:?} is {found}, expected {expected}", file.display());
        greatest = greatest.max(difference);
    }
    let surplus = found.keys().find(|place| codes.contains(&place.2) && !expected.contains_key(*place));
    assert!(surplus.is_none(), "{}: {surplus:?} should be missing", file.display());
    println!("{}: {} numbers, largest difference {greatest:e}", file.display(), expected.len());
}

/// A rule that scores any number, so that nothing stands between imputation and what is looked at.
fn any_number() -> Json {
    json!({"rule": "scaled", "range": [0, 100]})
}

#[test]
fn imputation_over_the_cohort_is_that_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let meta = meta(&folder);
    let input = numbers(&folder.join("inputs/iData.csv"));
    let files = [
        ("i_mean.csv", json!({"method": "mean"})),
        ("i_median.csv", json!({"method": "median"})),
        ("i_mean_grp.csv", json!({"method": "mean", "group": "EurAsia_group"})),
        ("i_median_grp.csv", json!({"method": "median", "group": "EurAsia_group"})),
        ("i_mean_byrow_all.csv", json!({"method": "row_mean", "within": "all"})),
        ("i_mean_byrow_pillar.csv", json!({"method": "row_mean"})),
    ];
    for (file, imputation) in files {
        let leaf = |code: &str| {
            let direction = if meta[code]["Direction"] == "-1" { "lower" } else { "higher" };
            let rule = json!({"rule": "min_max"});
            json!({"formula": formula(&meta, code), "direction": direction, "scoring": rule})
        };
        let set = set(&meta, json!({"imputation": imputation}), leaf);
        let path = folder.join("impute").join(file);
        compare(&path, &numbers(&path), &prepared(&assessed(&folder, &set, &input)));
    }
}

#[test]
fn imputation_over_the_years_is_that_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let meta = meta(&folder);
    let input = numbers(&folder.join("panel/impute_input.csv"));
    let files = [
        ("impute_latest.csv", json!({"method": "previous", "at_most": 4})),
        ("impute_latest_max1.csv", json!({"method": "previous"})),
        ("impute_constant.csv", json!({"method": "previous", "at_most": 4, "ends": "constant"})),
        ("impute_linear.csv", json!({"method": "interpolate", "ends": "constant"})),
        ("impute_linear-constant.csv", json!({"method": "interpolate", "ends": "constant"})),
    ];
    for (file, imputation) in files {
        let leaf = |code: &str| json!({"formula": format!("`{code}`"), "scoring": any_number()});
        let set = set(&meta, json!({"imputation": imputation}), leaf);
        let path = folder.join("panel").join(file);
        compare(&path, &numbers(&path), &prepared(&assessed(&folder, &set, &input)));
    }
}

#[test]
fn treatments_are_those_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let meta = meta(&folder);
    let input = numbers(&folder.join("pipeline/Screened.csv"));
    let log = |variant: &str| json!({"method": "log", "variant": variant});
    let winsorise = |at_most: u32| json!({"method": "winsorise", "at_most": at_most});
    let files = [
        ("log_CT.csv", log("ct")),
        ("log_CT_plus.csv", log("ct_plus")),
        ("log_CT_orig.csv", log("ct_orig")),
        ("boxcox_0.5.csv", json!({"method": "box_cox", "lambda": 0.5})),
        ("boxcox_0.csv", json!({"method": "box_cox", "lambda": 0})),
        ("winsorise_1.csv", winsorise(1)),
        ("winsorise_3.csv", winsorise(3)),
        ("winsorise_5.csv", winsorise(5)),
        ("winsorise_10.csv", winsorise(10)),
    ];
    for (file, treatment) in files {
        let leaf = |code: &str| {
            let rule = json!({"rule": "min_max"});
            json!({"formula": format!("`{code}`"), "scoring": rule, "treatment": [treatment]})
        };
        let set = set(&meta, json!({}), leaf);
        let path = folder.join("treat").join(file);
        compare(&path, &numbers(&path), &prepared(&assessed(&folder, &set, &input)));
    }
}

/// From the raw data to the ranks in one set: denominators, imputation by group, two-stage treatment, min-max and weights.
#[test]
fn the_whole_pipeline_is_that_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let meta = meta(&folder);
    let leaf = |code: &str| {
        let rule = json!({"rule": "min_max"});
        json!({"formula": formula(&meta, code), "scoring": rule, "treatment": [{"method": "two_stage"}]})
    };
    let imputation = json!({"method": "mean", "group": "EurAsia_group"});
    let set = set(&meta, json!({"imputation": imputation}), leaf);
    let input = folder.join("pipeline/Raw.csv");
    let mut raw = numbers(&folder.join("inputs/iData.csv"));
    let indicators = indicators(&meta);
    raw.retain(|(_, _, code), _| {
        indicators.contains(&code.as_str()) || meta.get(code).is_some_and(|row| row["Type"] == "Denominator")
    });
    compare(&input, &numbers(&input), &raw);
    let assessment = assessed(&folder, &set, &raw);

    let path = folder.join("pipeline/Denominated.csv");
    compare(&path, &numbers(&path), &measured(&assessment));
    let path = folder.join("pipeline/Treated.csv");
    compare(&path, &numbers(&path), &prepared(&assessment));
    // No country was screened out.
    let untreated = |code: &str| json!({"formula": formula(&meta, code), "scoring": any_number()});
    let untreated = self::set(&meta, json!({"imputation": imputation}), untreated);
    for file in ["pipeline/Imputed.csv", "pipeline/Screened.csv"] {
        let path = folder.join(file);
        compare(&path, &numbers(&path), &prepared(&assessed(&folder, &untreated, &raw)));
    }
    for file in ["pipeline/Normalised.csv", "pipeline/Aggregated.csv"] {
        let path = folder.join(file);
        compare(&path, &numbers(&path), &scores(&assessment));
    }
    let found = scores(&assessment);
    let above = |(city, period, node): &(String, String, String), by: f64| {
        let own = found[&(city.clone(), period.clone(), node.clone())];
        found.iter().filter(|((_, _, other), score)| other == node && **score > own + by).count() + 1
    };
    let (mut ranks, mut ties) = (Numbers::new(), 0);
    for row in assessment.long() {
        let node = if row.node == "TOTAL" { "Index" } else { row.node };
        ranks.insert((row.city.to_owned(), row.period.to_string(), node.to_owned()), f64::from(row.rank.unwrap()));
    }
    let path = folder.join("pipeline/Ranks.csv");
    let mut expected = numbers(&path);
    // R ranks doubles as they are, and so parts scores that differ in the last bit only; to ten decimals they are the same.
    for (place, rank) in &mut expected {
        let to_ten_decimals = above(place, 5e-11) as f64;
        if *rank != to_ten_decimals {
            (*rank, ties) = (to_ten_decimals, ties + 1);
        }
    }
    assert!(ties <= 3, "{ties} ranks differ");
    compare(&path, &expected, &ranks);
    let path = folder.join("pipeline/Results_sorted.csv");
    let mut sorted = found;
    sorted.extend(
        ranks
            .into_iter()
            .filter(|((_, _, node), _)| node == "Index")
            .map(|((city, period, _), rank)| ((city, period, "Rank".to_owned()), rank)),
    );
    compare(&path, &numbers(&path), &sorted);
    details(&folder, &assessment);
}

/// What was done to each indicator, and how many values were moved.
fn details(folder: &Path, assessment: &Assessment) {
    let details = table(&folder.join("pipeline/Treated_details.csv"), "iCode");
    let applied: BTreeMap<String, _> =
        assessment.fitted().treatments(assessment.set()).into_iter().map(|applied| (applied.node.clone(), applied)).collect();
    for (code, row) in &details {
        assert_eq!(row["check_SkewKurt0.Pass"] == "TRUE", !applied.contains_key(code), "{code}");
        let moved = applied.get(code).map(|applied| (applied.method, applied.moved));
        let expected = row["winsorise.nwin"].parse().ok().map(|count: usize| ("winsorise", count));
        assert_eq!(moved, expected, "{code}");
    }
    // One row per country, in the order of the data: which values were moved, and to which side.
    let imputed = numbers(&folder.join("pipeline/Imputed.csv"));
    let points = rows(&folder.join("pipeline/Treated_points.csv"));
    let cities = rows(&folder.join("pipeline/Treated.csv"));
    let mut count = 0;
    for (moves, city) in points.iter().zip(&cities) {
        for (code, moved) in moves {
            let at = (city["uCode"].as_str(), YEAR.parse().unwrap(), code.as_str());
            let before = imputed[&(city["uCode"].clone(), YEAR.to_owned(), code.clone())];
            let after = assessment.prepared(at.0, at.1, at.2).unwrap();
            let side = match after.total_cmp(&before) {
                _ if (after - before).abs() <= TOLERANCE * before.abs() => "",
                std::cmp::Ordering::Less => "winhi",
                _ => "winlo",
            };
            assert_eq!(side, moved, "{at:?}");
            count += usize::from(!side.is_empty());
        }
    }
    assert_eq!(count, applied.values().map(|applied| applied.moved).sum::<usize>());
}

/// Each year by itself: treatment, min-max and means of the panel; and the min-max over all years at once.
#[test]
fn the_panel_is_that_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let meta = meta(&folder);
    let treated = folder.join("panel/global_Treated.csv");
    let expected = numbers(&treated);
    let countries: std::collections::BTreeSet<&String> = expected.keys().map(|(city, _, _)| city).collect();
    let mut raw = numbers(&folder.join("inputs/iData_panel.csv"));
    raw.retain(|(city, _, _), _| countries.contains(city));

    let leaf = |rule: Json, treatment: Json| move |code: &str| json!({"formula": format!("`{code}`"), "scoring": rule, "treatment": treatment});
    let by_year = set(&meta, json!({}), leaf(json!({"rule": "min_max"}), json!([{"method": "two_stage"}])));
    let assessment = assessed(&folder, &by_year, &raw);
    compare(&treated, &expected, &prepared(&assessment));
    let path = folder.join("panel/peryear_Aggregated.csv");
    compare(&path, &numbers(&path), &scores(&assessment));

    // There the treatment is of each year and the scale of all, so what was treated is what is read.
    let pooled = set(&meta, json!({}), leaf(json!({"rule": "min_max", "cohort": "pooled"}), json!([])));
    let assessment = assessed(&folder, &pooled, &expected);
    for file in ["panel/global_Normalised.csv", "panel/global_Aggregated.csv"] {
        let path = folder.join(file);
        compare(&path, &numbers(&path), &scores(&assessment));
    }
}

/// Skewness and kurtosis of the numbers of a file, by indicator.
fn shapes(folder: &Path, file: &str) -> BTreeMap<String, (f64, f64)> {
    let meta = meta(folder);
    let set = set(&meta, json!({}), |code: &str| json!({"formula": format!("`{code}`"), "scoring": any_number()}));
    let assessment = assessed(folder, &set, &numbers(&folder.join(file)));
    let statistics = Statistics::of(&assessment, YEAR.parse().unwrap()).unwrap();
    let described = statistics.indicators(&IndicatorLimits::default()).unwrap();
    let of_values = described.into_iter().filter(|described| described.of == Of::Value);
    let shape = |described: IndicatorStatistics| {
        (set.nodes()[described.node].code.clone(), (described.skewness.unwrap(), described.kurtosis.unwrap()))
    };
    of_values.map(shape).collect()
}

#[test]
fn skewness_and_kurtosis_before_and_after_are_those_of_coinr() {
    let Some(folder) = folder("asem") else { return };
    let details = table(&folder.join("pipeline/Treated_details.csv"), "iCode");
    for (input, file, stage) in
        [("pipeline/Screened.csv", "treat/skew_kurt_before.csv", 0), ("pipeline/Treated.csv", "treat/skew_kurt_after.csv", 1)]
    {
        let found = shapes(&folder, input);
        let expected = table(&folder.join(file), "iCode");
        assert_eq!((found.len(), expected.len(), details.len()), (49, 49, 49));
        for (code, (skewness, kurtosis)) in found {
            for (own, expected) in [
                (skewness, &expected[&code]["skew"]),
                (kurtosis, &expected[&code]["kurt"]),
                (skewness, &details[&code][&format!("check_SkewKurt{stage}.Skew")]),
                (kurtosis, &details[&code][&format!("check_SkewKurt{stage}.Kurt")]),
            ] {
                // What passed at once was not looked at again.
                if let Some(expected) = number(expected) {
                    assert!(difference(own, expected) <= TOLERANCE, "{file}: {code} is {own}, expected {expected}");
                }
            }
        }
    }
}
