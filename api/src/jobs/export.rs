//! Writing a table to a file: prepare it as its operation does, for the one who asked, and let it leave for the object store while it grows.

use std::io::{self, BufWriter, Write};

use bytes::Bytes;
use citygauge_indicators::{Language, Text};
use citygauge_openapi::API_ROOT;
use futures_util::stream::poll_fn;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::mpsc;

use super::{Done, Job, JobContext, JobError};
use crate::artifacts::ArtifactError;
use crate::auth::Caller;
use crate::error::Failure;
use crate::export::Format;
use crate::routes::exports::prepare;
use crate::state::State;
use crate::store::exports::{self, File};
use crate::write::trail;

/// A piece of the file on its way, in bytes.
const PIECE: usize = 1 << 20;

/// Writes the file of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteExport {
    /// The export.
    pub export: String,
}

impl Job for WriteExport {
    const NAME: &'static str = "export";

    async fn run(&self, context: &JobContext) -> Result<Done, JobError> {
        let state = context.state();
        let asked = exports::find(state.db(), &self.export).await?.asked;
        let caller = Caller::from_kept(asked.created_by.clone(), &asked.caller)
            .ok_or_else(|| JobError::Retry("an export was asked for by nobody who is known".into()))?;
        let (format, language) = (Format::from_word(&asked.format), Language::from_tag(&asked.language));
        let prepared = prepare(state, &caller, &asked.address, (format, Some(asked.bom)), language).await;
        let (prepared, form) = prepared.map_err(refused)?;
        let name = prepared.file_name(form);
        let (pieces, mut leaving) = mpsc::channel(1);
        let writing = async {
            let told = pieces.clone();
            let file = BufWriter::with_capacity(PIECE, Pieces(pieces));
            let written = prepared.write_to(state, form, file).await;
            if written.is_err() {
                // What has left already must not pass for the whole file.
                let _told = told.send(Err(io::Error::from(io::ErrorKind::UnexpectedEof))).await;
            }
            written.map(drop)
        };
        let leaving = poll_fn(move |context| leaving.poll_recv(context));
        let keeping = state.artifacts().put_export(&self.export, leaving, state.config().limits.export_bytes);
        let (written, kept) = futures_util::join!(writing, keeping);
        // Whoever fails first makes the other break off, so the cause comes before what follows from it.
        let kept = match kept {
            Err(ArtifactError::TooLarge(most)) => return Err(too_large(most)),
            kept => kept?,
        };
        written.map_err(refused)?;
        let kept = kept.map_err(|error| JobError::Retry(Box::new(error)))?;
        let bytes = i64::try_from(kept.bytes).unwrap_or(i64::MAX);
        let file = File { name, digest: kept.digest, bytes };
        let transaction = state.store().begin_patiently().await?;
        let expires_at_ms = state.now_ms() + state.config().limits.export_ms();
        exports::finish(&transaction, &self.export, &file, expires_at_ms).await?;
        let subject = format!("exports/{}", self.export);
        let detail = json!({ "sha256": file.digest, "bytes": file.bytes });
        trail(&transaction, state, &context.caller(), "write_export", &subject, detail).await?;
        Ok(Done::succeeded(transaction, format!("{API_ROOT}/{subject}")))
    }
}

/// Removes the exports whose time is over: the file first, so that a crash in between leaves no file that nobody names.
pub async fn sweep_exports(state: &State) -> Result<(), Failure> {
    for id in exports::expired(state.db(), state.now_ms()).await? {
        state.artifacts().remove_export(&id).await?;
        let _turn = state.store().turn().await;
        exports::remove(state.db(), &id).await?;
    }
    Ok(())
}

/// What the operation would have answered, as the end of the job.
fn refused(failure: Failure) -> JobError {
    match failure {
        Failure::Malformed(faults) | Failure::Invalid(faults) => JobError::refused("export-refused", &faults),
        Failure::Absent(Text { zh, en }) | Failure::Conflict(Text { zh, en }) | Failure::Forbidden(Text { zh, en }) => {
            JobError::give_up("export-refused", zh.unwrap_or_default(), en.unwrap_or_default())
        }
        Failure::Artifact { digest, .. } => JobError::lost(&digest),
        other => JobError::Retry(Box::new(other)),
    }
}

fn too_large(most: u64) -> JobError {
    JobError::give_up(
        "export-too-large",
        format!("文件超过 {most} 字节，请加筛选条件或改用 Parquet"),
        format!("the file has more than {most} bytes: ask for less, or for Parquet"),
    )
}

/// The file as the object store takes it.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        self.0.blocking_send(Ok(piece)).map_err(|_stopped| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
