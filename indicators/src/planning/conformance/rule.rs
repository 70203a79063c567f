//! The language in which a clause says what it asks of a dossier. Rules are data of ours, so they are read by derived
//! deserialisers, and a test reads every one.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::planning::ElementKind;
use crate::text::Text;

/// What a clause asks for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// So many elements.
    Elements {
        /// Which.
        select: Select,
        /// How many; one unless given.
        #[serde(default = "one")]
        at_least: u64,
    },
    /// Elements that between them have each of these words in a member.
    Covers {
        /// Which elements.
        select: Select,
        /// The member: a word, or a list of words; `scores/criterion` looks into a list of objects.
        member: String,
        /// The words.
        words: Vec<String>,
    },
    /// Elements of which each has these members filled in.
    Complete {
        /// Which elements.
        select: Select,
        /// The members.
        members: Vec<String>,
    },
    /// Elements that link to something.
    Linked {
        /// Which elements; any where none is named.
        #[serde(default)]
        select: Select,
        /// To what: kinds of elements, or `gap`, `goal`, `assessment`, `indicator`, `observation`, `evidence`, `roadmap`, `path`.
        to: Vec<String>,
        /// What the elements that are linked to must have in their members.
        #[serde(default)]
        to_where: BTreeMap<String, Want>,
        /// How many of them have to.
        #[serde(default)]
        share: Share,
    },
    /// Something outside the dossier, by the name of [`super::Facts::measured`].
    Fact {
        /// The name.
        name: String,
        /// The least that there must be.
        #[serde(default)]
        at_least: Option<u64>,
        /// The most that there may be: findings against it.
        #[serde(default)]
        at_most: Option<u64>,
    },
    /// How many years are planned.
    Years {
        /// The fewest.
        at_least: f64,
        /// The most.
        at_most: f64,
    },
    /// Each of these.
    AllOf(Vec<Rule>),
    /// One of these.
    AnyOf(Vec<Rule>),
    /// What other clauses say: by identifier, or by the beginning of identifiers where it ends with a full stop.
    Clauses(Vec<String>),
    /// What a dossier cannot show, and why.
    OutOfScope(Text),
}

/// Which elements.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Select {
    /// Of one of these kinds; of any where none is named.
    #[serde(default)]
    pub kinds: Vec<Word>,
    /// With these members.
    #[serde(default, rename = "where")]
    pub members: BTreeMap<String, Want>,
}

/// What a member must be.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Want {
    /// Filled in (or, where `false`, not).
    Filled(bool),
    /// A number.
    Number(u64),
    /// This word, or a list that has it.
    Word(String),
    /// One of these words.
    OneOf(Vec<String>),
}

/// How many of the elements have to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// One of them.
    #[default]
    Any,
    /// All of them, and there is one.
    Every,
}

/// The kind of an element, by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word(pub ElementKind);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let kind = ElementKind::ALL.iter().find(|kind| kind.word() == word);
        kind.map(|kind| Self(*kind)).ok_or_else(|| serde::de::Error::custom(format!("{word} is no kind of element")))
    }
}

fn one() -> u64 {
    1
}
