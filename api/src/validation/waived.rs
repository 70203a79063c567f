//! What a rule found, and who answers for it.

use std::collections::HashMap;
use std::sync::Arc;

use citygauge_assessment::validation::Finding;
use citygauge_indicators::{Fault, Severity, Text, excerpt};

use crate::store::waivers::Waiver;

/// The waivers that hold, by city and rule.
#[derive(Debug, Clone, Default)]
pub struct Waivers(HashMap<(String, String), Vec<Arc<Waiver>>>);

/// A finding, and the waiver of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What was found.
    pub finding: Finding,
    /// Who answers for it.
    pub waiver: Option<Arc<Waiver>>,
}

impl Waivers {
    /// Those of a list.
    pub fn new(waivers: Vec<Waiver>) -> Self {
        let mut by_place: HashMap<_, Vec<_>> = HashMap::new();
        for waiver in waivers {
            by_place.entry((waiver.city.clone(), waiver.rule.clone())).or_default().push(Arc::new(waiver));
        }
        Self(by_place)
    }

    /// The finding with the first waiver that covers it.
    pub fn judge(&self, finding: Finding) -> Judged {
        let waivers = self.0.get(&(finding.city.clone(), finding.rule.clone()));
        let waiver = waivers.into_iter().flatten().find(|waiver| covers(waiver, &finding)).cloned();
        Judged { finding, waiver }
    }
}

fn covers(waiver: &Waiver, finding: &Finding) -> bool {
    let is = |said: &Option<String>, holds: &dyn Fn(&str) -> bool| said.as_deref().is_none_or(holds);
    is(&waiver.period, &|period| finding.period.to_string() == period)
        && is(&waiver.item, &|item| finding.items.iter().any(|known| known == item))
        // A report of an import shortens long values.
        && is(&waiver.value, &|value| finding.value == value || excerpt(&finding.value) == value)
}

impl Judged {
    /// Whether it refuses the data.
    pub fn is_error(&self) -> bool {
        self.waiver.is_none() && self.finding.severity == Severity::Error
    }

    /// As it is reported: under `rule.violated`, or where it is waived as the warning `rule.waived`.
    pub fn to_fault(&self) -> Fault {
        let fault = self.finding.to_fault();
        let Some(waiver) = &self.waiver else { return fault };
        let (name, reason) = (&waiver.name, &waiver.reason);
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        let zh = format!("{}（已由 {name} 豁免：{reason}）", said(&fault.message.zh));
        let en = format!("{} (waived by {name}: {reason})", said(&fault.message.en));
        Fault {
            severity: Severity::Warning,
            code: "rule.waived",
            message: Text::both(zh, en),
            hint: Some(Text::both(
                format!("如豁免理由不再成立，请撤回豁免 {}", waiver.id),
                format!("withdraw the waiver {} where its reason does not hold any more", waiver.id),
            )),
            ..fault
        }
    }
}
