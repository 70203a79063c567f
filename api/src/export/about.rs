//! What the numbers of a file rest on, for the formats that have room beside the table.

use citygauge_indicators::{IndicatorSet, Language};
use citygauge_openapi::{SetUsed, path_segment};

use super::table::{Column, Table};

/// The longest title that a header carries, in characters.
const TITLE: usize = 200;

/// The set, as a sheet of a workbook, a member in JSON, the metadata of Parquet and a header of an answer say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    set: SetUsed,
    engine_version: String,
    language: Language,
    /// The ancestors of the set in one line.
    lineage: Option<String>,
}

impl About {
    /// Numbers that rest on `set`.
    #[must_use]
    pub fn new(set: &IndicatorSet, engine_version: impl Into<String>, language: Language) -> Self {
        Self { set: set.into(), engine_version: engine_version.into(), language, lineage: lineage(set) }
    }

    /// The set.
    #[must_use]
    pub fn set(&self) -> &SetUsed {
        &self.set
    }

    /// The value of the header `CityGauge-Set`: code and version, the digest, and the title, which says where the set is
    /// a reconstruction; what is no ASCII is encoded as in RFC 8187.
    #[must_use]
    pub fn header(&self) -> String {
        let SetUsed { code, version, digest, title, .. } = &self.set;
        let title: String = title.get(self.language).chars().take(TITLE).collect();
        let (code, version, title) = (path_segment(code.as_str()), path_segment(version.as_str()), path_segment(&title));
        format!("{code}@{version}; digest={digest}; title*=UTF-8'{}'{title}", self.language.tag())
    }

    /// Names and values; what the set does not say is left out.
    pub(super) fn lines(&self) -> Vec<(&'static str, &str)> {
        let SetUsed { code, version, digest, title, basis, lineage: _ } = &self.set;
        let basis = basis.as_ref();
        let lines = [
            ("set", Some(code.as_str())),
            ("version", Some(version.as_str())),
            ("digest", Some(digest.as_str())),
            ("title", Some(title.get(self.language))),
            ("standard", basis.and_then(|basis| basis.standard.as_deref())),
            ("edition", basis.and_then(|basis| basis.edition.as_deref())),
            ("basis", basis.and_then(|basis| basis.note.as_ref()).map(|note| note.get(self.language))),
            ("derived_from", self.lineage.as_deref()),
            ("engine_version", Some(self.engine_version.as_str())),
        ];
        lines.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Names of our own and values, for the metadata of Parquet and Arrow.
    pub(super) fn metadata(&self) -> Vec<(String, String)> {
        self.lines().into_iter().map(|(name, value)| (format!("citygauge.{name}"), value.to_owned())).collect()
    }

    /// The sheet of a workbook.
    pub(super) fn sheet(&self) -> Table<'_> {
        let rows = self.lines().into_iter().map(|(name, value)| vec![name.into(), value.into()]);
        Table::new("about", vec![Column::text("name"), Column::text("value")], rows.collect())
    }
}

/// The published versions that a set derives from, the nearest first, each with its digest.
#[must_use]
pub fn lineage(set: &IndicatorSet) -> Option<String> {
    let base = set.document().derived_from.as_ref()?;
    let named = base.generations().map(|base| format!("{}@{} ({})", base.code, base.version, base.digest));
    Some(named.collect::<Vec<_>>().join(" <- "))
}
