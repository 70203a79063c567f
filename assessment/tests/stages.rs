//! The staged set of the catalog, ITU-T Y.4904, on invented cities.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{Observation, Status, Value, catalog};

/// A city in which every indicator has the same value, but for those named.
fn city(code: &str, value: f64, but: &[(&str, Option<f64>)]) -> Vec<Observation> {
    let set = catalog::find("itu-y4904").unwrap();
    let named: BTreeMap<&str, Option<f64>> = but.iter().copied().collect();
    let value = |item: &str| named.get(item).copied().unwrap_or(Some(value));
    let observation = |item: &str| Observation {
        city: code.into(),
        period: "2026".parse().unwrap(),
        item: item.into(),
        value: value(item).map(Value::Number),
        status: if value(item).is_some() { Status::Reported } else { Status::Missing },
    };
    set.items.iter().map(|item| observation(&item.code)).collect()
}

fn assessed(cities: &[Vec<Observation>]) -> Assessment {
    let set = catalog::find("itu-y4904").unwrap().check().unwrap_or_else(|faults| panic!("{faults}"));
    let observations = Observations::from_long(&set, &cities.concat(), None).unwrap_or_else(|faults| panic!("{faults}"));
    assess(&set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn level(assessment: &Assessment, city: &str, node: &str) -> String {
    let row = assessment.long().find(|row| row.city == city && row.node == node).unwrap();
    row.level.unwrap_or_default().to_owned()
}

#[test]
fn household_internet_access_climbs_its_dimension_at_30_50_70_and_90_per_cent() {
    let of = |share: f64| city(&share.to_string(), 100.0, &[("internet_households", Some(share))]);
    let shares = [0.0, 29.9, 30.0, 50.0, 69.99, 70.0, 89.0, 90.0, 100.0];
    let assessment = assessed(&shares.map(of));
    let levels = shares.map(|share| level(&assessment, &share.to_string(), "ICT"));
    assert_eq!(levels, ["1", "1", "2", "3", "3", "4", "4", "5", "5"]);
    assert_eq!(
        shares.map(|share| level(&assessment, &share.to_string(), "TOTAL")),
        levels,
        "the city waits for its slowest part"
    );
    assert_eq!(level(&assessment, "0", "DATA"), "5", "the other dimensions do not");
}

#[test]
fn a_city_without_benchmark_data_of_one_indicator_is_below_the_first_level() {
    let assessment = assessed(&[city("A", 95.0, &[("open_data_sets", None)])]);
    assert_eq!(["TOTAL", "DATA", "ICT"].map(|node| level(&assessment, "A", node)), ["", "", "5"]);
    let explained = assessment.explain("A", "2026".parse().unwrap(), "TOTAL", 0).unwrap();
    let said: Vec<String> = explained.operations.into_iter().filter_map(|operation| operation.text.zh).collect();
    assert_eq!(said.last().map(String::as_str), Some("等级“1”的要求未满足：“open_data_sets”没有值，要求不低于 0"));
}
