//! Validation rules: what the observations of a city should satisfy beside the range of each item.
//!
//! A rule never changes a score. Its finding is an error, which refuses the data, or a warning, which is only reported.

use serde::Serialize;
use serde_json::Value;

use crate::fault::{Faults, Severity};
use crate::read::{Object, Read, read_words, wrong_word};
use crate::text::Text;

read_words!(Severity { "error" => Self::Error, "warning" => Self::Warning });

/// A validation rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = ValidationRule))]
pub struct Rule {
    /// Unique among the rules.
    pub code: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub title: Text,
    /// What a person should do about a finding; shown as its hint.
    #[serde(skip_serializing_if = "Text::is_empty")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub hint: Text,
    /// Whether a finding refuses the data; `warning` unless given.
    #[serde(skip_serializing_if = "is_warning")]
    #[cfg_attr(feature = "schema", schema(required = false))]
    pub severity: Severity,
    /// What is checked.
    pub check: RuleCheck,
}

/// What a rule checks. A value that is missing, not applicable or rejected never violates a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum RuleCheck {
    /// A formula that must hold: its value is not 0. Silent where it has none.
    Formula {
        /// The formula over data items, such as `ecert_items <= service_items`.
        holds: String,
    },
    /// The change of an item since an earlier period of the same length.
    Change {
        /// The items, each for itself.
        items: Vec<String>,
        /// How the change is measured; the ratio unless given.
        #[serde(skip_serializing_if = "crate::document::is_default")]
        measure: ChangeMeasure,
        /// How many periods earlier: 1 unless given; 4 compares a quarter with that of the year before.
        #[serde(skip_serializing_if = "is_one")]
        #[cfg_attr(feature = "schema", schema(required = false, minimum = 1, default = 1))]
        periods: u32,
        /// The least change that is no finding.
        #[serde(skip_serializing_if = "Option::is_none")]
        at_least: Option<f64>,
        /// The greatest change that is no finding.
        #[serde(skip_serializing_if = "Option::is_none")]
        at_most: Option<f64>,
    },
    /// The distance of an item from the cities of the period.
    Peers {
        /// The items, each for itself.
        items: Vec<String>,
        /// How the distance is measured; the modified z-score unless given.
        #[serde(skip_serializing_if = "crate::document::is_default")]
        measure: PeerMeasure,
        /// The greatest distance that is no finding: 3.5 for `modified_z_score`, 3 for `z_score`, 1.5 for `iqr` unless given.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", schema(exclusive_minimum = 0.0))]
        at_most: Option<f64>,
        /// Restricts the peers to the cities that share this attribute; a city without it has no peers.
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        /// The least number of cities with a value, the city itself included, below which the rule is silent.
        #[serde(skip_serializing_if = "is_five")]
        #[cfg_attr(feature = "schema", schema(required = false, minimum = 3, default = 5))]
        min_cities: u32,
    },
    /// The share of values whose last digit is 0 or 5; a fifth is expected.
    Heaping {
        /// The items whose values are taken together or each for itself, as `over` says.
        items: Vec<String>,
        /// Which values are looked at together.
        #[serde(skip_serializing_if = "crate::document::is_default")]
        over: DigitsOver,
        /// The decimal place of the last digit: 0 (the units) unless given. Values of fewer than two digits do not count.
        #[serde(skip_serializing_if = "crate::document::is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        decimals: u32,
        /// The greatest share that is no finding, 0 to 1; 0.5 unless given.
        #[serde(skip_serializing_if = "is_half")]
        #[cfg_attr(feature = "schema", schema(required = false, default = 0.5))]
        at_most: f64,
        /// The least number of values below which the rule is silent.
        #[serde(skip_serializing_if = "is_twenty")]
        #[cfg_attr(feature = "schema", schema(required = false, minimum = 5, default = 20))]
        min_values: u32,
    },
    /// Whether the last digits are spread evenly, by the chi-square test with nine degrees of freedom.
    LastDigit {
        /// The items whose values are taken together or each for itself, as `over` says.
        items: Vec<String>,
        /// Which values are looked at together.
        #[serde(skip_serializing_if = "crate::document::is_default")]
        over: DigitsOver,
        /// The decimal place of the last digit: 0 (the units) unless given. Values of fewer than two digits do not count.
        #[serde(skip_serializing_if = "crate::document::is_default")]
        #[cfg_attr(feature = "schema", schema(required = false))]
        decimals: u32,
        /// The p-value below which there is a finding; 0.001 unless given.
        #[serde(skip_serializing_if = "is_thousandth")]
        #[cfg_attr(feature = "schema", schema(required = false, default = 0.001))]
        significance: f64,
        /// The least number of values below which the rule is silent; 50 expects five of every digit.
        #[serde(skip_serializing_if = "is_fifty")]
        #[cfg_attr(feature = "schema", schema(required = false, minimum = 50, default = 50))]
        min_values: u32,
    },
    /// One value that stands again and again. Zeros do not count.
    Repeated {
        /// The items.
        items: Vec<String>,
        /// Where it is repeated.
        over: RepeatedOver,
        /// How many equal values are a finding, 2 or more.
        #[cfg_attr(feature = "schema", schema(minimum = 2))]
        at_least: u32,
    },
}

/// How a change is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeMeasure {
    /// The value over the earlier value; silent unless the earlier one is above 0.
    #[default]
    Ratio,
    /// The value less the earlier value.
    Difference,
}

read_words!(ChangeMeasure { "ratio" => Self::Ratio, "difference" => Self::Difference });

/// How the distance from the peers is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PeerMeasure {
    /// 0.6745 times the distance from the median over the median absolute deviation.
    #[default]
    ModifiedZScore,
    /// The distance from the mean over the sample's standard deviation.
    ZScore,
    /// The distance beyond the nearer quartile over the interquartile range.
    Iqr,
}

read_words!(PeerMeasure { "modified_z_score" => Self::ModifiedZScore, "z_score" => Self::ZScore, "iqr" => Self::Iqr });

impl PeerMeasure {
    /// The greatest distance that is no finding where a rule names none.
    #[must_use]
    pub fn usual(self) -> f64 {
        match self {
            Self::ModifiedZScore => 3.5,
            Self::ZScore => 3.0,
            Self::Iqr => 1.5,
        }
    }
}

/// Which values a test of digits looks at together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DigitsOver {
    /// All values of the items of one city, of all periods of one length.
    #[default]
    City,
    /// The values of one item of all cities of a period.
    Item,
}

read_words!(DigitsOver { "city" => Self::City, "item" => Self::Item });

/// Where a value is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RepeatedOver {
    /// One item of a city in consecutive periods of one length, each item for itself.
    Periods,
    /// One item in several cities of a period, each item for itself.
    Cities,
    /// Several items of a city in one period.
    Items,
}

read_words!(RepeatedOver { "periods" => Self::Periods, "cities" => Self::Cities, "items" => Self::Items });

impl RuleCheck {
    /// The word that names the kind of rule in a document.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Formula { .. } => "formula",
            Self::Change { .. } => "change",
            Self::Peers { .. } => "peers",
            Self::Heaping { .. } => "heaping",
            Self::LastDigit { .. } => "last_digit",
            Self::Repeated { .. } => "repeated",
        }
    }

    /// The items that it lists; those of a formula stand in the formula.
    #[must_use]
    pub fn items(&self) -> &[String] {
        match self {
            Self::Formula { .. } => &[],
            Self::Change { items, .. }
            | Self::Peers { items, .. }
            | Self::Heaping { items, .. }
            | Self::LastDigit { items, .. }
            | Self::Repeated { items, .. } => items,
        }
    }
}

impl Read for Rule {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let code = object.required("code", faults);
        let title = object.optional("title", faults).unwrap_or_default();
        let hint = object.optional("hint", faults).unwrap_or_default();
        let severity = object.or("severity", Severity::Warning, faults);
        let check = object.required("check", faults);
        object.close(faults).then_some(Self { code: code?, title, hint, severity, check: check? })
    }
}

impl Read for RuleCheck {
    fn read(value: &Value, at: &str, faults: &mut Faults) -> Option<Self> {
        let mut object = Object::open(value, at, faults)?;
        let word: String = object.required("rule", faults)?;
        let check = match word.as_str() {
            "formula" => object.required("holds", faults).map(|holds| Self::Formula { holds }),
            "change" => {
                let items = object.required("items", faults);
                let measure = object.or("measure", ChangeMeasure::default(), faults);
                let periods = object.or("periods", 1, faults);
                let (at_least, at_most) = (object.optional("at_least", faults), object.optional("at_most", faults));
                items.map(|items| Self::Change { items, measure, periods, at_least, at_most })
            }
            "peers" => {
                let items = object.required("items", faults);
                let measure = object.or("measure", PeerMeasure::default(), faults);
                let (at_most, group) = (object.optional("at_most", faults), object.optional("group", faults));
                let min_cities = object.or("min_cities", 5, faults);
                items.map(|items| Self::Peers { items, measure, at_most, group, min_cities })
            }
            "heaping" => {
                let (items, over, decimals) = digits(&mut object, faults);
                let at_most = object.or("at_most", 0.5, faults);
                let min_values = object.or("min_values", 20, faults);
                items.map(|items| Self::Heaping { items, over, decimals, at_most, min_values })
            }
            "last_digit" => {
                let (items, over, decimals) = digits(&mut object, faults);
                let significance = object.or("significance", 0.001, faults);
                let min_values = object.or("min_values", 50, faults);
                items.map(|items| Self::LastDigit { items, over, decimals, significance, min_values })
            }
            "repeated" => {
                let items = object.required("items", faults);
                let over = object.required("over", faults);
                let at_least = object.required("at_least", faults);
                match (items, over, at_least) {
                    (Some(items), Some(over), Some(at_least)) => Some(Self::Repeated { items, over, at_least }),
                    _ => None,
                }
            }
            other => {
                let words = ["formula", "change", "peers", "heaping", "last_digit", "repeated"];
                return wrong_word(other, &object.pointer("rule"), &words, faults);
            }
        };
        if object.close(faults) { check } else { None }
    }
}

/// What both tests of digits say.
fn digits(object: &mut Object<'_>, faults: &mut Faults) -> (Option<Vec<String>>, DigitsOver, u32) {
    let items = object.required("items", faults);
    (items, object.or("over", DigitsOver::default(), faults), object.or("decimals", 0, faults))
}

macro_rules! is_usual {
    ($($name:ident($type:ty) = $usual:literal),+ $(,)?) => {
        $(
            fn $name(value: &$type) -> bool {
                *value == $usual
            }
        )+
    };
}

is_usual!(
    is_one(u32) = 1,
    is_five(u32) = 5,
    is_twenty(u32) = 20,
    is_fifty(u32) = 50,
    is_half(f64) = 0.5,
    is_thousandth(f64) = 0.001
);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_warning(severity: &Severity) -> bool {
    *severity == Severity::Warning
}
