//! What is observed of a city: values of data items with their status.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
    /// Free attributes, such as `region`, as they are now.
    pub attributes: BTreeMap<String, String>,
    /// What the attributes were and when they changed, by name and then by day; an attribute without a change has
    /// always been what it is now.
    pub history: Vec<AttributeChange>,
}

/// From which day on an attribute has which value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeChange {
    /// The name of the attribute.
    pub name: String,
    /// The first day, `2026-10-31`; empty for ever before.
    pub from: String,
    /// The value; `None` where the attribute ends.
    pub value: Option<String>,
}

impl City {
    /// The value of an attribute in a period: the one that is valid on its last day. An empty value is none.
    #[must_use]
    pub fn attribute_in(&self, name: &str, period: Period) -> Option<&str> {
        self.attribute_on(name, &period.last_day())
    }

    /// The value of an attribute on a day, `2026-10-31`. An empty value is none.
    #[must_use]
    pub fn attribute_on(&self, name: &str, day: &str) -> Option<&str> {
        let mut changes = self.history.iter().filter(|change| change.name == name).peekable();
        let value = if changes.peek().is_some() {
            changes
                .filter(|change| change.from.as_str() <= day)
                .max_by_key(|change| &change.from)
                .and_then(|c| c.value.as_deref())
        } else {
            self.attributes.get(name).map(String::as_str)
        };
        value.filter(|text| !text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_what_it_was_on_the_last_day_of_the_period() {
        let change = |from: &str, value: Option<&str>| AttributeChange {
            name: "tier".into(),
            from: from.into(),
            value: value.map(Into::into),
        };
        let city = City {
            attributes: [("tier".to_owned(), "big".to_owned()), ("region".to_owned(), "east".to_owned())].into(),
            history: vec![change("", Some("small")), change("2020-06-01", Some("big")), change("2024-01-01", None)],
            ..City::default()
        };
        let tier = |period: &str| city.attribute_in("tier", period.parse().expect("it is there"));
        assert_eq!((tier("2019"), tier("2020-Q1"), tier("2020-S1")), (Some("small"), Some("small"), Some("big")));
        assert_eq!((tier("2023"), tier("2024")), (Some("big"), None));
        assert_eq!(city.attribute_on("region", "1990-01-01"), Some("east"));
    }
}
