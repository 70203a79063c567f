//! Keys: who may use the service, and for what.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Id, Line, Moment};

/// What a key is for; the rights of each role stand in the service's description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, keys included.
    Admin,
    /// Indicator sets.
    Methodologist,
    /// Cities, review, assessments; one that is limited to cities reviews those for their province.
    Evaluator,
    /// The observations of its own cities.
    Reporter,
    /// Reading.
    Viewer,
    /// Scoring items as a member of a panel.
    Expert,
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Key {
    /// Its identifier.
    pub id: Id,
    /// Who or what uses it.
    pub name: Line,
    /// What it is for.
    pub role: Role,
    /// The cities it is limited to; every city where the list is empty and the role is not `reporter`. Those of an expert
    /// are its own, which it never scores.
    pub cities: Vec<Code>,
    /// The departments whose data items it may report, by their names in the set; all where the list is empty.
    #[serde(default)]
    pub departments: Vec<Line>,
    /// The data items that it may report; all where the list is empty.
    #[serde(default)]
    pub items: Vec<Code>,
    /// The rights that it has of those of its role; all where the list is empty.
    #[serde(default)]
    pub rights: Vec<Code>,
    /// The networks from which it works; all where the list is empty.
    #[serde(default)]
    pub addresses: Vec<Line>,
    /// The first part of the token, by which the key is known in logs.
    pub prefix: String,
    /// When it was issued.
    pub created_at: Moment,
    /// Who issued it.
    pub created_by: String,
    /// When it ends to be valid.
    #[serde(default)]
    pub expires_at: Option<Moment>,
    /// When it was revoked.
    #[serde(default)]
    pub revoked_at: Option<Moment>,
    /// When it was last used, to the minute.
    #[serde(default)]
    pub last_used_at: Option<Moment>,
}

/// Asks for a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// Who or what will use it.
    pub name: Line,
    /// What it is for.
    pub role: Role,
    /// The cities it is limited to; a reporter needs at least one, an evaluator may have some. An
    /// expert may name its own cities, which it then scores in no panel. Other roles take none.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub cities: Vec<Code>,
    /// The departments whose data items a reporter is limited to, by their names in the set: the Chinese ones, or else the
    /// English ones.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub departments: Vec<Line>,
    /// The data items that a reporter is limited to.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub items: Vec<Code>,
    /// The rights that it is to have of those of its role, such as `read_scores`; all unless given. docs/keys.md lists them.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub rights: Vec<Code>,
    /// The networks from which it works, such as `10.1.0.0/16` or `2001:db8::7`; everywhere unless given. Behind a proxy of the service's own
    /// (`limits.trusted_proxies`) it is the address that the proxy has seen. Views that are shown elsewhere (`/embeds`) are read by
    /// whoever sees the page, and are not limited by this.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub addresses: Vec<Line>,
    /// When it ends to be valid; never unless given.
    #[serde(default)]
    pub expires_at: Option<Moment>,
}

/// A key with its token, which is shown this once and never again.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IssuedKey {
    /// The key.
    #[serde(flatten)]
    pub key: Key,
    /// What to send as `Authorization: Bearer`; absent in the answer to a repeated request.
    #[serde(default)]
    #[schema(example = "cg_1f2e3d4c5b6a_...")]
    pub token: Option<String>,
}

impl std::fmt::Debug for IssuedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedKey").field("key", &self.key).finish_non_exhaustive()
    }
}

page_of!(
    /// A page of keys, the newest first.
    KeyPage, Key
);
