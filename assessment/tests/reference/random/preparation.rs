//! Imputations and treatments.

use serde_json::{Value, json};

use super::Dice;

/// A way to impute, now and then none.
pub fn imputation(dice: &mut Dice) -> Value {
    match dice.between(0, 12) {
        0 => json!({"method": "none"}),
        1 => json!({"method": "mean"}),
        2 => json!({"method": "median"}),
        3 | 4 => json!({"method": dice.pick(&["mean", "median"]), "group": "region"}),
        5 => json!({"method": "previous"}),
        6 => json!({"method": "previous", "at_most": dice.between(1, 3), "ends": ends(dice)}),
        7 | 8 => json!({"method": "interpolate", "ends": ends(dice)}),
        9 => json!({"method": "row_mean"}),
        _ => json!({"method": "row_mean", "within": dice.pick(&["all", "all", "parent"])}),
    }
}

fn ends(dice: &mut Dice) -> &'static str {
    if dice.chance(50) { "missing" } else { "constant" }
}

/// Treatments for the values of a cohort rule; `in_unit` those that keep their unit.
pub fn treatments(dice: &mut Dice, in_unit: bool) -> Value {
    let count = if dice.chance(75) { 1 } else { 2 };
    (0..count)
        .map(|_| match dice.between(0, 9) {
            _ if in_unit => winsorise(dice),
            0..=2 => winsorise(dice),
            3..=5 => {
                let mut two_stage = json!({"method": "two_stage", "first": stage(dice), "second": stage(dice)});
                if dice.chance(80) {
                    thresholds(dice, &mut two_stage);
                }
                two_stage
            }
            _ => stage(dice),
        })
        .collect()
}

fn winsorise(dice: &mut Dice) -> Value {
    let mut winsorise = json!({"method": "winsorise", "at_most": dice.pick(&[1, 1, 2, 3, 5])});
    if dice.chance(85) {
        thresholds(dice, &mut winsorise);
    }
    winsorise
}

/// Low thresholds, because few cities seldom have outliers; among them some that small samples meet exactly.
fn thresholds(dice: &mut Dice, of: &mut Value) {
    of["skewness"] = json!(dice.pick(&[0.1, 0.5, 1.0, 1.5, 2.0]));
    of["kurtosis"] = json!(dice.pick(&[-6.0, -1.2, 0.0, 1.5, 4.0, 3.5]));
}

fn stage(dice: &mut Dice) -> Value {
    match dice.between(0, 5) {
        0 => winsorise(dice),
        1..=3 => json!({"method": "log", "variant": dice.pick(&["plain", "ct", "ct", "ct_plus", "ct_plus", "ct_orig", "gii"])}),
        _ => json!({"method": "box_cox", "lambda": dice.pick(&[0.0, 0.5, 0.5, 1.0, 2.0, -1.0, -0.3])}),
    }
}
