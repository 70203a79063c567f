//! Parquet: a row group per block of rows.

use std::io::Write;

use polars::prelude::{KeyValueMetadata, ParquetWriter};

use super::table::Table;
use super::{About, ExportError, frames};

pub(super) fn write(table: &Table<'_>, about: Option<&About>, writer: impl Write) -> Result<(), ExportError> {
    let metadata = about.map(|about| KeyValueMetadata::from_static(about.metadata()));
    let mut parquet = ParquetWriter::new(writer).with_key_value_metadata(metadata).batched(&frames::schema(table))?;
    frames::each(table, |frame| Ok(parquet.write_batch(frame)?))?;
    parquet.finish()?;
    Ok(())
}
