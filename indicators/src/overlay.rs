//! Overlays (因城施策): a set that derives from another one by stated changes and keeps its lineage.
//!
//! An overlay names what differs, by code and not by place, because a JSON Merge Patch replaces whole lists:
//!
//! ```json
//! {"code": "hz-2026", "version": "1", "title": {"zh": "杭州", "en": "Hangzhou"},
//!  "changes": {
//!    "set": {"rounding": {"places": 1}},
//!    "nodes": {"L1P1": {"weight": 10}, "L1P2": {"weight": 6}},
//!    "items": {"service_items": {"max": 5000}},
//!    "remove": {"nodes": ["L7"], "items": ["metro_km"]},
//!    "add": {"nodes": [{"code": "L9", "title": {"zh": "特色"}, "weight": 3}]}}}
//! ```
//!
//! Each change of a member is a JSON Merge Patch (RFC 7396) with one addition: where the word of a rule or method
//! changes, the object is replaced, because the parameters of the old one would not fit the new one.

mod apply;
mod place;

use serde_json::{Map, Value};

use crate::fault::{Fault, Faults};
use crate::json::parse_strict;
use crate::read::{Object, Read};
use crate::set::IndicatorSet;
use crate::text::Text;

/// The lists of a set whose members have codes.
pub(crate) const LISTS: [&str; 4] = ["items", "nodes", "adjustments", "rules"];

/// Members of a set that an overlay states elsewhere than under `set`.
const ELSEWHERE: [&str; 8] = ["code", "version", "title", "derived_from", "items", "nodes", "adjustments", "rules"];

/// What differs from a base.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    /// The code of the set that is made.
    pub code: String,
    /// Its version.
    pub version: String,
    /// Its title; that of the base unless given.
    pub title: Option<Text>,
    changes: Changes,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Changes {
    set: Members,
    items: Members,
    nodes: Members,
    adjustments: Members,
    rules: Members,
    remove: Removals,
    add: Additions,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Members(Map<String, Value>);

#[derive(Debug, Clone, PartialEq, Default)]
struct Removals {
    items: Vec<String>,
    nodes: Vec<String>,
    adjustments: Vec<String>,
    rules: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Additions {
    items: Vec<Value>,
    nodes: Vec<Value>,
    adjustments: Vec<Value>,
    rules: Vec<Value>,
}

impl Overlay {
    /// Reads an overlay from JSON text.
    ///
    /// # Errors
    /// Every fault of form: syntax, unknown and missing keys, wrong types.
    pub fn parse(text: &[u8]) -> Result<Self, Faults> {
        let value = parse_strict(text)?;
        let mut faults = Faults::default();
        match Self::read(&value, "", &mut faults) {
            Some(overlay) if faults.is_empty() => Ok(overlay),
            _ => Err(faults),
        }
    }

    /// The set that the changes make of `base`, checked; it names `base`, its digest and its ancestors.
    ///
    /// # Errors
    /// Every change that names what the base does not have, and every fault of the result, each with a pointer into
    /// the overlay.
    pub fn apply(&self, base: &IndicatorSet) -> Result<IndicatorSet, Faults> {
        apply::apply(self, base)
    }
}

impl Changes {
    fn of(&self, list: &str) -> (&Members, &[String], &[Value]) {
        match list {
            "items" => (&self.items, &self.remove.items, &self.add.items),
            "nodes" => (&self.nodes, &self.remove.nodes, &self.add.nodes),
            "adjustments" => (&self.adjustments, &self.remove.adjustments, &self.add.adjustments),
            _ => (&self.rules, &self.remove.rules, &self.add.rules),
        }
    }
}

impl Read for Overlay {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let code = object.required("code", faults);
        let version = object.required("version", faults);
        let title = object.optional("title", faults);
        let changes = object.required("changes", faults);
        object.close(faults).then_some(Self { code: code?, version: version?, title, changes: changes? })
    }
}

impl Read for Changes {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let changes = Self {
            set: object.optional("set", faults).unwrap_or_default(),
            items: object.optional("items", faults).unwrap_or_default(),
            nodes: object.optional("nodes", faults).unwrap_or_default(),
            adjustments: object.optional("adjustments", faults).unwrap_or_default(),
            rules: object.optional("rules", faults).unwrap_or_default(),
            remove: object.optional("remove", faults).unwrap_or_default(),
            add: object.optional("add", faults).unwrap_or_default(),
        };
        for key in changes.set.0.keys().filter(|key| ELSEWHERE.contains(&key.as_str())) {
            faults.push(
                Fault::error(
                    "overlay.elsewhere",
                    format!("“{key}”不能在 set 中更改"),
                    format!("'{key}' is not changed under 'set'"),
                )
                .at(format!("{at}/set/{key}"))
                .hint(
                    "代码、版本和标题写在最外层；数据项、节点、加减分和校验规则按代码写在各自的键下",
                    "code, version and title stand at the top; items, nodes, adjustments and rules go by code under their own keys",
                ),
            );
        }
        object.close(faults).then_some(changes)
    }
}

impl Read for Members {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self(members.clone())),
            other => crate::read::wrong_type(other, at, "an object", "对象", faults),
        }
    }
}

impl Read for Removals {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let removals = Self {
            items: object.optional("items", faults).unwrap_or_default(),
            nodes: object.optional("nodes", faults).unwrap_or_default(),
            adjustments: object.optional("adjustments", faults).unwrap_or_default(),
            rules: object.optional("rules", faults).unwrap_or_default(),
        };
        object.close(faults).then_some(removals)
    }
}

impl Read for Additions {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let additions = Self {
            items: object.optional("items", faults).unwrap_or_default(),
            nodes: object.optional("nodes", faults).unwrap_or_default(),
            adjustments: object.optional("adjustments", faults).unwrap_or_default(),
            rules: object.optional("rules", faults).unwrap_or_default(),
        };
        object.close(faults).then_some(additions)
    }
}

#[cfg(test)]
mod tests;
