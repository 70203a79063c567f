//! The settings of the set as a whole, and the adjustments.

use std::collections::{HashMap, HashSet};

use super::aggregation;
use crate::document::SetDocument;
use crate::document::missing::{MinCoverage, MissingRule};
use crate::fault::{Fault, Faults};
use crate::formula::Formula;

/// The greatest number of decimals kept.
pub(super) const MAX_PLACES: u32 = 10;

pub(super) fn check(document: &SetDocument, faults: &mut Faults) {
    super::code(&document.code, "/code", faults);
    super::code(&document.version, "/version", faults);
    if document.title.is_empty() {
        faults.push(
            Fault::error("text.empty", "标题为空", "the title is empty").at("/title").hint("请填写 zh 或 en", "give zh or en"),
        );
    }
    if document.full_mark <= 0.0 {
        faults.push(
            Fault::error("set.full_mark", "满分必须大于 0", "the full mark must be above 0")
                .at("/full_mark")
                .value(document.full_mark.to_string())
                .hint("通常为 100", "it is usually 100"),
        );
    }
    missing(&document.missing, "/missing", faults);
    super::indicators::preparation::imputation(&document.imputation, "/imputation", faults);
    if let Some(min_coverage) = &document.min_coverage {
        coverage(min_coverage, "/min_coverage", faults);
    }
    if let Some(rounding) = &document.rounding {
        places(rounding.places, "/rounding/places", faults);
    }
    aggregation::check(document, &document.aggregation, "/aggregation", faults);
    for (i, node) in document.nodes.iter().enumerate() {
        if let Some(rule) = &node.missing {
            missing(rule, &format!("/nodes/{i}/missing"), faults);
        }
        if let Some(min_coverage) = &node.min_coverage {
            coverage(min_coverage, &format!("/nodes/{i}/min_coverage"), faults);
        }
        if let Some(round) = &node.round {
            places(round.places, &format!("/nodes/{i}/round/places"), faults);
        }
        if let Some(own) = &node.aggregation {
            aggregation::check(document, own, &format!("/nodes/{i}/aggregation"), faults);
        }
    }
}

fn places(places: u32, at: &str, faults: &mut Faults) {
    if places > MAX_PLACES {
        faults.push(
            Fault::error("rounding.places", "小数位数不能超过 10", "more than 10 decimals cannot be kept")
                .at(at)
                .value(places.to_string())
                .expected("0..10")
                .hint("请取 0 到 10", "take 0 to 10"),
        );
    }
}

fn missing(rule: &MissingRule, at: &str, faults: &mut Faults) {
    let fault = match rule {
        MissingRule::Previous { at_most: 0 } => Fault::error("missing.at_most", "at_most 至少为 1", "at_most is at least 1")
            .expected("1..")
            .hint("请取 1 或以上", "take 1 or more"),
        MissingRule::PeerMean { group: Some(group) } | MissingRule::PeerMedian { group: Some(group) } if group.is_empty() => {
            Fault::error("missing.group", "分组属性名为空", "the name of the attribute is empty")
                .hint("请填写属性名", "name an attribute")
        }
        _ => return,
    };
    faults.push(fault.at(at));
}

fn coverage(min_coverage: &MinCoverage, at: &str, faults: &mut Faults) {
    if !(0.0..=1.0).contains(&min_coverage.at_least) {
        faults.push(
            Fault::error("coverage.range", "最低覆盖率应在 0 到 1 之间", "the least coverage lies between 0 and 1")
                .at(format!("{at}/at_least"))
                .value(min_coverage.at_least.to_string())
                .expected("0..1")
                .hint("80% 写作 0.8", "80 % is written 0.8"),
        );
    }
}

pub(super) fn adjustments(document: &SetDocument, items: &HashMap<String, usize>, faults: &mut Faults) -> Vec<Formula> {
    let mut codes = HashSet::new();
    let mut formulas = Vec::new();
    for (i, adjustment) in document.adjustments.iter().enumerate() {
        let at = format!("/adjustments/{i}");
        if super::code(&adjustment.code, &format!("{at}/code"), faults) && !codes.insert(&adjustment.code) {
            faults.push(
                Fault::error(
                    "adjustment.duplicate",
                    format!("调整项代码“{}”重复", adjustment.code),
                    format!("two adjustments have the code '{}'", adjustment.code),
                )
                .at(format!("{at}/code"))
                .hint("请改名", "rename one of them"),
            );
        }
        if adjustment.points_per_unit < 0.0 || adjustment.cap.is_some_and(|cap| cap < 0.0) {
            faults.push(
                Fault::error("adjustment.negative", "每单位分值与上限不能为负", "points per unit and cap cannot be negative")
                    .at(at.clone())
                    .hint("扣分请用 kind: deduction", "to take points away use kind: deduction"),
            );
        }
        if adjustment.applies_to.as_deref().is_some_and(|code| code != crate::TOTAL) {
            faults.push(
                Fault::error("adjustment.applies_to", "调整项只作用于 TOTAL", "adjustments apply to TOTAL only")
                    .at(format!("{at}/applies_to"))
                    .expected("TOTAL")
                    .hint("请写 TOTAL", "write TOTAL"),
            );
        }
        formulas.extend(super::formula(&adjustment.formula, &format!("{at}/formula"), document, items, false, faults));
    }
    if let Some(limits) = &document.adjustment_limits {
        if [limits.bonus, limits.deduction].into_iter().flatten().any(|limit| limit < 0.0) {
            faults.push(
                Fault::error(
                    "adjustment.limits",
                    "加分与扣分上限不能为负",
                    "the limits of bonus and deduction cannot be negative",
                )
                .at("/adjustment_limits")
                .hint("请写正数", "write positive numbers"),
            );
        }
        if limits.result.is_some_and(|[low, high]| low >= high) {
            faults.push(
                Fault::error("adjustment.limits", "结果下限必须小于上限", "the least result must be below the greatest")
                    .at("/adjustment_limits/result")
                    .hint("请调整顺序", "put them in order"),
            );
        }
    }
    formulas
}
