//! Nodes: the members of the tree.

use serde::Serialize;
use serde_json::Value;

use super::aggregation::Aggregation;
use super::indicator::Indicator;
use super::missing::{MinCoverage, MissingRule};
use super::rounding::NodeRounding;
use super::weighting::Weighting;
use crate::fault::Faults;
use crate::read::{Object, Read, read_words};
use crate::text::Text;

/// The scale in which a weight is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WeightOf {
    /// Any numbers from 0, relative to each other.
    #[default]
    Siblings,
    /// Siblings add up to 100.
    Parent,
    /// Siblings add up to the parent's own weight, top nodes to the full mark.
    Total,
}

read_words!(WeightOf { "siblings" => Self::Siblings, "parent" => Self::Parent, "total" => Self::Total });

/// How well a fact about a node is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Read in a source that is named.
    Sourced,
    /// Known from memory; no source was read.
    Recalled,
    /// Set by the author of the document, so that it can be computed at all.
    Assumed,
}

read_words!(Confidence { "sourced" => Self::Sourced, "recalled" => Self::Recalled, "assumed" => Self::Assumed });

/// Where name, weight and formula of a node come from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Provenance {
    /// Of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Confidence>,
    /// Of the weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Confidence>,
    /// Of the formula and its scoring rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<Confidence>,
    /// The source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A member of the tree: a leaf when it carries an `indicator`, otherwise an inner node.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = IndicatorSetNode))]
pub struct Node {
    /// Unique among the nodes; `TOTAL` is the root.
    pub code: String,
    /// The code of the parent; without one it stands under `TOTAL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// What it is called.
    pub title: Text,
    /// Its weight among its sisters; 1 unless given.
    #[serde(skip_serializing_if = "is_one")]
    #[cfg_attr(feature = "schema", schema(required = false, minimum = 0.0))]
    pub weight: f64,
    /// The scale of the weight.
    #[serde(skip_serializing_if = "crate::document::is_default")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub weight_of: WeightOf,
    /// A free classification, such as capability or outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Formula and scoring rule; only a leaf has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator: Option<Indicator>,
    /// How its children are aggregated, where that differs from the set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aggregation: Option<Aggregation>,
    /// What happens in its parent when it has no score, where that differs from the set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingRule>,
    /// The least coverage below which it has no score, where that differs from the set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_coverage: Option<MinCoverage>,
    /// Its own rounding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<NodeRounding>,
    /// How the weights of its children are derived, where they are not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weighting: Option<Weighting>,
    /// Where name, weight and formula come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// What a reader should know of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_one(weight: &f64) -> bool {
    *weight == 1.0
}

impl Node {
    /// `TOTAL`, listed for the sake of how it weighs its children.
    pub(crate) fn total(weighting: Weighting) -> Self {
        Self {
            code: crate::TOTAL.to_owned(),
            parent: None,
            title: Text::both("总分", "Total"),
            weight: 1.0,
            weight_of: WeightOf::Siblings,
            class: None,
            indicator: None,
            aggregation: None,
            missing: None,
            min_coverage: None,
            round: None,
            weighting: Some(weighting),
            provenance: None,
            note: None,
        }
    }
}

impl Read for Node {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let node = Self {
            code: object.required("code", faults).unwrap_or_default(),
            parent: object.optional("parent", faults),
            title: object.required("title", faults).unwrap_or_default(),
            weight: object.or("weight", 1.0, faults),
            weight_of: object.or("weight_of", WeightOf::Siblings, faults),
            class: object.optional("class", faults),
            indicator: object.optional("indicator", faults),
            aggregation: object.optional("aggregation", faults),
            missing: object.optional("missing", faults),
            min_coverage: object.optional("min_coverage", faults),
            round: object.optional("round", faults),
            weighting: object.optional("weighting", faults),
            provenance: object.optional("provenance", faults),
            note: object.optional("note", faults),
        };
        object.close(faults);
        Some(node)
    }
}

impl Read for Provenance {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let provenance = Self {
            name: object.optional("name", faults),
            weight: object.optional("weight", faults),
            formula: object.optional("formula", faults),
            source: object.optional("source", faults),
        };
        object.close(faults).then_some(provenance)
    }
}
