//! Trends against COINr's `CAGR` and `prc_change` on its panel of 46 countries and five years.
//!
//! Files: `asem/panel/trends_CAGR.csv`, `asem/panel/trends_prc_change.csv`, `asem/panel/global_Aggregated.csv`. The first two
//! hold no number: `get_trends` was run with `use_latest = 5` on five years, and COINr 1.1.14 wants one point more than it is
//! told to use. What they do say, availability and the first and latest year, is compared with ours; growth rates and
//! changes in per cent are compared with the definitions of the two functions, computed here over again from the series.

use std::collections::BTreeMap;
use std::path::Path;

use citygauge_assessment::years::{Quantity, trends};
use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{Observation, SetDocument, Status, Value};
use serde_json::json;

use crate::oracle::{TOLERANCE, difference, folder, rows};

/// The aggregates whose trends the files name.
const AGGREGATES: [&str; 3] = ["Index", "Conn", "Sust"];

/// The year and value of the points of every country and aggregate.
type Series = BTreeMap<(String, String), Vec<(f64, f64)>>;

/// The aggregated panel as an assessment of three indicators that show it as it is.
fn panel(folder: &Path) -> (Assessment, Series) {
    let nodes = AGGREGATES.map(|code| {
        json!({"code": code, "title": {"en": code}, "indicator": {"formula": code, "scoring": {"rule": "scaled", "range": [0, 100]}}})
    });
    let items = AGGREGATES.map(|code| json!({"code": code}));
    let document = json!({"code": "panel", "version": "1", "title": {"en": "Panel"}, "items": items, "nodes": nodes});
    let set = SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"));
    let (mut observations, mut series) = (Vec::new(), BTreeMap::new());
    for row in rows(&folder.join("panel/global_Aggregated.csv")) {
        for code in AGGREGATES {
            let value: f64 = row[code].parse().unwrap();
            observations.push(Observation {
                city: row["uCode"].clone(),
                period: row["Time"].parse().unwrap(),
                item: code.to_owned(),
                value: Some(Value::Number(value)),
                status: Status::Reported,
            });
            let points: &mut Vec<(f64, f64)> = series.entry((row["uCode"].clone(), code.to_owned())).or_default();
            points.push((row["Time"].parse().unwrap(), value));
        }
    }
    let observations = Observations::from_long(&set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    let assessment = assess(&set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"));
    series.values_mut().for_each(|points| points.sort_by(|one, other| one.0.total_cmp(&other.0)));
    (assessment, series)
}

/// The vectors that a cell with R's `list(name = c(...), ...)` holds, by name.
fn vectors(cell: &str) -> BTreeMap<String, Vec<String>> {
    let parts = cell.trim_start_matches("list(").split("c(");
    let mut name = String::new();
    let mut vectors = BTreeMap::new();
    for part in parts {
        let (inside, after) = part.split_once(')').unwrap_or(("", part));
        let values = inside.split(',').map(|value| value.trim().trim_matches('"').to_owned());
        if !name.is_empty() {
            vectors.insert(std::mem::take(&mut name), values.collect());
        }
        name = after.trim_matches([',', ' ', '=', '\n']).to_owned();
    }
    vectors
}

/// How many cells of a file were compared.
fn compare(folder: &Path, file: &str, function: &str, own: impl Fn(&str, &str) -> (usize, usize, String, String)) -> usize {
    let mut compared = 0;
    for row in rows(&folder.join("panel").join(file)) {
        let trends = vectors(&row["Trends"]);
        for (place, city) in trends["uCode"].iter().enumerate() {
            let node = &trends["iCode"][place];
            let (points, periods, first, latest) = own(city, node);
            assert_eq!(trends[function][place], "NA", "{file}: R's number is to be compared");
            assert_eq!(trends["Avail"][place], (points / periods).to_string(), "{file}: {city} {node}");
            assert_eq!((&trends["t_first"][place], &trends["t_latest"][place]), (&first, &latest), "{file}: {city} {node}");
            compared += 1;
        }
    }
    compared
}

#[test]
fn growth_rates_and_changes_in_per_cent_are_those_that_coinr_defines() {
    let Some(folder) = folder("asem") else { return };
    let (assessment, series) = panel(&folder);
    let found = trends(&assessment, Quantity::Score, None, None, None);
    let by_name: BTreeMap<(&str, &str), _> =
        found.iter().map(|trend| ((trend.city, assessment.set().nodes()[trend.node].code.as_str()), trend)).collect();
    let mut largest: f64 = 0.0;
    for ((city, code), points) in &series {
        let trend = by_name[&(city.as_str(), code.as_str())];
        let ((start, first), (end, latest)) = (points[0], *points.last().unwrap());
        let growth = (latest / first).powf(1.0 / (end - start)) - 1.0;
        // The line of least squares by its normal equations.
        let count = points.len() as f64;
        let sum = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>();
        let (x, y) = (sum(|point| point.0 - 2018.0), sum(|point| point.1));
        let (xx, xy) = (sum(|point| (point.0 - 2018.0).powi(2)), sum(|point| (point.0 - 2018.0) * point.1));
        let slope = (count * xy - x * y) / (count * xx - x * x);
        let percent = 100.0 * slope / ((y - slope * x) / count + slope * (start - 2018.0));
        for (own, expected) in [(trend.growth_rate.unwrap(), growth), (trend.percent_per_year.unwrap(), percent)] {
            largest = largest.max(difference(own, expected));
        }
    }
    assert_eq!(series.len(), 46 * AGGREGATES.len());
    assert!(largest <= TOLERANCE, "the largest difference is {largest}");
    for (file, function) in [("trends_CAGR.csv", "CAGR"), ("trends_prc_change.csv", "prc_change")] {
        let compared = compare(&folder, file, function, |city, node| {
            let trend = by_name[&(city, node)];
            (trend.points, trend.periods, trend.first.unwrap().0.to_string(), trend.latest.unwrap().0.to_string())
        });
        assert_eq!(compared, series.len(), "{file} has every country and aggregate");
    }
}
