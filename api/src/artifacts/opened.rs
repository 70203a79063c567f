//! An artifact as a file, for readers that go to and fro in what need not fit into memory.

use std::fs::File;
use std::io::{self, Read, Seek, Write};

use citygauge_indicators::canonical::hex;
use futures_util::TryStreamExt;
use object_store::{GetResultPayload, ObjectStoreExt};
use sha2::{Digest, Sha256};

use super::{ArtifactError, Artifacts, place};

/// Bytes that are read at once.
const PIECE: usize = 1 << 20;

impl Artifacts {
    /// Opens an artifact for reading, once all of it is what its digest says: the file of a folder itself, of any other store a copy
    /// without a name in the folder for temporary files (`TMPDIR`), which is gone when it is closed.
    pub async fn open(&self, digest: &str) -> Result<File, ArtifactError> {
        let found = match self.objects.get(&place(digest)).await {
            Err(object_store::Error::NotFound { .. }) => return Err(ArtifactError::Absent(digest.to_owned())),
            found => found?,
        };
        let file = match found.payload {
            GetResultPayload::File(file, _) => file,
            GetResultPayload::Stream(mut pieces) => {
                let mut copy = tempfile::tempfile().map_err(failed)?;
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
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other).flatten().map_err(failed)
}

fn failed(error: io::Error) -> ArtifactError {
    ArtifactError::Failed(object_store::Error::Generic { store: "file", source: Box::new(error) })
}
