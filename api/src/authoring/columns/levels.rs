//! The sheet `levels`.

use super::{Sheet, column};
use crate::authoring::form::Form::{List, Number, Requirements, Text};

/// Bands, gates and stages.
pub(in crate::authoring) const LEVELS: Sheet = Sheet {
    name: "levels",
    list: "levels",
    columns: &[
        column(&["kind"], Text, ("种类", "Kind"), ("band 分数段，gate 门槛，stage 阶段", "band, gate or stage"), 10),
        column(
            &["code"],
            Text,
            ("代码", "Code"),
            ("band 与 stage 的等级代码", "the code of the level, for a band and a stage"),
            16,
        ),
        column(&["title", "zh"], Text, ("名称（中文）", "Title (zh)"), ("", ""), 20),
        column(&["title", "en"], Text, ("名称（英文）", "Title (en)"), ("", ""), 20),
        column(&["from"], Number, ("起始分", "From"), ("band：达到此分即为该等级", "band: the score from which on it holds"), 10),
        column(
            &["level"],
            Text,
            ("所守等级", "Guarded level"),
            ("gate：未满足则止于其下一级", "gate: where it fails the city stays below"),
            16,
        ),
        column(
            &["of"],
            List,
            ("适用节点", "Of nodes"),
            ("gate：以 | 分隔，未填为全部", "gate: separated by |; all unless given"),
            18,
        ),
        column(
            &["require"],
            Requirements,
            ("要求", "Requirements"),
            (
                "gate 与 stage：node:代码 >= 60 或 item:代码 >= 3，以 | 分隔；其他写 JSON",
                "gate and stage: node:CODE >= 60 or item:CODE >= 3, separated by |; anything else as JSON",
            ),
            40,
        ),
    ],
};
