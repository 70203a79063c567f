//! What differs between two sets: members by code, settings by name, and each node's share of the total.
//!
//! Two sets that differ in nothing have one digest, and the other way round.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use crate::canonical::canonical;
use crate::set::IndicatorSet;
use crate::text::Text;

/// What a change concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A setting of the set as a whole.
    Set,
    /// A data item.
    Item,
    /// A node.
    Node,
    /// A bonus or deduction.
    Adjustment,
    /// A validation rule.
    Rule,
    /// A band or stage of the maturity levels.
    Level,
}

impl Subject {
    /// The word used in files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Item => "item",
            Self::Node => "node",
            Self::Adjustment => "adjustment",
            Self::Rule => "rule",
            Self::Level => "level",
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Happened {
    /// Only the later set has it.
    Added,
    /// Only the earlier set has it.
    Removed,
    /// One of its members is another.
    Changed,
    /// A node stands under another parent.
    Moved,
}

impl Happened {
    /// The word used in files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Moved => "moved",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What it concerns.
    pub subject: Subject,
    /// What happened.
    pub happened: Happened,
    /// The code of the item, node, adjustment, rule or level.
    pub code: Option<String>,
    /// What it is called, in the later set where it is there.
    pub title: Text,
    /// The member that changed, its path joined by dots; `share` is the share of the total, `order` that of the list.
    pub member: Option<String>,
    /// Its value in the earlier set; none where it holds its default there.
    pub before: Option<Value>,
    /// Its value in the later set.
    pub after: Option<Value>,
    /// The share of the total that the node could contribute before, 0 to 1.
    pub share_before: Option<f64>,
    /// The share of the total that it can contribute after.
    pub share_after: Option<f64>,
}

/// Everything that differs, in the order of the sets: settings, items, nodes, adjustments, rules, levels.
#[must_use]
pub fn between(before: &IndicatorSet, after: &IndicatorSet) -> Vec<Change> {
    let (mut old, mut new) = (members(before), members(after));
    let mut changes = Vec::new();
    let mut lists = Vec::new();
    let coded =
        [(Subject::Item, "items"), (Subject::Node, "nodes"), (Subject::Adjustment, "adjustments"), (Subject::Rule, "rules")];
    for (subject, list) in coded {
        lists.push((subject, list, Entries::of(&mut old, list), Entries::of(&mut new, list)));
    }
    let (mut old_levels, mut new_levels) = (levels(&mut old), levels(&mut new));
    for list in ["bands", "staged"] {
        lists.push((Subject::Level, list, Entries::of(&mut old_levels, list), Entries::of(&mut new_levels, list)));
    }
    for (members, rest) in [(&mut old, old_levels), (&mut new, new_levels)] {
        if !rest.is_empty() {
            members.insert("levels".into(), Value::Object(rest));
        }
    }
    settings(&old, &new, &mut changes);
    let shares = Shares { before, after };
    for (subject, list, old, new) in &lists {
        compare(*subject, list, old, new, &shares, &mut changes);
    }
    changes
}

/// The members of the canonical document; whole numbers are without a fraction there.
fn members(set: &IndicatorSet) -> Map<String, Value> {
    let mut value: Value = serde_json::from_str(&canonical(set.document())).unwrap_or_default();
    value.as_object_mut().map(std::mem::take).unwrap_or_default()
}

/// The levels, taken out; levels that say nothing at all stay, so that they differ from none.
fn levels(document: &mut Map<String, Value>) -> Map<String, Value> {
    let levels = document.get_mut("levels").and_then(Value::as_object_mut).map(std::mem::take).unwrap_or_default();
    if !levels.is_empty() {
        document.remove("levels");
    }
    levels
}

/// The members of a list, by code.
struct Entries {
    order: Vec<String>,
    by_code: HashMap<String, Map<String, Value>>,
}

impl Entries {
    fn of(document: &mut Map<String, Value>, list: &str) -> Self {
        let Some(Value::Array(entries)) = document.remove(list) else {
            return Self { order: Vec::new(), by_code: HashMap::new() };
        };
        let coded = entries.into_iter().filter_map(|entry| match entry {
            Value::Object(members) => Some((members.get("code")?.as_str()?.to_owned(), members)),
            _ => None,
        });
        let (order, members): (Vec<String>, Vec<_>) = coded.unzip();
        Self { by_code: order.iter().cloned().zip(members).collect(), order }
    }

    /// The codes that `other` has too, in this order.
    fn shared_with<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = &'s String> {
        self.order.iter().filter(|code| other.by_code.contains_key(*code))
    }
}

/// The shares of the total in both sets.
struct Shares<'s> {
    before: &'s IndicatorSet,
    after: &'s IndicatorSet,
}

impl Shares<'_> {
    /// Both shares of a node as doubles, and whether they differ exactly.
    fn of(&self, code: &str) -> (Option<f64>, Option<f64>, bool) {
        let share = |set: &IndicatorSet| set.node_index(code).map(|at| set.nodes()[at].share.clone());
        let (before, after) = (share(self.before), share(self.after));
        let differ = before != after;
        (before.as_ref().map(crate::exact::nearest_double), after.as_ref().map(crate::exact::nearest_double), differ)
    }
}

fn settings(old: &Map<String, Value>, new: &Map<String, Value>, changes: &mut Vec<Change>) {
    for (member, before, after) in differing(old, new) {
        let change = Change { member: Some(member), before, after, ..Change::of(Subject::Set, Happened::Changed) };
        changes.push(change);
    }
}

fn compare(subject: Subject, list: &str, old: &Entries, new: &Entries, shares: &Shares<'_>, changes: &mut Vec<Change>) {
    let removed = old.order.iter().filter(|code| !new.by_code.contains_key(*code));
    let mut all: Vec<&String> = new.order.iter().chain(removed).collect();
    let mut seen = HashSet::new();
    all.retain(|code| seen.insert(*code));
    for code in all {
        let (before, after) = (old.by_code.get(code), new.by_code.get(code));
        let title = after.or(before).and_then(|members| members.get("title"));
        let title = title.and_then(|title| serde_json::from_value(title.clone()).ok()).unwrap_or_default();
        let (share_before, share_after, share_differs) =
            if subject == Subject::Node { shares.of(code) } else { (None, None, false) };
        let of =
            |happened| Change { code: Some(code.clone()), title, share_before, share_after, ..Change::of(subject, happened) };
        match (before, after) {
            (None, _) => changes.push(of(Happened::Added)),
            (_, None) => changes.push(of(Happened::Removed)),
            (Some(before), Some(after)) => {
                let whole = of(Happened::Changed);
                let member = |member: &str, before, after| Change {
                    happened: if (subject, member) == (Subject::Node, "parent") { Happened::Moved } else { Happened::Changed },
                    member: Some(member.to_owned()),
                    before,
                    after,
                    ..whole.clone()
                };
                let (before, after) = (with_weight(subject, before), with_weight(subject, after));
                changes.extend(differing(&before, &after).into_iter().map(|(name, old, new)| member(&name, old, new)));
                if share_differs {
                    changes.push(member("share", share_before.map(|share| json!(share)), share_after.map(|share| json!(share))));
                }
            }
        }
    }
    if !old.shared_with(new).eq(new.shared_with(old)) {
        let member = Some(format!("{list}.order"));
        changes.push(Change { member, ..Change::of(Subject::Set, Happened::Changed) });
    }
}

/// A node whose weight is the default has a weight all the same.
fn with_weight(subject: Subject, members: &Map<String, Value>) -> Map<String, Value> {
    let mut members = members.clone();
    if subject == Subject::Node {
        members.entry("weight").or_insert(json!(1));
        members.entry("weight_of").or_insert(json!("siblings"));
    }
    members
}

impl Change {
    fn of(subject: Subject, happened: Happened) -> Self {
        Self {
            subject,
            happened,
            code: None,
            title: Text::default(),
            member: None,
            before: None,
            after: None,
            share_before: None,
            share_after: None,
        }
    }
}

/// A member by its path, with its value before and after.
type Difference = (String, Option<Value>, Option<Value>);

/// The members whose values differ; objects are looked into, lists are compared whole.
fn differing(old: &Map<String, Value>, new: &Map<String, Value>) -> Vec<Difference> {
    let mut found = Vec::new();
    below("", old, new, &mut found);
    found
}

fn below(path: &str, old: &Map<String, Value>, new: &Map<String, Value>, found: &mut Vec<Difference>) {
    let added = new.keys().filter(|key| !old.contains_key(*key));
    for key in old.keys().chain(added) {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (old.get(key), new.get(key)) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => below(&path, old, new, found),
            (Some(Value::Object(old)), None) if !old.is_empty() => below(&path, old, &Map::new(), found),
            (None, Some(Value::Object(new))) if !new.is_empty() => below(&path, &Map::new(), new, found),
            (before, after) if before != after => found.push((path, before.cloned(), after.cloned())),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SetDocument;
    use crate::catalog;

    fn set(document: &Value) -> IndicatorSet {
        SetDocument::check_value(document).unwrap_or_else(|faults| panic!("{faults}"))
    }

    fn small() -> Value {
        let leaf = |code: &str, parent: &str| {
            json!({"code": code, "parent": parent, "title": {"en": code},
                   "indicator": {"formula": "x", "scoring": {"rule": "goalposts", "worst": 0, "best": 10}}})
        };
        json!({
            "code": "s", "version": "1", "title": {"en": "S"}, "items": [{"code": "x", "max": 10}, {"code": "y"}],
            "nodes": [{"code": "A", "title": {"en": "A"}}, {"code": "B", "title": {"en": "B"}},
                      leaf("A1", "A"), leaf("A2", "A"), leaf("B1", "B")],
            "levels": {"bands": [{"code": "low", "from": 0}, {"code": "high", "from": 60}]}
        })
    }

    fn lines(before: &Value, after: &Value) -> Vec<String> {
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
        let line = |change: Change| {
            format!(
                "{} {} {} {} {}>{}",
                change.happened.word(),
                change.subject.word(),
                change.code.unwrap_or_default(),
                change.member.unwrap_or_default(),
                text(&change.before),
                text(&change.after)
            )
        };
        between(&set(before), &set(after)).into_iter().map(line).collect()
    }

    #[test]
    fn each_kind_of_difference_is_named_once() {
        let (before, mut after) = (small(), small());
        after["version"] = json!("2");
        after["full_mark"] = json!(10);
        after["items"][0]["max"] = json!(20);
        after["items"][1] = json!({"code": "z"});
        after["nodes"][0]["weight"] = json!(3);
        after["nodes"][3]["parent"] = json!("B");
        after["nodes"][4]["indicator"]["scoring"] = json!({"rule": "ratio"});
        after["levels"]["bands"][1]["from"] = json!(7);
        after["levels"]["edge"] = json!("upper_inclusive");
        assert_eq!(
            lines(&before, &after),
            [
                "changed set  version \"1\">\"2\"",
                "changed set  full_mark >10",
                "changed set  levels.edge >\"upper_inclusive\"",
                "changed item x max 10>20",
                "added item z  >",
                "removed item y  >",
                "changed node A weight 1>3",
                "changed node A share 0.5>0.75",
                "changed node B share 0.5>0.25",
                "changed node A1 share 0.25>0.75",
                "moved node A2 parent \"A\">\"B\"",
                "changed node A2 share 0.25>0.125",
                "changed node B1 indicator.scoring.best 10>",
                "changed node B1 indicator.scoring.clamp true>",
                "changed node B1 indicator.scoring.rule \"goalposts\">\"ratio\"",
                "changed node B1 indicator.scoring.worst 0>",
                "changed node B1 indicator.scoring.cap >1",
                "changed node B1 share 0.5>0.125",
                "changed level high from 60>7",
            ]
        );
    }

    #[test]
    fn another_order_alone_is_a_difference() {
        let (before, mut after) = (small(), small());
        after["nodes"].as_array_mut().expect("a list").swap(0, 1);
        assert_eq!(lines(&before, &after), ["changed set  nodes.order >"]);
    }

    #[test]
    fn two_sets_differ_in_nothing_where_they_have_one_digest() {
        for entry in catalog::ENTRIES {
            let set = catalog::find(entry.code).expect("listed").check().expect("a test checks every entry");
            assert_eq!(between(&set, &set), []);
        }
        let mut spelled = small();
        spelled["nodes"][0]["weight"] = json!(1.0);
        assert_eq!(lines(&small(), &spelled), Vec::<String>::new());
    }
}
