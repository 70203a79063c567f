//! An artifact as a file, for readers that go to and fro in what need not fit into memory.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

use citygauge_indicators::canonical::hex;
use futures_util::TryStreamExt;
use object_store::GetResultPayload;
use sha2::{Digest, Sha256};
use tracing::Instrument;

use super::{ArtifactError, Artifacts};
use crate::telemetry::traces;

/// Bytes that are read at once.
const PIECE: usize = 1 << 20;

impl Artifacts {
    /// Opens an artifact for reading, once all of it is what its digest says: the file of a folder itself, of any other store a copy
    /// without a name in the folder for temporary files (`TMPDIR`), which is gone when it is closed.
    pub async fn file(&self, digest: &str) -> Result<File, ArtifactError> {
        let file = match self.found(digest).instrument(traces::artifact("open", Some(digest))).await?.payload {
            GetResultPayload::File(file, _) => file,
            GetResultPayload::Stream(mut pieces) => {
                let mut copy = tempfile::tempfile()?;
                while let Some(piece) = pieces.try_next().await? {
                    copy = blocking(move || copy.write_all(&piece).map(|()| copy)).await?;
                }
                copy
            }
        };
        let (file, found) = blocking(move || digest_of(file)).await?;
        if found == digest { Ok(file) } else { Err(ArtifactError::Damaged(digest.to_owned())) }
    }
}

/// The digest of a file, which stands at its beginning again afterwards.
fn digest_of(mut file: File) -> io::Result<(File, String)> {
    file.rewind()?;
    let (mut digest, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => digest.update(&piece[..read]),
        }
    }
    file.rewind()?;
    Ok((file, hex(&digest.finalize())))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, ArtifactError> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(io::Error::other).flatten()?)
}
