//! Cities: the register that observations refer to.

use std::collections::BTreeMap;

use citygauge_indicators as indicators;
use citygauge_indicators::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Day, Line, Moment, Note};

/// A city as the register knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct City {
    /// GB/T 2260 or any other scheme; compared exactly.
    pub code: Code,
    /// The name to show when none fits the reader's language.
    pub name: String,
    /// The Chinese name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<String>,
    /// The English name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Free attributes, such as `region`; peer rules and peer groups read them.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// The first day on which the code is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last day on which the code is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
    /// Former codes and names under which files may still name it.
    #[serde(default)]
    pub aliases: Vec<CityAlias>,
    /// When it was registered.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
}

/// What an alias of a city is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CityAliasKind {
    /// A former code: files that use it are read as of this city.
    Code,
    /// A former name, or another one that files use.
    Name,
}

/// A former code or name of a city.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CityAlias {
    /// Whether it is a code or a name.
    pub kind: CityAliasKind,
    /// The code or the name, compared exactly.
    pub alias: Code,
    /// The first day on which it was valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last day on which it was valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
}

/// The value of an attribute in a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CityAttribute {
    /// The name of the attribute.
    pub name: String,
    /// The value; absent where the city had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The first day; absent for ever before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last day; absent while it is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
}

/// Every value the attributes of a city have had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CityAttributes {
    /// The city.
    pub city: Code,
    /// By name, and then in the order of time.
    pub items: Vec<CityAttribute>,
}

/// What is said of a city when it is registered or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CityProfile {
    /// The name to show when none fits the reader's language.
    pub name: Line,
    /// The Chinese name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_zh: Option<Line>,
    /// The English name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<Line>,
    /// Free attributes, such as `region`; peer rules and peer groups read them.
    #[serde(default)]
    pub attributes: BTreeMap<Code, Note>,
    /// The first day on which the code is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// The last day on which the code is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Day>,
    /// The first day on which the attributes are these: today unless given, and ever before for one it never had. They hold up
    /// to the next change that is recorded already; what they were before stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes_from: Option<Day>,
    /// Former codes and names, instead of those it has; those it has stay when this is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 1000)]
    pub aliases: Option<Vec<CityAlias>>,
}

page_of!(
    /// A page of the register, by code.
    CityPage, City
);

impl From<&City> for indicators::City {
    fn from(city: &City) -> Self {
        let mut title = Text { zh: city.name_zh.clone(), en: city.name_en.clone() };
        if title.is_empty() {
            title.en = Some(city.name.clone());
        }
        Self { code: city.code.to_string(), name: title, attributes: city.attributes.clone(), history: Vec::new() }
    }
}
