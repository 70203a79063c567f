//! Tables on their way out. An operation says once what its table is ([`Prepared`]); every form of answer, the estimate of its size, its
//! tag and its export follow from that.

pub mod answer;
mod estimate;
pub mod feed;
mod target;
#[cfg(test)]
pub(crate) mod tests;

use std::io::Write;
use std::pin::Pin;

use citygauge_indicators::Language;
use futures_util::join;

pub use estimate::Estimate;
pub use target::Target;

use crate::error::Failure;
use crate::export::{About, ExportError, Table};
use crate::negotiate::Form;
use crate::state::State;
use crate::store::StoreError;

/// A table that is ready to be written: what it is called, how large it will be, what names its content, and what writes it.
pub struct Prepared {
    name: String,
    language: Language,
    rows: u64,
    columns: u64,
    about: Option<About>,
    content: Option<String>,
    structure: Option<String>,
    feed: Option<Feed>,
    make: Make,
}

type Make = Box<dyn FnOnce(&mut Target<'_>) -> Result<(), ExportError> + Send>;

/// Hands rows out of the database to what writes them.
pub type Feed = Box<dyn for<'s> FnOnce(&'s State) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 's>> + Send>;

impl Prepared {
    /// A table of about `rows` rows and `columns` columns. `name` is that of the file, without extension and in ASCII.
    pub fn new(
        name: impl Into<String>,
        language: Language,
        (rows, columns): (usize, usize),
        make: impl FnOnce(&mut Target<'_>) -> Result<(), ExportError> + Send + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            language,
            rows: rows as u64,
            columns: columns as u64,
            about: None,
            content: None,
            structure: None,
            feed: None,
            make: Box::new(make),
        }
    }

    /// A table whose rows are at hand; they are counted.
    pub fn at_hand<D: Send + 'static>(
        name: impl Into<String>,
        language: Language,
        held: D,
        table: impl Fn(&D) -> Table<'_> + Send + 'static,
    ) -> Result<Self, ExportError> {
        let (counted, columns) = {
            let table = table(&held);
            (table.each(|_, _| Ok(()))?, table.columns().len())
        };
        let rows = usize::try_from(counted).unwrap_or(usize::MAX);
        Ok(Self::new(name, language, (rows, columns), move |to| to.table(table(&held))))
    }

    /// Says what its numbers rest on.
    #[must_use]
    pub fn about(mut self, about: About) -> Self {
        self.about = Some(about);
        self
    }

    /// Says by what its content is known before it is written, so that whoever has it already costs no more than that. Without it the
    /// tag is the digest of the bytes.
    #[must_use]
    pub fn known_by(mut self, content: impl Into<String>) -> Self {
        self.content = Some(content.into());
        self
    }

    /// Says where the structure message of its SDMX forms is.
    #[must_use]
    pub fn structured_by(mut self, path: String) -> Self {
        self.structure = Some(path);
        self
    }

    /// Says what hands it its rows while it is written.
    #[must_use]
    pub fn fed_by(mut self, feed: Feed) -> Self {
        self.feed = Some(feed);
        self
    }

    /// What it will cost in a format.
    #[must_use]
    pub fn estimate(&self, form: Form) -> Estimate {
        Estimate::new(self.rows, self.columns, form.format)
    }

    /// The name of its file in a format.
    #[must_use]
    pub fn file_name(&self, form: Form) -> String {
        format!("{}.{}", self.name, form.format.extension())
    }

    /// Writes it, off the threads that answer requests.
    pub async fn write_to<W: Write + Send + 'static>(self, state: &State, form: Form, mut writer: W) -> Result<W, Failure> {
        let Self { about, make, feed, .. } = self;
        let work = move || {
            make(&mut Target::new(form, about.as_ref(), &mut writer))?;
            writer.flush()?;
            Ok::<_, ExportError>(writer)
        };
        let Some(feed) = feed else { return Ok(state.engine(work).await??) };
        // It waits for the database most of the time, so it does not take a turn of the engine's.
        let (fed, written) = join!(feed(state), tokio::task::spawn_blocking(work));
        fed?;
        Ok(written.map_err(Failure::internal)??)
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("name", &self.name).field("rows", &self.rows).finish_non_exhaustive()
    }
}
