//! Parquet: the columns are those of the file, and nulls are empty cells.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use citygauge_indicators::Fault;
use polars::prelude::{
    BooleanChunked, DataFrame, DataType, Float64Chunked, ParquetReader, PolarsError, SerReader, StringChunked,
};

use super::cell::Cell;
use super::feed::{Feed, Rows};
use super::limits::Limits;

/// Feeds the rows of a Parquet file; the first is row 1.
pub(crate) fn read<R: Rows>(bytes: &[u8], feed: &mut Feed<'_, R>) {
    if bytes.is_empty() {
        return;
    }
    // The decoder trusts its input here and there; a hostile file must not end the service.
    let frame = catch_unwind(AssertUnwindSafe(|| frame(bytes, feed.limits)));
    let frame = match frame {
        Ok(Ok(Ok(frame))) => frame,
        Ok(Ok(Err(fault))) => return feed.findings.whole(fault),
        Ok(Err(_)) | Err(_) => return feed.findings.whole(unreadable()),
    };
    let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    let named_in = vec![1; names.len()];
    let columns = columns(&frame, feed);
    if !feed.header(names, named_in) {
        return;
    }
    let mut cells = Vec::with_capacity(columns.len());
    for index in 0..frame.height() {
        cells.clear();
        cells.extend(columns.iter().map(|column| column.cell(index)));
        if !feed.row(index as u64 + 1, &mut cells) {
            return;
        }
    }
}

/// The file as a frame, once its own description stays within the limits.
fn frame(bytes: &[u8], limits: &Limits) -> Result<Result<DataFrame, Box<Fault>>, PolarsError> {
    let mut reader = ParquetReader::new(Cursor::new(bytes)).set_rechunk(true);
    let metadata = reader.get_metadata()?;
    let rows = metadata.num_rows as u64;
    let unpacked = metadata.row_groups.iter().fold(0_u64, |sum, group| sum.saturating_add(group.total_byte_size() as u64));
    if rows > limits.max_rows {
        let most = limits.max_rows;
        let fault = Fault::error(
            "file.too_many_rows",
            format!("有 {rows} 行，最多 {most} 行"),
            format!("{rows} rows; at most {most} are read"),
        );
        return Ok(Err(fault.hint("请拆分文件", "split the file").into()));
    }
    if unpacked > limits.max_parquet_bytes {
        let most = limits.max_parquet_bytes;
        let fault = Fault::error("file.archive", "文件解压后过大", "the file unpacks to more than is read");
        return Ok(Err(fault
            .value(unpacked.to_string())
            .expected(format!("<= {most}"))
            .hint("请拆分文件", "split the file")
            .into()));
    }
    reader.finish().map(Ok)
}

enum Column {
    Text(StringChunked),
    Number(Float64Chunked),
    Boolean(BooleanChunked),
    /// Of a type that is none of these, or without any value.
    Other,
}

impl Column {
    fn cell(&self, index: usize) -> Cell<'_> {
        match self {
            Self::Text(texts) => texts.get(index).map_or(Cell::Empty, Cell::text),
            Self::Number(numbers) => numbers.get(index).map_or(Cell::Empty, Cell::Number),
            Self::Boolean(booleans) => booleans.get(index).map_or(Cell::Empty, Cell::Boolean),
            Self::Other => Cell::Empty,
        }
    }
}

/// The columns as what their types say; a type that is neither text, number nor boolean is a fault of its column.
fn columns<R: Rows>(frame: &DataFrame, feed: &mut Feed<'_, R>) -> Vec<Column> {
    let mut columns = Vec::with_capacity(frame.width());
    for column in frame.columns() {
        let series = column.as_materialized_series();
        let read = match series.dtype() {
            DataType::String => series.str().map(|texts| Column::Text(texts.clone())),
            DataType::Boolean => series.bool().map(|booleans| Column::Boolean(booleans.clone())),
            number if number.is_primitive_numeric() => {
                series.cast(&DataType::Float64).and_then(|cast| cast.f64().map(|numbers| Column::Number(numbers.clone())))
            }
            DataType::Null => Ok(Column::Other),
            other => Err(PolarsError::SchemaMismatch(other.to_string().into())),
        };
        columns.push(read.unwrap_or_else(|_| {
            let found = series.dtype().to_string();
            let fault = Fault::error(
                "file.column_type",
                format!("不支持列类型 {found}"),
                format!("columns of type {found} are not read"),
            );
            let fault = fault.column(column.name().as_str()).value(found).expected("string | int | float | boolean");
            feed.findings.whole(fault.hint("请转换为文本、数值或布尔类型", "convert it to text, numbers or booleans"));
            Column::Other
        }));
    }
    columns
}

fn unreadable() -> Fault {
    Fault::error("file.unreadable", "文件不是可读取的 Parquet", "the file is not Parquet that can be read").expected("Parquet")
}
