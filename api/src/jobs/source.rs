//! A run of a source: fetches, keeps the bytes as an upload would be kept, and hands them over to an import.
//!
//! An attempt is noted before it fetches and again when it has ended, each time fenced. What was fetched, the import and the
//! end of the job are one transaction: a run that is cut off has begun no import, and the next attempt starts afresh.

use std::io;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{API_ROOT, ImportKind as WireKind, ImportMode as WireMode, OnFault as WireOnFault, path_segment};
use futures_util::{Stream, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

use super::{Done, ImportFile, Job, JobContext, JobError, enqueue};
use crate::artifacts::{ArtifactError, Kept};
use crate::auth::Scope;
use crate::collection::{Document, Plan};
use crate::faults::to_kept;
use crate::outbound::{Content, FetchError, Fetched, Validators};
use crate::store::imports::{self, FetchedBy, ImportKind, ImportMode, NewImport, OnFault};
use crate::store::jobs::fence;
use crate::store::sources::runs::{self, Attempt, AttemptEnd, Received, Run, RunState, StartedBy};
use crate::store::sources::{self, Known, Source};
use crate::store::{StoreError, Word};
use crate::write::trail;

/// When what is being fetched is nobody's any more; a fetch takes a day at most.
const LEFT_BEHIND: Duration = Duration::from_secs(2 * 86_400);

/// Fetches a source once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSource {
    /// The run.
    pub run: String,
    /// What may be reported.
    #[serde(flatten)]
    pub scope: Scope,
}

impl Job for RunSource {
    const NAME: &'static str = "run_source";

    async fn run(&self, context: &JobContext) -> Result<Done, JobError> {
        let state = context.state();
        let (source, run) = self.begin(context).await?;
        let plan = match Plan::of(state.db(), &Document::kept(&source)?).await? {
            Ok(plan) => plan,
            Err(faults) => return refuse(context, run, &faults).await,
        };
        let mode = mode(&run, &plan);
        // Whoever only looks wants to see what there is, and of what was imported in another way nothing is known.
        let known = source.known.filter(|known| mode == ImportMode::Commit && known.fingerprint == plan.fingerprint);
        let secret = match plan.secret.as_deref().map(|name| state.outbound().secret(name).ok_or_else(|| no_secret(name))) {
            None => None,
            Some(Ok(secret)) => Some(secret),
            Some(Err(fault)) => return refuse(context, run, &fault.into()).await,
        };
        let folder = fetching(&state.config().objects_dir()).map_err(|error| JobError::Retry(Box::new(error)))?;
        match state.outbound().fetch(&plan.from, &validators(known.as_ref()), secret, folder.path()).await {
            Ok(Fetched::Unchanged) => unchanged(context, run, &plan, known).await,
            Ok(Fetched::Content(content)) => self.take(context, run, &plan, known, content).await,
            Err(FetchError::Refused(faults)) => refuse(context, run, &faults).await,
            Err(FetchError::Transient { faults, retry_after }) => try_again(context, run, &faults, retry_after).await,
        }
    }
}

impl RunSource {
    /// Notes that an attempt begins.
    async fn begin(&self, context: &JobContext) -> Result<(Source, Run), JobError> {
        let state = context.state();
        let claim = &context.job().claim;
        let transaction = state.store().begin_patiently().await?;
        let mut run = match runs::find(&transaction, &self.run).await {
            Err(StoreError::Absent { .. }) => {
                return Err(JobError::give_up("run-gone", "该次运行已被删除", "the run was removed"));
            }
            found => found?,
        };
        if run.state.is_final() {
            return Err(JobError::give_up("run-over", "该次运行已经结束", "the run is over already"));
        }
        let source = sources::find(&transaction, &run.request.source).await?;
        let now_ms = state.now_ms();
        for attempt in run.attempts.iter_mut().filter(|attempt| attempt.end.is_none()) {
            (attempt.ended_at_ms, attempt.end) = (Some(now_ms), Some(AttemptEnd::Interrupted.as_str().to_owned()));
        }
        run.attempts.push(Attempt {
            number: claim.attempt,
            started_at_ms: now_ms,
            ended_at_ms: None,
            end: None,
            faults: Vec::new(),
        });
        run.state = RunState::Running;
        runs::advance(&transaction, &run).await?;
        fence(&transaction, claim).await?;
        transaction.commit().await?;
        Ok((source, run))
    }

    /// Keeps the content and begins its import, unless it is what was imported last.
    async fn take(
        &self,
        context: &JobContext,
        mut run: Run,
        plan: &Plan,
        known: Option<Known>,
        content: Content,
    ) -> Result<Done, JobError> {
        let (state, caller) = (context.state(), context.caller());
        let kept = match keep(context, &content).await? {
            Ok(kept) => kept,
            Err(fault) => return refuse(context, run, &fault.into()).await,
        };
        let Validators { etag, last_modified, .. } = content.validators.clone();
        run.received = Received {
            fingerprint: Some(plan.fingerprint.clone()),
            digest: Some(kept.digest.clone()),
            bytes: i64::try_from(kept.bytes).ok(),
            pages: Some(i64::from(content.pages)),
            etag,
            last_modified,
        };
        if known.is_some_and(|known| known.digest == kept.digest) {
            let known = run.received.known();
            return unchanged(context, run, plan, known).await;
        }
        end_attempt(context, &mut run, AttemptEnd::Fetched, &Faults::default());
        let (id, job_id) = (state.sources().id(), state.sources().id());
        run.import_id = Some(id.clone());
        let new = new_import(&id, &job_id, &run, plan, &content, &kept, caller.id(), state.now_ms());
        let transaction = state.store().begin_patiently().await?;
        imports::insert(&transaction, &new).await?;
        let job = ImportFile { import: id.clone(), scope: self.scope.clone() };
        enqueue(&transaction, state, &caller, &job_id, Some(&id), &job).await?;
        runs::advance(&transaction, &run).await?;
        let detail =
            json!({ "kind": new.kind.as_str(), "digest": kept.digest, "bytes": kept.bytes, "source": run.request.source });
        trail(&transaction, state, &caller, "create_import", &format!("imports/{id}"), detail).await?;
        Ok(Done::succeeded(transaction, format!("{API_ROOT}/{}", place(&run))))
    }
}

/// A folder for what is being fetched, which vanishes when it is dropped. What a process that was killed has left behind is
/// removed here, after longer than any fetch takes.
fn fetching(objects: &Path) -> io::Result<TempDir> {
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

/// Whether rows are to be kept.
fn mode(run: &Run, plan: &Plan) -> ImportMode {
    match (run.request.started_by, plan.import.mode) {
        (StartedBy::DryRun, _) | (_, WireMode::Validate) => ImportMode::Validate,
        (StartedBy::Schedule | StartedBy::Person, WireMode::Commit) => ImportMode::Commit,
    }
}

/// By what the source can tell that nothing has changed. The digest is compared here, since the same content may come with
/// new validators.
fn validators(known: Option<&Known>) -> Validators {
    let (etag, last_modified) = known.map(|known| (known.etag.clone(), known.last_modified.clone())).unwrap_or_default();
    Validators { etag, last_modified, digest: None }
}

/// Keeps what was fetched before anything names it.
async fn keep(context: &JobContext, content: &Content) -> Result<Result<Kept, Fault>, JobError> {
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
fn new_import(
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

/// There is nothing new: what is known is remembered again, since the source may have given it new validators.
async fn unchanged(context: &JobContext, mut run: Run, plan: &Plan, known: Option<Known>) -> Result<Done, JobError> {
    let (state, place) = (context.state(), place(&run));
    end_attempt(context, &mut run, AttemptEnd::Unchanged, &Faults::default());
    let source = run.request.source.clone();
    if run.received.digest.is_none() {
        run.received = Received {
            fingerprint: Some(plan.fingerprint.clone()),
            digest: known.as_ref().map(|known| known.digest.clone()),
            etag: known.as_ref().and_then(|known| known.etag.clone()),
            last_modified: known.as_ref().and_then(|known| known.last_modified.clone()),
            ..Received::default()
        };
    }
    finish(context, &mut run, RunState::Unchanged, &Faults::default());
    let transaction = state.store().begin_patiently().await?;
    if let Some(known) = &known {
        sources::remember(&transaction, &source, known).await?;
    }
    runs::advance(&transaction, &run).await?;
    trail(&transaction, state, &context.caller(), "finish_source_run", &place, json!({ "state": "unchanged" })).await?;
    Ok(Done::succeeded(transaction, format!("{API_ROOT}/{place}")))
}

/// What the source gives cannot be taken; trying again would not help.
async fn refuse(context: &JobContext, run: Run, faults: &Faults) -> Result<Done, JobError> {
    give_up(context, run, AttemptEnd::Refused, RunState::Refused, faults, "source-refused").await
}

/// The source may answer later: the attempt is noted, and the job goes back to the queue unless it was the last one.
async fn try_again(context: &JobContext, mut run: Run, faults: &Faults, pause: Option<Duration>) -> Result<Done, JobError> {
    let (claim, limit) = (&context.job().claim, context.job().attempts_limit);
    if claim.attempt >= limit {
        return give_up(context, run, AttemptEnd::Transient, RunState::Failed, faults, "source-out-of-reach").await;
    }
    end_attempt(context, &mut run, AttemptEnd::Transient, faults);
    let transaction = context.state().store().begin_patiently().await?;
    runs::advance(&transaction, &run).await?;
    fence(&transaction, claim).await?;
    transaction.commit().await?;
    let error = faults.clone().into();
    Err(match pause {
        None => JobError::Retry(error),
        Some(pause) => JobError::RetryAfter { error, pause },
    })
}

async fn give_up(
    context: &JobContext,
    mut run: Run,
    attempt: AttemptEnd,
    ended: RunState,
    faults: &Faults,
    code: &'static str,
) -> Result<Done, JobError> {
    let state = context.state();
    end_attempt(context, &mut run, attempt, faults);
    finish(context, &mut run, ended, faults);
    let transaction = state.store().begin_patiently().await?;
    runs::advance(&transaction, &run).await?;
    let detail = json!({ "state": ended.as_str(), "faults": faults.0.len() });
    trail(&transaction, state, &context.caller(), "finish_source_run", &place(&run), detail).await?;
    Ok(Done::refused(transaction, &JobError::refused(code, faults)))
}

fn end_attempt(context: &JobContext, run: &mut Run, end: AttemptEnd, faults: &Faults) {
    if let Some(attempt) = run.attempts.last_mut() {
        attempt.ended_at_ms = Some(context.state().now_ms());
        attempt.end = Some(end.as_str().to_owned());
        attempt.faults = kept(faults);
    }
}

fn finish(context: &JobContext, run: &mut Run, state: RunState, faults: &Faults) {
    (run.state, run.finished_at_ms, run.faults) = (state, Some(context.state().now_ms()), kept(faults));
}

fn kept(faults: &Faults) -> Vec<Value> {
    faults.0.iter().map(to_kept).collect()
}

/// The path of a run below the API's root.
fn place(run: &Run) -> String {
    format!("sources/{}/runs/{}", path_segment(&run.request.source), run.request.id)
}

fn no_secret(name: &str) -> Fault {
    Fault::error("source.secret", format!("没有名为“{name}”的密钥"), format!("there is no secret '{name}'")).value(name).hint(
        "请在配置 sources.secrets 中设置，或修改该数据源",
        "set it under sources.secrets in the configuration, or change the source",
    )
}
