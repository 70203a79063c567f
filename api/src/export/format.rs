//! The formats that tables are written in, by word, by media type and by file name.

use citygauge_openapi::ExportFormat;

/// A format of what is written. What is *read* is [`crate::intake::Format`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON document.
    Json,
    /// Comma-separated values, RFC 4180.
    Csv,
    /// One JSON object per line.
    NdJson,
    /// Apache Arrow IPC, the file format: its footer tells that it is whole, and it can be mapped into memory.
    Arrow,
    /// Apache Parquet.
    Parquet,
    /// An Excel workbook.
    Xlsx,
    /// SDMX-CSV 2.0.
    SdmxCsv,
    /// A data message of SDMX-JSON 2.0.
    SdmxJson,
    /// NGSI-LD entities of the Smart Data Models.
    NgsiLd,
}

impl Format {
    /// What every table is offered in.
    pub const TABLES: [Self; 6] = [Self::Json, Self::Csv, Self::NdJson, Self::Arrow, Self::Parquet, Self::Xlsx];

    /// Every format.
    pub const ALL: [Self; 9] = [
        Self::Json,
        Self::Csv,
        Self::NdJson,
        Self::Arrow,
        Self::Parquet,
        Self::Xlsx,
        Self::SdmxCsv,
        Self::SdmxJson,
        Self::NgsiLd,
    ];

    /// The word of `format=`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::NdJson => "ndjson",
            Self::Arrow => "arrow",
            Self::Parquet => "parquet",
            Self::Xlsx => "xlsx",
            Self::SdmxCsv => "sdmx_csv",
            Self::SdmxJson => "sdmx_json",
            Self::NgsiLd => "ngsi_ld",
        }
    }

    /// The word by which an export asks for it.
    #[must_use]
    pub fn exported(self) -> ExportFormat {
        match self {
            Self::Csv => ExportFormat::Csv,
            Self::Json => ExportFormat::Json,
            Self::NdJson => ExportFormat::Ndjson,
            Self::Arrow => ExportFormat::Arrow,
            Self::Parquet => ExportFormat::Parquet,
            Self::Xlsx => ExportFormat::Xlsx,
            Self::SdmxCsv => ExportFormat::SdmxCsv,
            Self::SdmxJson => ExportFormat::SdmxJson,
            Self::NgsiLd => ExportFormat::NgsiLd,
        }
    }

    /// The format of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }

    /// The media type under which it is served.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::NdJson => "application/x-ndjson",
            Self::Arrow => "application/vnd.apache.arrow.file",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::SdmxCsv => "application/vnd.sdmx.data+csv;version=2.0.0",
            Self::SdmxJson => "application/vnd.sdmx.data+json;version=2.0.0",
            Self::NgsiLd => "application/ld+json",
        }
    }

    /// Whether a media range of `Accept`, in lower case and without blanks, names exactly this format; of the parameters
    /// only the version of SDMX counts.
    pub(crate) fn is_named_by(self, range: &str) -> bool {
        let mut parts = range.split(';');
        let essence = parts.next().unwrap_or_default();
        let mut own = self.media_type().split(';');
        let known = own.next() == Some(essence)
            || match self {
                Self::Csv => essence == "application/csv",
                Self::NdJson => matches!(essence, "application/ndjson" | "application/jsonl"),
                Self::Parquet => essence == "application/x-parquet",
                _ => false,
            };
        let version = own.next();
        known && (version.is_none() || parts.filter(|part| part.starts_with("version=")).all(|asked| Some(asked) == version))
    }

    /// The usual extension, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::SdmxCsv => "sdmx.csv",
            Self::SdmxJson => "sdmx.json",
            Self::NgsiLd => "jsonld",
            same => same.word(),
        }
    }

    /// The format of a table that the extension of a file name names.
    #[must_use]
    pub fn from_file_name(name: &str) -> Option<Self> {
        let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        match extension.as_str() {
            "jsonl" => Some(Self::NdJson),
            "feather" => Some(Self::Arrow),
            other => Self::TABLES.into_iter().find(|format| format.extension() == other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_found_by_its_media_type_its_word_and_its_extension() {
        for format in Format::ALL {
            assert!(format.is_named_by(format.media_type()));
            assert_eq!(Format::from_word(format.word()), Some(format));
        }
        for format in Format::TABLES {
            assert_eq!(Format::from_file_name(&format!("城市.v2.{}", format.extension())), Some(format));
        }
        assert!(Format::SdmxCsv.is_named_by("application/vnd.sdmx.data+csv"));
        assert!(!Format::SdmxCsv.is_named_by("application/vnd.sdmx.data+csv;version=1.0.0"));
        assert!(Format::Csv.is_named_by("text/csv;charset=utf-8"));
        assert_eq!(Format::from_file_name("A.JSONL"), Some(Format::NdJson));
        assert_eq!(Format::from_file_name("macro.xlsm"), None);
    }
}
