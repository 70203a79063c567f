//! The leaves: formula, scoring rule, direction.

mod checklist;
mod choice;
mod direction;
pub(super) mod preparation;
mod rule;

use std::collections::{HashMap, HashSet};

use crate::document::SetDocument;
use crate::document::imputation::Imputation;
use crate::document::indicator::Indicator;
use crate::document::item::ItemKind;
use crate::document::scoring::Scoring;
use crate::fault::{Fault, Faults};
use crate::formula::Formula;
use crate::set::Leaf;

/// The leaves that are in order, by the place of their node in the document.
pub(super) fn check(document: &SetDocument, items: &HashMap<String, usize>, faults: &mut Faults) -> HashMap<usize, Leaf> {
    let mut leaves = HashMap::new();
    for (i, node) in document.nodes.iter().enumerate() {
        if let Some(indicator) = &node.indicator {
            let at = format!("/nodes/{i}/indicator");
            leaves.extend(leaf(indicator, &at, document, items, faults).map(|leaf| (i, leaf)));
        }
    }
    leaves
}

fn leaf(
    indicator: &Indicator,
    at: &str,
    document: &SetDocument,
    items: &HashMap<String, usize>,
    faults: &mut Faults,
) -> Option<Leaf> {
    let before = faults.0.len();
    let scoring = &indicator.scoring;
    let is_choice = matches!(scoring, Scoring::Choice { .. });
    let formula = match (&indicator.formula, scoring) {
        (Some(_), Scoring::Checklist { .. }) => {
            faults.push(
                Fault::error("formula.not_here", "checklist 规则没有公式", "a checklist has no formula")
                    .at(format!("{at}/formula"))
                    .hint("删除 formula", "remove the formula"),
            );
            None
        }
        (None, Scoring::Checklist { .. }) => None,
        (None, _) => {
            faults.push(
                Fault::error("formula.missing", "指标没有公式", "the indicator has no formula")
                    .at(at)
                    .expected("formula")
                    .hint("请补上 formula", "add a formula"),
            );
            None
        }
        (Some(text), _) => super::formula(text, &format!("{at}/formula"), document, items, is_choice, faults),
    };
    let shape = rule::check(scoring, formula.as_ref(), &format!("{at}/scoring"), document, items, faults);
    let direction = direction::check(indicator, shape, at, faults);
    preparation::check(indicator, at, faults);
    if faults.0.len() > before {
        return None;
    }
    let read: Vec<usize> = match (scoring, &formula) {
        (Scoring::Checklist { items: listed }, _) => listed.iter().filter_map(|(code, _)| items.get(code).copied()).collect(),
        (_, Some(formula)) => formula.current_items().into_iter().filter_map(|code| items.get(code).copied()).collect(),
        _ => Vec::new(),
    };
    Some(Leaf {
        formula,
        scoring: scoring.clone(),
        direction,
        unit: indicator.unit.clone(),
        display: indicator.display,
        treatment: indicator.treatment.clone(),
        imputation: imputation(indicator, document),
        options: if is_choice { options(&read, document) } else { Vec::new() },
        items: read,
    })
}

/// Its own imputation, else the set's, where its raw value is a number.
fn imputation(indicator: &Indicator, document: &SetDocument) -> Imputation {
    if preparation::is_imputable(&indicator.scoring) {
        indicator.imputation.as_ref().unwrap_or(&document.imputation).clone()
    } else {
        Imputation::None
    }
}

fn options(read: &[usize], document: &SetDocument) -> Vec<String> {
    let item = read.first().map(|&index| &document.items[index]);
    match item {
        Some(item) if item.kind == ItemKind::Choice => item.options.clone(),
        _ => vec!["false".to_owned(), "true".to_owned()],
    }
}

/// The codes of all items that anything reads.
pub(super) fn used_items(leaves: &HashMap<usize, Leaf>, adjustments: &[Formula], document: &SetDocument) -> HashSet<String> {
    let mut used: HashSet<String> = HashSet::new();
    for leaf in leaves.values() {
        used.extend(leaf.items.iter().map(|&item| document.items[item].code.clone()));
        used.extend(leaf.formula.iter().flat_map(Formula::items).map(str::to_owned));
    }
    used.extend(adjustments.iter().flat_map(Formula::items).map(str::to_owned));
    used.extend(super::levels::items(document).map(str::to_owned));
    used
}
