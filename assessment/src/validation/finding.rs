//! What a rule found, with its place and its words.

use citygauge_indicators::{Fault, IndicatorSet, ItemIndex, Period, SetRule, Severity, Text};

use super::Panel;

/// A violation of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The code of the rule.
    pub rule: String,
    /// Whether it refuses the data.
    pub severity: Severity,
    /// The code of the city.
    pub city: String,
    /// The first period that was looked at; the same as `period` where there is one only.
    pub since: Period,
    /// The period in which it was found: the last one that was looked at.
    pub period: Period,
    /// The codes of the items that take part.
    pub items: Vec<String>,
    /// What was found: a value, or the figure that the rule computes.
    pub value: String,
    /// What would have been no finding.
    pub expected: String,
    /// What is wrong.
    pub message: Text,
    /// What to do about it.
    pub hint: Text,
}

/// A violation before it is put into words that name the rule.
pub(super) struct Found {
    pub city: usize,
    pub since: Period,
    pub period: Period,
    pub items: Vec<ItemIndex>,
    pub value: String,
    pub expected: String,
    pub zh: String,
    pub en: String,
}

impl Finding {
    pub(super) fn new(found: Found, rule: &SetRule, set: &IndicatorSet, panel: &Panel) -> Self {
        let items: Vec<String> = found.items.iter().map(|&item| set.items()[item].code.clone()).collect();
        let (title, named) = (&rule.rule.title, items.join(", "));
        let (code, zh, en) = (&rule.rule.code, found.zh, found.en);
        let in_zh = title.zh.as_ref().map_or_else(String::new, |title| format!("（{title}）"));
        let in_en = title.en.as_ref().map_or_else(String::new, |title| format!(" ({title})"));
        let hint = if rule.rule.hint.is_empty() {
            Text::both("请核对数据来源；属实则说明原因", "check it against the source; if it is true, say why")
        } else {
            rule.rule.hint.clone()
        };
        Self {
            rule: code.clone(),
            severity: rule.rule.severity,
            city: panel.cities()[found.city].code.clone(),
            since: found.since,
            period: found.period,
            message: Text::both(format!("规则 {code}{in_zh}：{named} {zh}"), format!("rule {code}{in_en}: {named} {en}")),
            items,
            value: found.value,
            expected: found.expected,
            hint,
        }
    }

    /// The finding as a fault of a file: an error under the code `rule.violated`, or a warning.
    #[must_use]
    pub fn to_fault(&self) -> Fault {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let (zh, en) = (text(&self.message.zh), text(&self.message.en));
        let mut fault = match self.severity {
            Severity::Error => Fault::error("rule.violated", zh, en),
            Severity::Warning => Fault::warning("rule.violated", zh, en),
        };
        fault.hint = Some(self.hint.clone());
        let fault = fault.city(self.city.clone()).period(self.period.to_string()).value(&self.value).expected(&self.expected);
        match self.items.first() {
            Some(item) => fault.of(item.clone()),
            None => fault,
        }
    }
}

/// A figure as it is shown: at most six decimals.
pub(super) fn shown(figure: f64) -> String {
    let text = format!("{figure:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// `low..high`, either of them open.
pub(super) fn interval(low: Option<f64>, high: Option<f64>) -> String {
    let end = |end: Option<f64>| end.map(|end| end.to_string()).unwrap_or_default();
    format!("{}..{}", end(low), end(high))
}
