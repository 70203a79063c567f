//! Everything about a set and its nodes but the tree and the leaves.

use serde_json::{Map, Value, json};

use super::formulas::{formula, quoted};
use super::indicators::edge;
use super::{Dice, Drawing, Items, over, preparation};

/// The defaults that a set gives to its nodes.
pub fn of_set(dice: &mut Dice, by_points: bool, full_mark: i64, document: &mut Map<String, Value>) {
    if dice.chance(60) {
        document.insert("missing".into(), missing(dice));
    }
    if dice.chance(30) {
        document.insert("imputation".into(), preparation::imputation(dice));
    }
    if dice.chance(20) {
        document.insert("min_coverage".into(), min_coverage(dice));
    }
    if !by_points && dice.chance(40) {
        document.insert("aggregation".into(), aggregation(dice, full_mark));
    }
    if dice.chance(75) {
        let depths = if dice.chance(60) { json!("all") } else { json!(dice.some(&[0, 1, 2, 3, 4])) };
        document.insert(
            "rounding".into(),
            json!({"mode": dice.pick(&["half_up", "half_even"]), "places": places(dice), "depths": depths}),
        );
    }
}

/// The settings of a node of its own.
pub fn of_node(dice: &mut Dice, over_what: &Drawing, is_leaf: bool, node: &mut Map<String, Value>) {
    if dice.chance(25) {
        node.insert("missing".into(), missing(dice));
    }
    if dice.chance(10) {
        node.insert("round".into(), json!({"places": places(dice)}));
    }
    if is_leaf {
        return;
    }
    if dice.chance(12) {
        node.insert("min_coverage".into(), min_coverage(dice));
    }
    if !over_what.by_points && dice.chance(25) {
        node.insert("aggregation".into(), aggregation(dice, over_what.full_mark));
    }
}

fn places(dice: &mut Dice) -> i64 {
    *dice.pick(&[0, 1, 1, 2, 2, 2, 3, 4, 10])
}

fn missing(dice: &mut Dice) -> Value {
    match dice.between(0, 8) {
        0 | 1 => json!({"rule": "skip"}),
        2 => json!({"rule": "zero"}),
        3 => json!({"rule": "no_score"}),
        4 => json!({"rule": "peer_mean"}),
        5 => json!({"rule": "peer_median"}),
        6 => json!({"rule": dice.pick(&["peer_mean", "peer_median"]), "group": "region"}),
        7 => json!({"rule": "previous"}),
        _ => json!({"rule": "previous", "at_most": dice.between(1, 3)}),
    }
}

fn min_coverage(dice: &mut Dice) -> Value {
    json!({"by": dice.pick(&["weight", "count"]), "at_least": dice.pick(&[0.0, 0.25, 0.333, 0.5, 0.5, 0.666, 0.75, 0.8, 1.0])})
}

fn aggregation(dice: &mut Dice, full_mark: i64) -> Value {
    match dice.between(0, 11) {
        0 => json!("arithmetic"),
        1 => json!({"method": "arithmetic", "floor": over(full_mark, 10)}),
        2 | 3 => json!({"method": "geometric", "floor": over(full_mark, *dice.pick(&[100, 10, 2]))}),
        4 => json!("geometric"),
        _ => other_aggregation(dice, full_mark),
    }
}

/// One of the methods with parameters of their own; the ordered weighted average is drawn where children are counted.
fn other_aggregation(dice: &mut Dice, full_mark: i64) -> Value {
    let ideals = *dice.pick(&["fixed", "cohort"]);
    let mut drawn = match dice.between(0, 9) {
        0 => json!({"method": "harmonic"}),
        1 => json!({"method": "power", "p": dice.pick(&[-1.0, -2.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 10.0, 2.5])}),
        2 => json!({"method": "minimum"}),
        3 => json!({"method": "median"}),
        4 => json!({"method": "copeland", "scale": dice.pick(&["own", "full_mark"])}),
        5 => json!({
            "method": "mazziotta_pareto", "penalty": dice.pick(&["negative", "positive"]),
            "standardise": dice.pick(&["none", "z_score", "goalposts"]), "sd": dice.pick(&["population", "sample"])
        }),
        6 => json!({"method": "topsis", "ideals": ideals, "norm": dice.pick(&["none", "none", "vector"])}),
        7 => json!({"method": "vikor", "v": dice.pick(&[0.0, 0.25, 0.5, 1.0]), "ideals": ideals}),
        8 => json!({"method": "grey_relational", "rho": dice.pick(&[0.1, 0.5, 1.0]), "ideals": ideals}),
        _ => json!({
            "method": "fuzzy", "grades": [over(full_mark, 5), over(full_mark, 2), over(full_mark * 4, 5), full_mark],
            "operator": dice.pick(&["weighted_average", "max_min", "max_product", "bounded_sum_min"])
        }),
    };
    if dice.chance(30) {
        drawn["floor"] = json!(over(full_mark, *dice.pick(&[100, 10, 2])));
    }
    drawn
}

/// An ordered weighted average of so many positions.
pub fn ordered(dice: &mut Dice, positions: usize) -> Value {
    let mut weights: Vec<i64> = (0..positions).map(|_| dice.between(0, 4)).collect();
    let heaviest = dice.between(0, positions as i64 - 1) as usize;
    weights[heaviest] += 1;
    json!({"method": "owa", "weights": weights.iter().map(|&weight| over(weight, 10)).collect::<Vec<f64>>()})
}

/// Levels over nodes of these codes.
pub fn levels(dice: &mut Dice, full_mark: i64, codes: &[String], items: &Items) -> Value {
    let mut of: Vec<&String> = Vec::new();
    if dice.chance(60) {
        of = dice.some(codes);
    }
    if dice.chance(15) {
        return staged(dice, full_mark, &of, codes, items);
    }
    let mut limits: Vec<f64> = (0..dice.between(1, 5)).map(|_| dice.score(full_mark)).collect();
    if dice.chance(60) {
        limits.push(0.0);
    }
    limits.sort_by(f64::total_cmp);
    limits.dedup();
    let bands: Vec<Value> =
        limits.iter().enumerate().map(|(place, from)| json!({"code": format!("B{place}"), "from": from})).collect();
    let gates: Vec<Value> = (0..dice.between(0, 3))
        .map(|_| {
            let level = |dice: &mut Dice| format!("B{}", dice.between(0, bands.len() as i64 - 1));
            let requirements: Vec<Value> = (0..dice.between(1, 2))
                .map(|_| {
                    if dice.chance(35) {
                        let nodes = dice.some(codes);
                        json!({"reach": level(dice), "count": dice.between(1, nodes.len() as i64), "nodes": nodes})
                    } else {
                        simple_requirement(dice, full_mark, codes, items)
                    }
                })
                .collect();
            let mut gate = json!({"level": level(dice), "require": requirements});
            if !of.is_empty() && dice.chance(40) {
                gate["of"] = json!(dice.some(&of));
            }
            gate
        })
        .collect();
    json!({"of": of, "edge": edge(dice), "bands": bands, "gates": gates})
}

/// A staged model of one to four stages; what it counts are leaves or groups that it has spoken of by name.
fn staged(dice: &mut Dice, full_mark: i64, of: &[&String], codes: &[String], items: &Items) -> Value {
    let count = dice.between(1, 4);
    let mut named: Vec<String> = Vec::new();
    let mut stages: Vec<Value> = Vec::new();
    for stage in 1..=count {
        let mut requirements: Vec<Value> =
            (0..dice.between(1, 3)).map(|_| simple_requirement(dice, full_mark, codes, items)).collect();
        let names = requirements.iter().filter_map(|requirement| requirement["node"].as_str()).map(str::to_owned);
        named.extend(names.filter(|name| name != "TOTAL"));
        named.sort();
        named.dedup();
        if !named.is_empty() && dice.chance(50) {
            let nodes: Vec<&String> = dice.some(&named);
            let reach = format!("S{}", dice.between(1, count));
            requirements.push(json!({"reach": reach, "count": dice.between(1, nodes.len() as i64), "nodes": nodes}));
        }
        stages.push(json!({"code": format!("S{stage}"), "require": requirements}));
    }
    json!({"of": of, "staged": stages})
}

fn simple_requirement(dice: &mut Dice, full_mark: i64, codes: &[String], items: &Items) -> Value {
    if dice.chance(65) {
        return json!({"node": dice.pick(codes), "at_least": dice.score(full_mark)});
    }
    if !items.boolean.is_empty() && dice.chance(30) {
        return json!({"item": dice.pick(&items.boolean), "at_least": 1});
    }
    let grid = dice.pick(&items.numeric);
    json!({"item": grid.code, "at_least": grid.value(dice)})
}

/// One to three adjustments, and their limits now and then.
pub fn adjustments(dice: &mut Dice, full_mark: i64, items: &Items, document: &mut Map<String, Value>) {
    let adjustments: Vec<Value> = (1..=dice.between(1, 3))
        .map(|number| {
            let grid = dice.pick(&items.numeric);
            let formula = if dice.chance(70) { quoted(&grid.code) } else { formula(dice, items, 1) };
            let mut adjustment =
                json!({"code": format!("X{number}"), "kind": dice.pick(&["bonus", "deduction"]), "formula": formula});
            if dice.chance(60) {
                adjustment["points_per_unit"] = json!(dice.pick(&[0.0, 0.01, 0.05, 0.5, 2.0]));
            }
            if dice.chance(50) {
                adjustment["cap"] = json!(over(full_mark, *dice.pick(&[100, 20, 10, 8])));
            }
            if dice.chance(30) {
                adjustment["applies_to"] = json!("TOTAL");
            }
            adjustment
        })
        .collect();
    document.insert("adjustments".into(), Value::Array(adjustments));
    let mut limits = Map::new();
    for kind in ["bonus", "deduction"] {
        if dice.chance(40) {
            limits.insert(kind.into(), json!(over(full_mark, *dice.pick(&[100, 20, 10, 8]))));
        }
    }
    if dice.chance(25) {
        limits.insert("result".into(), json!([over(-full_mark, 10), over(full_mark * 12, 10)]));
    }
    if dice.chance(60) {
        document.insert("adjustment_limits".into(), Value::Object(limits));
    }
}
