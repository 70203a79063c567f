//! Validation rules: what is implausible in the observations of several cities and periods.
//!
//! Pure: a [`Panel`] of numbers in, [`Finding`]s out. Nothing here changes a score. A value that is not in the panel
//! (missing, not applicable, rejected) violates no rule. `docs/validation.md` has a worked example of every rule.
//!
//! Adding a rule: its variant in `citygauge_indicators::RuleCheck` with its check there, a file here, a line in
//! [`validate`], and its example in the docs.

mod change;
mod decide;
mod digits;
mod finding;
mod formula;
mod panel;
mod peers;
mod repeated;
#[cfg(test)]
mod tests;

use citygauge_indicators::{IndicatorSet, RuleCheck, SetRule};

pub use finding::Finding;
use finding::Found;
pub use panel::Panel;

/// Two numbers that differ by less than this part of themselves are decided exactly, or count as equal where no exact
/// decision is made.
const CLOSE: f64 = 1e-9;

/// What the rules of a set find, in the order of cities, periods and rules.
#[must_use]
pub fn validate(set: &IndicatorSet, panel: &Panel) -> Vec<Finding> {
    validate_by(set, set.rules(), panel)
}

/// As [`validate`], by other rules that were checked against the same set.
#[must_use]
pub fn validate_by(set: &IndicatorSet, rules: &[SetRule], panel: &Panel) -> Vec<Finding> {
    let mut findings: Vec<(Found, &SetRule)> = Vec::new();
    for rule in rules {
        findings.extend(found(set, rule, panel).into_iter().map(|found| (found, rule)));
    }
    findings.sort_by_key(|(found, _)| (found.city, found.period));
    findings.into_iter().map(|(found, rule)| Finding::new(found, rule, set, panel)).collect()
}

fn found(set: &IndicatorSet, rule: &SetRule, panel: &Panel) -> Vec<Found> {
    match &rule.rule.check {
        RuleCheck::Formula { .. } => formula::find(set, rule, panel),
        RuleCheck::Change { measure, periods, at_least, at_most, .. } => {
            let bounds = change::Bounds { measure: *measure, at_least: *at_least, at_most: *at_most };
            change::find(&rule.items, panel, *periods, &bounds)
        }
        RuleCheck::Peers { measure, at_most, group, min_cities, .. } => {
            let at_most = at_most.unwrap_or_else(|| measure.usual());
            peers::find(&rule.items, panel, *measure, at_most, group.as_deref(), *min_cities as usize)
        }
        RuleCheck::Heaping { over, decimals, at_most, min_values, .. } => {
            digits::heaping(&rule.items, panel, *over, *decimals, *at_most, *min_values as usize)
        }
        RuleCheck::LastDigit { over, decimals, significance, min_values, .. } => {
            digits::last_digit(&rule.items, panel, *over, *decimals, *significance, *min_values as usize)
        }
        RuleCheck::Repeated { over, at_least, .. } => repeated::find(&rule.items, panel, *over, *at_least as usize),
    }
}
