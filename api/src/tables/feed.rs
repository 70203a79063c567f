//! Rows on their way from the database to what writes them, block by block: the database is read while the block before is written, and
//! no more than a few blocks are in memory.

use std::io;
use std::sync::Mutex;

use tokio::sync::mpsc;

use crate::export::ExportError;

/// Rows that are read at once; few in tests, so that these cross the limits of a block.
pub const BLOCK: usize = if cfg!(test) { 3 } else { 1 << 13 };

/// Blocks that wait to be written; one more is being read and one written.
const BLOCKS: usize = 2;

/// Where rows are put in.
pub struct Feeder<T>(mpsc::Sender<Option<Vec<T>>>);

/// Where they come out.
pub struct Fed<T>(Mutex<mpsc::Receiver<Option<Vec<T>>>>);

/// Both ends.
pub fn feed<T>() -> (Feeder<T>, Fed<T>) {
    let (sender, receiver) = mpsc::channel(BLOCKS);
    (Feeder(sender), Fed(Mutex::new(receiver)))
}

impl<T> Feeder<T> {
    /// Hands a block on; whether it is still wanted: a writer that has stopped says why.
    pub async fn put(&self, block: Vec<T>) -> bool {
        self.0.send(Some(block)).await.is_ok()
    }

    /// Says that this was all: only a reader that has come to the end does.
    pub async fn end(self) {
        let _told = self.0.send(None).await;
    }
}

impl<T> Fed<T> {
    /// Hands every row on; they can be had once.
    ///
    /// # Errors
    /// What `take` fails with, and that the reader broke off.
    pub fn each(&self, mut take: impl FnMut(&T) -> Result<(), ExportError>) -> Result<(), ExportError> {
        let mut arriving = self.0.lock().expect("nobody panics while holding it");
        while let Some(block) = arriving.blocking_recv().ok_or_else(broken_off)? {
            block.iter().try_for_each(&mut take)?;
        }
        Ok(())
    }
}

fn broken_off() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the rows broke off")
}
