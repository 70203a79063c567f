//! Mappings: what the columns of a file mean, and by which rules its numbers are written.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::page::page_of;
use crate::{Code, Digest, Fault, ImportKind, Line, Moment, PeriodCode};

/// How files of one kind are to be understood. Whatever it leaves out is as in a file without a mapping.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingDocument {
    /// What the files hold.
    pub kind: ImportKind,
    /// The Chinese title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_zh: Option<Line>,
    /// The English title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title_en: Option<Line>,
    /// The only sheet of a workbook that is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<Line>,
    /// The row of the header, counted from 1; the rows above it are titles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1000)]
    pub header_row: Option<u32>,
    /// How many rows below the header are no data, such as a row of units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1000)]
    pub skip_below: Option<u32>,
    /// What separates the columns of a text file; a comma unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// From a header to the standard column that it is: `city`, `city_name`, `period`, `item`, `value`, `status`,
    /// `quality`, `source`, `note`, `method`, `provider`, `as_of`, `unit`, `sample_size`, `margin`; of cities `code`,
    /// `name`, `name_zh`, `name_en`, `attributes_from`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
    /// From a header of the wide form, or a text in the column `item` of the long form, to the data item.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub items: BTreeMap<String, MappedItem>,
    /// From a header of a file of cities to the attribute that it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Headers of columns that are left out on purpose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
    /// Whether every column that nothing else explains is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignore_others: Option<bool>,
    /// By what the column `city` names a city; `code` unless given. A column `city_name` goes by name or code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city_by: Option<CityBy>,
    /// Where the period comes from, where no column says it in the usual form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<MappedPeriod>,
    /// From a word in the column `status` to the status that it means.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub statuses: BTreeMap<String, String>,
    /// How numbers are written in the whole file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<NumberRules>,
    /// Whether rows of one city are read as one: the last of them counts, and where they differ there is a warning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<bool>,
}

/// A data item under another name; only its code, where nothing else is to be said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(from = "ItemOrCode")]
pub struct MappedItem {
    /// The code of the data item.
    pub item: String,
    /// The unit in which the file states it; kept as provenance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Line>,
    /// How its numbers are written, where that differs from the rest of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbers: Option<NumberRules>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "the code of a data item, or an object with item, unit and numbers")]
enum ItemOrCode {
    Code(String),
    Item(StatedItem),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatedItem {
    item: String,
    unit: Option<Line>,
    numbers: Option<NumberRules>,
}

impl From<ItemOrCode> for MappedItem {
    fn from(read: ItemOrCode) -> Self {
        match read {
            ItemOrCode::Code(item) => Self { item, unit: None, numbers: None },
            ItemOrCode::Item(StatedItem { item, unit, numbers }) => Self { item, unit, numbers },
        }
    }
}

/// What separates the columns of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Delimiter {
    /// A comma.
    #[serde(rename = ",")]
    Comma,
    /// A semicolon.
    #[serde(rename = ";")]
    Semicolon,
    /// A tabulator.
    #[serde(rename = "\t")]
    Tab,
    /// A vertical bar.
    #[serde(rename = "|")]
    Bar,
}

/// By what a cell names a city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CityBy {
    /// Its code.
    #[default]
    Code,
    /// One of its names.
    Name,
    /// Its code or one of its names.
    Any,
}

/// Where the period comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MappedPeriod {
    /// The period of every row; the file has no column for it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constant: Option<PeriodCode>,
    /// How the column writes periods, beside the usual form; the first that fits counts. Each holds `{year}` and at most
    /// one of `{half}`, `{quarter}` and `{month}`, as in `{year}年` or `FY{year}`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["{year}年", "{year}年{month}月"]))]
    pub patterns: Vec<String>,
}

/// How numbers are written. Nothing of this is guessed: what no rule allows is a fault.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberRules {
    /// Whether full-width digits, signs and marks are read as half-width ones: `１２．５`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_width: Option<bool>,
    /// The mark between groups of three digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<Thousands>,
    /// The decimal mark; a point unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<DecimalMark>,
    /// What `35%` means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
    /// Whether `万`, `亿` and `万亿` behind a number multiply it, exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wan_yi: Option<bool>,
    /// Whether blanks around a number are dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trim: Option<bool>,
    /// Words that mean that nothing was reported, such as `—` or `N/A`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<Vec<String>>,
    /// A decimal by which every number is multiplied, exactly: `10000` where the file counts in 万.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, example = "10000")]
    pub times: Option<Factor>,
}

/// A decimal, as text or as a number; kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Factor(pub String);

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;

        impl Visitor<'_> for Written {
            type Value = Factor;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a decimal such as 10000 or 0.01")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Factor, E> {
                Ok(Factor(text.to_owned()))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Factor, E> {
                Ok(Factor(number.to_string()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Factor, E> {
                Ok(Factor(number.to_string()))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Factor, E> {
                Ok(Factor(format!("{number:e}")))
            }
        }

        deserializer.deserialize_any(Written)
    }
}

/// The mark between groups of three digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Thousands {
    /// `1,234`
    #[serde(rename = ",")]
    Comma,
    /// `1，234`
    #[serde(rename = "，")]
    WideComma,
    /// `1 234`, with any of the blanks that are used for it.
    #[serde(rename = " ")]
    Blank,
    /// `1.234`
    #[serde(rename = ".")]
    Point,
    /// `1'234`
    #[serde(rename = "'")]
    Apostrophe,
}

/// The decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum DecimalMark {
    /// `1.5`
    #[serde(rename = ".")]
    Point,
    /// `1,5`
    #[serde(rename = ",")]
    Comma,
}

/// What a percent sign means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Percent {
    /// `35%` is 35.
    AsIs,
    /// `35%` is 0.35.
    Fraction,
}

/// A mapping by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Mapping {
    /// Its code.
    pub code: Code,
    /// What it says.
    pub document: MappingDocument,
    /// The SHA-256 digest of its canonical form.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Moment,
    /// Who made it.
    pub created_by: String,
    /// When it last changed.
    pub updated_at: Moment,
}

/// What the check of a mapping says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MappingCheck {
    /// Whether it may be used.
    pub ok: bool,
    /// The SHA-256 digest of its canonical form, where it is in order.
    #[serde(default)]
    pub digest: Option<Digest>,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

/// The mapping with which a file was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UsedMapping {
    /// Its code, where it was a named one; it may have changed since.
    #[serde(default)]
    pub code: Option<Code>,
    /// The SHA-256 digest of its canonical form.
    pub digest: Digest,
    /// What it said when the file was read.
    pub document: MappingDocument,
}

page_of!(
    /// A page of mappings, by code.
    MappingPage, Mapping
);
