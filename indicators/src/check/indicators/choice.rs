//! The rule `choice`: a score for every option of one item, and for nothing else.

use std::collections::HashMap;

use crate::document::SetDocument;
use crate::document::item::ItemKind;
use crate::fault::{Fault, Faults};
use crate::formula::Formula;

pub(super) fn check(
    scores: &[(String, f64)],
    formula: Option<&Formula>,
    at: &str,
    document: &SetDocument,
    items: &HashMap<String, usize>,
    faults: &mut Faults,
) {
    let Some(formula) = formula else { return };
    let item = formula.as_item().and_then(|code| items.get(code)).map(|&index| &document.items[index]);
    let options: Vec<&str> = match item {
        Some(item) if item.kind == ItemKind::Choice => item.options.iter().map(String::as_str).collect(),
        Some(item) if item.kind == ItemKind::Boolean => vec!["true", "false"],
        _ => {
            faults.push(
                Fault::error(
                    "scoring.choice",
                    "choice 规则的公式只能是一个选项型或布尔型数据项",
                    "the rule 'choice' reads one choice or boolean item and nothing else",
                )
                .at(at)
                .value(formula.text())
                .hint("公式只写数据项代码", "let the formula be the code of that item"),
            );
            return;
        }
    };
    for option in &options {
        if !scores.iter().any(|(scored, _)| scored == option) {
            faults.push(
                Fault::error("scoring.choice", format!("选项“{option}”没有得分"), format!("the option '{option}' has no score"))
                    .at(format!("{at}/scores"))
                    .hint("请补上", "add it"),
            );
        }
    }
    for (scored, _) in scores.iter().filter(|(scored, _)| !options.contains(&scored.as_str())) {
        faults.push(
            Fault::error("scoring.choice", format!("没有选项“{scored}”"), format!("there is no option '{scored}'"))
                .at(format!("{at}/scores/{}", crate::json::escape(scored)))
                .expected(options.join(" | "))
                .hint("删除或改正", "remove or correct it"),
        );
    }
}
