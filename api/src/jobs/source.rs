//! A run of a source: fetches, keeps the bytes as an upload would be kept, and hands them over to an import.
//!
//! An attempt is noted before it fetches and again when it has ended, each time fenced. What was fetched, the import and the
//! end of the job are one transaction: a run that is cut off has begun no import, and the next attempt starts afresh.

mod content;
mod ending;

use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{API_ROOT, ImportMode as WireMode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::content::{fetching, keep, new_import};
use self::ending::{end_attempt, place, refuse, try_again, unchanged};
use super::{Done, ImportFile, Job, JobContext, JobError, enqueue};
use crate::auth::Scope;
use crate::collection::{Document, Plan};
use crate::outbound::{Content, FetchError, Fetched, Validators};
use crate::store::imports::{self, ImportMode};
use crate::store::jobs::fence;
use crate::store::sources::runs::{self, Attempt, AttemptEnd, Received, Run, RunState, StartedBy};
use crate::store::sources::{self, Known, Source};
use crate::store::{StoreError, Word};
use crate::write::trail;

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

fn no_secret(name: &str) -> Fault {
    Fault::error("source.secret", format!("没有名为“{name}”的密钥"), format!("there is no secret '{name}'")).value(name).hint(
        "请在配置 sources.secrets 中设置，或修改该数据源",
        "set it under sources.secrets in the configuration, or change the source",
    )
}
