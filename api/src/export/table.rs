//! A table to be written, free of any format.

use std::borrow::Cow;

use super::ExportError;

/// A named table whose rows are produced each time it is written.
pub struct Table<'a> {
    name: String,
    columns: Vec<Column>,
    empty_in_json: EmptyInJson,
    rows: Box<Source<'a>>,
}

type Source<'a> = dyn Fn(&mut Emit<'_>) -> Result<(), ExportError> + Send + Sync + 'a;

/// Takes one row of a streamed table.
pub type Emit<'e> = dyn FnMut(&[Cell<'_>]) -> Result<(), ExportError> + 'e;

/// A column with the kind of its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub name: String,
    /// What its cells hold.
    pub kind: Kind,
}

/// What the cells of a column hold; any of them may be empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Finite numbers. A workbook shows `places` decimals where given; the value is written in full.
    Number {
        /// Decimals shown.
        places: Option<u32>,
    },
    /// Whole numbers.
    Integer,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// None.
    Empty,
    /// Text.
    Text(Cow<'a, str>),
    /// A finite number.
    Number(f64),
    /// A whole number.
    Integer(i64),
}

/// What JSON says of an empty cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyInJson {
    /// `null`.
    #[default]
    Null,
    /// Nothing: the key is left out.
    LeftOut,
}

impl Column {
    /// A column of text.
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Kind::Text }
    }

    /// A column of numbers, shown in full.
    pub fn number(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Kind::Number { places: None } }
    }

    /// A column of whole numbers.
    pub fn integer(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Kind::Integer }
    }

    /// The decimals that a workbook shows of its numbers.
    #[must_use]
    pub fn places(mut self, shown: Option<u32>) -> Self {
        if let Kind::Number { places } = &mut self.kind {
            *places = shown;
        }
        self
    }
}

impl<'a> Table<'a> {
    /// A table of rows that are at hand.
    pub fn new(name: impl Into<String>, columns: Vec<Column>, rows: Vec<Vec<Cell<'a>>>) -> Self {
        Self::streamed(name, columns, move |emit| rows.iter().try_for_each(|row| emit(row)))
    }

    /// A table whose rows `source` hands to its argument one by one, so that no more than a few exist at once.
    pub fn streamed(
        name: impl Into<String>,
        columns: Vec<Column>,
        source: impl Fn(&mut Emit<'_>) -> Result<(), ExportError> + Send + Sync + 'a,
    ) -> Self {
        Self { name: name.into(), columns, empty_in_json: EmptyInJson::default(), rows: Box::new(source) }
    }

    /// Changes what JSON says of its empty cells.
    #[must_use]
    pub fn empty_in_json(mut self, empty: EmptyInJson) -> Self {
        self.empty_in_json = empty;
        self
    }

    /// Its name: the sheet of a workbook, the key in JSON.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(super) fn leaves_out_empty(&self) -> bool {
        self.empty_in_json == EmptyInJson::LeftOut
    }

    /// Hands every row on, with its number counted from 1, once it is known to fit the columns.
    ///
    /// # Errors
    /// A row that does not fit, or whatever the source or `take` fails with.
    pub fn each(&self, mut take: impl FnMut(u64, &[Cell<'_>]) -> Result<(), ExportError>) -> Result<u64, ExportError> {
        let mut number = 0;
        (self.rows)(&mut |cells| {
            number += 1;
            self.check(number, cells)?;
            take(number, cells)
        })?;
        Ok(number)
    }

    fn check(&self, row: u64, cells: &[Cell<'_>]) -> Result<(), ExportError> {
        if cells.len() != self.columns.len() {
            return Err(ExportError::RaggedRow {
                table: self.name.clone(),
                row,
                found: cells.len(),
                columns: self.columns.len(),
            });
        }
        for (column, cell) in self.columns.iter().zip(cells) {
            let fits = match (column.kind, cell) {
                (_, Cell::Empty) | (Kind::Text, Cell::Text(_)) | (Kind::Integer, Cell::Integer(_)) => true,
                (Kind::Number { .. }, Cell::Number(number)) => number.is_finite(),
                _ => false,
            };
            if !fits {
                let (table, column, found) = (self.name.clone(), column.name.clone(), format!("{cell:?}"));
                return Err(ExportError::WrongCell { table, row, column, found });
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table").field("name", &self.name).field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<f64> for Cell<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Cell<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}
