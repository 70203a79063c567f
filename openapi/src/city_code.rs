//! The published codes of cities, and taking them into the register.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Code;
use crate::page::page_of;

/// A scheme of codes that ships with the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum CodeScheme {
    /// GB/T 2260: codes of the administrative divisions of China, from 1980 on.
    #[serde(rename = "gbt-2260")]
    Gbt2260,
}

/// One code under one name and in one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CityCode {
    /// The code.
    #[schema(example = "330100")]
    pub code: Code,
    /// The official name.
    #[schema(example = "杭州市")]
    pub name_zh: String,
    /// The name in Latin letters.
    #[schema(example = "Hangzhou")]
    pub name_en: String,
    /// `municipality`, `sub_provincial`, `prefecture_city`, `prefecture`, `autonomous_prefecture`, `league`,
    /// `administrative_area` or `county_city`.
    #[schema(example = "sub_provincial")]
    pub class: String,
    /// The code of the province.
    #[schema(example = "330000")]
    pub province: Code,
    /// The name of the province.
    #[schema(example = "浙江省")]
    pub province_zh: String,
    /// The name of the province in Latin letters.
    #[schema(example = "Zhejiang")]
    pub province_en: String,
    /// One of the four regions of the national statistics: `east`, `central`, `west`, `northeast`.
    #[schema(example = "east")]
    pub region: String,
    /// The first year at whose end it stood; absent when it stood in 1980 already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_year: Option<i32>,
    /// The last year at whose end it stood; absent while it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_year: Option<i32>,
    /// The codes of today that its area belongs to, where it ended; several where it was split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<Code>,
}

page_of!(
    /// A page of published codes, by code and then by time.
    CityCodePage, CityCode
);

/// Which published cities to register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CityAdoption {
    /// The scheme.
    pub scheme: CodeScheme,
    /// The year whose codes are wanted, as of its end; those in force today unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1980, maximum = 2100)]
    pub valid_at: Option<i32>,
    /// Provinces, by the code of six digits or its first two; all unless given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub provinces: Vec<Code>,
    /// Codes; all unless given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 1000)]
    pub codes: Vec<Code>,
}

/// What became of the cities that were to be registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdoptedCities {
    /// The cities that are registered now and were not before.
    pub registered: Vec<Code>,
    /// The cities that were registered already: they keep what is said of them, and have the former codes and names
    /// that they lacked.
    pub known: Vec<Code>,
}
