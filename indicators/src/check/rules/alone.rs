//! A rule that stands outside a set document, and what it reads in a set.

use std::collections::HashSet;

use serde_json::Value;

use super::{constant, listed_twice, meaning, no_items, numbers};
use crate::document::rule::{Rule, RuleCheck};
use crate::fault::Faults;
use crate::read::Read;
use crate::set::{IndicatorSet, SetRule};

impl Rule {
    /// Reads a rule of the form that it has in a set document, and checks all that can be known without a set. `at` is
    /// the pointer of the rule in what was sent.
    ///
    /// # Errors
    /// Every fault of form and of meaning.
    pub fn read_alone(value: &Value, at: &str) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        let read = <Self as Read>::read(value, at, &mut faults);
        if let Some(rule) = &read {
            rule.check_alone(at, &mut faults);
        }
        match read {
            Some(rule) if faults.is_empty() => Ok(rule),
            _ => Err(faults),
        }
    }

    fn check_alone(&self, at: &str, faults: &mut Faults) {
        crate::check::code(&self.code, &format!("{at}/code"), faults);
        let at = format!("{at}/check");
        numbers(&self.check, &at, faults);
        if let RuleCheck::Formula { holds } = &self.check {
            let at = format!("{at}/holds");
            if crate::check::parsed(holds, &at, faults).is_some_and(|formula| formula.items().is_empty()) {
                faults.push(constant(holds, at));
            }
            return;
        }
        let (at, mut seen) = (format!("{at}/items"), HashSet::new());
        if self.check.items().is_empty() {
            faults.push(no_items(&at));
        }
        for (i, code) in self.check.items().iter().enumerate().filter(|(_, code)| !seen.insert(*code)) {
            faults.push(listed_twice(code).at(format!("{at}/{i}")).of(code.clone()).value(code));
        }
    }
}

impl IndicatorSet {
    /// Finds the items of a rule that stands outside the document of this set; its code may be one of the set's own.
    ///
    /// # Errors
    /// Everything that the check of the set would find wrong with it, `at` being the pointer of the rule.
    pub fn check_rule(&self, rule: &Rule, at: &str) -> Result<SetRule, Faults> {
        let mut faults = Faults::default();
        match meaning(rule, &format!("{at}/check"), &self.document, &self.item_by_code, &mut faults) {
            Some(rule) if faults.is_empty() => Ok(rule),
            _ => Err(faults),
        }
    }
}
