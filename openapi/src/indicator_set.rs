//! Indicator sets: drafts, published and retired versions, and the catalog of ready ones.

use citygauge_indicators::{Basis, DerivedFrom, SetDocument, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Digest, Fault, Moment};

/// Names one version of a set.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRef {
    /// The code of the set.
    pub code: Code,
    /// Its version.
    pub version: Code,
}

/// Where a version stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetState {
    /// May still change.
    Draft,
    /// Immutable, and may be assessed with.
    Published,
    /// Immutable, kept for what was assessed with it, not for new work.
    Retired,
}

/// One version of a set, without its document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndicatorSetSummary {
    /// The code of the set.
    pub code: Code,
    /// Its version.
    pub version: Code,
    /// Where it stands in its life.
    pub state: SetState,
    /// Its title.
    pub title: Text,
    /// The SHA-256 digest of the document's canonical form.
    pub digest: Digest,
    /// The published version it was derived from.
    #[serde(default)]
    pub derived_from: Option<SetRef>,
    /// When the draft was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Moment,
    /// When it was published.
    #[serde(default)]
    pub published_at: Option<Moment>,
    /// Who published it.
    #[serde(default)]
    pub published_by: Option<String>,
}

/// One version of a set with its document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IndicatorSet {
    /// What the list of sets shows.
    #[serde(flatten)]
    pub summary: IndicatorSetSummary,
    /// What the check found worth saying although it does not refuse the set.
    pub warnings: Vec<Fault>,
    /// The document.
    #[schema(value_type = SetDocument)]
    pub document: Value,
}

page_of!(
    /// A page of versions, by code and version, without their documents.
    IndicatorSetPage, IndicatorSetSummary
);

/// What the check says of a document that is not kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SetCheck {
    /// Whether the document is in order.
    pub ok: bool,
    /// The digest it would have, where it is in order.
    #[serde(default)]
    pub digest: Option<Digest>,
    /// Every fault, and every warning where there is no fault.
    pub faults: Vec<Fault>,
}

/// A ready set that ships with the service; its document is to be posted to become a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CatalogEntry {
    /// The code of the set.
    pub code: Code,
    /// Its version.
    pub version: Code,
    /// Its title.
    pub title: Text,
    /// What it is based on, and what a reader must know of it.
    #[serde(default)]
    pub basis: Option<SetBasis>,
    /// The digest of the document.
    pub digest: Digest,
    /// How many nodes it has, TOTAL included.
    pub nodes: u64,
    /// How many data items it reads.
    pub items: u64,
    /// Where its document is.
    pub document: String,
}

/// What a set is based on, as results show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetBasis {
    /// The number of the standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// Its edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// What a reader must know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

impl From<&Basis> for SetBasis {
    fn from(basis: &Basis) -> Self {
        Self { standard: basis.standard.clone(), edition: basis.edition.clone(), note: basis.note.clone() }
    }
}

/// The set version that results rest on, in its own words: a reconstruction says so in its title and its basis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetUsed {
    /// The code of the set.
    pub code: Code,
    /// Its version.
    pub version: Code,
    /// The SHA-256 digest of the document's canonical form.
    pub digest: Digest,
    /// Its title, which says where the set is a reconstruction.
    pub title: Text,
    /// What it is based on, and what a reader must know of it.
    #[serde(default)]
    pub basis: Option<SetBasis>,
    /// The published versions that it derives from, the nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub lineage: Vec<SetAncestor>,
}

/// A published version that a set derives from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetAncestor {
    /// The code of the set.
    pub code: Code,
    /// Its version.
    pub version: Code,
    /// The SHA-256 digest of the document's canonical form when it was derived from.
    pub digest: Digest,
}

impl SetAncestor {
    /// The ancestors of a set, the nearest first.
    #[must_use]
    pub fn of(document: &SetDocument) -> Vec<Self> {
        let generations = document.derived_from.iter().flat_map(DerivedFrom::generations);
        generations
            .map(|base| Self {
                code: Code::trusted(&base.code),
                version: Code::trusted(&base.version),
                digest: Digest::trusted(&base.digest),
            })
            .collect()
    }
}

impl From<&citygauge_indicators::IndicatorSet> for SetUsed {
    fn from(set: &citygauge_indicators::IndicatorSet) -> Self {
        let document = set.document();
        Self {
            code: Code::trusted(&document.code),
            version: Code::trusted(&document.version),
            digest: Digest::trusted(set.digest()),
            title: document.title.clone(),
            basis: document.basis.as_ref().map(Into::into),
            lineage: SetAncestor::of(document),
        }
    }
}

page_of!(
    /// The catalog, by code.
    CatalogPage, CatalogEntry
);
