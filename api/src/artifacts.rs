//! Artifacts: files that never change and are named by the SHA-256 digest of their bytes.
//!
//! An artifact is written before the row that names it, so a crash leaves at worst one that nobody names.

use std::fmt;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use citygauge_indicators::canonical::hex;
use futures_util::{Stream, StreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, WriteMultipart};
use sha2::{Digest, Sha256};

use crate::clock::Sources;

/// The store of artifacts.
#[derive(Clone)]
pub struct Artifacts {
    objects: Arc<dyn ObjectStore>,
    folder: PathBuf,
    sources: Sources,
}

/// Why an artifact could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// No artifact has this digest.
    #[error("there is no artifact {0}")]
    Absent(String),
    /// What is kept under a digest has another one.
    #[error("the artifact {0} is damaged")]
    Damaged(String),
    /// What was to be kept exceeds the limit.
    #[error("more than {0} bytes")]
    TooLarge(u64),
    /// What was to be kept broke off.
    #[error("the content broke off")]
    BrokenOff,
    /// The store does not do its work.
    #[error("the artifact store failed: {0}")]
    Failed(#[from] object_store::Error),
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
    /// Opens a folder of artifacts, which is made where it is missing.
    pub fn in_folder(folder: &FilePath, sources: Sources) -> Result<Self, ArtifactError> {
        std::fs::create_dir_all(folder)
            .map_err(|error| object_store::Error::Generic { store: "folder", source: Box::new(error) })?;
        let objects = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { objects: Arc::new(objects), folder: folder.to_owned(), sources })
    }

    /// Keeps bytes; those that are kept already are not written again.
    pub async fn put(&self, bytes: Bytes) -> Result<Kept, ArtifactError> {
        let kept = Kept { digest: hex(&Sha256::digest(&bytes)), bytes: bytes.len() as u64 };
        let place = place(&kept.digest);
        if self.objects.head(&place).await.is_err() {
            self.objects.put(&place, PutPayload::from_bytes(bytes)).await?;
        }
        Ok(kept)
    }

    /// Keeps a stream of at most `limit` bytes without holding it in memory.
    pub async fn put_stream<E>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>>,
        limit: u64,
    ) -> Result<Result<Kept, E>, ArtifactError> {
        match self.arrive(stream, limit).await? {
            Ok((arriving, kept)) => {
                self.objects.rename(&arriving, &place(&kept.digest)).await?;
                Ok(Ok(kept))
            }
            Err(broken) => Ok(Err(broken)),
        }
    }

    /// Takes in a stream, under a name that it keeps until it is known what it is.
    async fn arrive<E>(
        &self,
        stream: impl Stream<Item = Result<Bytes, E>>,
        limit: u64,
    ) -> Result<Result<(Path, Kept), E>, ArtifactError> {
        let arriving = Path::from(format!("arriving/{}", self.sources.id()));
        let mut writer = WriteMultipart::new(self.objects.put_multipart(&arriving).await?);
        let (mut digest, mut bytes) = (Sha256::new(), 0_u64);
        let mut stream = std::pin::pin!(stream);
        while let Some(chunk) = stream.next().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(broken) => {
                    writer.abort().await?;
                    return Ok(Err(broken));
                }
            };
            bytes += chunk.len() as u64;
            if bytes > limit {
                writer.abort().await?;
                return Err(ArtifactError::TooLarge(limit));
            }
            digest.update(&chunk);
            writer.wait_for_capacity(4).await?;
            writer.put(chunk);
        }
        writer.finish().await?;
        let kept = Kept { digest: hex(&digest.finalize()), bytes };
        Ok(Ok((arriving, kept)))
    }

    /// Keeps a stream of at most `limit` bytes as the file of an export, which is not named by its digest, so that it can be removed
    /// without asking who else has the same bytes. One that is there is replaced.
    pub async fn put_export<E>(
        &self,
        export: &str,
        stream: impl Stream<Item = Result<Bytes, E>>,
        limit: u64,
    ) -> Result<Result<Kept, E>, ArtifactError> {
        match self.arrive(stream, limit).await? {
            Ok((arriving, kept)) => {
                self.objects.rename(&arriving, &export_place(export)).await?;
                Ok(Ok(kept))
            }
            Err(broken) => Ok(Err(broken)),
        }
    }

    /// Reads the file of an export piece by piece.
    pub async fn export(
        &self,
        export: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, object_store::Error>> + 'static, ArtifactError> {
        match self.objects.get(&export_place(export)).await {
            Err(object_store::Error::NotFound { .. }) => Err(ArtifactError::Absent(export.to_owned())),
            found => Ok(found?.into_stream()),
        }
    }

    /// Removes the file of an export; that there is none is as good.
    pub async fn remove_export(&self, export: &str) -> Result<(), ArtifactError> {
        match self.objects.delete(&export_place(export)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads an artifact whole and makes sure that it is what its digest says.
    pub async fn get(&self, digest: &str) -> Result<Bytes, ArtifactError> {
        let found = match self.objects.get(&place(digest)).await {
            Err(object_store::Error::NotFound { .. }) => return Err(ArtifactError::Absent(digest.to_owned())),
            found => found?,
        };
        let bytes = found.bytes().await?;
        if hex(&Sha256::digest(&bytes)) != digest {
            return Err(ArtifactError::Damaged(digest.to_owned()));
        }
        Ok(bytes)
    }

    /// Reads an artifact piece by piece, for an answer that need not fit into memory.
    pub async fn stream(
        &self,
        digest: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, object_store::Error>> + 'static, ArtifactError> {
        Ok(self.sized(digest).await?.1)
    }

    /// As [`Artifacts::stream`], with its size in bytes.
    pub async fn sized(
        &self,
        digest: &str,
    ) -> Result<(u64, impl Stream<Item = Result<Bytes, object_store::Error>> + 'static), ArtifactError> {
        match self.objects.get(&place(digest)).await {
            Err(object_store::Error::NotFound { .. }) => Err(ArtifactError::Absent(digest.to_owned())),
            found => {
                let found = found?;
                Ok((found.meta.size, found.into_stream()))
            }
        }
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> bool {
        tokio::fs::metadata(&self.folder).await.is_ok_and(|folder| folder.is_dir())
    }
}

impl fmt::Debug for Artifacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Artifacts").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn export_place(export: &str) -> Path {
    Path::from(format!("exports/{export}"))
}

/// Two levels of folders, so that none grows too long.
fn place(digest: &str) -> Path {
    Path::from(format!("sha256/{}/{digest}", digest.get(..2).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::stream;

    use super::*;

    fn artifacts() -> (tempfile::TempDir, Artifacts) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let artifacts = Artifacts::in_folder(folder.path(), Sources::system()).expect("the folder is ours");
        (folder, artifacts)
    }

    #[tokio::test]
    async fn bytes_and_a_stream_of_them_are_the_same_artifact() {
        let (_folder, artifacts) = artifacts();
        let kept = artifacts.put(Bytes::from_static(b"hello")).await.expect("kept");
        let pieces = stream::iter([&b"hel"[..], b"lo"].map(|piece| Ok::<_, Infallible>(Bytes::from_static(piece))));
        assert_eq!(artifacts.put_stream(pieces, 5).await.expect("kept"), Ok(kept.clone()));
        assert_eq!(artifacts.get(&kept.digest).await.expect("found"), "hello");
    }

    #[tokio::test]
    async fn what_is_too_large_leaves_nothing_behind() {
        let (folder, artifacts) = artifacts();
        let pieces = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"hello"))]);
        assert!(matches!(artifacts.put_stream(pieces, 4).await, Err(ArtifactError::TooLarge(4))));
        assert!(!folder.path().join("sha256").exists());
    }

    #[tokio::test]
    async fn a_damaged_artifact_is_not_given_out() {
        let (folder, artifacts) = artifacts();
        let kept = artifacts.put(Bytes::from_static(b"hello")).await.expect("kept");
        let file = folder.path().join("sha256").join(&kept.digest[..2]).join(&kept.digest);
        std::fs::write(file, "hullo").expect("the folder is ours");
        assert!(matches!(artifacts.get(&kept.digest).await, Err(ArtifactError::Damaged(_))));
        let other = "0".repeat(64);
        assert!(matches!(artifacts.get(&other).await, Err(ArtifactError::Absent(_))));
    }
}
