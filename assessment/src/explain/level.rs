//! The level of a node, and what kept it from a higher one: the gates and the requirements of the next stage that do not
//! hold, with what they ask for and what there is.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{IndicatorSet, Levels, NodeIndex, Requirement, Text};

use super::{Explainer, Operation};
use crate::assess::OfRow;
use crate::assessment::level_code;
use crate::classify::{self, Evidence};

impl Explainer<'_> {
    /// Nothing where no level is read on the node.
    pub(super) fn level(&self, index: NodeIndex) -> Vec<Operation> {
        let set = self.set();
        let code = set.nodes()[index].code.as_str();
        let Some(levels) = set.levels().filter(|_| set.levelled_nodes().contains(&code)) else { return Vec::new() };
        let computed = &self.assessment.computed[self.at];
        let evidence = OfRow { inputs: self.assessment.inputs(self.at), nodes: &self.nodes, computed, row: self.row };
        let level = classify::levels(set, &evidence).into_iter().find(|(of, _)| *of == index).and_then(|(_, level)| level);
        let shown = level.and_then(|place| level_code(set, place)).unwrap_or("—");
        let mut operations = vec![Operation::new(format!("等级：{shown}"), format!("level: {shown}"), None)];
        let next = level.map_or(0, |place| place + 1);
        for requirement in classify::failing_requirements(set, levels, index, next, &evidence) {
            let (stage, text) = (&levels.staged[next].code, unmet(set, levels, requirement, &evidence));
            operations.push(Operation::new(
                format!("等级“{stage}”的要求未满足：{}", text.zh.unwrap_or_default()),
                format!("a requirement of the level '{stage}' does not hold: {}", text.en.unwrap_or_default()),
                None,
            ));
        }
        for (gate, _) in classify::failing_gates(set, levels, index, &evidence) {
            let guarded = &levels.gates[gate].level;
            for requirement in levels.gates[gate].require.iter().filter(|it| !classify::holds(set, levels, it, &evidence)) {
                let text = unmet(set, levels, requirement, &evidence);
                operations.push(Operation::new(
                    format!("等级“{guarded}”的门槛条件未满足：{}", text.zh.unwrap_or_default()),
                    format!("a gate of the level '{guarded}' does not hold: {}", text.en.unwrap_or_default()),
                    None,
                ));
            }
        }
        operations
    }
}

/// A requirement that does not hold.
fn unmet(set: &IndicatorSet, levels: &Levels, requirement: &Requirement, evidence: &impl Evidence) -> Text {
    match requirement {
        Requirement::Node { node, at_least } => {
            let score = set.node_index(node).and_then(|index| evidence.score(index));
            below(node, "得分", "score", score.as_ref().map(nearest_double), *at_least)
        }
        Requirement::Item { item, at_least } => {
            let value = set.item_index(item).and_then(|index| evidence.item(index));
            below(item, "值", "value", value, *at_least)
        }
        Requirement::Nodes { nodes, reach, count } => {
            let found = classify::reaching(set, levels, nodes, reach, evidence);
            let listed = nodes.join(", ");
            Text::both(
                format!("{listed} 中有 {found} 个达到等级“{reach}”，需要 {count} 个"),
                format!("{found} of {listed} reach the level '{reach}'; {count} must"),
            )
        }
    }
}

fn below(code: &str, zh: &str, en: &str, found: Option<f64>, at_least: f64) -> Text {
    match found {
        Some(found) => Text::both(
            format!("“{code}”的{zh}为 {found}，要求不低于 {at_least}"),
            format!("the {en} of '{code}' is {found}; at least {at_least} is required"),
        ),
        None => Text::both(
            format!("“{code}”没有{zh}，要求不低于 {at_least}"),
            format!("'{code}' has no {en}; at least {at_least} is required"),
        ),
    }
}
