//! Which observations are judged, and which ones the rules look at for it.

use std::collections::BTreeSet;

use citygauge_indicators::{DigitsOver, ItemIndex, Period, RepeatedOver, RuleCheck, SetRule};

/// Codes that one condition of a query lists; more are loaded without it.
const MAX_LISTED: usize = 4_000;

/// Observations by item, period and city; none stands for every one.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The items, by their places in the set.
    pub items: Option<BTreeSet<ItemIndex>>,
    /// The periods.
    pub periods: Option<BTreeSet<Period>>,
    /// The codes of the cities.
    pub cities: Option<BTreeSet<String>>,
}

impl Places {
    /// Whether a rule reads one of the items.
    pub fn are_read_by(&self, rule: &SetRule) -> bool {
        self.items.as_ref().is_none_or(|items| rule.items.iter().any(|item| items.contains(item)))
    }

    /// The periods that the rules look at where they judge these; an empty list stands for all.
    pub fn periods_for(&self, rules: &[SetRule]) -> Vec<String> {
        let Some(judged) = &self.periods else { return Vec::new() };
        let mut back = BTreeSet::from([0]);
        for rule in rules {
            match &rule.rule.check {
                // A change is judged where its later value is, and where its earlier one is.
                RuleCheck::Change { periods, .. } => {
                    back.insert(*periods);
                }
                RuleCheck::Formula { .. }
                    if rule.formula.as_ref().is_some_and(|formula| formula.items() != formula.current_items()) =>
                {
                    return Vec::new();
                }
                RuleCheck::Heaping { over: DigitsOver::City, .. }
                | RuleCheck::LastDigit { over: DigitsOver::City, .. }
                | RuleCheck::Repeated { over: RepeatedOver::Periods, .. } => return Vec::new(),
                _ => {}
            }
        }
        let mut periods = BTreeSet::new();
        for &count in &back {
            periods.extend(judged.iter().map(|period| period.earlier(count)));
            periods.extend(judged.iter().filter_map(|period| period.later(count)));
        }
        if periods.len() > MAX_LISTED { Vec::new() } else { periods.iter().map(Period::to_string).collect() }
    }

    /// The cities to be listed in a query for rules that compare none; an empty list stands for all.
    pub fn own_cities(&self) -> Vec<String> {
        match &self.cities {
            Some(cities) if cities.len() <= MAX_LISTED => cities.iter().cloned().collect(),
            _ => Vec::new(),
        }
    }
}

/// The items that rules read, to be listed in a query.
pub fn items_of(rules: &[SetRule]) -> BTreeSet<ItemIndex> {
    rules.iter().flat_map(|rule| &rule.items).copied().collect()
}

/// Whether so many codes can be listed in a query.
pub fn can_be_listed(count: usize) -> bool {
    count <= MAX_LISTED
}

/// Whether a rule looks at nothing but the city itself.
pub fn looks_at_one_city(check: &RuleCheck) -> bool {
    match check {
        RuleCheck::Formula { .. } | RuleCheck::Change { .. } => true,
        RuleCheck::Peers { .. } => false,
        RuleCheck::Heaping { over, .. } | RuleCheck::LastDigit { over, .. } => *over == DigitsOver::City,
        RuleCheck::Repeated { over, .. } => *over != RepeatedOver::Cities,
    }
}
