//! The table formats that are read and written, by media type and by file name.

/// The media type of SDMX-CSV, which is CSV with the columns of that standard.
pub(crate) const SDMX_CSV: &str = "application/vnd.sdmx.data+csv";

/// Whether a `Content-Type` declares SDMX-CSV.
pub(crate) fn is_sdmx(media_type: &str) -> bool {
    media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(SDMX_CSV)
}

/// A format of a table file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma-separated values, RFC 4180.
    Csv,
    /// An Excel workbook without macros.
    Xlsx,
    /// One JSON document: an array of objects.
    Json,
    /// One JSON object per line.
    NdJson,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Csv, Self::Xlsx, Self::Json, Self::NdJson, Self::Parquet];

    /// The format that a `Content-Type` or one member of `Accept` names; parameters are ignored.
    #[must_use]
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "text/csv" | "application/csv" | SDMX_CSV => Some(Self::Csv),
            "application/json" => Some(Self::Json),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Some(Self::NdJson),
            "application/vnd.apache.parquet" | "application/x-parquet" => Some(Self::Parquet),
            other if other == Self::Xlsx.media_type() => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// The format that the extension of a file name, or a bare extension, names.
    #[must_use]
    pub fn from_file_name(name: &str) -> Option<Self> {
        let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        match extension.as_str() {
            "jsonl" => Some(Self::NdJson),
            other => Self::ALL.into_iter().find(|format| format.extension() == other),
        }
    }

    /// The usual extension, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::NdJson => "ndjson",
            Self::Parquet => "parquet",
        }
    }

    /// The media type under which it is served.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Json => "application/json",
            Self::NdJson => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_found_by_its_media_type_and_by_its_extension() {
        for format in Format::ALL {
            assert_eq!(Format::from_media_type(format.media_type()), Some(format));
            assert_eq!(Format::from_file_name(&format!("城市.v2.{}", format.extension())), Some(format));
        }
        assert_eq!(Format::from_media_type("Text/CSV; charset=gbk"), Some(Format::Csv));
        assert_eq!(Format::from_file_name("A.JSONL"), Some(Format::NdJson));
        assert_eq!(Format::from_media_type("text/html"), None);
        assert_eq!(Format::from_file_name("macro.xlsm"), None);
    }
}
