//! Arrow IPC, the file format: a record batch per block of rows. Texts are written as `large_utf8`, which every reader knows, and not
//! as the string views of newer versions.

use std::io::Write;

use polars::prelude::{CompatLevel, IpcWriter, SerWriter};

use super::table::Table;
use super::{About, ExportError, frames};

pub(super) fn write(table: &Table<'_>, about: Option<&About>, writer: impl Write) -> Result<(), ExportError> {
    // No column is a dictionary, so every field is described by its default.
    let fields = vec![Default::default(); table.columns().len()];
    let mut arrow = IpcWriter::new(writer).with_compat_level(CompatLevel::oldest()).batched(&frames::schema(table), fields)?;
    if let Some(about) = about {
        arrow.set_custom_metadata(about.metadata());
    }
    frames::each(table, |frame| Ok(arrow.write_batch(frame)?))?;
    Ok(arrow.finish()?)
}
