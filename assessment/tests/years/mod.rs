//! The handbook's examples over years: tables of trends and of changes.

use std::collections::BTreeMap;

use citygauge_assessment::Assessment;
use citygauge_assessment::years::{Change, Compared, Quantity, Target, Trend, compare, trends};

/// Whether a number is the one that was written.
type IsAsWritten = fn(&str, Option<f64>) -> bool;

/// Compares a table of trends of scores, or after the words `of values` of raw values; `target` may follow with a number.
pub fn trends_hold(
    words: &str,
    assessment: &Assessment,
    expected: &[BTreeMap<String, String>],
    holds: IsAsWritten,
) -> Result<(), String> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let quantity = if words.starts_with(&["of", "values"]) { Quantity::Value } else { Quantity::Score };
    let target = words.iter().position(|word| *word == "target").map(|at| words[at + 1].parse().expect("a number"));
    let found = trends(assessment, quantity, target.map(|value| Target { value, base: None }), None, None);
    for row in expected {
        let is_meant = |trend: &&Trend| trend.city == row["city"] && assessment.set().nodes()[trend.node].code == row["node"];
        let trend = found.iter().find(is_meant).ok_or_else(|| format!("no {row:?}"))?;
        for (column, written) in row {
            let is_it = match column.as_str() {
                "city" | "node" => true,
                "change" => holds(written, trend.change),
                "growth_rate" => holds(written, trend.growth_rate),
                "percent_per_year" => holds(written, trend.percent_per_year),
                "slope" => holds(written, trend.slope),
                "p_value" => holds(written, trend.p_value),
                "progress" => holds(written, trend.progress),
                "reached_in" => holds(written, trend.reached_in),
                other => return Err(format!("trends have no column '{other}'")),
            };
            if !is_it {
                return Err(format!("{row:?} is not {trend:?}"));
            }
        }
    }
    Ok(())
}

/// Compares a table of changes from the first to the latest period of two assessments, which may be the same one.
pub fn changes_hold(
    before: &Assessment,
    after: &Assessment,
    expected: &[BTreeMap<String, String>],
    holds: IsAsWritten,
) -> Result<(), String> {
    let period = before.periods().next().expect("a period");
    let to_period = after.periods().last().expect("a period");
    for row in expected {
        let (earlier, later) = (Compared { assessment: before, period }, Compared { assessment: after, period: to_period });
        let found = compare(earlier, later, &[&row["city"]], None).map_err(|error| error.to_string())?;
        let change: &Change = found.iter().find(|change| change.node == row["node"]).ok_or_else(|| format!("no {row:?}"))?;
        let child = |code: &str| change.children.iter().find(|child| child.node == code).map(|child| child.change);
        for (column, written) in row {
            let is_it = match column.as_str() {
                "city" | "node" => true,
                "before" => holds(written, change.before),
                "after" => holds(written, change.after),
                "change" => holds(written, change.change),
                "data" => holds(written, change.parts.map(|parts| parts.data)),
                "set" => holds(written, change.parts.map(|parts| parts.set)),
                "cohort" => holds(written, change.parts.map(|parts| parts.cohort)),
                "coverage" => holds(written, change.parts.map(|parts| parts.coverage)),
                "rest" => holds(written, change.rest),
                other => match other.strip_prefix("by ") {
                    Some(code) => holds(written, child(code)),
                    None => return Err(format!("changes have no column '{other}'")),
                },
            };
            if !is_it {
                return Err(format!("{row:?} is not {change:?}"));
            }
        }
    }
    Ok(())
}
