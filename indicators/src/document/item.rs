//! Data items: the raw quantities that are reported.

use serde::Serialize;
use serde_json::Value;

use crate::fault::Faults;
use crate::read::{Object, Read, read_words};
use crate::text::Text;

/// What kind of quantity a data item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A number of things.
    Count,
    /// An amount with a unit: money, length, energy.
    Amount,
    /// A share or rate.
    Ratio,
    /// A value on a scale of its own.
    Index,
    /// Yes or no, written `true false 1 0 yes no 是 否`.
    Boolean,
    /// One of the item's `options`.
    Choice,
    /// The mean of a survey on the item's `scale`.
    Survey,
}

read_words!(ItemKind {
    "count" => Self::Count, "amount" => Self::Amount, "ratio" => Self::Ratio, "index" => Self::Index,
    "boolean" => Self::Boolean, "choice" => Self::Choice, "survey" => Self::Survey,
});

/// Who delivers a data item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// The city itself.
    #[default]
    City,
    /// A third party, such as a platform operator.
    ThirdParty,
    /// A central body that computes it for all cities.
    Central,
    /// A survey of citizens.
    Citizen,
    /// A panel of experts.
    Expert,
}

read_words!(Provider {
    "city" => Self::City, "third_party" => Self::ThirdParty, "central" => Self::Central,
    "citizen" => Self::Citizen, "expert" => Self::Expert,
});

impl Provider {
    /// Every provider, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::City, Self::ThirdParty, Self::Central, Self::Citizen, Self::Expert];

    /// The word used in sets, files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::ThirdParty => "third_party",
            Self::Central => "central",
            Self::Citizen => "citizen",
            Self::Expert => "expert",
        }
    }

    /// The provider that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.word() == word)
    }
}

impl ItemKind {
    /// Whether its value may be estimated from a sample, as a mean or a share: a number that is no plain count. The value
    /// then may have a sample size and a margin of error.
    #[must_use]
    pub fn may_be_sampled(self) -> bool {
        match self {
            Self::Amount | Self::Ratio | Self::Index | Self::Survey => true,
            Self::Count | Self::Boolean | Self::Choice => false,
        }
    }
}

/// A raw quantity that is reported: one number, choice or yes/no per city and period.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = DataItem))]
pub struct Item {
    /// Unique among the items of the set.
    pub code: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub title: Text,
    /// UCUM where it has one; `1` for plain numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What kind of quantity it is; `amount` unless given.
    #[serde(skip_serializing_if = "is_amount")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub kind: ItemKind,
    /// The least value that is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The greatest value that is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The codes of a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub options: Vec<String>,
    /// The lowest and highest value of a survey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<[f64; 2]>,
    /// Who delivers it; the city unless given.
    #[serde(skip_serializing_if = "crate::document::is_default")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub provider: Provider,
    /// The department that answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<Text>,
    /// The day of the year at which it is taken, such as `10-31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// The area or population it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// What those who report it should know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

impl Item {
    /// The least and greatest value that an observation of it may have.
    #[must_use]
    pub fn range(&self) -> (Option<f64>, Option<f64>) {
        match (self.kind, self.scale) {
            (ItemKind::Survey, Some([low, high])) => (self.min.or(Some(low)), self.max.or(Some(high))),
            _ => (self.min, self.max),
        }
    }

    /// The name by which its department is told from others: the Chinese one, or else the English one.
    #[must_use]
    pub fn department_name(&self) -> Option<&str> {
        let department = self.department.as_ref()?;
        department.zh.as_deref().or(department.en.as_deref())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_amount(kind: &ItemKind) -> bool {
    *kind == ItemKind::Amount
}

impl Read for Item {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let item = Self {
            code: object.required("code", faults).unwrap_or_default(),
            title: object.optional("title", faults).unwrap_or_default(),
            unit: object.optional("unit", faults),
            kind: object.or("kind", ItemKind::Amount, faults),
            min: object.optional("min", faults),
            max: object.optional("max", faults),
            options: object.optional("options", faults).unwrap_or_default(),
            scale: object.optional("scale", faults),
            provider: object.or("provider", Provider::City, faults),
            department: object.optional("department", faults),
            as_of: object.optional("as_of", faults),
            scope: object.optional("scope", faults),
            note: object.optional("note", faults),
        };
        object.close(faults);
        Some(item)
    }
}
