//! The set document: one format for catalog files, request bodies and export.
//!
//! It is a contract itself, so it has this one definition. [`SetDocument::parse`] reads it and collects
//! every fault of form; [`SetDocument::check`](crate::SetDocument::check) adds the faults of meaning.

pub mod adjustment;
pub mod aggregation;
pub mod imputation;
pub mod indicator;
pub mod item;
pub mod level;
pub mod lineage;
pub mod missing;
pub mod node;
pub mod rounding;
pub mod rule;
pub mod scoring;
pub mod treatment;
pub mod uncertainty;
pub mod weighting;

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::json::parse_strict;
use crate::read::{Object, Read, read_words};
use crate::text::Text;
use adjustment::{Adjustment, AdjustmentLimits};
use aggregation::Aggregation;
use imputation::Imputation;
use item::Item;
use level::Levels;
use lineage::DerivedFrom;
use missing::{MinCoverage, MissingRule};
use node::Node;
use rounding::Rounding;
use rule::Rule;

/// How scores become points (section 4.4 of the method).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Arithmetic {
    /// A parent's score is the aggregate of its children's scores.
    #[default]
    Scores,
    /// Every node has a mark in the scale of its weight; marks add up (the GB/T 33356 kind).
    Points,
}

read_words!(Arithmetic { "scores" => Self::Scores, "points" => Self::Points });

/// What the set is based on; shown in every result.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Basis {
    /// The number of the standard, such as `GB/T 33356`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard: Option<String>,
    /// Its edition, such as `2016`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// What a reader must know of it, for example that the set is a reconstruction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// An indicator set as somebody wrote it: read, but not yet checked for meaning.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = IndicatorSetDocument))]
pub struct SetDocument {
    /// Free text, compared exactly; with the version it names the set.
    pub code: String,
    /// Free text, compared exactly.
    pub version: String,
    /// The title of the set.
    pub title: Text,
    /// What the set is based on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
    /// The published version that the set derives from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derived_from: Option<DerivedFrom>,
    /// The highest score of every node; 100 unless given.
    #[serde(skip_serializing_if = "is_hundred")]
    #[cfg_attr(feature = "schema", schema(default = 100.0, exclusive_minimum = 0.0))]
    pub full_mark: f64,
    /// How scores become points.
    #[serde(skip_serializing_if = "is_default")]
    pub arithmetic: Arithmetic,
    /// The aggregation of every inner node that names none.
    #[serde(skip_serializing_if = "is_default")]
    pub aggregation: Aggregation,
    /// What happens in the parent when a node has no score; `skip` unless given.
    #[serde(skip_serializing_if = "is_default")]
    pub missing: MissingRule,
    /// How missing raw values are imputed in every indicator that says nothing else; not at all unless given.
    #[serde(skip_serializing_if = "is_default")]
    pub imputation: Imputation,
    /// The least coverage below which a node has no score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_coverage: Option<MinCoverage>,
    /// Where and how results are rounded; absent means never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Rounding>,
    /// The data items.
    pub items: Vec<Item>,
    /// The nodes of the tree, in the order in which they are shown.
    pub nodes: Vec<Node>,
    /// Bonuses and deductions on the total.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub adjustments: Vec<Adjustment>,
    /// The limits of their sums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adjustment_limits: Option<AdjustmentLimits>,
    /// What observations should satisfy beside the range of each item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub rules: Vec<Rule>,
    /// The maturity levels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub levels: Option<Levels>,
}

impl SetDocument {
    /// The aggregation of the node at a place: its own, otherwise the set's; `None` stands for a TOTAL that is not listed.
    pub(crate) fn aggregation_of(&self, place: Option<usize>) -> &Aggregation {
        place.and_then(|i| self.nodes.get(i)?.aggregation.as_ref()).unwrap_or(&self.aggregation)
    }

    /// Reads a document from JSON text.
    ///
    /// # Errors
    /// Every fault of form: syntax, unknown and missing keys, wrong types and words.
    pub fn parse(text: &[u8]) -> Result<Self, Faults> {
        Self::from_value(&parse_strict(text)?)
    }

    /// Reads a document from parsed JSON.
    ///
    /// # Errors
    /// Every fault of form.
    pub fn from_value(value: &Value) -> Result<Self, Faults> {
        let (document, faults) = Self::read_leniently(value);
        match document {
            Some(document) if faults.is_empty() => Ok(document),
            _ => Err(faults),
        }
    }

    /// How many nodes the tree has: TOTAL counts, whether it is listed or not.
    #[must_use]
    pub fn node_count(&self) -> usize {
        let total_is_listed = self.nodes.iter().any(|node| node.code == crate::TOTAL);
        self.nodes.len() + usize::from(!total_is_listed)
    }

    /// Reads what can be read, with the faults of form found on the way.
    pub(crate) fn read_leniently(value: &Value) -> (Option<Self>, Faults) {
        let mut faults = Faults::default();
        let document = read_document(value, &mut faults);
        (document, faults)
    }
}

/// Members that cannot be read are left out, so that the check of meaning still sees the rest.
fn read_document(value: &Value, faults: &mut Faults) -> Option<SetDocument> {
    let mut object = Object::open(value, "", faults)?;
    let document = SetDocument {
        code: object.required("code", faults).unwrap_or_default(),
        version: object.required("version", faults).unwrap_or_default(),
        title: object.required("title", faults).unwrap_or_default(),
        basis: object.optional("basis", faults),
        derived_from: object.optional("derived_from", faults),
        full_mark: object.or("full_mark", 100.0, faults),
        arithmetic: object.or("arithmetic", Arithmetic::Scores, faults),
        aggregation: object.or("aggregation", Aggregation::default(), faults),
        missing: object.or("missing", MissingRule::default(), faults),
        imputation: object.or("imputation", Imputation::None, faults),
        min_coverage: object.optional("min_coverage", faults),
        rounding: object.optional("rounding", faults),
        items: object.required::<Readable<Item>>("items", faults).unwrap_or_default().0,
        nodes: object.required::<Readable<Node>>("nodes", faults).unwrap_or_default().0,
        adjustments: object.optional::<Readable<Adjustment>>("adjustments", faults).unwrap_or_default().0,
        adjustment_limits: object.optional("adjustment_limits", faults),
        rules: object.optional::<Readable<Rule>>("rules", faults).unwrap_or_default().0,
        levels: object.optional("levels", faults),
    };
    object.close(faults);
    Some(document)
}

/// A list whose members keep their places even where some of their own members could not be read.
struct Readable<T>(Vec<T>);

impl<T> Default for Readable<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Read> Read for Readable<T> {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let Value::Array(values) = value else {
            return crate::read::wrong_type(value, at, "a list", "列表", faults);
        };
        let read: Vec<Option<T>> =
            values.iter().enumerate().map(|(i, value)| T::read(value, &format!("{at}/{i}"), faults)).collect();
        read.into_iter().collect::<Option<Vec<T>>>().map(Self)
    }
}

impl Read for Basis {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let basis = Self {
            standard: object.optional("standard", faults),
            edition: object.optional("edition", faults),
            note: object.optional("note", faults),
        };
        object.close(faults).then_some(basis)
    }
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_hundred(value: &f64) -> bool {
    *value == 100.0
}
