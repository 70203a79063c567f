//! What keeps a table from being written.

use super::Format;

/// A table that cannot be written as asked.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A worksheet is full before the table ends.
    #[error(
        "the table '{table}' has {rows} rows; an XLSX sheet holds {most} below its header: write CSV or Parquet, or fewer rows"
    )]
    TooManyRows {
        /// The name of the table.
        table: String,
        /// The rows it has.
        rows: u64,
        /// The rows a sheet holds.
        most: u64,
    },
    /// A worksheet has fewer columns than the table.
    #[error("the table '{table}' has {columns} columns; an XLSX sheet holds {most}")]
    TooManyColumns {
        /// The name of the table.
        table: String,
        /// The columns it has.
        columns: usize,
        /// The columns a sheet holds.
        most: usize,
    },
    /// A cell of a worksheet holds less text.
    #[error("row {row} of table '{table}', column '{column}': {characters} characters; an XLSX cell holds {most}")]
    CellTooLong {
        /// The name of the table.
        table: String,
        /// The row, counted from 1 below the header.
        row: u64,
        /// The name of the column.
        column: String,
        /// The characters of the text, as XLSX counts them.
        characters: usize,
        /// The characters a cell holds.
        most: usize,
    },
    /// The format holds one table and got another number of them.
    #[error("a {format:?} file holds one table, not {tables}")]
    OneTable {
        /// The format.
        format: Format,
        /// The tables given.
        tables: usize,
    },
    /// The format says what the columns mean, which a table alone does not.
    #[error("{format:?} is no format of any table")]
    OfData {
        /// The format.
        format: Format,
    },
    /// A row does not have a cell per column; a defect of whoever filled the table.
    #[error("row {row} of table '{table}' has {found} cells for {columns} columns")]
    RaggedRow {
        /// The name of the table.
        table: String,
        /// The row, counted from 1 below the header.
        row: u64,
        /// Its cells.
        found: usize,
        /// The columns.
        columns: usize,
    },
    /// A cell is not of its column's kind, or is not finite; a defect of whoever filled the table.
    #[error("row {row} of table '{table}', column '{column}': {found} cannot stand there")]
    WrongCell {
        /// The name of the table.
        table: String,
        /// The row, counted from 1 below the header.
        row: u64,
        /// The name of the column.
        column: String,
        /// The cell.
        found: String,
    },
    /// The source of a streamed table failed.
    #[error("the rows of the table cannot be read")]
    Source(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The target refused.
    #[error("cannot write")]
    Io(#[from] std::io::Error),
    /// The workbook cannot be made.
    #[error("cannot make the workbook")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
    /// The Parquet or Arrow file cannot be made.
    #[error("cannot make the Parquet or Arrow file")]
    Frames(#[from] polars::error::PolarsError),
}

impl From<citygauge_assessment::AssessmentError> for ExportError {
    fn from(error: citygauge_assessment::AssessmentError) -> Self {
        Self::Source(Box::new(error))
    }
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        // The crate's own conversion forgets what kind of failure it was, and a closed pipe is no failure.
        match error.into_kind() {
            csv::ErrorKind::Io(error) => Self::Io(error),
            other => Self::Io(std::io::Error::other(format!("{other:?}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_stays_one_through_the_writer_of_csv() {
        let closed = csv::Error::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert!(matches!(ExportError::from(closed), ExportError::Io(error) if error.kind() == std::io::ErrorKind::BrokenPipe));
    }
}
