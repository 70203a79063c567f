//! Which nodes of two versions of a set measure the same, so that their scores may stand in one series.
//!
//! Two nodes are the same where everything that makes their score is equal: of an indicator the formula, the definitions of
//! its items and the scoring; of an inner node the aggregation, the children with their weights relative to each other, and
//! these again. Titles, sources and a node's own weight in its parent change no score of the node.

use std::collections::BTreeSet;

use crate::TOTAL;
use crate::document::item::Item;
use crate::set::{IndicatorSet, Leaf, NodeIndex, NodeKind, SetNode};

/// What a score is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The full mark of the set.
    FullMark,
    /// How scores become points.
    Arithmetic,
    /// One is an indicator, the other an inner node.
    Kind,
    /// The formula.
    Formula,
    /// The definition of a data item that the formula reads: its kind, unit, options, scale, scope or date.
    Item,
    /// The scoring rule with its parameters, and the direction.
    Scoring,
    /// What is done to the raw value before.
    Treatment,
    /// How missing raw values are imputed.
    Imputation,
    /// How children are aggregated, and which.
    Aggregation,
    /// How the weights of children are derived.
    Weighting,
    /// Its weight relative to its sisters; says something of its parent.
    Weight,
    /// What happens in its parent when it has no score.
    Missing,
    /// The least coverage.
    MinCoverage,
    /// The rounding.
    Rounding,
    /// The bonuses and deductions of the total, and their limits.
    Adjustments,
    /// Only the later set has it here.
    Added,
    /// Only the earlier set has it here.
    Removed,
}

impl Part {
    /// The word used in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::FullMark => "full_mark",
            Self::Arithmetic => "arithmetic",
            Self::Kind => "kind",
            Self::Formula => "formula",
            Self::Item => "item",
            Self::Scoring => "scoring",
            Self::Treatment => "treatment",
            Self::Imputation => "imputation",
            Self::Aggregation => "aggregation",
            Self::Weighting => "weighting",
            Self::Weight => "weight",
            Self::Missing => "missing",
            Self::MinCoverage => "min_coverage",
            Self::Rounding => "rounding",
            Self::Adjustments => "adjustments",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// Why two nodes do not measure the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The code of the node in which they differ: itself or one below it.
    pub node: String,
    /// In what.
    pub part: Part,
}

/// Why a node of the earlier set and one of the later do not measure the same; nothing where they do.
///
/// In the order of the later set, the node itself first; what only the earlier set has follows its sisters.
#[must_use]
pub fn differences((before, old): (&IndicatorSet, NodeIndex), (after, new): (&IndicatorSet, NodeIndex)) -> Vec<Difference> {
    let mut pair = Pair { before, after, found: Vec::new() };
    let code = &after.nodes()[new].code;
    if before.full_mark().to_bits() != after.full_mark().to_bits() {
        pair.note(code, Part::FullMark);
    }
    if before.document().arithmetic != after.document().arithmetic {
        pair.note(code, Part::Arithmetic);
    }
    pair.compare(old, new);
    pair.found
}

struct Pair<'s> {
    before: &'s IndicatorSet,
    after: &'s IndicatorSet,
    found: Vec<Difference>,
}

impl Pair<'_> {
    fn note(&mut self, node: &str, part: Part) {
        self.found.push(Difference { node: node.to_owned(), part });
    }

    fn compare(&mut self, old: NodeIndex, new: NodeIndex) {
        let (before, after) = (self.before, self.after);
        let (old, new) = (&before.nodes()[old], &after.nodes()[new]);
        let differs = [
            (old.places != new.places, Part::Rounding),
            (old.min_coverage != new.min_coverage, Part::MinCoverage),
            (new.code == TOTAL && adjustments(before) != adjustments(after), Part::Adjustments),
        ];
        self.note_each(&new.code, &differs);
        match (&old.kind, &new.kind) {
            (NodeKind::Leaf(one), NodeKind::Leaf(other)) => self.indicators(&new.code, one, other),
            (
                NodeKind::Inner { aggregation: one, weighting: weighed },
                NodeKind::Inner { aggregation: other, weighting: weighs },
            ) => {
                let terms = |set: &IndicatorSet, node: &SetNode| -> BTreeSet<String> {
                    node.terms.iter().map(|term| set.nodes()[*term].code.clone()).collect()
                };
                // Which terms there are says nothing new unless they are not the children.
                let own = old.terms != old.children || new.terms != new.children;
                let differs = [
                    (one != other || (own && terms(before, old) != terms(after, new)), Part::Aggregation),
                    (weighed != weighs, Part::Weighting),
                ];
                self.note_each(&new.code, &differs);
                self.children(old, new);
            }
            _ => self.note(&new.code, Part::Kind),
        }
    }

    fn note_each(&mut self, node: &str, differs: &[(bool, Part)]) {
        differs.iter().filter(|(differs, _)| *differs).for_each(|(_, part)| self.note(node, *part));
    }

    fn indicators(&mut self, code: &str, one: &Leaf, other: &Leaf) {
        let roots = [one, other].map(|leaf| leaf.formula.as_ref().map(|formula| formula.root()));
        let items = |set: &IndicatorSet, leaf: &Leaf| -> Vec<Definition> {
            let read: BTreeSet<&str> = leaf.formula.iter().flat_map(|formula| formula.items()).collect();
            let listed = |item: &&Item| read.contains(item.code.as_str());
            let checked = leaf.items.iter().map(|item| &set.items()[*item]).filter(|_| leaf.formula.is_none());
            let mut items: Vec<&Item> = set.items().iter().filter(listed).chain(checked).collect();
            items.sort_by(|one, other| one.code.cmp(&other.code));
            items.into_iter().map(definition).collect()
        };
        let differs = [
            (roots[0] != roots[1], Part::Formula),
            (items(self.before, one) != items(self.after, other) && roots[0] == roots[1], Part::Item),
            (one.scoring != other.scoring || one.direction != other.direction || one.unit != other.unit, Part::Scoring),
            (one.treatment != other.treatment, Part::Treatment),
            (one.imputation != other.imputation, Part::Imputation),
        ];
        self.note_each(code, &differs);
    }

    fn children(&mut self, old: &SetNode, new: &SetNode) {
        let (before, after) = (self.before, self.after);
        let of = |set: &IndicatorSet, children: &[NodeIndex], code: &str| {
            children.iter().copied().find(|child| set.nodes()[*child].code == code)
        };
        for &child in &new.children {
            let node = &after.nodes()[child];
            let Some(earlier) = of(before, &old.children, &node.code) else {
                self.note(&node.code, Part::Added);
                continue;
            };
            let was = &before.nodes()[earlier];
            let differs = [
                (was.normalised_weight != node.normalised_weight || was.weight_of != node.weight_of, Part::Weight),
                (was.missing != node.missing, Part::Missing),
            ];
            self.note_each(&node.code, &differs);
            self.compare(earlier, child);
        }
        for &child in &old.children {
            let code = &before.nodes()[child].code;
            if of(after, &new.children, code).is_none() {
                self.note(code, Part::Removed);
            }
        }
    }
}

/// What makes the values of an item comparable.
type Definition = (String, String, String);

fn definition(item: &Item) -> Definition {
    let of = format!("{:?} {:?} {:?} {:?}", item.kind, item.unit, item.options, item.scale);
    (item.code.clone(), of, format!("{:?} {:?}", item.scope, item.as_of))
}

/// The adjustments without their titles, and their limits.
fn adjustments(set: &IndicatorSet) -> (Vec<crate::Adjustment>, Option<crate::AdjustmentLimits>) {
    let document = set.document();
    let untitled = document.adjustments.iter().map(|it| crate::Adjustment { title: crate::Text::default(), ..it.clone() });
    (untitled.collect(), document.adjustment_limits)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::SetDocument;

    fn base() -> Value {
        let leaf = |code: &str, parent: &str| {
            json!({"code": code, "parent": parent, "title": {"en": code},
                   "indicator": {"formula": "x / y", "scoring": {"rule": "goalposts", "worst": 0, "best": 10}}})
        };
        json!({
            "code": "s", "version": "1", "title": {"en": "S"}, "items": [{"code": "x", "unit": "m"}, {"code": "y"}],
            "nodes": [{"code": "A", "title": {"en": "A"}}, {"code": "B", "title": {"en": "B"}},
                      leaf("A1", "A"), leaf("A2", "A"), leaf("B1", "B")]
        })
    }

    /// The differences of a node of both sets, after a change.
    fn changed(node: &str, change: impl Fn(&mut Value)) -> Vec<String> {
        let (before, mut after) = (base(), base());
        change(&mut after);
        let set = |document: &Value| SetDocument::check_value(document).unwrap_or_else(|faults| panic!("{faults}"));
        let (before, after) = (set(&before), set(&after));
        let at = |set: &IndicatorSet| set.node_index(node).expect("both have it");
        let found = differences((&before, at(&before)), (&after, at(&after)));
        found.into_iter().map(|difference| format!("{} {}", difference.node, difference.part.word())).collect()
    }

    #[test]
    fn what_changes_no_score_makes_no_difference() {
        let titles = |set: &mut Value| {
            set["version"] = json!("2");
            set["nodes"][2]["title"] = json!({"en": "Other"});
            set["nodes"][2]["indicator"]["formula"] = json!("(x) / y");
            set["items"][0]["department"] = json!({"en": "D"});
            set["items"][0]["max"] = json!(7);
            set["nodes"].as_array_mut().expect("a list").swap(0, 1);
        };
        assert_eq!(changed(TOTAL, titles), Vec::<String>::new());
        // Weights are relative to each other.
        assert_eq!(
            changed(TOTAL, |set| [0, 1].into_iter().for_each(|at| set["nodes"][at]["weight"] = json!(5))),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_nodes_own_weight_says_something_of_its_parent_only() {
        let heavier = |set: &mut Value| set["nodes"][2]["weight"] = json!(3);
        assert_eq!(changed("A1", heavier), Vec::<String>::new());
        assert_eq!(changed("B", heavier), Vec::<String>::new());
        for above in ["A", TOTAL] {
            assert_eq!(changed(above, heavier), ["A1 weight", "A2 weight"]);
        }
    }

    #[test]
    fn each_difference_is_named_where_it_is() {
        let many = |set: &mut Value| {
            set["nodes"][2]["indicator"]["scoring"]["best"] = json!(20);
            set["nodes"][3]["indicator"]["formula"] = json!("y / x");
            set["nodes"][4]["parent"] = json!("A");
            set["nodes"][1] = json!({"code": "B", "title": {"en": "B"},
                "indicator": {"formula": "x", "scoring": {"rule": "ratio"}}});
            set["rounding"] = json!({"places": 2, "depths": [0]});
        };
        assert_eq!(
            changed(TOTAL, many),
            ["TOTAL rounding", "A1 weight", "A1 scoring", "A2 weight", "A2 formula", "B1 added", "B kind"]
        );
        assert_eq!(changed("A1", |set| set["items"][0]["unit"] = json!("km")), ["A1 item"]);
        assert_eq!(changed("A1", |set| set["full_mark"] = json!(10)), ["A1 full_mark"]);
        let deducted = |set: &mut Value| {
            set["adjustments"] = json!([{"code": "D", "kind": "deduction", "formula": "x"}]);
        };
        assert_eq!(changed(TOTAL, deducted), ["TOTAL adjustments"]);
        assert_eq!(changed("A", deducted), Vec::<String>::new());
    }
}
