//! The sheet `items`.

use super::{Sheet, column};
use crate::authoring::form::Form::{List, Number, Pair, Text};

/// The data items.
pub(in crate::authoring) const ITEMS: Sheet = Sheet {
    name: "items",
    list: "items",
    columns: &[
        column(&["code"], Text, ("代码", "Code"), ("唯一；公式用它引用", "unique; formulas refer to it"), 20),
        column(&["title", "zh"], Text, ("名称（中文）", "Title (zh)"), ("", ""), 28),
        column(&["title", "en"], Text, ("名称（英文）", "Title (en)"), ("", ""), 28),
        column(&["kind"], Text, ("类型", "Kind"), ("未填为 amount", "amount unless given"), 10),
        column(&["unit"], Text, ("计量单位", "Unit"), ("UCUM 代码；纯数为 1", "UCUM; 1 for plain numbers"), 10),
        column(&["min"], Number, ("最小值", "Least"), ("小于它的观测值有误", "observations below it are faults"), 10),
        column(&["max"], Number, ("最大值", "Greatest"), ("大于它的观测值有误", "observations above it are faults"), 10),
        column(&["options"], List, ("选项", "Options"), ("用于 choice，以 | 分隔", "for a choice; separated by |"), 20),
        column(&["scale"], Pair, ("量表", "Scale"), ("用于 survey，如 1 .. 5", "for a survey, such as 1 .. 5"), 10),
        column(&["provider"], Text, ("数据来源方", "Provider"), ("未填为 city", "city unless given"), 12),
        column(&["department", "zh"], Text, ("责任部门（中文）", "Department (zh)"), ("", ""), 18),
        column(&["department", "en"], Text, ("责任部门（英文）", "Department (en)"), ("", ""), 18),
        column(&["as_of"], Text, ("统计时点", "As of"), ("月-日，如 10-31", "month-day, such as 10-31"), 10),
        column(&["scope"], Text, ("统计范围", "Scope"), ("所指地区或人口", "the area or population it speaks of"), 18),
    ],
};
