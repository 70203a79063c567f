//! The rule `checklist`: boolean items with points.

use std::collections::HashMap;

use crate::document::SetDocument;
use crate::document::item::ItemKind;
use crate::fault::{Fault, Faults};

pub(super) fn check(
    listed: &[(String, f64)],
    at: &str,
    document: &SetDocument,
    items: &HashMap<String, usize>,
    faults: &mut Faults,
) {
    if listed.is_empty() {
        faults.push(
            Fault::error("scoring.checklist", "清单为空", "the checklist is empty")
                .at(format!("{at}/items"))
                .hint("请列出布尔型数据项", "list boolean items"),
        );
    }
    for (code, points) in listed {
        let place = format!("{at}/items/{}", crate::json::escape(code));
        match items.get(code).map(|&index| &document.items[index]) {
            None => faults.push(
                Fault::error(
                    "formula.unknown_item",
                    format!("清单引用了不存在的数据项“{code}”"),
                    format!("the checklist names an item '{code}' that does not exist"),
                )
                .at(place.clone())
                .of(code.clone())
                .hint("在 items 中定义它，或改正拼写", "define it in items or correct its spelling"),
            ),
            Some(item) if item.kind != ItemKind::Boolean => faults.push(
                Fault::error(
                    "scoring.checklist",
                    format!("清单中的“{code}”不是布尔型"),
                    format!("'{code}' on the checklist is not boolean"),
                )
                .at(place.clone())
                .of(code.clone())
                .expected("boolean")
                .hint("把该数据项的 kind 设为 boolean", "make the item boolean"),
            ),
            Some(_) => {}
        }
        if *points <= 0.0 {
            faults.push(
                Fault::error("scoring.checklist", "清单分值必须大于 0", "the points of a checklist item must be above 0")
                    .at(place)
                    .of(code.clone())
                    .hint("请给出正数", "give a positive number"),
            );
        }
    }
}
