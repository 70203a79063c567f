//! The validation rules.

mod alone;

use std::collections::{HashMap, HashSet};

use crate::document::SetDocument;
use crate::document::item::ItemKind;
use crate::document::rule::{ChangeMeasure, RepeatedOver, Rule, RuleCheck};
use crate::fault::{Fault, Faults};
use crate::formula::Formula;
use crate::set::{ItemIndex, SetRule};

/// The greatest number of rules of a set.
pub const MAX_RULES: usize = 1_000;
/// The farthest that a change may reach back, in periods.
const MAX_PERIODS: u32 = 1_200;

pub(super) fn check(document: &SetDocument, known: &HashMap<String, ItemIndex>, faults: &mut Faults) -> Vec<SetRule> {
    if document.rules.len() > MAX_RULES {
        faults.push(
            Fault::error(
                "set.too_large",
                format!("校验规则过多：最多 {MAX_RULES} 条"),
                format!("there are too many rules: at most {MAX_RULES}"),
            )
            .at("/rules")
            .value(document.rules.len().to_string())
            .expected(format!("..{MAX_RULES}"))
            .hint("一条规则可列出多个数据项", "one rule can list several items"),
        );
    }
    let mut codes = HashSet::new();
    let mut checked = Vec::new();
    for (i, rule) in document.rules.iter().enumerate() {
        let at = format!("/rules/{i}");
        if super::code(&rule.code, &format!("{at}/code"), faults) && !codes.insert(&rule.code) {
            faults.push(
                Fault::error(
                    "rule.duplicate",
                    format!("校验规则代码“{}”重复", rule.code),
                    format!("two rules have the code '{}'", rule.code),
                )
                .at(format!("{at}/code"))
                .value(&rule.code)
                .hint("请改名", "rename one of them"),
            );
        }
        let at = format!("{at}/check");
        checked.extend(meaning(rule, &at, document, known, faults));
    }
    checked
}

fn meaning(
    rule: &Rule,
    at: &str,
    document: &SetDocument,
    known: &HashMap<String, ItemIndex>,
    faults: &mut Faults,
) -> Option<SetRule> {
    numbers(&rule.check, at, faults);
    if let RuleCheck::Formula { holds } = &rule.check {
        let at = format!("{at}/holds");
        let formula = super::formula(holds, &at, document, known, false, faults)?;
        let items: Vec<ItemIndex> = formula.items().into_iter().map(|item| known[item]).collect();
        if items.is_empty() {
            faults.push(constant(holds, at));
            return None;
        }
        return Some(SetRule { rule: rule.clone(), formula: Some(formula), items });
    }
    let items = listed(rule.check.items(), &format!("{at}/items"), document, known, faults)?;
    Some(SetRule { rule: rule.clone(), formula: None::<Formula>, items })
}

fn constant(holds: &str, at: String) -> Fault {
    let fault = Fault::error("rule.constant", "公式中没有数据项", "the formula names no item").at(at).value(holds);
    fault.hint("例如 a <= b", "a <= b, for example")
}

fn no_items(at: &str) -> Fault {
    let fault = Fault::error("rule.items", "没有列出数据项", "no item is listed").at(at);
    fault.hint("至少列出一个数据项", "list at least one item")
}

fn listed_twice(code: &str) -> Fault {
    Fault::error("rule.items", format!("数据项“{code}”列出了两次"), format!("the item '{code}' is listed twice"))
        .hint("去掉一个", "remove one of them")
}

/// The places of the items of a list; none where one of them is at fault.
fn listed(
    codes: &[String],
    at: &str,
    document: &SetDocument,
    known: &HashMap<String, ItemIndex>,
    faults: &mut Faults,
) -> Option<Vec<ItemIndex>> {
    if codes.is_empty() {
        faults.push(no_items(at));
    }
    let mut seen = HashSet::new();
    let mut items = Vec::new();
    for (i, code) in codes.iter().enumerate() {
        let place = known.get(code).copied();
        let fault = match place {
            None => Fault::error(
                "rule.unknown_item",
                format!("规则引用了不存在的数据项“{code}”"),
                format!("the rule names an item '{code}' that does not exist"),
            )
            .hint("在 items 中定义它，或改正拼写", "define it in items or correct its spelling"),
            Some(item) if document.items[item].kind == ItemKind::Choice => Fault::error(
                "rule.choice_item",
                format!("选项型数据项“{code}”没有数值可校验"),
                format!("the choice item '{code}' has no number to check"),
            )
            .hint("从列表中去掉它", "take it off the list"),
            Some(_) if !seen.insert(code) => listed_twice(code),
            Some(item) => {
                items.push(item);
                continue;
            }
        };
        faults.push(fault.at(format!("{at}/{i}")).of(code.clone()).value(code));
    }
    (!items.is_empty() && items.len() == codes.len()).then_some(items)
}

/// Notes every number of a rule that makes no sense.
fn numbers(check: &RuleCheck, at: &str, faults: &mut Faults) {
    let mut refuse = |wrong: bool, member: &str, value: String, expected: &str, zh: &str, en: &str| {
        if wrong {
            faults.push(
                Fault::error("rule.number", zh, en)
                    .at(format!("{at}/{member}"))
                    .value(value)
                    .expected(expected)
                    .hint(format!("可取 {expected}"), format!("it may be {expected}")),
            );
        }
    };
    let mut decimals_of = None;
    match check {
        RuleCheck::Formula { .. } => {}
        RuleCheck::Change { measure, periods, at_least, at_most, .. } => {
            let far = !(1..=MAX_PERIODS).contains(periods);
            refuse(far, "periods", periods.to_string(), "1..1200", "periods 超出范围", "periods is out of range");
            if *measure == ChangeMeasure::Ratio {
                for (member, bound) in [("at_least", at_least), ("at_most", at_most)] {
                    let shown = bound.map(|bound| bound.to_string()).unwrap_or_default();
                    let wrong = bound.is_some_and(|bound| bound < 0.0);
                    refuse(wrong, member, shown, "0..", "比值的界限不能为负", "a bound of a ratio is not negative");
                }
            }
        }
        RuleCheck::Peers { at_most, group, min_cities, .. } => {
            let shown = at_most.map(|most| most.to_string()).unwrap_or_default();
            let wrong = at_most.is_some_and(|most| most <= 0.0);
            refuse(wrong, "at_most", shown, "> 0", "at_most 必须大于 0", "at_most must be above 0");
            let few = *min_cities < 3;
            refuse(few, "min_cities", min_cities.to_string(), "3..", "min_cities 至少为 3", "min_cities is at least 3");
            let empty = group.as_ref().is_some_and(String::is_empty);
            refuse(empty, "group", String::new(), "1..", "分组属性名为空", "the name of the attribute is empty");
        }
        RuleCheck::Heaping { decimals, at_most, min_values, .. } => {
            decimals_of = Some(*decimals);
            let wrong = !(0.0..1.0).contains(at_most);
            refuse(
                wrong,
                "at_most",
                at_most.to_string(),
                "0 <= at_most < 1",
                "at_most 应在 0 与 1 之间",
                "at_most lies between 0 and 1",
            );
            let few = *min_values < 5;
            refuse(few, "min_values", min_values.to_string(), "5..", "min_values 至少为 5", "min_values is at least 5");
        }
        RuleCheck::LastDigit { decimals, significance, min_values, .. } => {
            decimals_of = Some(*decimals);
            let wrong = *significance <= 0.0 || *significance >= 1.0;
            let (zh, en) = ("significance 应在 0 与 1 之间", "significance lies between 0 and 1");
            refuse(wrong, "significance", significance.to_string(), "0 < significance < 1", zh, en);
            let few = *min_values < 50;
            refuse(few, "min_values", min_values.to_string(), "50..", "min_values 至少为 50", "min_values is at least 50");
        }
        RuleCheck::Repeated { items, over, at_least } => {
            let few = *at_least < 2;
            refuse(few, "at_least", at_least.to_string(), "2..", "at_least 至少为 2", "at_least is at least 2");
            let never = *over == RepeatedOver::Items && (items.len() as u64) < u64::from(*at_least);
            let (zh, en) = ("列出的数据项少于 at_least", "fewer items are listed than at_least asks for");
            refuse(!few && never, "at_least", at_least.to_string(), &format!("2..{}", items.len().max(2)), zh, en);
        }
    }
    if let Some(decimals) = decimals_of {
        refuse(decimals > 9, "decimals", decimals.to_string(), "0..9", "decimals 不能超过 9", "decimals is at most 9");
    }
    if let RuleCheck::Change { at_least, at_most, .. } = check {
        faults.0.extend(bounds(*at_least, *at_most).map(|fault| fault.at(at)));
    }
}

/// What is wrong with the bounds of a change.
fn bounds(at_least: Option<f64>, at_most: Option<f64>) -> Option<Fault> {
    let (zh, en) = match (at_least, at_most) {
        (None, None) => ("at_least 与 at_most 至少给出一个", "give at_least, at_most or both"),
        (Some(low), Some(high)) if low > high => ("at_least 大于 at_most", "at_least is above at_most"),
        _ => return None,
    };
    let fault = Fault::error("rule.bounds", zh, en);
    Some(fault.hint("例如 at_least 0.6, at_most 1.6", "at_least 0.6 and at_most 1.6, for example"))
}

#[cfg(test)]
mod tests;
