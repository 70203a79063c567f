//! An artifact whose digest, and so its place, is known only when all of it has come.

use bytes::Bytes;
use citygauge_indicators::canonical::hex;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayloadMut, WriteMultipart};
use sha2::{Digest, Sha256};
use tracing::warn;

use super::{ArtifactError, Artifacts, Kept, PART, PARTS, place};

/// What has come so far: in memory while it is one part, then at a place of its own, from where it is moved at the end.
pub(super) struct Arriving<'a> {
    artifacts: &'a Artifacts,
    place: Path,
    digest: Sha256,
    bytes: u64,
    first: PutPayloadMut,
    rest: Option<WriteMultipart>,
}

impl<'a> Arriving<'a> {
    pub fn new(artifacts: &'a Artifacts) -> Self {
        let place = Path::from(format!("arriving/{}", artifacts.sources.id()));
        Self { artifacts, place, digest: Sha256::new(), bytes: 0, first: PutPayloadMut::new(), rest: None }
    }

    /// How much has come.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub async fn take(&mut self, chunk: Bytes) -> Result<(), ArtifactError> {
        self.bytes += chunk.len() as u64;
        self.digest.update(&chunk);
        if self.rest.is_none() {
            self.first.push(chunk);
            if self.first.content_length() > PART {
                let upload = self.artifacts.objects.put_multipart(&self.place).await?;
                let mut rest = WriteMultipart::new_with_chunk_size(upload, PART);
                for piece in std::mem::take(&mut self.first).freeze() {
                    rest.put(piece);
                }
                self.rest = Some(rest);
            }
        } else if let Some(rest) = &mut self.rest {
            rest.wait_for_capacity(PARTS).await?;
            rest.put(chunk);
        }
        Ok(())
    }

    /// Moves the whole to its place.
    pub async fn finish(self) -> Result<Kept, ArtifactError> {
        let Self { artifacts, place: arrived, digest, bytes, first, rest } = self;
        let kept = Kept { digest: hex(&digest.finalize()), bytes };
        let Some(rest) = rest else { return artifacts.put_known(kept, first.freeze()).await };
        rest.finish().await?;
        if artifacts.has(&kept).await? {
            artifacts.objects.delete(&arrived).await?;
        } else {
            artifacts.objects.rename(&arrived, &place(&kept.digest)).await?;
        }
        Ok(kept)
    }

    /// Leaves nothing behind, where the store can still do that.
    pub async fn abandon(self) {
        if let Some(rest) = self.rest
            && let Err(error) = rest.abort().await
        {
            warn!("parts of an upload were left at {}: {}", self.place, ArtifactError::from(error));
        }
    }
}
