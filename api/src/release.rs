//! Freezing observations: what an assessment reads never changes under it.
//!
//! The rows pass through in blocks: the database is read while the block before is written, and the file leaves for the
//! artifact store while it grows. However many observations there are, a few blocks of them, the row group being written
//! (131,072 rows) and a few pieces of the file are in memory.

mod check;
mod read;

use std::collections::HashSet;
use std::io::{self, BufWriter, Write};
use std::sync::Mutex;

use bytes::Bytes;
use futures_util::stream::poll_fn;
use futures_util::{TryStreamExt, join};
use tokio::sync::mpsc;

use crate::artifacts::Kept;
use crate::auth::Caller;
use crate::export::{Cell, Column, ExportError, Format, Options, Table, write};
use crate::jobs::JobError;
use crate::state::State;
use crate::store::observations::{Filter, Reading, read_as_of};
use crate::store::releases::Release;
use crate::store::{StoreError, Word};

pub use check::check;
pub use read::ReleaseFile;

/// Observations that are read at once; few in tests, so that these cross the limits of a block.
const BLOCK: usize = if cfg!(test) { 3 } else { 1 << 14 };

/// Blocks that wait to be written; one more is being read and one written.
const BLOCKS: usize = 2;

/// A piece of the file on its way to the artifact store, in bytes.
const PIECE: usize = 1 << 20;

/// A release that is not kept yet.
#[derive(Debug, Clone)]
pub struct Frozen {
    /// The row to keep, in the transaction of whatever needs it; its artifact is in its place already.
    pub release: Release,
}

/// Reads what a filter lets through, all of one moment, and writes it as a Parquet artifact.
pub async fn freeze(state: &State, filter: &Filter, caller: &Caller) -> Result<Frozen, JobError> {
    let now_ms = state.now_ms();
    let (blocks, arriving) = mpsc::channel(BLOCKS);
    let (pieces, mut leaving) = mpsc::channel(1);
    // It waits for the database most of the time, so it does not take a turn of the engine's.
    let writing = tokio::task::spawn_blocking(move || write_file(arriving, pieces));
    let leaving = poll_fn(move |context| leaving.poll_recv(context));
    let keeping = state.artifacts().put_stream(leaving, u64::MAX);
    let (read, written, kept) = join!(read(state, filter, blocks), writing, keeping);
    // Whoever fails first makes the others break off, so the causes come before what follows from them.
    let kept = kept?;
    read?;
    let contents = written.map_err(retry)?.map_err(retry)?;
    let kept = kept.map_err(retry)?;
    let release = contents.release(state, kept, false, filter.as_of_ms.unwrap_or(now_ms), caller);
    Ok(Frozen { release })
}

fn retry(error: impl std::error::Error + Send + Sync + 'static) -> JobError {
    JobError::Retry(Box::new(error))
}

/// Some observations, or the end of them: only a reader that has come to it says so.
type Block = Option<Vec<Reading>>;

/// Hands the observations on, block by block.
async fn read(state: &State, filter: &Filter, blocks: mpsc::Sender<Block>) -> Result<(), StoreError> {
    let reading = state.store().begin_reading().await?;
    {
        let found = read_as_of(&reading, filter).await?;
        let mut found = std::pin::pin!(found.try_chunks(BLOCK));
        while let Some(block) = found.try_next().await.map_err(|broken| broken.1)? {
            if blocks.send(Some(block)).await.is_err() {
                break; // The writer has stopped, and says why.
            }
            // A database that is fast enough would otherwise never let go of the thread.
            tokio::task::yield_now().await;
        }
    }
    let _told = blocks.send(None).await;
    reading.rollback().await
}

/// What is in a release.
#[derive(Debug, Default)]
pub struct Contents {
    rows: usize,
    cities: HashSet<String>,
    periods: HashSet<String>,
    items: HashSet<String>,
}

impl Contents {
    fn note(&mut self, city: &str, period: &str, item: &str) {
        for (known, text) in [(&mut self.cities, city), (&mut self.periods, period), (&mut self.items, item)] {
            if !known.contains(text) {
                known.insert(text.to_owned());
            }
        }
    }

    /// The row of a release with this content; its artifact must be in its place.
    #[must_use]
    pub fn release(&self, state: &State, kept: Kept, is_uploaded: bool, as_of_ms: i64, caller: &Caller) -> Release {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Release {
            id: state.sources().id(),
            digest: kept.digest,
            byte_size: i64::try_from(kept.bytes).unwrap_or(i64::MAX),
            rows: count(self.rows),
            items: count(self.items.len()),
            cities: count(self.cities.len()),
            periods: count(self.periods.len()),
            is_uploaded,
            as_of_ms,
            created_at_ms: state.now_ms(),
            created_by: caller.id().to_owned(),
        }
    }
}

/// The file of a release: sorted by city, period and item, so equal content has equal bytes.
fn write_file(mut arriving: mpsc::Receiver<Block>, pieces: mpsc::Sender<io::Result<Bytes>>) -> Result<Contents, ExportError> {
    let columns = vec![
        Column::text("city"),
        Column::text("period"),
        Column::text("item"),
        Column::number("value"),
        Column::text("choice"),
        Column::text("status"),
    ];
    let contents = Mutex::new(Contents::default());
    let arriving = Mutex::new(&mut arriving);
    // The rows can be had once; so is the table written.
    let table = Table::streamed("observations", columns, |emit| {
        let mut arriving = arriving.lock().expect("nobody else holds it");
        let mut contents = contents.lock().expect("nobody else holds it");
        while let Some(block) = arriving.blocking_recv().ok_or_else(broken_off)? {
            for row in &block {
                contents.rows += 1;
                contents.note(&row.city, &row.period, &row.item);
                let choice = row.choice.as_ref().map_or(Cell::Empty, Cell::from);
                let (number, status) = (row.number.into(), row.status.as_str().into());
                emit(&[Cell::from(&row.city), Cell::from(&row.period), Cell::from(&row.item), number, choice, status])?;
            }
        }
        Ok(())
    });
    let mut file = BufWriter::with_capacity(PIECE, Pieces(&pieces));
    let written = write(&[table], Format::Parquet, &Options::default(), &mut file).and_then(|()| Ok(file.flush()?));
    if let Err(error) = written {
        // What has left already must not pass for the whole file.
        let _told = pieces.blocking_send(Err(broken_off()));
        return Err(error);
    }
    drop(file);
    Ok(contents.into_inner().expect("nobody else holds it"))
}

fn broken_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the release broke off")
}

/// The file as the artifact store takes it.
struct Pieces<'p>(&'p mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        self.0.blocking_send(Ok(piece)).map_err(|_stopped| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{ParquetReader, SerReader};

    use super::*;
    use crate::store::observations::Status;

    fn row(number: u32) -> Reading {
        let (city, period, item) = (format!("c{number:03}"), "2026".to_owned(), "x".to_owned());
        Reading { city, period, item, number: Some(f64::from(number)), choice: None, status: Status::Reported }
    }

    /// Writes what these blocks hold; gives what is in it and the pieces of the file.
    fn written(blocks: Vec<Block>) -> (Result<Contents, ExportError>, Vec<io::Result<Bytes>>) {
        let (sender, arriving) = mpsc::channel(blocks.len().max(1));
        for block in blocks {
            sender.try_send(block).expect("there is room for all");
        }
        drop(sender);
        let (pieces, mut leaving) = mpsc::channel(100);
        let contents = write_file(arriving, pieces);
        let left = std::iter::from_fn(|| leaving.try_recv().ok()).collect();
        (contents, left)
    }

    fn file(blocks: Vec<Block>) -> Vec<u8> {
        let (contents, pieces) = written(blocks);
        contents.expect("a file");
        pieces.into_iter().flat_map(|piece| piece.expect("nothing broke off")).collect()
    }

    #[test]
    fn the_bytes_do_not_depend_on_the_blocks() {
        let rows: Vec<Reading> = (0..10).map(row).collect();
        let whole = file(vec![Some(rows.clone()), None]);
        let mut blocks: Vec<Block> = rows.chunks(3).map(|block| Some(block.to_vec())).collect();
        blocks.push(None);
        assert_eq!(file(blocks), whole);
        let frame = ParquetReader::new(io::Cursor::new(whole)).finish().expect("it is Parquet");
        assert_eq!(frame.height(), 10);
        assert_eq!(frame.column("value").expect("it is there").f64().expect("numbers").get(9), Some(9.0));
    }

    #[test]
    fn nothing_is_a_release_too() {
        let (contents, pieces) = written(vec![None]);
        assert_eq!(contents.expect("a file").rows, 0);
        assert!(pieces.iter().all(Result::is_ok));
    }

    #[test]
    fn a_reader_that_breaks_off_leaves_no_file_that_passes_for_whole() {
        let (contents, pieces) = written(vec![Some(vec![row(1)])]);
        assert!(matches!(contents, Err(ExportError::Io(_))));
        assert!(pieces.last().is_some_and(Result::is_err));
    }
}
