//! Putting a bundle together from what the service keeps.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::pin::Pin;

use actix_web::web;
use bytes::{Buf, Bytes};
use citygauge_indicators::canonical::canonical;
use citygauge_openapi::Moment;
use futures_util::{Stream, StreamExt};
use tokio::runtime::Handle;

use super::archive::Archive;
use super::{
    AppliedSet, CITIES, Computation, FORMAT, MANIFEST, Manifest, OPTIONS, README, RELEASE, ReadRelease, SET, SIGNATURE, SIGNER,
    WARNINGS, WEIGHTS, result,
};
use crate::artifacts::ArtifactError;
use crate::assessments::recompute::manifest;
use crate::error::Failure;
use crate::sets;
use crate::signing::Signer;
use crate::state::State;
use crate::store::assessments::Assessment;
use crate::store::releases;

/// The bundle of an assessment that has succeeded, as a file without a name, at its beginning.
///
/// Whatever its size, one piece of one member is in memory. The same assessment, key and version of the program give the
/// same bytes.
pub async fn build(state: &web::Data<State>, stored: &Assessment) -> Result<File, Failure> {
    let parts = parts(state, stored).await?;
    let (in_engine, runtime) = (state.clone(), Handle::current());
    let written = state.engine(move || {
        let signer = in_engine.signer().map_err(Failure::internal)?;
        Ok::<_, Failure>(write(&in_engine, signer, parts, &runtime)?)
    });
    written.await?
}

/// The members, and what the manifest says beside them.
struct Parts {
    documents: Vec<(&'static str, Vec<u8>)>,
    /// Name, digest.
    artifacts: Vec<(String, String)>,
    manifest: Manifest,
}

async fn parts(state: &State, stored: &Assessment) -> Result<Parts, Failure> {
    let request = &stored.request;
    let kept = manifest(stored)?;
    let (_, set) = sets::find(state, &request.set).await?;
    if set.digest() != request.set_digest {
        return Err(Failure::internal(format!("the set {} is not the one that was applied", request.set)));
    }
    let release = releases::find(state.db(), request.release_id.as_deref().unwrap_or_default()).await?;
    let mut artifacts = vec![(RELEASE.to_owned(), release.digest), (CITIES.to_owned(), kept.cities)];
    for period in kept.periods {
        let of_period = period.measures.into_iter().map(|(measure, digest)| (result(&period.period, &measure), digest));
        artifacts.extend(of_period);
    }
    artifacts.extend(kept.weights.map(|weights| (WEIGHTS.to_owned(), weights)));
    artifacts.push((WARNINGS.to_owned(), kept.warnings));
    let options = serde_json::to_vec_pretty(&request.options).map_err(Failure::internal)?;
    let documents =
        vec![(README, include_bytes!("README.md").to_vec()), (SET, canonical(set.document()).into_bytes()), (OPTIONS, options)];
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        assessment: Computation {
            id: request.id.clone(),
            engine_version: request.engine_version.clone(),
            created_at: Moment::from_ms(request.created_at_ms).to_string(),
        },
        set: AppliedSet {
            code: request.set.code.clone(),
            version: request.set.version.clone(),
            digest: request.set_digest.clone(),
        },
        release: ReadRelease { id: release.id, as_of: Moment::from_ms(release.as_of_ms).to_string() },
        files: BTreeMap::new(),
    };
    Ok(Parts { documents, artifacts, manifest })
}

fn write(state: &State, signer: &Signer, parts: Parts, runtime: &Handle) -> Result<File, ArtifactError> {
    let Parts { documents, artifacts, mut manifest } = parts;
    let mut archive = Archive::new(tempfile::tempfile()?);
    for (name, content) in documents {
        manifest.files.insert(name.to_owned(), archive.add_bytes(name, &content)?);
    }
    for (name, digest) in artifacts {
        let (bytes, pieces) = runtime.block_on(state.artifacts().sized(&digest))?;
        let member = archive.add(&name, bytes, Pieces::new(pieces, runtime))?;
        manifest.files.insert(name, member);
    }
    let told = serde_json::to_vec_pretty(&manifest).map_err(io::Error::from)?;
    archive.add_bytes(MANIFEST, &told)?;
    archive.add_bytes(SIGNATURE, &signer.sign(&told))?;
    archive.add_bytes(SIGNER, signer.public().to_pem().as_bytes())?;
    let mut file = archive.finish()?;
    file.rewind()?;
    Ok(file)
}

/// A stream of pieces, read from outside the runtime.
pub(crate) struct Pieces<'r, S> {
    pieces: Pin<Box<S>>,
    piece: Bytes,
    runtime: &'r Handle,
}

impl<'r, S> Pieces<'r, S> {
    pub fn new(pieces: S, runtime: &'r Handle) -> Self {
        Self { pieces: Box::pin(pieces), piece: Bytes::new(), runtime }
    }
}

impl<S: Stream<Item = Result<Bytes, ArtifactError>>> Read for Pieces<'_, S> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() {
            match self.runtime.block_on(self.pieces.next()) {
                Some(piece) => self.piece = piece.map_err(io::Error::other)?,
                None => return Ok(0),
            }
        }
        let taken = into.len().min(self.piece.len());
        self.piece.copy_to_slice(&mut into[..taken]);
        Ok(taken)
    }
}
