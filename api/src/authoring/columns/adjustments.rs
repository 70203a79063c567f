//! The sheet `adjustments`.

use super::{Sheet, column};
use crate::authoring::form::Form::{Number, Text};

/// Bonuses and deductions.
pub(in crate::authoring) const ADJUSTMENTS: Sheet = Sheet {
    name: "adjustments",
    list: "adjustments",
    columns: &[
        column(&["code"], Text, ("代码", "Code"), ("唯一", "unique"), 14),
        column(&["title", "zh"], Text, ("名称（中文）", "Title (zh)"), ("", ""), 28),
        column(&["title", "en"], Text, ("名称（英文）", "Title (en)"), ("", ""), 28),
        column(&["kind"], Text, ("种类", "Kind"), ("bonus 加分，deduction 减分", "bonus or deduction"), 12),
        column(
            &["formula"],
            Text,
            ("公式", "Formula"),
            ("由数据项计算，缺失计 0", "over data items; a missing value counts 0"),
            32,
        ),
        column(&["points_per_unit"], Number, ("每单位分数", "Points per unit"), ("未填为 1", "1 unless given"), 10),
        column(&["cap"], Number, ("封顶", "Cap"), ("最多分数", "the greatest number of points"), 10),
        column(&["applies_to"], Text, ("作用于", "Applies to"), ("总是 TOTAL", "always TOTAL"), 10),
    ],
};
