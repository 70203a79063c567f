//! Main tasks (9.1.2).

use serde::Serialize;

use super::goal_plan::ObjectiveArea;
use super::grade::Grade;
use super::words::read_document;
use crate::text::Text;

/// A main task.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DesignTask {
    /// Unique in the dossier.
    pub code: String,
    /// What is to be done.
    pub title: Text,
    /// What it consists of.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub text: Text,
    /// The department whose work it is (9.1.2).
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub owner: Text,
    /// How soon it is to be done.
    pub priority: Grade,
    /// Why.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub reason: Text,
    /// Which of the areas of clause 4.1.2 it is for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub areas: Vec<ObjectiveArea>,
}

read_document!(DesignTask {
    required code,
    required title,
    default text,
    default owner,
    required priority,
    default reason,
    default areas,
});
