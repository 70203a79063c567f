//! Peer groups: named lists of cities to compare with, fixed or following from a rule.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Day, Line, Moment, Note, PeriodCode, SetRef};

/// How the members of a group are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeerGroupKind {
    /// They are listed.
    #[default]
    Fixed,
    /// They are the cities whose attributes fulfil every condition.
    Attribute,
    /// They are the cities most like one city.
    Nearest,
}

/// A condition on an attribute of a city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributeCondition {
    /// The name of the attribute.
    #[schema(example = "population_tier")]
    pub attribute: Code,
    /// Its value is one of these.
    #[serde(rename = "in")]
    #[schema(min_items = 1, max_items = 100)]
    pub values: Vec<Note>,
}

/// What becomes of a city that lacks a value of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingItems {
    /// It is no candidate: only cities with every item are compared.
    #[default]
    Complete,
    /// It is compared on the items that both cities have, at least `min_items` of them; the sum of squares is scaled up to
    /// all items.
    Shared,
}

/// The rule of a group of the kind `nearest`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NearestRule {
    /// The city whose neighbours are wanted. Without it, the city is named where the group is used: a gap analysis takes
    /// the city that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<Code>,
    /// The set whose items they are.
    pub set: SetRef,
    /// The items on which cities are compared, each standardised over the candidates.
    #[schema(min_items = 1, max_items = 100)]
    pub items: Vec<Code>,
    /// The period of the values; the assessed one unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodCode>,
    /// How many neighbours.
    #[schema(minimum = 1, maximum = 1000)]
    pub k: u32,
    /// What becomes of a city that lacks a value.
    #[serde(default)]
    pub missing: MissingItems,
    /// The least number of items that both cities must have, under `shared`; half of them, rounded up, unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100)]
    pub min_items: Option<u32>,
}

/// A member of a group, with what made it one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PeerGroupMember {
    /// The city.
    pub city: Code,
    /// Its name.
    pub name: String,
    /// How far it is, for the kind `nearest`: the standardised Euclidean distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<f64>,
    /// How many items both cities have, for the kind `nearest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared_items: Option<u32>,
}

/// The members of a group, as they are found for a city and a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PeerGroupCities {
    /// The group.
    pub group: Code,
    /// How they were found.
    pub kind: PeerGroupKind,
    /// The city whose neighbours they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<Code>,
    /// The period whose values were compared, for the kind `nearest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodCode>,
    /// The day on which the attributes were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes_at: Option<Day>,
    /// The members: the nearest first, else by code.
    pub items: Vec<PeerGroupMember>,
}

/// A peer group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PeerGroup {
    /// Its code.
    pub code: Code,
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// How its members are found.
    #[serde(default)]
    pub kind: PeerGroupKind,
    /// The codes of its cities, for the kind `fixed`.
    pub cities: Vec<Code>,
    /// The conditions on the attributes of its cities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<AttributeCondition>,
    /// The day on which the attributes are read; the last of the assessed period unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes_at: Option<Day>,
    /// The rule of the kind `nearest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<NearestRule>,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Moment,
}

/// What is said of a peer group when it is made or changed; one of the titles must be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeerGroupProfile {
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// How its members are found.
    #[serde(default)]
    pub kind: PeerGroupKind,
    /// The codes of its cities, each once; needed for the kind `fixed`, and only there.
    #[serde(default)]
    #[schema(max_items = 5000)]
    pub cities: Vec<Code>,
    /// The conditions on attributes, all of which a city fulfils; needed for the kind `attribute`, and a limit to the
    /// candidates of the kind `nearest`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub conditions: Vec<AttributeCondition>,
    /// The day on which the attributes are read; the last of the assessed period unless given, and today where there is
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes_at: Option<Day>,
    /// Needed for the kind `nearest`, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<NearestRule>,
}

page_of!(
    /// A page of peer groups, by code.
    PeerGroupPage, PeerGroup
);
