//! Writes tables as JSON, CSV, NDJSON, Arrow IPC, Parquet or XLSX.
//!
//! A [`Table`] is a name, columns with kinds and a source of rows; it knows no format. Rows are produced
//! while they are written, so a table larger than memory can be streamed in every format.
//! Numbers are written in the shortest form that reads back to the same double ([`number::shortest`]).
//!
//! ```
//! # use citygauge_api::export::{write, Column, Format, Options, Table};
//! let columns = vec![Column::text("city"), Column::number("score")];
//! let table = Table::new("scores", columns, vec![vec!["330100".into(), 4.7.into()], vec!["330200".into(), None::<f64>.into()]]);
//! let mut csv = Vec::new();
//! write(&[table], Format::Csv, &Options::default(), &mut csv)?;
//! assert_eq!(csv, b"city,score\n330100,4.7\n330200,\n");
//! # Ok::<(), citygauge_api::export::ExportError>(())
//! ```

mod about;
mod arrow;
mod csv;
mod diff;
mod error;
mod format;
mod frames;
mod json;
pub mod ngsi_ld;
pub mod number;
mod parquet;
pub mod sdmx;
mod table;
mod tables;
#[cfg(test)]
mod tests;
mod xlsx;

use std::io::Write;

pub use about::{About, lineage};
pub use diff::{changes, differences};
pub use error::ExportError;
pub use format::Format;
pub use table::{Cell, Column, Emit, EmptyInJson, Kind, Table};
pub use tables::{faults, faults_columns, gaps_columns, paths_columns, scores_columns, streamed_faults, weights_columns};

/// How a table is written, where a format leaves a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options<'a> {
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    pub csv_mark: bool,
    /// What the numbers rest on, for the formats that have room for it: XLSX, JSON, Parquet and Arrow.
    pub about: Option<&'a About>,
}

/// Writes tables. XLSX takes any number of them as sheets and JSON as members; the other formats hold one.
///
/// # Errors
/// See [`ExportError`]; what was written before an error is no complete file. What is no format of any table (SDMX, NGSI-LD) is
/// written by [`sdmx`] and [`ngsi_ld`].
pub fn write(tables: &[Table<'_>], format: Format, options: &Options<'_>, writer: impl Write) -> Result<(), ExportError> {
    match (format, tables) {
        (Format::Json, _) => json::write(tables, options.about, writer),
        (Format::Xlsx, _) => xlsx::write(tables, options.about, writer),
        (Format::Csv, [table]) => csv::write(table, options.csv_mark, csv::Text::Guarded, writer),
        (Format::NdJson, [table]) => json::write_lines(table, writer),
        (Format::Arrow, [table]) => arrow::write(table, options.about, writer),
        (Format::Parquet, [table]) => parquet::write(table, options.about, writer),
        (Format::SdmxCsv | Format::SdmxJson | Format::NgsiLd, _) => Err(ExportError::OfData { format }),
        (Format::Csv | Format::NdJson | Format::Arrow | Format::Parquet, _) => {
            Err(ExportError::OneTable { format, tables: tables.len() })
        }
    }
}
