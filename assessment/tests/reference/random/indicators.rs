//! Leaves: a formula and a scoring rule whose thresholds lie where the values are.

use serde_json::{Map, Value, json};

use super::formulas::{formula, numeric, quoted};
use super::{Dice, Drawing, OPTIONS, over, preparation};

/// The rules that look at the whole cohort.
pub const OF_COHORT: [&str; 9] = [
    "min_max",
    "z_score",
    "rank",
    "borda",
    "percentile_rank",
    "max_distance",
    "max_fraction",
    "target_distance",
    "reference_distance",
];

/// The `indicator` of a leaf.
pub(super) fn draw(dice: &mut Dice, over_what: &Drawing) -> Value {
    let items = over_what.items;
    match dice.between(0, 19) {
        0 | 1 if !items.boolean.is_empty() => return checklist(dice, over_what),
        2 if !items.choice.is_empty() => {
            let scores: Map<String, Value> =
                OPTIONS.iter().map(|option| ((*option).to_owned(), json!(dice.score(over_what.full_mark)))).collect();
            return json!({"formula": dice.pick(&items.choice), "scoring": {"rule": "choice", "scores": scores}});
        }
        3 if !items.boolean.is_empty() => {
            let scores = json!({"true": dice.score(over_what.full_mark), "false": dice.score(over_what.full_mark)});
            return json!({"formula": dice.pick(&items.boolean), "scoring": {"rule": "choice", "scores": scores}});
        }
        4 if !items.survey.is_empty() => {
            return json!({"formula": dice.pick(&items.survey), "scoring": {"rule": "survey", "scale": [1, 5]}});
        }
        _ => {}
    }
    let measure = Measure::draw(dice, over_what);
    let scoring = scoring(dice, over_what, &measure);
    let mut indicator = json!({"formula": measure.formula, "scoring": scoring});
    let goes_by_direction = matches!(indicator["scoring"]["rule"].as_str(), Some("rank" | "borda"));
    if (goes_by_direction || !indicator["scoring"]["constant"].is_null()) && dice.chance(50) {
        indicator["direction"] = json!(dice.pick(&["lower", "lower", "higher"]));
    }
    let rule = indicator["scoring"]["rule"].as_str().unwrap_or_default().to_owned();
    if OF_COHORT.contains(&rule.as_str()) && dice.chance(55) {
        indicator["treatment"] = preparation::treatments(dice, rule == "target_distance");
    }
    if dice.chance(8) {
        indicator["imputation"] = preparation::imputation(dice);
    }
    indicator
}

/// A formula with numbers that its values are likely to meet.
struct Measure {
    formula: String,
    thresholds: Vec<f64>,
    /// Whether its values stay small enough for a rule that does not clamp.
    is_tame: bool,
}

impl Measure {
    fn draw(dice: &mut Dice, over_what: &Drawing) -> Self {
        let items = over_what.items;
        match dice.between(0, 9) {
            0..=4 => {
                let grid = dice.pick(&items.numeric);
                let mut thresholds: Vec<f64> = (grid.from - 1..=grid.to + 1).map(|units| over(units, grid.per)).collect();
                thresholds.dedup();
                Self { formula: quoted(&grid.code), thresholds, is_tame: true }
            }
            5 | 6 => {
                let formula = format!("{} / {}", numeric(dice, items), numeric(dice, items));
                Self { formula, thresholds: vec![-1.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 5.0, 10.0], is_tame: true }
            }
            _ => {
                let thresholds = vec![-10.0, -1.0, 0.0, 0.1, 0.5, 1.0, 1.1, 2.0, 3.0, 5.0, 10.0, 25.0, 100.0];
                let levels = dice.between(1, 3) as u32;
                Self { formula: formula(dice, items, levels), thresholds, is_tame: false }
            }
        }
    }

    /// Two different thresholds, in any order.
    fn pair(&self, dice: &mut Dice) -> [f64; 2] {
        loop {
            let pair = [*dice.pick(&self.thresholds), *dice.pick(&self.thresholds)];
            if pair[0] != pair[1] {
                return pair;
            }
        }
    }
}

fn scoring(dice: &mut Dice, over_what: &Drawing, measure: &Measure) -> Value {
    let full_mark = over_what.full_mark;
    match dice.between(0, 13) {
        0 | 1 => match dice.between(0, 2) {
            0 => json!({"rule": "ratio", "cap": dice.pick(&[0.5, 1.2, 2.0])}),
            _ => json!({"rule": "ratio"}),
        },
        2..=4 => {
            let [worst, best] = measure.pair(dice);
            let clamp = !(measure.is_tame && dice.chance(25));
            json!({"rule": "goalposts", "worst": worst, "best": best, "clamp": clamp})
        }
        5 | 6 => {
            let count = dice.between(2, 4) as usize;
            let mut at = dice.rising(&measure.thresholds, count);
            if at.len() < 2 {
                at = measure.pair(dice).to_vec();
                at.sort_by(f64::total_cmp);
            }
            let points: Vec<[f64; 2]> = at.into_iter().map(|x| [x, dice.score(full_mark)]).collect();
            json!({"rule": "piecewise", "points": points})
        }
        7 | 8 => {
            let count = dice.between(1, 4) as usize;
            let steps: Vec<Value> = dice
                .rising(&measure.thresholds, count)
                .into_iter()
                .map(|from| json!({"from": from, "score": dice.score(full_mark)}))
                .collect();
            json!({"rule": "steps", "steps": steps, "edge": edge(dice), "otherwise": if dice.chance(60) { 0.0 } else { dice.score(full_mark) }})
        }
        9 | 10 => {
            let benchmark = measure.thresholds.iter().copied().filter(|x| *x > 0.0).collect::<Vec<f64>>();
            let benchmark = if benchmark.is_empty() { 1.0 } else { *dice.pick(&benchmark) };
            let limits =
                if dice.chance(50) { vec![0.33, 0.66, 0.95] } else { dice.rising(&[0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5], 3) };
            let first = json!({"score": dice.score(full_mark)});
            let others = limits.into_iter().map(|from| json!({"from": from, "score": dice.score(full_mark)}));
            let bands: Vec<Value> = std::iter::once(first).chain(others.collect::<Vec<Value>>()).collect();
            json!({"rule": "benchmark_share", "benchmark": benchmark, "bands": bands})
        }
        11 if measure.is_tame => json!({"rule": "scaled", "range": measure.pair(dice)}),
        11 => {
            let mut scale = measure.pair(dice);
            scale.sort_by(f64::total_cmp);
            json!({"rule": "survey", "scale": scale})
        }
        _ => of_cohort(dice, over_what, measure),
    }
}

/// A rule that looks at the whole cohort.
fn of_cohort(dice: &mut Dice, over_what: &Drawing, measure: &Measure) -> Value {
    let full_mark = over_what.full_mark;
    let capped = dice.chance(50);
    let mut rule = match dice.between(0, 15) {
        0..=3 => json!({"rule": "min_max"}),
        8 => json!({"rule": "z_score"}),
        9 => json!({"rule": "z_score", "mean": over(full_mark, 2), "sd": dice.pick(&[0.1, 2.0, 15.0])}),
        10 => json!({"rule": "rank"}),
        11 => json!({"rule": "rank", "ties": dice.pick(&["min", "mean", "mean"])}),
        12 => json!({"rule": "borda"}),
        13..=15 => json!({"rule": "percentile_rank"}),
        4 => json!({"rule": "max_distance"}),
        5 => json!({"rule": "max_fraction"}),
        6 => json!({"rule": "target_distance", "target": dice.pick(&measure.thresholds), "cap": capped}),
        _ => json!({"rule": "reference_distance", "city": "C1", "cap": capped}),
    };
    if rule["rule"] == "min_max" && dice.chance(40) {
        rule["range"] = json!([over(full_mark * dice.between(0, 9), 20), over(full_mark * dice.between(10, 20), 20)]);
    }
    let goes_by_place = rule["rule"] == "rank" || rule["rule"] == "borda";
    match dice.between(0, 9) {
        0..=3 => {}
        4 => rule["cohort"] = json!("period"),
        5 | 6 => rule["cohort"] = json!("pooled"),
        _ if goes_by_place => {}
        7..=8 => rule["cohort"] = json!({"base": dice.pick(over_what.periods)}),
        _ if dice.chance(10) => rule["cohort"] = json!({"base": "1999"}),
        _ => {}
    }
    // A refusal hides all the rest of a case, so it is rare.
    if !goes_by_place && dice.chance(95) {
        rule["constant"] = json!(dice.pick(&["missing", "half", "full"]));
    }
    rule
}

fn checklist(dice: &mut Dice, over_what: &Drawing) -> Value {
    let items: Map<String, Value> = dice
        .some(&over_what.items.boolean)
        .into_iter()
        .map(|item| (item.clone(), json!(dice.pick(&[1.0, 1.0, 2.0, 0.5, 3.0, 0.1]))))
        .collect();
    json!({"scoring": {"rule": "checklist", "items": items}})
}

/// Which side owns a limit.
pub fn edge(dice: &mut Dice) -> &'static str {
    if dice.chance(50) { "lower_inclusive" } else { "upper_inclusive" }
}
