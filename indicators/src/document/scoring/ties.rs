//! How equal values share a rank.

use serde::Serialize;

use crate::read::read_words;

/// The rank of values that are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// The least of the ranks that they take together.
    #[default]
    Min,
    /// Their mean.
    Mean,
}

impl Ties {
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

read_words!(Ties { "min" => Self::Min, "mean" => Self::Mean });
