//! Artifacts: files that never change and are named by the SHA-256 digest of their bytes, in a folder or behind the S3 protocol.
//!
//! An artifact is written before the row that names it, so a crash leaves at worst one that nobody names. Writing one twice
//! writes the same bytes, so no store has to know conditional requests.

mod arriving;
mod error;
mod exported;
mod opened;
mod place;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;
use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use citygauge_indicators::canonical::hex;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use sha2::{Digest, Sha256};
use tracing::Instrument;

use crate::clock::Sources;
use crate::config::Config;
use crate::telemetry::traces;
use arriving::Arriving;
pub use error::{ArtifactError, at_fault};

/// A part of a large object, in bytes. S3 takes at most 10,000 of them, each of at least 5 MiB.
const PART: usize = 8 << 20;

/// So much of a stream is held back until its end is known to be sound or it is longer, in bytes.
const HELD: usize = 1 << 20;

/// Parts that are on their way at once.
const PARTS: usize = 2;

/// An object that is always there: whoever does not find it looks at another store than the one that was opened.
const MARKER: &str = "citygauge-objects";

/// How long a store may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(10);

/// The store of artifacts.
#[derive(Clone)]
pub struct Artifacts {
    objects: Arc<dyn ObjectStore>,
    shown: String,
    sources: Sources,
    is_marked: Arc<AtomicBool>,
}

/// An artifact that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its digest, which is its name.
    pub digest: String,
    /// Its size.
    pub bytes: u64,
}

impl Artifacts {
    /// Opens what the configuration names: a bucket, or a folder, which is made where it is missing. A store that does not
    /// answer is opened all the same; [`Artifacts::ping`] says when it does.
    pub fn open(config: &Config, sources: Sources) -> Result<Self, ArtifactError> {
        let Some(url) = &config.objects.url else { return Self::in_folder(&config.objects_dir(), sources) };
        Ok(Self::new(place::bucket(&config.objects)?, url.clone(), sources))
    }

    /// Opens a folder of artifacts, which is made where it is missing.
    pub fn in_folder(folder: &FilePath, sources: Sources) -> Result<Self, ArtifactError> {
        Ok(Self::new(place::folder(folder)?, folder.display().to_string(), sources))
    }

    fn new(objects: Arc<dyn ObjectStore>, shown: String, sources: Sources) -> Self {
        Self { objects, shown, sources, is_marked: Arc::default() }
    }

    /// Keeps bytes; those that are kept already are not written again.
    pub async fn put(&self, bytes: Bytes) -> Result<Kept, ArtifactError> {
        let kept = Kept { digest: hex(&Sha256::digest(&bytes)), bytes: bytes.len() as u64 };
        let span = traces::artifact("put", Some(&kept.digest));
        self.put_known(kept, PutPayload::from_bytes(bytes)).instrument(span).await
    }

    async fn put_known(&self, kept: Kept, payload: PutPayload) -> Result<Kept, ArtifactError> {
        if self.has(&kept).await? {
            return Ok(kept);
        }
        let place = place(&kept.digest);
        if payload.content_length() <= PART {
            self.objects.put(&place, payload).await?;
        } else {
            let mut writer = WriteMultipart::new_with_chunk_size(self.objects.put_multipart(&place).await?, PART);
            for piece in payload {
                writer.put(piece);
            }
            writer.finish().await?;
        }
        Ok(kept)
    }

    /// Whether an artifact is there in its whole length; one that was cut off is written again.
    async fn has(&self, kept: &Kept) -> Result<bool, ArtifactError> {
        match self.objects.head(&place(&kept.digest)).await {
            Ok(ObjectMeta { size, .. }) => Ok(size == kept.bytes),
            Err(StoreError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a stream of at most `limit` bytes without holding it in memory.
    pub async fn put_stream<E>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>>,
        limit: u64,
    ) -> Result<Result<Kept, E>, ArtifactError> {
        let mut arriving = Arriving::new(self);
        let mut stream = std::pin::pin!(stream);
        while let Some(chunk) = stream.next().await {
            let taken = match chunk {
                Err(broken) => {
                    arriving.abandon().await;
                    return Ok(Err(broken));
                }
                Ok(chunk) if arriving.bytes() + chunk.len() as u64 > limit => Err(ArtifactError::TooLarge(limit)),
                Ok(chunk) => arriving.take(chunk).await,
            };
            if let Err(error) = taken {
                arriving.abandon().await;
                return Err(error);
            }
        }
        arriving.finish().instrument(traces::artifact("put", None)).await.map(Ok)
    }

    /// Reads an artifact whole and makes sure that it is what its digest says.
    pub async fn get(&self, digest: &str) -> Result<Bytes, ArtifactError> {
        let reading = async { Ok::<_, ArtifactError>(self.found(digest).await?.bytes().await?) };
        let bytes = reading.instrument(traces::artifact("get", Some(digest))).await?;
        if hex(&Sha256::digest(&bytes)) != digest {
            return Err(ArtifactError::Damaged(digest.to_owned()));
        }
        Ok(bytes)
    }

    /// Reads an artifact piece by piece, for an answer that need not fit into memory. One that is not what its digest says
    /// is refused at once where it is small, and otherwise ends with an error before its last piece.
    pub async fn stream(&self, digest: &str) -> Result<impl Stream<Item = Result<Bytes, ArtifactError>> + use<>, ArtifactError> {
        Ok(self.sized(digest).await?.1)
    }

    /// As [`Artifacts::stream`], with its size in bytes.
    pub async fn sized(
        &self,
        digest: &str,
    ) -> Result<(u64, impl Stream<Item = Result<Bytes, ArtifactError>> + use<>), ArtifactError> {
        let found = self.found(digest).await?;
        Ok((found.meta.size, checked(found.into_stream(), digest.to_owned()).await?))
    }

    async fn found(&self, digest: &str) -> Result<object_store::GetResult, ArtifactError> {
        match self.objects.get(&place(digest)).await {
            // Where the whole store is gone, nothing is known of one artifact.
            Err(StoreError::NotFound { .. }) => Err(self.ping().await.err().unwrap_or(ArtifactError::Absent(digest.to_owned()))),
            found => Ok(found?),
        }
    }

    /// Makes sure that the store answers, and that it is the one that was opened.
    pub async fn ping(&self) -> Result<(), ArtifactError> {
        tokio::time::timeout(PATIENCE, self.look()).await.unwrap_or(Err(ArtifactError::silent(PATIENCE)))
    }

    async fn look(&self) -> Result<(), ArtifactError> {
        let marker = Path::from(MARKER);
        match self.objects.head(&marker).await {
            Err(StoreError::NotFound { .. }) if !self.is_marked.load(Ordering::Relaxed) => {
                self.objects
                    .put(&marker, PutPayload::from_static(b"Artifacts of CityGauge. This file shows that they are here.\n"))
                    .await?;
            }
            found => drop(found?),
        }
        self.is_marked.store(true, Ordering::Relaxed);
        Ok(())
    }
}

impl fmt::Debug for Artifacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Artifacts").field("place", &self.shown).finish_non_exhaustive()
    }
}

/// Two levels of folders, so that none grows too long.
fn place(digest: &str) -> Path {
    Path::from(format!("sha256/{}/{digest}", digest.get(..2).unwrap_or_default()))
}

/// The pieces as they come, but the last one only when the digest of all of them is the one that is expected. What is not longer than
/// [`HELD`] is looked at before its first piece is given, so that its damage can still be answered.
async fn checked(
    pieces: impl Stream<Item = object_store::Result<Bytes>> + Unpin + 'static,
    expected: String,
) -> Result<impl Stream<Item = Result<Bytes, ArtifactError>> + 'static, ArtifactError> {
    let (mut pieces, mut digest, mut held, mut bytes) = (pieces.fuse(), Sha256::new(), VecDeque::new(), 0);
    while bytes <= HELD
        && let Some(piece) = pieces.try_next().await?
    {
        bytes += piece.len();
        digest.update(&piece);
        held.push_back(piece);
    }
    if bytes <= HELD && hex(&digest.clone().finalize()) != expected {
        return Err(ArtifactError::Damaged(expected));
    }
    Ok(stream::try_unfold((pieces, digest, held, expected), async |(mut pieces, mut digest, mut held, expected)| {
        if let Some(piece) = pieces.try_next().await? {
            digest.update(&piece);
            held.push_back(piece);
        } else if hex(&digest.clone().finalize()) != expected {
            return Err(ArtifactError::Damaged(expected));
        }
        Ok(held.pop_front().map(|piece| (piece, (pieces, digest, held, expected))))
    }))
}
