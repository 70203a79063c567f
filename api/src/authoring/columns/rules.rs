//! The sheet `rules`.

use super::{Sheet, column};
use crate::authoring::form::Form::{Rest, Text};

/// Validation rules.
pub(in crate::authoring) const RULES: Sheet = Sheet {
    name: "rules",
    list: "rules",
    columns: &[
        column(&["code"], Text, ("代码", "Code"), ("唯一", "unique"), 14),
        column(&["title", "zh"], Text, ("名称（中文）", "Title (zh)"), ("", ""), 28),
        column(&["title", "en"], Text, ("名称（英文）", "Title (en)"), ("", ""), 28),
        column(
            &["severity"],
            Text,
            ("级别", "Severity"),
            ("error 拒收，warning 仅提示；未填为 warning", "error refuses the data, warning only tells; warning unless given"),
            12,
        ),
        column(
            &["check", "rule"],
            Text,
            ("规则", "Rule"),
            ("formula、change、peers、heaping、last_digit 或 repeated", "which kind of rule"),
            14,
        ),
        column(
            &["check", "holds"],
            Text,
            ("应成立的公式", "Formula that must hold"),
            ("仅 formula 规则，例如 a <= b", "for the rule formula only, such as a <= b"),
            32,
        ),
        column(
            &["check"],
            Rest,
            ("规则参数", "Parameters of the rule"),
            (
                "JSON 对象，例如 {\"items\": [\"gdp\"], \"at_most\": 1.6}",
                "a JSON object, such as {\"items\": [\"gdp\"], \"at_most\": 1.6}",
            ),
            40,
        ),
        column(&["hint", "zh"], Text, ("建议（中文）", "Hint (zh)"), ("如何处理", "what to do about a finding"), 28),
        column(&["hint", "en"], Text, ("建议（英文）", "Hint (en)"), ("", ""), 28),
    ],
};
