//! What is observed of a city: values of data items with their status.

use std::collections::BTreeMap;

use crate::period::Period;

/// The value of a data item.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number; a boolean item is 1 or 0.
    Number(f64),
    /// The code of an option.
    Choice(String),
}

/// Whether a value counts, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Status {
    /// The value was reported and counts.
    #[default]
    Reported,
    /// Nothing was reported.
    Missing,
    /// The item does not apply to this city; a reason is required.
    NotApplicable,
    /// The value was refused in review; it counts as missing.
    Rejected,
}

impl Status {
    /// Every status, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Reported, Self::Missing, Self::NotApplicable, Self::Rejected];

    /// The word used in files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Missing => "missing",
            Self::NotApplicable => "not_applicable",
            Self::Rejected => "rejected",
        }
    }

    /// The status that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// The value of one data item for one city and period.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// The code of the city.
    pub city: String,
    /// The period.
    pub period: Period,
    /// The code of the data item.
    pub item: String,
    /// The value; absent unless the status is `reported` or `rejected`.
    pub value: Option<Value>,
    /// Whether the value counts.
    pub status: Status,
}

/// A city of the cohort with the attributes that peer rules read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct City {
    /// Its code, GB/T 2260 or any other scheme.
    pub code: String,
    /// Its name in zh and en, where given.
    pub name: crate::text::Text,
    /// Free attributes, such as `region`.
    pub attributes: BTreeMap<String, String>,
}
