//! Every set of the catalog scores invented values from its leaves up to TOTAL.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use citygauge_assessment::{Assessment, Observations, Options, assess};
use citygauge_indicators::{IndicatorSet, Item, ItemKind, Observation, Status, Value, catalog};

fn invented(item: &Item, city: usize) -> Value {
    let within = |share: f64, [low, high]: [f64; 2]| Value::Number(low + share * (high - low));
    match item.kind {
        ItemKind::Boolean => Value::Number((city % 2) as f64),
        ItemKind::Choice => Value::Choice(item.options[city % item.options.len()].clone()),
        ItemKind::Survey => within(0.4 + city as f64 / 10.0, item.scale.unwrap()),
        _ => within(0.4 + city as f64 / 10.0, [item.min.unwrap_or(0.0), item.max.unwrap_or(100.0)]),
    }
}

fn assessed(set: &IndicatorSet, is_observed: impl Fn(&Item) -> bool) -> Assessment {
    let of_city = |city: usize| {
        let items = set.items().iter().filter(|item| is_observed(item));
        items.map(move |item| Observation {
            city: format!("C{city}"),
            period: "2026".parse().unwrap(),
            item: item.code.clone(),
            value: Some(invented(item, city)),
            status: Status::Reported,
        })
    };
    let observations: Vec<Observation> = (0..4).flat_map(of_city).collect();
    let observations = Observations::from_long(set, &observations, None).unwrap_or_else(|faults| panic!("{faults}"));
    assess(set, &observations, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_set_of_the_catalog_scores_every_node_of_a_city_that_reports_all() {
    for entry in catalog::ENTRIES {
        let set = catalog::find(entry.code).unwrap().check().unwrap_or_else(|faults| panic!("{faults}"));
        let assessment = assessed(&set, |_| true);
        for row in assessment.long() {
            assert!(row.score.is_some_and(|score| (0.0..=set.full_mark()).contains(&score)), "{}: {row:?}", entry.code);
        }
    }
}

#[test]
fn an_indicator_of_u4ssc_without_a_benchmark_is_left_out_of_points_and_maximum_points() {
    let set = catalog::find("u4ssc").unwrap().check().unwrap();
    let without = assessed(&set, |item| item.code != "benchmark_ec_ict_ict_1c");
    let all = assessed(&set, |_| true);
    let row = |assessment: &Assessment, node: &str| {
        assessment.long().find(|row| row.city == "C1" && row.node == node).map(|row| (row.score, row.coverage)).unwrap()
    };
    assert_eq!(row(&without, "EC: ICT: ICT: 1C"), (None, Some(0.0)));
    let leaves = set.leaves().count() as f64;
    let (total, coverage) = row(&without, "TOTAL");
    assert!((coverage.unwrap() - (leaves - 1.0) / leaves).abs() < 1e-12);
    let left_out = row(&all, "EC: ICT: ICT: 1C").0.unwrap();
    let expected = (row(&all, "TOTAL").0.unwrap() * leaves - left_out) / (leaves - 1.0);
    assert!((total.unwrap() - expected).abs() < 1e-9);
}
