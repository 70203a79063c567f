//! The file that a fetch fills.

use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::fs::File;
use tokio::io::{AsyncWriteExt, BufWriter};

use super::error::{FetchError, too_large};

/// The most bytes of its beginning that are remembered.
const HEAD: usize = 64 << 10;

/// A temporary file with a limit; its digest grows with it.
pub(super) struct Sink {
    file: NamedTempFile,
    writer: BufWriter<File>,
    digest: Sha256,
    head: Vec<u8>,
    bytes: u64,
    limit: u64,
}

/// A file that is complete.
#[derive(Debug)]
pub(super) struct Written {
    pub file: NamedTempFile,
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub digest: String,
    /// Its first bytes, at most 64 KiB.
    pub head: Vec<u8>,
}

impl Sink {
    /// An empty file in a folder.
    pub fn new(folder: &Path, limit: u64) -> Result<Self, FetchError> {
        let open = || {
            let file = tempfile::Builder::new().prefix("fetched-").tempfile_in(folder)?;
            let writer = BufWriter::with_capacity(256 << 10, File::from_std(file.as_file().try_clone()?));
            Ok((file, writer))
        };
        let (file, writer) = open().map_err(|error| FetchError::of_folder(&error))?;
        Ok(Self { file, writer, digest: Sha256::new(), head: Vec::new(), bytes: 0, limit })
    }

    /// Adds bytes, unless there would be too many.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), FetchError> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.limit {
            return Err(FetchError::refused(too_large(self.limit)));
        }
        let room = HEAD - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        self.digest.update(bytes);
        self.writer.write_all(bytes).await.map_err(|error| FetchError::of_folder(&error))
    }

    /// Ends the file.
    pub async fn finish(mut self) -> Result<Written, FetchError> {
        self.writer.flush().await.map_err(|error| FetchError::of_folder(&error))?;
        let digest = self.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Written { file: self.file, bytes: self.bytes, digest, head: self.head })
    }
}
