//! Cities, periods and what is observed of them.

use std::collections::BTreeMap;

use citygauge_indicators::{City, Observation, Status, Value};

use super::{Dice, Items, OPTIONS, over};

/// One to three periods: years in a row or with a gap, now and then quarters.
pub fn periods(dice: &mut Dice) -> Vec<String> {
    let all: &[&str] = match dice.between(0, 9) {
        0 => &["2025-Q3", "2025-Q4", "2026-Q1"],
        1 => &["2024", "2026", "2026-S1"],
        2 => &["2023", "2025", "2026"],
        _ => &["2024", "2025", "2026"],
    };
    let count = dice.between(1, 3) as usize;
    all[..count].iter().map(|period| (*period).to_owned()).collect()
}

/// One to eight cities, most of them in a region.
pub fn cities(dice: &mut Dice) -> Vec<City> {
    (1..=dice.between(1, 8))
        .map(|number| {
            let mut attributes = BTreeMap::new();
            if dice.chance(85) {
                attributes.insert("region".to_owned(), (*dice.pick(&["north", "south", ""])).to_owned());
            }
            City { code: format!("C{number}"), attributes, ..City::default() }
        })
        .collect()
}

/// The observations, never two of one city, period and item, and never none at all.
pub fn draw(dice: &mut Dice, items: &Items, cities: &[City], periods: &[String]) -> Vec<Observation> {
    let missing = *dice.pick(&[0, 10, 10, 10, 35]);
    let mut observations = Vec::new();
    for city in cities {
        // A whole city to which little applies, so that whole branches leave its tree.
        let not_applicable = if dice.chance(8) { 60 } else { 3 };
        for period in periods {
            // A city that reports next to nothing in a period.
            let missing = if dice.chance(6) { 85 } else { missing };
            let mut observe = |dice: &mut Dice, item: &str, value: Value| {
                let observation = |value: Option<Value>, status: Status| Observation {
                    city: city.code.clone(),
                    period: period.parse().expect("the periods are such"),
                    item: item.to_owned(),
                    value,
                    status,
                };
                if dice.chance(missing) {
                    if dice.chance(40) {
                        observations.push(observation(None, Status::Missing));
                    }
                } else if dice.chance(not_applicable) {
                    observations.push(observation(None, Status::NotApplicable));
                } else if dice.chance(1) {
                    observations.push(observation(Some(value), Status::Rejected));
                } else {
                    observations.push(observation(Some(value), Status::Reported));
                }
            };
            for grid in &items.numeric {
                let value = Value::Number(grid.value(dice));
                observe(dice, &grid.code, value);
            }
            for item in &items.boolean {
                let value = Value::Number(over(dice.between(0, 1), 1));
                observe(dice, item, value);
            }
            for item in &items.choice {
                let value = Value::Choice((*dice.pick(&OPTIONS)).to_owned());
                observe(dice, item, value);
            }
            for item in &items.survey {
                let value = Value::Number(over(dice.between(10, 50), 10));
                observe(dice, item, value);
            }
        }
    }
    if observations.is_empty() {
        observations.push(Observation {
            city: cities[0].code.clone(),
            period: periods[0].parse().expect("the periods are such"),
            item: items.numeric[0].code.clone(),
            value: None,
            status: Status::Missing,
        });
    }
    observations
}
