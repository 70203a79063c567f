//! The standards whose clauses are known.
//!
//! To add one, put its file into `indicators/standards/` and its line into [`STANDARDS`]; a test reads every entry.

use serde::{Deserialize, Serialize};

use super::judge::{Judgement, judge};
use super::{Facts, Rule};
use crate::text::Text;

/// The files of the standards, by their codes.
pub const STANDARDS: [(&str, &str); 1] = [("gbt36333-2018", include_str!("../../../standards/gbt36333-2018.json"))];

/// A standard with its clauses.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// Its code, with which the identifiers of its clauses begin.
    pub code: String,
    /// Its number and edition.
    pub number: String,
    /// Its title.
    pub title: Text,
    /// Its clauses, in its order; then the inputs and outputs of Annex A.
    pub clauses: Vec<Clause>,
}

/// A clause, or a row of an annex.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// `gbt36333-2018:7.3.3.f`, `gbt36333-2018:A.goals.out.1`; never changed once given.
    pub id: String,
    /// What it is.
    #[serde(default)]
    pub role: ClauseRole,
    /// What it asks for, in our words.
    pub text: Text,
    /// What a reader should know of its text.
    #[serde(default)]
    pub note: Option<Text>,
    /// When it is satisfied.
    pub rule: Rule,
}

/// What a row of a standard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClauseRole {
    /// A clause.
    #[default]
    Clause,
    /// An input of an activity.
    Input,
    /// An output of an activity.
    Output,
}

impl Standard {
    /// The standard with a code.
    ///
    /// # Panics
    /// Never: a test reads every entry.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        let (_, text) = STANDARDS.iter().find(|(known, _)| *known == code)?;
        Some(serde_json::from_str(text).expect("a test reads every standard"))
    }

    /// What can be said of each clause.
    #[must_use]
    pub fn judge(&self, facts: &Facts) -> Vec<Judgement> {
        judge(self, facts)
    }
}
