//! Makes the document of a derived set.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::place::{Origin, Places};
use super::{LISTS, Overlay};
use crate::TOTAL;
use crate::document::SetDocument;
use crate::document::lineage::DerivedFrom;
use crate::fault::{Fault, Faults};
use crate::json::escape;
use crate::set::IndicatorSet;

pub(super) fn apply(overlay: &Overlay, base: &IndicatorSet) -> Result<IndicatorSet, Faults> {
    let document = base.document();
    let mut faults = Faults::default();
    if (&overlay.code, &overlay.version) == (&document.code, &document.version) {
        faults.push(same_name(overlay));
    }
    // A document has text keys and finite numbers only.
    let mut value = serde_json::to_value(document).unwrap_or_default();
    merge(&mut value, &Value::Object(overlay.changes.set.0.clone()));
    let Value::Object(members) = &mut value else { return Err(faults) };
    members.insert("code".into(), json!(overlay.code));
    members.insert("version".into(), json!(overlay.version));
    if let Some(title) = &overlay.title {
        members.insert("title".into(), json!(title));
    }
    members.insert("derived_from".into(), json!(parent(base)));
    let mut places = Places::new(overlay);
    for list in LISTS {
        let changed = changed(overlay, base, list, members, &mut places, &mut faults);
        if changed.is_empty() && matches!(list, "adjustments" | "rules") {
            members.remove(list);
        } else {
            members.insert(list.into(), Value::Array(changed));
        }
    }
    let checked = SetDocument::check_value(&value);
    match checked {
        Ok(set) if faults.is_empty() => Ok(set),
        Ok(_) => Err(faults),
        Err(found) => {
            faults.0.extend(found.0.into_iter().map(|fault| places.fault(fault)));
            Err(faults)
        }
    }
}

/// What the derived set keeps of its base.
fn parent(base: &IndicatorSet) -> DerivedFrom {
    let document = base.document();
    DerivedFrom {
        code: document.code.clone(),
        version: document.version.clone(),
        digest: base.digest().to_owned(),
        derived_from: document.derived_from.clone().map(Box::new),
    }
}

/// The members of one list after removals, changes and additions.
fn changed(
    overlay: &Overlay,
    base: &IndicatorSet,
    list: &'static str,
    members: &mut Map<String, Value>,
    places: &mut Places,
    faults: &mut Faults,
) -> Vec<Value> {
    let (patches, removed, added) = overlay.changes.of(list);
    let mut before = match members.remove(list) {
        Some(Value::Array(before)) => before,
        _ => Vec::new(),
    };
    let total_is_implied = list == "nodes" && !before.iter().any(|node| code(node) == TOTAL);
    if total_is_implied && patches.0.contains_key(TOTAL) {
        before.insert(0, json!({ "code": TOTAL, "title": base.document().title }));
    }
    let known: HashSet<String> = before.iter().map(|member| code(member).to_owned()).collect();
    for (place, gone) in removed.iter().enumerate().filter(|(_, gone)| !known.contains(*gone)) {
        faults.push(unknown(list, gone, &format!("/changes/remove/{list}/{place}")));
    }
    for (changed, _) in patches.0.iter().filter(|(changed, _)| !known.contains(*changed)) {
        faults.push(unknown(list, changed, &format!("/changes/{list}/{}", escape(changed))));
    }
    let gone = if list == "nodes" { with_descendants(base, removed) } else { removed.iter().cloned().collect() };
    let mut after = Vec::new();
    for mut member in before {
        let name = code(&member).to_owned();
        let patch = patches.0.get(&name);
        if gone.contains(&name) {
            if patch.is_some() {
                faults.push(changed_and_gone(list, &name));
            }
            continue;
        }
        if let Some(patch) = patch {
            merge(&mut member, patch);
        }
        places.push(list, if patch.is_some() { Origin::Changed(name) } else { Origin::Kept(name) });
        after.push(member);
    }
    for (place, member) in added.iter().enumerate() {
        places.push(list, Origin::Added(place));
        after.push(member.clone());
    }
    after
}

/// Whoever removes a node removes the branch that it carries.
fn with_descendants(base: &IndicatorSet, removed: &[String]) -> HashSet<String> {
    let mut gone: HashSet<String> = removed.iter().cloned().collect();
    // A parent stands before its children.
    for node in base.nodes() {
        if node.parent.is_some_and(|parent| gone.contains(&base.nodes()[parent].code)) {
            gone.insert(node.code.clone());
        }
    }
    gone
}

fn code(member: &Value) -> &str {
    member.get("code").and_then(Value::as_str).unwrap_or_default()
}

/// A JSON Merge Patch (RFC 7396), but an object whose `rule` or `method` changes is replaced.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        target.clone_from(patch);
        return;
    };
    let another = ["rule", "method"].iter().any(|word| changes.contains_key(*word) && target.get(*word) != changes.get(*word));
    if another || !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (key, change) in changes {
        if change.is_null() {
            members.shift_remove(key);
        } else {
            merge(members.entry(key.clone()).or_insert(Value::Null), change);
        }
    }
}

fn same_name(overlay: &Overlay) -> Fault {
    let name = format!("{}@{}", overlay.code, overlay.version);
    Fault::error(
        "overlay.same_name",
        format!("派生的指标体系与其基础同名：{name}"),
        format!("what is derived has the name of its base: {name}"),
    )
    .at("/version")
    .value(name)
    .hint("请另取代码或版本号", "give it a code or version of its own")
}

fn unknown(list: &str, code: &str, at: &str) -> Fault {
    let (zh, en) = match list {
        "items" => ("数据项", "item"),
        "nodes" => ("节点", "node"),
        "adjustments" => ("加减分项", "adjustment"),
        _ => ("校验规则", "rule"),
    };
    Fault::error("overlay.unknown_code", format!("基础版本中没有{zh}“{code}”"), format!("the base has no {en} '{code}'"))
        .at(at)
        .of(code)
        .value(code)
        .hint("请核对代码；新增的写在 changes.add 下", "check the code; what is new stands under changes.add")
}

fn changed_and_gone(list: &str, code: &str) -> Fault {
    Fault::error(
        "overlay.changed_and_removed",
        format!("“{code}”既被更改又被删除（删除节点时其下级一并删除）"),
        format!("'{code}' is both changed and removed (a node is removed with all that is below it)"),
    )
    .at(format!("/changes/{list}/{}", escape(code)))
    .of(code)
    .hint("只保留其中一项", "keep one of the two")
}
