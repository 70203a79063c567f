//! Parquet: text as strings, numbers as doubles, whole numbers as 64-bit integers; a row group per block of rows.

use std::io::Write;

use polars::prelude::{Column as Series, DataFrame, DataType, Field, KeyValueMetadata, ParquetWriter, Schema};

use super::table::{Cell, Kind, Table};
use super::{About, ExportError};

/// Rows that are held at once.
const BLOCK: usize = 1 << 17;

pub(super) fn write(table: &Table<'_>, about: Option<&About>, writer: impl Write) -> Result<(), ExportError> {
    let field = |column: &super::Column| Field::new(column.name.as_str().into(), data_type(column.kind));
    let schema = Schema::from_iter(table.columns().iter().map(field));
    let mut parquet = ParquetWriter::new(writer).with_key_value_metadata(about.map(metadata)).batched(&schema)?;
    let mut block = Block::new(table);
    table.each(|_, cells| {
        block.push(cells);
        if block.rows == BLOCK {
            parquet.write_batch(&block.take()?)?;
        }
        Ok(())
    })?;
    if block.rows > 0 {
        parquet.write_batch(&block.take()?)?;
    }
    parquet.finish()?;
    Ok(())
}

/// What the numbers rest on, in the metadata of the file, under keys of our own.
fn metadata(about: &About) -> KeyValueMetadata {
    let lines = about.lines().into_iter().map(|(name, value)| (format!("citygauge.{name}"), value.to_owned()));
    KeyValueMetadata::from_static(lines.collect())
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::String,
        Kind::Number { .. } => DataType::Float64,
        Kind::Integer => DataType::Int64,
    }
}

enum Values {
    Text(Vec<Option<String>>),
    Number(Vec<Option<f64>>),
    Integer(Vec<Option<i64>>),
}

struct Block {
    columns: Vec<(String, Values)>,
    rows: usize,
}

impl Block {
    fn new(table: &Table<'_>) -> Self {
        let values = |kind| match kind {
            Kind::Text => Values::Text(Vec::new()),
            Kind::Number { .. } => Values::Number(Vec::new()),
            Kind::Integer => Values::Integer(Vec::new()),
        };
        Self { columns: table.columns().iter().map(|column| (column.name.clone(), values(column.kind))).collect(), rows: 0 }
    }

    /// Adds a row that fits the columns; the table has checked that.
    fn push(&mut self, cells: &[Cell<'_>]) {
        self.rows += 1;
        for ((_, values), cell) in self.columns.iter_mut().zip(cells) {
            match (values, cell) {
                (Values::Text(texts), Cell::Text(text)) => texts.push(Some(text.clone().into_owned())),
                (Values::Text(texts), _) => texts.push(None),
                (Values::Number(numbers), Cell::Number(number)) => numbers.push(Some(*number)),
                (Values::Number(numbers), _) => numbers.push(None),
                (Values::Integer(integers), Cell::Integer(integer)) => integers.push(Some(*integer)),
                (Values::Integer(integers), _) => integers.push(None),
            }
        }
    }

    fn take(&mut self) -> Result<DataFrame, ExportError> {
        let height = std::mem::take(&mut self.rows);
        let columns = self.columns.iter_mut().map(|(name, values)| {
            let name = name.as_str().into();
            match values {
                Values::Text(texts) => Series::new(name, std::mem::take(texts)),
                Values::Number(numbers) => Series::new(name, std::mem::take(numbers)),
                Values::Integer(integers) => Series::new(name, std::mem::take(integers)),
            }
        });
        Ok(DataFrame::new(height, columns.collect())?)
    }
}
