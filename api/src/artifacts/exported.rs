//! Files of exports. They are not named by their digest, so that they can be removed without asking who else has the same bytes.

use std::pin::pin;

use bytes::Bytes;
use citygauge_indicators::canonical::hex;
use futures_util::{Stream, StreamExt};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use tracing::warn;

use super::{ArtifactError, Artifacts, Kept, PART, PARTS, checked};

impl Artifacts {
    /// Keeps a stream of at most `limit` bytes as the file of an export without holding it in memory. One that is there is replaced, and
    /// nothing is there until all of it has come.
    pub async fn put_export<E>(
        &self,
        export: &str,
        stream: impl Stream<Item = Result<Bytes, E>>,
        limit: u64,
    ) -> Result<Result<Kept, E>, ArtifactError> {
        let place = place(export);
        let mut writer = WriteMultipart::new_with_chunk_size(self.objects.put_multipart(&place).await?, PART);
        let (mut digest, mut bytes) = (Sha256::new(), 0_u64);
        let mut stream = pin!(stream);
        let broken = loop {
            match stream.next().await {
                None => break None,
                Some(Err(error)) => break Some(Ok(Err(error))),
                Some(Ok(chunk)) => {
                    bytes += chunk.len() as u64;
                    if bytes > limit {
                        break Some(Err(ArtifactError::TooLarge(limit)));
                    }
                    digest.update(&chunk);
                    if let Err(error) = writer.wait_for_capacity(PARTS).await {
                        break Some(Err(error.into()));
                    }
                    writer.put(chunk);
                }
            }
        };
        if let Some(broken) = broken {
            if let Err(error) = writer.abort().await {
                warn!("parts of an export were left at {place}: {}", ArtifactError::from(error));
            }
            return broken;
        }
        writer.finish().await?;
        Ok(Ok(Kept { digest: hex(&digest.finalize()), bytes }))
    }

    /// Reads the file of an export piece by piece, as [`Artifacts::stream`] does an artifact.
    pub async fn export(
        &self,
        export: &str,
        digest: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, ArtifactError>> + use<>, ArtifactError> {
        match self.objects.get(&place(export)).await {
            // Where the whole store is gone, nothing is known of one file.
            Err(StoreError::NotFound { .. }) => Err(self.ping().await.err().unwrap_or(ArtifactError::Absent(export.to_owned()))),
            found => checked(found?.into_stream(), digest.to_owned()).await,
        }
    }

    /// Removes the file of an export; that there is none is as good.
    pub async fn remove_export(&self, export: &str) -> Result<(), ArtifactError> {
        match self.objects.delete(&place(export)).await {
            Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn place(export: &str) -> Path {
    Path::from(format!("exports/{export}"))
}
