//! Peer groups: named, fixed lists of cities to compare with.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Line, Moment};

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
    /// The codes of its cities.
    pub cities: Vec<Code>,
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
    /// The codes of its cities, each once.
    #[schema(min_items = 1, max_items = 5000)]
    pub cities: Vec<Code>,
}

page_of!(
    /// A page of peer groups, by code.
    PeerGroupPage, PeerGroup
);
