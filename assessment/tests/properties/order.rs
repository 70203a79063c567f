//! The order in which rows, cities, nodes and items stand, and the scale of the weights of sisters, mean nothing.

use std::collections::BTreeMap;

use citygauge_indicators::{NodeKind, SetNode, WeightOf};
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
        let (mut other, mut factors) = (document.clone(), BTreeMap::new());
        // A parent stands before its children: what is weighed above by the leaves below it has its factor by then.
        for node in set.nodes() {
            let NodeKind::Inner { weighting: None, .. } = node.kind else { continue };
            let terms: Vec<&SetNode> = node.terms.iter().map(|&term| &set.nodes()[term]).collect();
            // Weights of another scale are shares of the total or of the parent, which have to add up.
            if terms.iter().all(|term| term.weight_of == WeightOf::Siblings && !factors.contains_key(&term.code)) {
                let factor: f64 = *dice.pick(&[0.5, 0.1, 2.0, 3.0, 10.0, 1000.0]);
                factors.extend(terms.iter().map(|term| (&term.code, (term.weight * factor * 1e9).round() / 1e9)));
            }
        }
        if factors.is_empty() {
            continue;
        }
        for node in other["nodes"].as_array_mut().expect("nodes") {
            if let Some(weight) = node["code"].as_str().and_then(|code| factors.get(&code.to_owned())) {
                node["weight"] = json!(weight);
            }
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
