//! A better value of a city lowers no score of it.

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::{Status, Value};
use serde_json::{Value as Json, json};

use super::drawn::{Drawn, drawn};
use super::{cells, seeds};
use crate::EngineCell;
use crate::reference::Place;
use crate::reference::random::Dice;

/// Ways to aggregate under which no better value lowers a score. Methods that give no score at zero have a floor: without one, a child that
/// rises from zero ends the exception that its parent stood under.
fn monotone() -> Vec<Json> {
    vec![
        json!("arithmetic"),
        json!({"method": "geometric", "floor": 1}),
        json!({"method": "harmonic", "floor": 1}),
        json!({"method": "power", "p": 2, "floor": 1}),
        json!({"method": "power", "p": -2, "floor": 1}),
        json!({"method": "minimum"}),
        json!({"method": "median"}),
        json!({"method": "copeland", "scale": "own"}),
        json!({"method": "copeland", "scale": "full_mark"}),
        json!({"method": "topsis", "ideals": "fixed", "norm": "none"}),
        json!({"method": "vikor", "v": 0.5, "ideals": "fixed"}),
        json!({"method": "grey_relational", "rho": 0.5, "ideals": "fixed"}),
        json!({"method": "fuzzy", "grades": [20, 50, 80, 100], "operator": "weighted_average"}),
    ]
}

/// Ways under which one may: these measure a city by how even it is, or by others whom its own value moves.
fn not_monotone() -> Vec<Json> {
    vec![
        json!({"method": "mazziotta_pareto", "penalty": "negative", "standardise": "none", "sd": "population"}),
        json!({"method": "topsis", "ideals": "cohort", "norm": "vector"}),
        json!({"method": "fuzzy", "grades": [20, 50, 80, 100], "operator": "max_min"}),
    ]
}

#[test]
fn a_better_value_lowers_no_score_under_any_rule() {
    let (mut met, mut raised, mut tried) = (BTreeSet::new(), BTreeSet::new(), 0);
    for aggregation in monotone() {
        for seed in seeds() {
            let Some(tale) = better(&drawn(seed, &aggregation, true), seed) else { continue };
            tried += 1;
            assert!(
                tale.lowered.is_empty(),
                "seed {seed}, {aggregation}: {} lowers {:#?}\n{:#}",
                tale.what,
                tale.lowered,
                tale.document
            );
            met.insert(tale.rule);
            if tale.is_raised {
                raised.insert(tale.rule);
            }
        }
    }
    println!("{tried} better values under {} ways to aggregate and {} rules: none lowers a score", monotone().len(), met.len());
    let all: BTreeSet<&str> = super::drawn::words();
    assert_eq!(met, all, "every rule is tried");
    assert_eq!(raised, all, "under every rule some value raises a score");
}

#[test]
fn what_does_not_promise_it_is_told() {
    for aggregation in not_monotone() {
        let lowers = (0..2_000).any(|seed| {
            let found = better(&drawn(seed, &aggregation, true), seed);
            found.is_some_and(|tale| !tale.lowered.is_empty())
        });
        assert!(lowers, "{aggregation} may be promised to lower no score");
    }
}

/// What became of a better value.
struct Tale {
    rule: &'static str,
    what: String,
    document: Json,
    lowered: Vec<String>,
    is_raised: bool,
}

/// Gives one city a better value of one item, and looks at its scores before and after.
fn better(drawn: &Drawn, seed: u64) -> Option<Tale> {
    let mut dice = Dice::of(seed ^ 0xBE77);
    let mut before = drawn.observations.clone();
    // Some miss a value, which is no matter of the one that becomes better.
    for observation in &mut before {
        if dice.chance(12) {
            (observation.value, observation.status) = (None, Status::Missing);
        }
    }
    let reported: Vec<usize> = (0..before.len()).filter(|&row| before[row].value.is_some()).collect();
    // The first leaf's rule goes by the seed, so that every rule has its turn.
    let of_first: Vec<usize> = reported.iter().copied().filter(|&row| before[row].item == "A").collect();
    let row = *dice.pick(if of_first.is_empty() { &reported } else { &of_first });
    let leaf = &drawn.leaves[&before[row].item];
    let Some(Value::Number(now)) = before[row].value else { return None };
    let then = match (leaf.is_yes_or_no(), leaf.rises) {
        (true, rises) => f64::from(u8::from(rises)),
        (false, true) => (now + dice.between(1, 24) as f64 / 4.0).min(10.0),
        (false, false) => (now - dice.between(1, 24) as f64 / 4.0).max(1.0),
    };
    let mut after = before.clone();
    after[row].value = Some(Value::Number(then));
    let city = &before[row].city;
    let (first, second) = (cells(&drawn.set, &before, Some(&drawn.cities))?, cells(&drawn.set, &after, Some(&drawn.cities))?);
    let others_stay = drawn.leaves.values().all(|leaf| !leaf.is_of_cohort());
    let lowered = lowered(&first, &second, city, others_stay);
    let is_raised = first.iter().any(|(place, cell)| place.0 == *city && place.2 == "NA" && second[place].score > cell.score);
    let what = format!("{} of {city} from {now} to {then}", before[row].item);
    Some(Tale { rule: leaf.rule, what, document: drawn.document.clone(), lowered, is_raised })
}

/// What of a city is lower than it was: scores and levels, and places where no other city can have moved.
fn lowered(
    first: &BTreeMap<Place, EngineCell>,
    second: &BTreeMap<Place, EngineCell>,
    city: &str,
    others_stay: bool,
) -> Vec<String> {
    let own = first.iter().filter(|(place, _)| place.0 == city);
    let lower = own.filter_map(|(place, before)| {
        let after = &second[place];
        // Unrounded scores of two runs may differ in their last digits.
        let falls = before.score.is_some_and(|score| after.score.is_none_or(|now| now < score - 1e-9));
        let sinks = before.level > after.level;
        let loses = others_stay && before.rank.is_some() && (after.rank.is_none() || after.rank > before.rank);
        (falls || sinks || loses).then(|| format!("{}: {before:?}, then {after:?}", place.2))
    });
    lower.collect()
}
