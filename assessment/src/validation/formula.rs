//! A formula that must hold.
//!
//! Source: the validation rules of DHIS2 (*User guide*, "Validation rules": a left and a right side with an operator
//! between them, skipped where a value is missing). The formula is evaluated in exact arithmetic on decimals, unless
//! doubles [decide](super::decide) already; a formula without a value (a missing operand, a division by zero) is no
//! finding.

use citygauge_indicators::formula::Expr;
use citygauge_indicators::{IndicatorSet, Period, SetRule};
use dashu_ratio::RBig;

use super::Panel;
use super::decide::{Decider, Decision};
use super::finding::Found;
use crate::exact::formula::{Evaluation, Items};

/// The values of one city, seen from one period.
struct Seen<'p> {
    set: &'p IndicatorSet,
    panel: &'p Panel,
    period: Period,
    city: usize,
}

impl Items for Seen<'_> {
    fn current(&self, item: &str) -> Option<f64> {
        self.panel.value(self.set.item_index(item)?, self.period, self.city)
    }

    fn earlier(&self, item: &str, periods: u32) -> Option<f64> {
        self.panel.value(self.set.item_index(item)?, self.period.earlier(periods), self.city)
    }
}

pub(super) fn find(set: &IndicatorSet, rule: &SetRule, panel: &Panel) -> Vec<Found> {
    let Some(formula) = &rule.formula else { return Vec::new() };
    let mut back = 0;
    formula.root().visit(&mut |part| {
        if let Expr::Previous { periods, .. } = part {
            back = back.max(*periods);
        }
    });
    let decider = Decider::new(formula.root(), set);
    let fails_exactly = |period, city| {
        let seen = Seen { set, panel, period, city };
        let value = Evaluation::new(&seen, set.rounding_mode()).formula(formula.root());
        value.is_some_and(|value| value == RBig::ZERO)
    };
    let mut findings = Vec::new();
    for period in panel.periods_of(&rule.items) {
        let decider = decider.as_ref().map(|decider| (decider, decider.columns(panel, period)));
        for city in 0..panel.cities().len() {
            let decision = decider.as_ref().map_or(Decision::Open, |(decider, columns)| decider.decide(columns, city));
            let fails = match decision {
                Decision::Holds | Decision::Silent => false,
                Decision::Fails => true,
                Decision::Open => fails_exactly(period, city),
            };
            if !fails {
                continue;
            }
            let values = rule.items.iter().filter_map(|&item| {
                let value = panel.value(item, period, city)?;
                Some(format!("{} = {value}", set.items()[item].code))
            });
            let values: Vec<String> = values.collect();
            let text = formula.text();
            findings.push(Found {
                city,
                since: period.earlier(back),
                period,
                items: rule.items.clone(),
                value: values.join(", "),
                expected: text.to_owned(),
                zh: format!("不满足 {text}"),
                en: format!("do not satisfy {text}"),
            });
        }
    }
    findings
}
