//! The data items.

use std::collections::{HashMap, HashSet};

use crate::document::SetDocument;
use crate::document::item::{Item, ItemKind};
use crate::fault::{Fault, Faults};

pub(super) fn check(document: &SetDocument, faults: &mut Faults) -> HashMap<String, usize> {
    if document.items.len() > super::MAX_ITEMS {
        faults.push(
            Fault::error(
                "set.too_large",
                format!("数据项过多：最多 {} 个", super::MAX_ITEMS),
                format!("there are too many items: at most {}", super::MAX_ITEMS),
            )
            .at("/items")
            .value(document.items.len().to_string())
            .expected(format!("..{}", super::MAX_ITEMS))
            .hint("请拆分指标体系", "split the set"),
        );
    }
    let mut by_code = HashMap::new();
    for (i, item) in document.items.iter().enumerate() {
        let at = format!("/items/{i}");
        if !super::code(&item.code, &format!("{at}/code"), faults) {
            continue;
        }
        if let Some(first) = by_code.insert(item.code.clone(), i) {
            faults.push(
                Fault::error(
                    "item.duplicate",
                    format!("数据项代码“{}”重复", item.code),
                    format!("two items have the code '{}'", item.code),
                )
                .at(format!("{at}/code"))
                .of(item.code.clone())
                .hint(
                    format!("另一处在 /items/{first}，请改名或删除"),
                    format!("the other is /items/{first}: rename or remove one"),
                ),
            );
        }
        kind(item, &at, faults);
    }
    by_code
}

fn kind(item: &Item, at: &str, faults: &mut Faults) {
    let mut refuse = |code, zh: &str, en: &str, hint_zh: &str, hint_en: &str| {
        faults.push(Fault::error(code, zh, en).at(at).of(item.code.clone()).hint(hint_zh, hint_en));
    };
    if let (Some(min), Some(max)) = (item.min, item.max)
        && min > max
    {
        refuse("item.range", "min 大于 max", "min is above max", "请交换或改正", "swap or correct them");
    }
    match item.kind {
        ItemKind::Choice => {
            if item.options.is_empty() {
                refuse(
                    "item.options",
                    "选项型数据项没有 options",
                    "a choice has no options",
                    "请列出选项代码",
                    "list the codes of its options",
                );
            }
            if item.options.iter().collect::<HashSet<_>>().len() != item.options.len() {
                refuse("item.options", "选项代码重复", "an option stands twice", "请删除重复项", "remove one of them");
            }
        }
        ItemKind::Survey if item.scale.is_none() => {
            refuse("item.scale", "调查型数据项没有 scale", "a survey has no scale", "例如 [1, 5]", "[1, 5], for example");
        }
        _ => {}
    }
    if item.kind != ItemKind::Choice && !item.options.is_empty() {
        refuse(
            "item.options",
            "只有选项型数据项才有 options",
            "only a choice has options",
            "删除 options，或把 kind 设为 choice",
            "remove options, or make it a choice",
        );
    }
    if item.scale.is_some_and(|[low, high]| low >= high) {
        refuse(
            "item.scale",
            "scale 的下限必须小于上限",
            "the scale's low end must be below its high end",
            "请改正 scale",
            "correct the scale",
        );
    }
}

pub(super) fn warn_of_unused(document: &SetDocument, used: &HashSet<String>, faults: &mut Faults) {
    for (i, item) in document.items.iter().enumerate().filter(|(_, item)| !used.contains(&item.code)) {
        faults.push(
            Fault::warning(
                "item.unused",
                format!("数据项“{}”未被任何公式使用", item.code),
                format!("no formula reads the item '{}'", item.code),
            )
            .at(format!("/items/{i}"))
            .of(item.code.clone()),
        );
    }
}
