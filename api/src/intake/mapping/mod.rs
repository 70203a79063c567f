//! How a file is to be understood where it is not in the usual form: which sheet and row, what each column means, how
//! numbers are written.
//!
//! A mapping document ([`citygauge_openapi::MappingDocument`]) is read and checked with all its faults at once
//! ([`Mapping::read`]). While a file is read, `translate::Translated` stands between its rows and those who take them: it
//! gives columns their standard names and cells their standard form, so that what follows knows nothing of mappings.
//! Without a mapping it still knows the usual Chinese and English headers (`aliases`), the titles of the set's items and
//! the header of SDMX-CSV (`sdmx`).
//!
//! Numbers are converted by declared rules only (`number`), in exact decimal arithmetic.

mod aliases;
mod check;
mod names;
mod number;
mod period;
mod plan;
mod read;
mod sdmx;
#[cfg(test)]
mod tests;
pub(crate) mod translate;

use std::collections::HashMap;

use citygauge_indicators::canonical::hex;
use citygauge_indicators::{Fault, Faults, IndicatorSet, ItemIndex, Period, parse_strict};
use citygauge_openapi::{Delimiter, ImportKind, MappingDocument};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Format;
use super::feed::Place;
pub use check::MOST_MEMBERS;
pub use names::CityNames;
use number::Rules;
use period::Pattern;
pub(crate) use plan::Guide;
pub(super) use sdmx::delimiter as sdmx_delimiter;

/// The longest mapping document, in bytes of JSON.
pub const LONGEST_DOCUMENT: usize = 256 << 10;

/// A mapping document that was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    document: MappingDocument,
    /// How numbers are written where an item says nothing of its own.
    rules: Rules,
    /// How the numbers of an item are written that has this header or stands under this text.
    item_rules: HashMap<String, Rules>,
    patterns: Vec<Pattern>,
    period: Option<Period>,
}

impl Mapping {
    /// Reads and checks the text of a document.
    ///
    /// # Errors
    /// Every fault of it, each with a pointer.
    pub fn read(text: &[u8]) -> Result<Self, Faults> {
        if text.len() > LONGEST_DOCUMENT {
            let fault = Fault::error("mapping.too_long", "映射文档过长", "the mapping document is too long").at("");
            return Err(fault.expected(format!("<= {LONGEST_DOCUMENT} bytes")).hint("请删减内容", "shorten it").into());
        }
        Self::read_value(parse_strict(text)?)
    }

    /// As [`Mapping::read`], from JSON that was parsed.
    ///
    /// # Errors
    /// Every fault of it, each with a pointer.
    pub fn read_value(value: Value) -> Result<Self, Faults> {
        let (document, mut faults) = read::every_fault::<MappingDocument>(value);
        let Some(document) = document else { return Err(faults) };
        let structural: Vec<String> = faults.0.iter().filter_map(|fault| fault.pointer.clone()).collect();
        let checked = check::check(document).map_err(|found| {
            // What was not read cannot be said to be missing.
            let again = |fault: &Fault| {
                let at = fault.pointer.as_deref().unwrap_or_default();
                structural.iter().any(|known| known.starts_with(at) || at.starts_with(known.as_str()))
            };
            faults.0.extend(found.0.into_iter().filter(|fault| !again(fault)));
        });
        match checked {
            Ok(mapping) if faults.is_empty() => Ok(mapping),
            _ => Err(faults),
        }
    }

    /// What it says.
    #[must_use]
    pub fn document(&self) -> &MappingDocument {
        &self.document
    }

    /// Its canonical form: members in order, without those that say nothing.
    #[must_use]
    pub fn canonical(&self) -> String {
        let value = serde_json::to_value(&self.document).unwrap_or_default();
        serde_json_canonicalizer::to_string(&value).unwrap_or_else(|_| value.to_string())
    }

    /// The SHA-256 digest of its canonical form, in hex.
    #[must_use]
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(self.canonical()))
    }

    /// The fault of a mapping that is for files of another kind.
    #[must_use]
    pub fn not_for(&self, kind: ImportKind) -> Option<Fault> {
        (self.document.kind != kind).then(|| {
            let word = |kind| match kind {
                ImportKind::Cities => "cities",
                ImportKind::Observations => "observations",
            };
            let (has, wanted) = (word(self.document.kind), word(kind));
            Fault::error("mapping.kind", format!("该映射用于 {has}"), format!("the mapping is for {has}"))
                .value(has)
                .expected(wanted)
                .hint(format!("请使用 kind 为 {wanted} 的映射"), format!("use a mapping whose kind is {wanted}"))
        })
    }

    /// Faults of a mapping that names data items which the set does not have.
    #[must_use]
    pub fn strange_to(&self, set: &IndicatorSet) -> Faults {
        let mut faults = Faults::default();
        for (header, mapped) in &self.document.items {
            if set.item_index(&mapped.item).is_none() {
                let code = &mapped.item;
                let fault = Fault::error(
                    "mapping.unknown_item",
                    format!("指标体系中没有数据项“{code}”"),
                    format!("the set has no data item '{code}'"),
                );
                let fault = fault.at(check::pointer(&["items", header])).value(code);
                faults.push(fault.hint("请核对数据项代码", "check the code against the items of the set"));
            }
        }
        faults
    }

    /// Everything that keeps it from being used for a file of this kind and format.
    #[must_use]
    pub(super) fn misused(&self, kind: ImportKind, format: Format, set: Option<&IndicatorSet>) -> Faults {
        let mut faults = Faults(self.not_for(kind).into_iter().collect());
        if let Some(set) = set {
            faults.0.extend(self.strange_to(set).0);
        }
        let has_rows = matches!(format, Format::Csv | Format::Xlsx);
        if !has_rows && (self.document.header_row.unwrap_or(1) != 1 || self.document.skip_below.unwrap_or(0) != 0) {
            let fault = Fault::error(
                "mapping.no_rows_to_skip",
                "该格式没有表头行，header_row 和 skip_below 无从谈起",
                "this format has no row for its header, so header_row and skip_below make no sense",
            );
            faults.push(fault.hint("请删除它们，或发送 CSV 或 XLSX", "remove them, or send CSV or XLSX"));
        }
        faults
    }

    /// Where in a file its table stands.
    pub(super) fn place(&self) -> Place<'_> {
        let document = &self.document;
        Place {
            sheet: document.sheet.as_ref().map(|sheet| sheet.as_str()),
            header_row: u64::from(document.header_row.unwrap_or(1)),
            skip_below: u64::from(document.skip_below.unwrap_or(0)),
            delimiter: document.delimiter.map(|delimiter| match delimiter {
                Delimiter::Comma => b',',
                Delimiter::Semicolon => b';',
                Delimiter::Tab => b'\t',
                Delimiter::Bar => b'|',
            }),
        }
    }

    /// The units in which the file states items, by place in the set.
    #[must_use]
    pub fn units(&self, set: &IndicatorSet) -> HashMap<ItemIndex, String> {
        let stated = self.document.items.values();
        stated.filter_map(|mapped| Some((set.item_index(&mapped.item)?, mapped.unit.as_ref()?.to_string()))).collect()
    }

    /// The period of a file that has no column for it.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        self.period
    }
}
