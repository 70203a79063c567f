//! Reading the file of a release, row group by row group.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use polars::io::mmap::MmapBytesReader;
use polars::prelude::{DataFrame, ParquetReader, PolarsResult, SerReader};

/// The file of a release: Parquet with the columns `city`, `period`, `item`, `value`, `choice` and `status`.
#[derive(Debug)]
pub enum ReleaseFile {
    /// In memory.
    Bytes(Bytes),
    /// On disk.
    File(File),
}

/// The columns: texts, and `value` of numbers.
pub const COLUMNS: [&str; 6] = ["city", "period", "item", "value", "choice", "status"];

/// Rows that are read at once.
const BLOCK: usize = 1 << 17;

impl ReleaseFile {
    /// Hands its rows on in the order of the file, some at a time: never more of them are in memory than a row group of the file has.
    ///
    /// # Errors
    /// A file that cannot be read as Parquet; what `take` answers.
    pub fn each_block(&self, mut take: impl FnMut(DataFrame) -> PolarsResult<()>) -> PolarsResult<()> {
        let metadata = self.reader()?.get_metadata()?.clone();
        let mut start = 0;
        while start < metadata.num_rows {
            let mut reader = self.reader()?.with_slice(Some((start, BLOCK)));
            reader.set_metadata(metadata.clone());
            let block = reader.finish()?;
            start += block.height().max(1);
            take(block)?;
        }
        Ok(())
    }

    /// Whether this is Parquet with the columns of a release and no others.
    #[must_use]
    pub fn is_one(&self) -> bool {
        // Readers of Parquet panic on some files that are none.
        let names = catch_unwind(AssertUnwindSafe(|| {
            let schema = self.reader()?.schema()?;
            PolarsResult::Ok(schema.iter_names().map(ToString::to_string).collect::<BTreeSet<String>>())
        }));
        names.is_ok_and(|names| names.is_ok_and(|names| names == COLUMNS.map(str::to_owned).into()))
    }

    /// A reader from the beginning.
    pub(super) fn reader(&self) -> PolarsResult<ParquetReader<Box<dyn MmapBytesReader>>> {
        let bytes: Box<dyn MmapBytesReader> = match self {
            Self::Bytes(bytes) => Box::new(Cursor::new(bytes.clone())),
            Self::File(file) => Box::new(file.try_clone()?),
        };
        Ok(ParquetReader::new(bytes))
    }
}
