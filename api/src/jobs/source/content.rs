//! What was fetched on its way to an import.

use std::io;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use citygauge_indicators::Fault;
use citygauge_openapi::{ImportKind as WireKind, OnFault as WireOnFault};
use futures_util::{Stream, stream};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

use super::super::{JobContext, JobError};
use super::mode;
use crate::artifacts::{ArtifactError, Kept};
use crate::collection::Plan;
use crate::outbound::Content;
use crate::store::imports::{FetchedBy, ImportKind, NewImport, OnFault};
use crate::store::sources::runs::Run;

/// When what is being fetched is nobody's any more; a fetch takes a day at most.
const LEFT_BEHIND: Duration = Duration::from_secs(2 * 86_400);

/// A folder for what is being fetched, which vanishes when it is dropped. What a process that was killed has left behind is
/// removed here, after longer than any fetch takes.
pub(super) fn fetching(objects: &Path) -> io::Result<TempDir> {
    let place = objects.join("fetching");
    std::fs::create_dir_all(&place)?;
    for left in std::fs::read_dir(&place)?.filter_map(Result::ok) {
        let age = left.metadata().and_then(|about| about.modified()).ok().and_then(|changed| changed.elapsed().ok());
        if age.is_some_and(|age| age > LEFT_BEHIND) {
            // Somebody else may have removed it meanwhile.
            let _gone = std::fs::remove_dir_all(left.path());
        }
    }
    tempfile::tempdir_in(place)
}

/// Keeps what was fetched before anything names it.
pub(super) async fn keep(context: &JobContext, content: &Content) -> Result<Result<Kept, Fault>, JobError> {
    let state = context.state();
    let limit = state.config().limits.upload_bytes;
    let file = tokio::fs::File::open(content.file.path()).await.map_err(|error| JobError::Retry(Box::new(error)))?;
    match state.artifacts().put_stream(pieces(file), limit).await {
        Ok(Ok(kept)) => Ok(Ok(kept)),
        Ok(Err(error)) => Err(JobError::Retry(Box::new(error))),
        Err(ArtifactError::TooLarge(limit)) => Ok(Err(Fault::error(
            "source.too_large_to_import",
            format!("内容超过一次导入的上限 {limit} 字节"),
            format!("the content is larger than an import may be, which is {limit} bytes"),
        )
        .value(content.bytes.to_string())
        .expected(format!("<= {limit}"))
        .hint("请缩小范围，或调大 limits.upload_bytes", "ask for less, or raise limits.upload_bytes"))),
        Err(error) => Err(error.into()),
    }
}

/// A file piece by piece.
fn pieces(file: tokio::fs::File) -> impl Stream<Item = Result<Bytes, io::Error>> {
    const PIECE: usize = 256 << 10;
    stream::unfold(file, async |mut file| {
        let mut piece = vec![0; PIECE];
        match file.read(&mut piece).await {
            Ok(0) => None,
            Ok(read) => {
                piece.truncate(read);
                Some((Ok(Bytes::from(piece)), file))
            }
            Err(error) => Some((Err(error), file)),
        }
    })
}

#[expect(clippy::too_many_arguments, reason = "it only gathers what the job has")]
pub(super) fn new_import(
    id: &str,
    job_id: &str,
    run: &Run,
    plan: &Plan,
    content: &Content,
    kept: &Kept,
    created_by: &str,
    now_ms: i64,
) -> NewImport {
    NewImport {
        id: id.to_owned(),
        kind: match plan.import.kind {
            WireKind::Cities => ImportKind::Cities,
            WireKind::Observations => ImportKind::Observations,
        },
        mode: mode(run, plan),
        on_fault: match plan.import.on_fault {
            WireOnFault::RejectAll => OnFault::RejectAll,
            WireOnFault::SkipRows => OnFault::SkipRows,
        },
        set: plan.set.clone(),
        period: plan.import.period.as_ref().map(ToString::to_string),
        mapping: plan.mapping.clone(),
        fetched: Some(FetchedBy { source: run.request.source.clone(), run: run.request.id.clone() }),
        lang: "en".to_owned(),
        file_name: Some(content.name.clone()),
        media_type: content.media_type.clone(),
        upload_digest: kept.digest.clone(),
        upload_bytes: i64::try_from(kept.bytes).unwrap_or(i64::MAX),
        job_id: job_id.to_owned(),
        created_at_ms: now_ms,
        created_by: created_by.to_owned(),
    }
}
