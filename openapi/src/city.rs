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
    /// When it was registered.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
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
        Self { code: city.code.to_string(), name: title, attributes: city.attributes.clone() }
    }
}
