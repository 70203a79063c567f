//! What rows name, compared with what is kept: every artifact and every file of an export is read whole.

use std::pin::pin;

use bytes::Bytes;
use citygauge_indicators::{Fault, Faults};
use futures_util::{Stream, TryStreamExt};

use crate::artifacts::{ArtifactError, Artifacts, at_fault};
use crate::store::{Store, StoreError};

/// What was read, all of it sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sound {
    /// Artifacts.
    pub artifacts: u64,
    /// Files of exports.
    pub exports: u64,
    /// Bytes of both.
    pub bytes: u64,
}

/// Why what is kept is not known to be sound.
#[derive(Debug, thiserror::Error)]
pub enum IntegrityError {
    /// Files that are gone or not what their digests say, a fault for each thing that needs one.
    #[error("{0}")]
    Faulty(Faults),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store of artifacts does not answer.
    #[error(transparent)]
    Artifacts(#[from] ArtifactError),
}

/// Reads all of it; `progress` is told how many of how many files are read.
///
/// # Errors
/// Every file that is at fault; a store that does not answer ends the check.
pub async fn check(store: &Store, artifacts: &Artifacts, progress: impl Fn(u64, u64)) -> Result<Sound, IntegrityError> {
    let (named, exports) = (store.named_artifacts().await?, store.export_files().await?);
    let total = (named.len() + exports.len()) as u64;
    let (mut sound, mut faults) = (Sound::default(), Faults::default());
    for (done, (digest, belongs_to)) in named.iter().enumerate() {
        progress(done as u64, total);
        match whole(artifacts.stream(digest).await).await? {
            Ok(bytes) => (sound.artifacts, sound.bytes) = (sound.artifacts + 1, sound.bytes + bytes),
            Err(is_lost) => faults.0.extend(belongs_to.iter().map(|of| at_fault(digest, is_lost).at(format!("/{of}")))),
        }
    }
    for (id, digest) in &exports {
        match whole(artifacts.export(id, digest).await).await? {
            Ok(bytes) => (sound.exports, sound.bytes) = (sound.exports + 1, sound.bytes + bytes),
            // It may have been removed since.
            Err(_) if !store.export_files().await?.contains(&(id.clone(), digest.clone())) => {}
            Err(is_lost) => faults.push(of_export(at_fault(digest, is_lost)).at(format!("/exports/{id}"))),
        }
    }
    progress(total, total);
    if faults.is_empty() { Ok(sound) } else { Err(IntegrityError::Faulty(faults)) }
}

/// Backups have no exports, so nothing brings a file of one back.
fn of_export(fault: Fault) -> Fault {
    fault.hint("请重新导出", "have it exported again")
}

/// How many bytes a file has, or whether it is gone rather than damaged.
async fn whole(
    opened: Result<impl Stream<Item = Result<Bytes, ArtifactError>>, ArtifactError>,
) -> Result<Result<u64, bool>, ArtifactError> {
    let reading = async {
        let mut pieces = pin!(opened?);
        let mut bytes = 0;
        while let Some(piece) = pieces.try_next().await? {
            bytes += piece.len() as u64;
        }
        Ok(bytes)
    };
    match reading.await {
        Ok(bytes) => Ok(Ok(bytes)),
        Err(ArtifactError::Absent(_)) => Ok(Err(true)),
        Err(ArtifactError::Damaged(_)) => Ok(Err(false)),
        Err(error) => Err(error),
    }
}
