//! What differs between two sets, and overlays.

use citygauge_indicators::diff::{Change, Happened, Subject, between};
use citygauge_indicators::{IndicatorSet, Text};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{Code, SetUsed};

/// What differs between two sets; two that differ in nothing have one digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SetDiff {
    /// The earlier set.
    pub before: SetUsed,
    /// The later set.
    pub after: SetUsed,
    /// Every difference, in the order of the sets: settings, items, nodes, adjustments, rules, levels.
    pub changes: Vec<SetChange>,
}

/// What a change concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetSubject {
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

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetChangeKind {
    /// Only the later set has it.
    Added,
    /// Only the earlier set has it.
    Removed,
    /// One of its members is another.
    Changed,
    /// A node stands under another parent.
    Moved,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SetChange {
    /// What it concerns.
    pub of: SetSubject,
    /// The code of the item, node, adjustment, rule or level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    #[schema(required = false)]
    pub title: Text,
    /// What happened.
    pub change: SetChangeKind,
    /// The member that changed, its path joined by dots; `share` is the share of the total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Its value in the earlier set; none where it holds its default there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// Its value in the later set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// The share of the total that the node could contribute before, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_before: Option<f64>,
    /// The share of the total that it can contribute after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_after: Option<f64>,
}

impl SetDiff {
    /// Compares two sets.
    #[must_use]
    pub fn new(before: &IndicatorSet, after: &IndicatorSet) -> Self {
        let changes = between(before, after).into_iter().map(Into::into).collect();
        Self { before: before.into(), after: after.into(), changes }
    }
}

impl From<Change> for SetChange {
    fn from(change: Change) -> Self {
        Self {
            of: match change.subject {
                Subject::Set => SetSubject::Set,
                Subject::Item => SetSubject::Item,
                Subject::Node => SetSubject::Node,
                Subject::Adjustment => SetSubject::Adjustment,
                Subject::Rule => SetSubject::Rule,
                Subject::Level => SetSubject::Level,
            },
            code: change.code,
            title: change.title,
            change: match change.happened {
                Happened::Added => SetChangeKind::Added,
                Happened::Removed => SetChangeKind::Removed,
                Happened::Changed => SetChangeKind::Changed,
                Happened::Moved => SetChangeKind::Moved,
            },
            member: change.member,
            before: change.before,
            after: change.after,
            share_before: change.share_before,
            share_after: change.share_after,
        }
    }
}

/// A set that derives from another one: what differs from the base, by code. The guide to authoring explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SetOverlay {
    /// The code of the set that is made.
    pub code: Code,
    /// Its version.
    pub version: Code,
    /// Its title; that of the base unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// What differs.
    pub changes: SetOverlayChanges,
}

/// What an overlay changes. A change is a JSON Merge Patch (RFC 7396); where the word of a rule or method changes, the
/// object is replaced.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct SetOverlayChanges {
    /// Settings of the set, by member.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Value>>, required = false)]
    pub set: Map<String, Value>,
    /// Changes of data items, by code.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Value>>, required = false)]
    pub items: Map<String, Value>,
    /// Changes of nodes, by code.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Value>>, required = false)]
    pub nodes: Map<String, Value>,
    /// Changes of adjustments, by code.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Value>>, required = false)]
    pub adjustments: Map<String, Value>,
    /// Changes of validation rules, by code.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Value>>, required = false)]
    pub rules: Map<String, Value>,
    /// The codes of what is removed; a node goes with all that is below it.
    #[serde(default)]
    #[schema(required = false)]
    pub remove: SetOverlayRemovals,
    /// What is added, at the end of each list.
    #[serde(default)]
    #[schema(required = false)]
    pub add: SetOverlayAdditions,
}

/// The codes of what an overlay removes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct SetOverlayRemovals {
    /// Data items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub items: Vec<String>,
    /// Nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub nodes: Vec<String>,
    /// Adjustments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub adjustments: Vec<String>,
    /// Validation rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub rules: Vec<String>,
}

/// What an overlay adds, as members of a set document.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
pub struct SetOverlayAdditions {
    /// Data items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub items: Vec<Value>,
    /// Nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub nodes: Vec<Value>,
    /// Adjustments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub adjustments: Vec<Value>,
    /// Validation rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub rules: Vec<Value>,
}
