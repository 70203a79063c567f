//! Formulas of random shape.

use super::{Dice, Items};

/// A formula of at most so many levels over everything that can be computed with.
pub fn formula(dice: &mut Dice, items: &Items, levels: u32) -> String {
    if levels == 0 || dice.chance(15) {
        return atom(dice, items);
    }
    let below = levels - 1;
    let one = formula(dice, items, below);
    let other = formula(dice, items, below);
    match dice.between(0, 25) {
        0..=2 => format!("({one} + {other})"),
        3 | 4 => format!("({one} - {other})"),
        5 | 6 => format!("({one} * {other})"),
        7..=10 => format!("({one} / {other})"),
        11 => format!("(-{one})"),
        12 | 13 => format!("if({}, {one}, {other})", condition(dice, items, below)),
        14 => format!("min({one}, {other}, {})", atom(dice, items)),
        15 => format!("max({one}, {other})"),
        16 => format!("abs({one})"),
        17 => format!("sqrt({one})"),
        18 => (*dice.pick(&["ln", "log10"])).to_owned() + &format!("({one})"),
        19 => format!("exp({})", atom(dice, items)),
        20 => match dice.between(0, 3) {
            0 => format!("round({one})"),
            places => format!("round({one}, {places})"),
        },
        21 => format!("coalesce({one}, {other})"),
        22 => format!("sum({one}, {other}, {})", atom(dice, items)),
        23 => format!("mean({one}, {other})"),
        // Powers of powers soon have more digits than a test has time.
        24 => format!("({} ^ {})", atom(dice, items), dice.pick(&["2", "3", "0.5", "(-1)", "1.5", "10", "(-0.5)", "0", "1025"])),
        _ => condition(dice, items, below),
    }
}

/// A comparison: often with a number, so that equality is not too rare, or of two ways to say the same, which are equal
/// in exact arithmetic and seldom in doubles (a square root has 50 digits, so that its square is not what it was).
fn condition(dice: &mut Dice, items: &Items, levels: u32) -> String {
    let left = formula(dice, items, levels);
    let right = match dice.between(0, 9) {
        0..=5 => number(dice),
        6 => format!("({left} {})", dice.pick(&["+ 0.1 - 0.1", "/ 3 * 3", "* 1.1 / 1.1", "+ 1e-12"])),
        7 => format!("sqrt({left}) ^ 2"),
        _ => formula(dice, items, levels),
    };
    format!("({left} {} {right})", dice.pick(&["==", "!=", "<", "<=", ">", ">="]))
}

fn atom(dice: &mut Dice, items: &Items) -> String {
    match dice.between(0, 9) {
        0 | 1 => number(dice),
        2 => format!("previous({}, {})", numeric(dice, items), dice.between(1, 2)),
        _ => item(dice, items),
    }
}

fn number(dice: &mut Dice) -> String {
    (*dice.pick(&["0", "1", "2", "3", "10", "100", "0.1", "0.3", "0.5", "1.25", "2.675", "1e-3"])).to_owned()
}

/// Any item that has a number.
fn item(dice: &mut Dice, items: &Items) -> String {
    let others: Vec<&String> = items.boolean.iter().chain(&items.survey).collect();
    if !others.is_empty() && dice.chance(15) { (*dice.pick(&others)).clone() } else { numeric(dice, items) }
}

/// A numeric item, in backticks where its code is no identifier.
pub fn numeric(dice: &mut Dice, items: &Items) -> String {
    quoted(&dice.pick(&items.numeric).code)
}

/// A code as it stands in a formula.
pub fn quoted(code: &str) -> String {
    if code.contains('-') { format!("`{code}`") } else { code.to_owned() }
}
