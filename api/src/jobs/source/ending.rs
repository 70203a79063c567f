//! How a run ends, and how an attempt is noted.

use std::time::Duration;

use citygauge_indicators::Faults;
use citygauge_openapi::{API_ROOT, path_segment};
use serde_json::{Value, json};

use super::super::{Done, JobContext, JobError};
use crate::collection::Plan;
use crate::faults::to_kept;
use crate::store::Word;
use crate::store::jobs::fence;
use crate::store::sources::runs::{self, AttemptEnd, Received, Run, RunState};
use crate::store::sources::{self, Known};
use crate::write::trail;

/// There is nothing new: what is known is remembered again, since the source may have given it new validators.
pub(super) async fn unchanged(context: &JobContext, mut run: Run, plan: &Plan, known: Option<Known>) -> Result<Done, JobError> {
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
pub(super) async fn refuse(context: &JobContext, run: Run, faults: &Faults) -> Result<Done, JobError> {
    give_up(context, run, AttemptEnd::Refused, RunState::Refused, faults, "source-refused").await
}

/// The source may answer later: the attempt is noted, and the job goes back to the queue unless it was the last one.
pub(super) async fn try_again(
    context: &JobContext,
    mut run: Run,
    faults: &Faults,
    pause: Option<Duration>,
) -> Result<Done, JobError> {
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

pub(super) fn end_attempt(context: &JobContext, run: &mut Run, end: AttemptEnd, faults: &Faults) {
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
pub(super) fn place(run: &Run) -> String {
    format!("sources/{}/runs/{}", path_segment(&run.request.source), run.request.id)
}
