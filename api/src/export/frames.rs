//! A table as data frames of bounded height: text as strings, numbers as doubles, whole numbers as 64-bit integers.

use polars::prelude::{Column as Series, DataFrame, DataType, Field, Schema};

use super::ExportError;
use super::table::{Cell, Kind, Table};

/// Rows that are held at once: a row group of Parquet, a record batch of Arrow.
const BLOCK: usize = 1 << 17;

/// The columns with their types.
pub(super) fn schema(table: &Table<'_>) -> Schema {
    Schema::from_iter(table.columns().iter().map(|column| Field::new(column.name.as_str().into(), data_type(column.kind))))
}

/// Hands the table on, frame by frame; one without rows has no frame.
pub(super) fn each(table: &Table<'_>, mut take: impl FnMut(&DataFrame) -> Result<(), ExportError>) -> Result<(), ExportError> {
    let mut block = Block::new(table);
    table.each(|_, cells| {
        block.push(cells);
        if block.rows == BLOCK { take(&block.take()?) } else { Ok(()) }
    })?;
    if block.rows > 0 { take(&block.take()?) } else { Ok(()) }
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
