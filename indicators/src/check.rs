//! The check: a document becomes an [`IndicatorSet`], or every fault in it is named at once.

mod aggregation;
mod indicators;
mod items;
mod levels;
mod lineage;
mod reported_points;
pub(crate) mod rules;
mod scales;
mod settings;
pub(crate) mod stages;
mod tree;
mod weighting;
mod weights;

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::canonical;
use crate::document::SetDocument;
use crate::fault::{Fault, Faults};
use crate::formula::Formula;
use crate::json::parse_strict;
use crate::set::IndicatorSet;

/// The greatest number of nodes of a set.
pub const MAX_NODES: usize = 20_000;
/// The greatest number of items of a set.
pub const MAX_ITEMS: usize = 20_000;
/// The deepest tree.
pub const MAX_TREE_DEPTH: u32 = 200;
/// The longest code, in characters.
pub const MAX_CODE: usize = 100;

impl SetDocument {
    /// Checks the meaning of a document that was read without faults.
    ///
    /// # Errors
    /// Every fault, each with a pointer, a stable code and a sentence in both languages.
    pub fn check(&self) -> Result<IndicatorSet, Faults> {
        let mut faults = Faults::default();
        let set = check(self, &HashSet::new(), &mut faults);
        set.ok_or(faults)
    }

    /// Reads and checks a document in one go: the faults of form and those of meaning together.
    ///
    /// # Errors
    /// Every fault of both kinds.
    pub fn check_text(text: &[u8]) -> Result<IndicatorSet, Faults> {
        Self::check_value(&parse_strict(text)?)
    }

    /// Reads and checks parsed JSON in one go.
    ///
    /// # Errors
    /// Every fault of form and of meaning.
    pub fn check_value(value: &Value) -> Result<IndicatorSet, Faults> {
        let (document, mut faults) = Self::read_leniently(value);
        let Some(document) = document else { return Err(faults) };
        let unreadable = unreadable_nodes(&faults);
        let form_faults = faults.clone();
        let mut found = Faults::default();
        let set = check(&document, &unreadable, &mut found);
        // A member that could not be read has left its fault; what follows from its absence is no second one.
        found.0.retain(|fault| !form_faults.0.iter().any(|form| form.code != "set.unknown_key" && same_place(form, fault)));
        faults.0.extend(found.0);
        match set {
            Some(set) if faults.is_empty() => Ok(set),
            _ => Err(faults),
        }
    }
}

fn same_place(one: &Fault, other: &Fault) -> bool {
    match (&one.pointer, &other.pointer) {
        (Some(one), Some(other)) if !one.is_empty() && !other.is_empty() => {
            let below =
                |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            below(one, other) || below(other, one)
        }
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// The places of nodes of which some member could not be read.
fn unreadable_nodes(faults: &Faults) -> HashSet<usize> {
    faults
        .0
        .iter()
        .filter(|fault| fault.code != "set.unknown_key")
        .filter_map(|fault| fault.pointer.as_deref()?.strip_prefix("/nodes/")?.split('/').next()?.parse().ok())
        .collect()
}

fn check(document: &SetDocument, unreadable: &HashSet<usize>, faults: &mut Faults) -> Option<IndicatorSet> {
    settings::check(document, faults);
    lineage::check(document, faults);
    let item_by_code = items::check(document, faults);
    let adjustments = settings::adjustments(document, &item_by_code, faults);
    let rules = rules::check(document, &item_by_code, faults);
    let leaves = indicators::check(document, &item_by_code, faults);
    let Some(tree) = tree::check(document, unreadable, faults) else {
        levels::check(document, &item_by_code, faults);
        return None;
    };
    weights::check(document, &tree, unreadable, faults);
    weighting::check(document, &tree, unreadable, faults);
    reported_points::check(document, &tree, faults);
    aggregation::check_positions(document, &tree, faults);
    levels::check(document, &item_by_code, faults);
    if faults.has_errors() {
        return None;
    }
    let mut used = indicators::used_items(&leaves, &adjustments, document);
    used.extend(rules.iter().flat_map(|rule| &rule.items).map(|&item| document.items[item].code.clone()));
    items::warn_of_unused(document, &used, faults);
    let nodes = tree.resolve(document, leaves);
    scales::warn_of_mixed(document, &nodes, faults);
    let stages = stages::resolve(document, &nodes, faults);
    if faults.has_errors() {
        return None;
    }
    let node_by_code = nodes.iter().enumerate().map(|(index, node)| (node.code.clone(), index)).collect();
    Some(IndicatorSet {
        document: document.clone(),
        digest: canonical::digest(document),
        nodes,
        adjustments,
        rules,
        node_by_code,
        item_by_code,
        stages,
        warnings: std::mem::take(faults),
    })
}

/// Reads a formula and checks the items it names.
fn formula(
    text: &str,
    at: &str,
    document: &SetDocument,
    items: &HashMap<String, usize>,
    choice: bool,
    faults: &mut Faults,
) -> Option<Formula> {
    let formula = parsed(text, at, faults)?;
    let mut known = true;
    for item in formula.items() {
        let Some(&index) = items.get(item) else {
            faults.push(
                Fault::error(
                    "formula.unknown_item",
                    format!("公式引用了不存在的数据项“{item}”"),
                    format!("the formula names an item '{item}' that does not exist"),
                )
                .at(at)
                .of(item)
                .value(text)
                .hint(
                    "在 items 中定义它，或改正拼写；非标识符的代码要用反引号",
                    "define it in items or correct its spelling; a code that is no identifier stands in backticks",
                ),
            );
            known = false;
            continue;
        };
        let is_choice = document.items[index].kind == crate::document::item::ItemKind::Choice;
        if is_choice && !choice {
            faults.push(
                Fault::error(
                    "formula.choice_item",
                    format!("选项型数据项“{item}”不能参与计算"),
                    format!("the choice item '{item}' cannot be computed with"),
                )
                .at(at)
                .of(item)
                .hint("选项型数据项只用于 choice 规则", "a choice is only for the rule 'choice'"),
            );
            known = false;
        }
    }
    known.then_some(formula)
}

/// Reads a formula whatever the items are that it names.
fn parsed(text: &str, at: &str, faults: &mut Faults) -> Option<Formula> {
    let read = Formula::parse(text).map_err(|fault| {
        Fault::error(fault.code, fault.zh, fault.en)
            .at(at)
            .value(text)
            .hint(format!("请检查第 {} 个字符附近", fault.position), format!("look near character {}", fault.position))
    });
    read.map_err(|fault| faults.push(fault)).ok()
}

/// Notes what is wrong with a code.
fn code(code: &str, at: &str, faults: &mut Faults) -> bool {
    let en = if code.is_empty() {
        Some(("代码不能为空", "a code cannot be empty"))
    } else if code.chars().count() > MAX_CODE {
        Some(("代码超过 100 个字符", "the code is longer than 100 characters"))
    } else if code.chars().any(|c| c.is_control() || c == '`') || code.trim() != code {
        Some(("代码不能含控制字符、反引号或首尾空白", "a code has no control characters, backticks or blanks at its ends"))
    } else {
        None
    };
    if let Some((zh, en)) = en {
        faults.push(Fault::error("code.invalid", zh, en).at(at).value(code).hint("请改写代码", "write the code differently"));
    }
    en.is_none()
}

#[cfg(test)]
mod tests;
