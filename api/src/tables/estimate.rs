//! What a table will cost, before it is made.

use crate::export::Format;

/// The size of a table to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Its rows.
    pub rows: u64,
    /// Its cells.
    pub cells: u64,
    /// The bytes of the file: about so many.
    pub bytes: u64,
}

impl Estimate {
    /// Of a table in a format.
    #[must_use]
    pub fn new(rows: u64, columns: u64, format: Format) -> Self {
        let cells = rows.saturating_mul(columns);
        Self { rows, cells, bytes: cells.saturating_mul(bytes_per_cell(format)) }
    }
}

/// Bytes of a file per cell of its table, as the scores of 100 cities by `es-sdg-cities-2018` have them (10,300 rows of 12 columns, most
/// numbers with 16 or 17 digits), rounded up.
fn bytes_per_cell(format: Format) -> u64 {
    match format {
        Format::Parquet => 3,
        Format::Xlsx => 6,
        Format::SdmxJson => 9,
        Format::Csv => 10,
        Format::Arrow => 11,
        Format::SdmxCsv => 16,
        Format::Json | Format::NdJson => 19,
        Format::NgsiLd => 127,
    }
}
