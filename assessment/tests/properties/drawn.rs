//! Sets in which one knows which value is the better one, with the values of five cities.

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::{City, IndicatorSet, Observation, Status};
use serde_json::{Value, json};

use super::checked;
use crate::reference::random::Dice;
use crate::reference::random::indicators::OF_COHORT;

/// Of every rule a way to score by it, and whether more is better. Values lie in 1..=10, or are 0 and 1 where the rule takes yes and no.
fn rules() -> Vec<(&'static str, Value, bool)> {
    let plain = |rule: Value| json!({"scoring": rule});
    let lower = |rule: Value| json!({"scoring": rule, "direction": "lower"});
    let of_cohort = |rule: &str| json!({"rule": rule, "constant": "half"});
    vec![
        ("ratio", json!({"formula": "x / 10", "scoring": {"rule": "ratio"}}), true),
        ("goalposts", plain(json!({"rule": "goalposts", "worst": 2, "best": 8})), true),
        ("goalposts", plain(json!({"rule": "goalposts", "worst": 9, "best": 3})), false),
        ("piecewise", plain(json!({"rule": "piecewise", "points": [[1, 0], [4, 60], [9, 100]]})), true),
        ("piecewise", plain(json!({"rule": "piecewise", "points": [[2, 90], [6, 90], [8, 10]]})), false),
        ("steps", plain(json!({"rule": "steps", "steps": [{"from": 3, "score": 40}, {"from": 7, "score": 90}]})), true),
        (
            "steps",
            plain(json!({"rule": "steps", "otherwise": 100, "steps": [{"from": 5, "score": 30}], "edge": "upper_inclusive"})),
            false,
        ),
        (
            "benchmark_share",
            plain(json!({"rule": "benchmark_share", "benchmark": 8, "bands": [
                {"score": 25}, {"from": 0.33, "score": 50}, {"from": 0.66, "score": 75}, {"from": 0.95, "score": 100}]})),
            true,
        ),
        ("survey", plain(json!({"rule": "survey", "scale": [1, 10]})), true),
        ("scaled", plain(json!({"rule": "scaled", "range": [0, 10]})), true),
        ("scaled", plain(json!({"rule": "scaled", "range": [10, 0]})), false),
        ("choice", plain(json!({"rule": "choice", "scores": {"true": 80, "false": 20}})), true),
        ("choice", plain(json!({"rule": "choice", "scores": {"true": 10, "false": 70}})), false),
        ("checklist", json!({"scoring": {"rule": "checklist", "items": {"x": 2}}}), true),
        ("min_max", plain(of_cohort("min_max")), true),
        ("min_max", lower(of_cohort("min_max")), false),
        ("z_score", plain(json!({"rule": "z_score", "mean": 50, "sd": 10, "constant": "half"})), true),
        ("z_score", lower(json!({"rule": "z_score", "mean": 50, "sd": 10, "constant": "half"})), false),
        ("rank", plain(json!({"rule": "rank"})), true),
        ("rank", lower(json!({"rule": "rank", "ties": "mean"})), false),
        ("borda", plain(json!({"rule": "borda"})), true),
        ("borda", lower(json!({"rule": "borda"})), false),
        ("percentile_rank", plain(of_cohort("percentile_rank")), true),
        ("percentile_rank", lower(of_cohort("percentile_rank")), false),
        ("max_distance", plain(of_cohort("max_distance")), true),
        ("max_distance", lower(of_cohort("max_distance")), false),
        ("max_fraction", plain(of_cohort("max_fraction")), true),
        ("target_distance", plain(json!({"rule": "target_distance", "target": 7, "cap": true, "constant": "half"})), true),
        ("reference_distance", plain(json!({"rule": "reference_distance", "city": "C1", "cap": true, "constant": "half"})), true),
    ]
}

/// Rules whose values are yes and no.
const YES_OR_NO: [&str; 2] = ["choice", "checklist"];

/// A set over the items `A`, `B` ..., one a leaf, below two dimensions.
pub struct Drawn {
    pub document: Value,
    pub set: IndicatorSet,
    pub cities: Vec<City>,
    pub observations: Vec<Observation>,
    /// By item.
    pub leaves: BTreeMap<String, Leaf>,
}

/// How a leaf is scored.
pub struct Leaf {
    pub rule: &'static str,
    /// Whether more is better.
    pub rises: bool,
}

impl Leaf {
    pub fn is_yes_or_no(&self) -> bool {
        YES_OR_NO.contains(&self.rule)
    }

    /// Whether other cities take part in it.
    pub fn is_of_cohort(&self) -> bool {
        OF_COHORT.contains(&self.rule)
    }
}

/// The case of a seed, all of whose inner nodes aggregate so; rules of the cohort may be left out.
pub fn drawn(seed: u64, aggregation: &Value, with_cohort: bool) -> Drawn {
    let mut dice = Dice::of(seed);
    let rules: Vec<_> = rules().into_iter().filter(|(rule, ..)| with_cohort || !OF_COHORT.contains(rule)).collect();
    let by_points = *aggregation == "arithmetic" && dice.chance(50);
    let (mut nodes, mut items, mut leaves) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (dimension, weight) in [("D1", 60), ("D2", 40)] {
        nodes.push(json!({"code": dimension, "title": {"en": dimension}, "weight": weight, "aggregation": aggregation}));
        let weights = *dice.pick(&[&[100][..], &[30, 70], &[20, 30, 50]]);
        for weight in weights {
            // Every rule comes up in turn, whatever the dice say.
            let turn = (seed as usize + leaves.len() * 7) % rules.len();
            let (rule, mut indicator, rises) = rules[turn].clone();
            let leaf = Leaf { rule, rises };
            let item = char::from(b'A' + leaves.len() as u8).to_string();
            let formula =
                indicator.get("formula").map_or(item.clone(), |written| written.as_str().unwrap_or_default().replace('x', &item));
            match rule {
                "checklist" => indicator["scoring"]["items"] = json!({&item: 2}),
                _ => indicator["formula"] = json!(formula),
            }
            items.push(json!({"code": &item, "kind": match rule { "choice" | "checklist" => "boolean", "survey" => "survey", _ => "index" }}));
            if rule == "survey" {
                items.last_mut().expect("pushed")["scale"] = json!([1, 10]);
            }
            nodes.push(json!({"code": format!("N{item}"), "title": {"en": &item}, "parent": dimension, "weight": weight, "indicator": indicator}));
            leaves.insert(item, leaf);
        }
    }
    nodes.push(json!({"code": "TOTAL", "title": {"en": "Total"}, "aggregation": aggregation}));
    if by_points {
        for node in &mut nodes {
            node.as_object_mut().expect("a node").remove("aggregation");
        }
    }
    let mut document = json!({
        "code": "property", "version": "1", "title": {"en": "Property"}, "full_mark": 100,
        "arithmetic": if by_points { "points" } else { "scores" },
        "missing": {"rule": dice.pick(&["skip", "zero", "peer_mean", "peer_median"])},
        "items": items, "nodes": nodes,
        "levels": {"of": ["TOTAL", "D1"], "bands": [{"code": "L1", "from": 0}, {"code": "L2", "from": 40}, {"code": "L3", "from": 75}]}
    });
    if dice.chance(60) {
        document["rounding"] =
            json!({"mode": dice.pick(&["half_up", "half_even"]), "places": dice.pick(&[0, 1, 2]), "depths": "all"});
    }
    let cities: Vec<City> = (1..=5).map(|city| City { code: format!("C{city}"), ..City::default() }).collect();
    let observations = cities.iter().flat_map(|city| {
        let each = leaves.iter().map(|(item, leaf)| {
            let value = if leaf.is_yes_or_no() { dice.between(0, 1) as f64 } else { dice.between(4, 40) as f64 / 4.0 };
            observation(&city.code, item, value)
        });
        each.collect::<Vec<_>>()
    });
    let observations = observations.collect();
    Drawn { set: checked(&document), document, cities, observations, leaves }
}

fn observation(city: &str, item: &str, value: f64) -> Observation {
    Observation {
        city: city.to_owned(),
        period: "2026".parse().expect("a year"),
        item: item.to_owned(),
        value: Some(citygauge_indicators::Value::Number(value)),
        status: Status::Reported,
    }
}

/// The words of all rules.
pub fn words() -> BTreeSet<&'static str> {
    rules().into_iter().map(|(rule, ..)| rule).collect()
}
