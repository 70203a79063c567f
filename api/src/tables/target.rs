//! Where a table is written to, and how.

use std::io::Write;

use crate::export::sdmx::Structure;
use crate::export::{About, ExportError, Format, Options, Table, sdmx, write};
use crate::negotiate::Form;

/// A file that is being written.
pub struct Target<'t> {
    form: Form,
    about: Option<&'t About>,
    writer: &'t mut (dyn Write + Send),
}

impl<'t> Target<'t> {
    pub(super) fn new(form: Form, about: Option<&'t About>, writer: &'t mut (dyn Write + Send)) -> Self {
        Self { form, about, writer }
    }

    /// The format of the file.
    pub fn format(&self) -> Format {
        self.form.format
    }

    /// Writes the one table of the file.
    pub fn table(&mut self, table: Table<'_>) -> Result<(), ExportError> {
        self.tables(&[table])
    }

    /// Writes the tables of a file whose format holds as many.
    pub fn tables(&mut self, tables: &[Table<'_>]) -> Result<(), ExportError> {
        write(tables, self.form.format, &Options { csv_mark: self.form.bom, about: self.about }, &mut *self.writer)
    }

    /// Writes a table of data with its structure, as one of the forms of SDMX.
    pub fn data(&mut self, table: &Table<'_>, structure: &Structure) -> Result<(), ExportError> {
        match self.form.format {
            Format::SdmxJson => sdmx::write_json(table, structure, &mut *self.writer),
            _ => sdmx::write_csv(table, structure, &mut *self.writer),
        }
    }

    /// What takes the bytes of the file.
    pub fn writer(&mut self) -> &mut (dyn Write + Send) {
        self.writer
    }
}
