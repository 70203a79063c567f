//! The order in which rows, cities, nodes and items stand, and the scale of the weights of sisters, mean nothing.

use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use serde_json::{Value, json};

use super::{cells, checked, seeds};
use crate::EngineCell;
use crate::reference::Place;
use crate::reference::random::{Case, Dice, case};

#[test]
fn the_order_of_rows_cities_nodes_and_items_means_nothing() {
    let mut compared = 0;
    for seed in seeds() {
        let Case { document, set, observations, cities } = case(seed);
        let Some(before) = cells(&set, &observations, cities.as_deref()) else { continue };
        let mut dice = Dice::of(seed ^ 0x0DE2);
        let (mut other, mut rows, mut listed) = (document.clone(), observations, cities);
        for list in ["items", "nodes"] {
            other[list].as_array_mut().expect("a list").shuffle(&mut dice.0);
        }
        rows.shuffle(&mut dice.0);
        if let Some(listed) = &mut listed {
            listed.shuffle(&mut dice.0);
        }
        let after = cells(&checked(&other), &rows, listed.as_deref()).expect("what was accepted is accepted in any order");
        same(&before, &after, seed, &document);
        compared += 1;
    }
    println!("{compared} sets with their data in two orders: the same digits");
    assert!(compared > 0);
}

#[test]
fn the_scale_of_the_weights_of_sisters_means_nothing() {
    let mut compared = 0;
    for seed in seeds() {
        let Case { document, set, observations, cities } = case(seed);
        let Some(before) = cells(&set, &observations, cities.as_deref()) else { continue };
        let mut dice = Dice::of(seed ^ 0x5CA1E);
        let (mut other, mut factors, mut scaled) = (document.clone(), BTreeMap::new(), false);
        for node in other["nodes"].as_array_mut().expect("nodes") {
            let parent = node["parent"].as_str().unwrap_or_default().to_owned();
            let factor: f64 = *factors.entry(parent).or_insert_with(|| *dice.pick(&[0.5, 0.1, 2.0, 3.0, 10.0, 1000.0]));
            // Weights of another scale are shares of the total or of the parent, which have to add up.
            let of_sisters = node["weight_of"].as_str().is_none_or(|scale| scale == "siblings");
            if let (true, Some(weight)) = (of_sisters, node["weight"].as_f64()) {
                node["weight"] = json!((weight * factor * 1e9).round() / 1e9);
                scaled = true;
            }
        }
        if !scaled {
            continue;
        }
        let after =
            cells(&checked(&other), &observations, cities.as_deref()).expect("what was accepted is accepted at any scale");
        same(&before, &after, seed, &document);
        compared += 1;
    }
    println!("{compared} sets with weights at two scales: the same digits");
    assert!(compared > 0);
}

/// Ranks, levels and what is missing are the same; so are all numbers, but for the last digits of unrounded ones.
fn same(before: &BTreeMap<Place, EngineCell>, after: &BTreeMap<Place, EngineCell>, seed: u64, document: &Value) {
    assert!(before.keys().eq(after.keys()), "seed {seed}: other rows");
    let near = |one: Option<f64>, other: Option<f64>| match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(1.0),
        (one, other) => one == other,
    };
    for (place, one) in before {
        let other = &after[place];
        let numbers = |cell: &EngineCell| [cell.score, cell.points, cell.coverage, cell.low, cell.high];
        let is_near = numbers(one).into_iter().zip(numbers(other)).all(|(one, other)| near(one, other));
        let is_same = is_near && one.rank == other.rank && one.level == other.level;
        assert!(is_same, "seed {seed}, {place:?}: {one:?}, then {other:?}\n{document:#}");
    }
}
