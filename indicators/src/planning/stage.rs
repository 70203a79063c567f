//! Stages of the implementation (7.3.2, 9.3).

use serde::Serialize;

use super::words::read_document;
use crate::period::Period;
use crate::text::Text;

/// A stage of the implementation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ImplementationStage {
    /// Unique in the dossier.
    pub code: String,
    /// What it is called.
    pub title: Text,
    /// The period with which it begins.
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2027"))]
    pub from: Period,
    /// The period with which it ends.
    #[serde(serialize_with = "crate::planning::as_text")]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2027"))]
    pub to: Period,
    /// Its goals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub goals: Vec<Text>,
    /// Its main tasks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub tasks: Vec<Text>,
    /// What is built.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub content: Text,
    /// What there is at its end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub results: Vec<Text>,
}

read_document!(ImplementationStage {
    required code,
    required title,
    required from,
    required to,
    default goals,
    default tasks,
    default content,
    default results,
});
