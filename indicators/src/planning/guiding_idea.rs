//! Guiding ideas (7.2.1).

use serde::Serialize;

use super::words::{read_document, words};
use crate::text::Text;

words! {
    /// What clause 7.2.1 asks guiding ideas for.
    GuidingAspect {
        /// The theory that it rests on.
        Theory = "theory",
        /// The main directions of construction.
        Direction = "direction",
        /// The goals.
        Goals = "goals",
    }
}

/// A guiding idea of the design.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GuidingIdea {
    /// Unique in the dossier.
    pub code: String,
    /// The idea.
    pub text: Text,
    /// What of clause 7.2.1 it states.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub covers: Vec<GuidingAspect>,
}

read_document!(GuidingIdea { required code, required text, default covers });
