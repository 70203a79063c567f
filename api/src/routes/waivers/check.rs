//! What is wrong with a waiver that somebody wants to make.

use std::collections::BTreeSet;

use citygauge_indicators::{Fault, Faults, Period};
use citygauge_openapi as wire;

use crate::error::Failure;
use crate::sets;
use crate::state::State;
use crate::store::cities;
use crate::store::indicator_sets::{self, SetFilter};
use crate::validation::rules;

/// Every fault at once.
pub(super) async fn checked(state: &State, new: &wire::NewWaiver) -> Result<(), Failure> {
    let mut faults = Faults::default();
    let mut refuse = |fault: Fault, at: &str, value: &str| faults.push(fault.at(at).value(value));
    for (at, text) in [("/reason", new.reason.as_str()), ("/name", new.name.as_str())] {
        if text.trim().is_empty() {
            let fault = Fault::error("waiver.unsaid", "豁免须写明理由和责任人", "a waiver needs a reason and a person");
            refuse(fault.hint("请填写", "fill it in"), at, text);
        }
    }
    if cities::find_by_code(state.db(), new.city.as_str()).await?.is_none() {
        let city = &new.city;
        let fault = Fault::error("waiver.unknown_city", format!("没有城市“{city}”"), format!("there is no city '{city}'"));
        refuse(fault.hint("请核对城市代码", "check the code of the city"), "/city", city.as_str());
    }
    if let Some(Err(fault)) = new.period.as_ref().map(|period| period.as_str().parse::<Period>()) {
        refuse(fault, "/period", new.period.as_ref().map(wire::PeriodCode::as_str).unwrap_or_default());
    }
    if let Some(end) = new.expires_at.filter(|end| end.as_ms() <= state.now_ms()) {
        let fault = Fault::error("waiver.expired", "失效时间已过", "the waiver would have expired already");
        refuse(fault.hint("请给出将来的时间，或省略", "name a moment to come, or leave it out"), "/expires_at", &end.to_string());
    }
    let (set, rule) = (&new.set, &new.rule);
    match read_by(state, set.as_str(), rule.as_str()).await? {
        None => {
            let fault = Fault::error("waiver.unknown_set", format!("没有指标体系“{set}”"), format!("there is no set '{set}'"));
            refuse(fault.hint("请核对指标体系代码", "check the code of the set"), "/set", set.as_str());
        }
        Some(items) if items.is_empty() => {
            let fault = Fault::error(
                "waiver.unknown_rule",
                format!("指标体系“{set}”没有校验规则“{rule}”"),
                format!("no validation rule '{rule}' judges the set '{set}'"),
            );
            refuse(fault.hint("请核对规则代码", "check the code of the rule"), "/rule", rule.as_str());
        }
        Some(items) => {
            if let Some(item) = new.item.as_ref().filter(|item| !items.contains(item.as_str())) {
                let fault = Fault::error(
                    "waiver.unread_item",
                    format!("规则“{rule}”不读取数据项“{item}”"),
                    format!("the rule '{rule}' does not read the item '{item}'"),
                );
                let read = items.iter().map(String::as_str).take(20).collect::<Vec<_>>().join(", ");
                refuse(
                    fault.expected(read).hint("请核对数据项代码，或省略", "check its code, or leave it out"),
                    "/item",
                    item.as_str(),
                );
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(faults)) }
}

/// The items that a rule reads in any version of a set: none where the set has no such rule; `None` without such a set.
async fn read_by(state: &State, set: &str, rule: &str) -> Result<Option<BTreeSet<String>>, Failure> {
    let filter = SetFilter { code: Some(set.to_owned()), state: None };
    let (mut items, mut is_known, mut after) = (BTreeSet::new(), false, None);
    loop {
        let page = indicator_sets::page(state.db(), &filter, after.as_ref(), 1_000).await?;
        for entry in page.items {
            is_known = true;
            let (_, set) = sets::find(state, &entry.key).await?;
            let rules = rules::of_set(state.db(), &set).await?;
            let read = rules.into_iter().filter(|known| known.rule.code == rule).flat_map(|known| known.items);
            items.extend(read.map(|item| set.items()[item].code.clone()));
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(is_known.then_some(items)),
        }
    }
}
