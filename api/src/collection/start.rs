//! The beginning of a run.

use citygauge_openapi::path_segment;
use serde_json::json;

use crate::auth::Caller;
use crate::jobs::{RunSource, enqueue};
use crate::state::State;
use crate::store::sources::runs::{self, NewRun, StartedBy};
use crate::store::{StoreError, Transaction, Word};
use crate::write::trail;

/// Enqueues a run and gives its identifier; `None` when the source has an unfinished one, or the due moment has its run.
pub async fn start(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    source: &str,
    started_by: StartedBy,
    due_at_ms: Option<i64>,
) -> Result<Option<String>, StoreError> {
    let (id, job_id) = (state.sources().id(), state.sources().id());
    let new = NewRun {
        id: id.clone(),
        source: source.to_owned(),
        started_by,
        due_at_ms,
        job_id: Some(job_id.clone()),
        created_at_ms: state.now_ms(),
        created_by: caller.id().to_owned(),
    };
    if !runs::insert(transaction, &new).await? {
        return Ok(None);
    }
    let place = format!("{}/runs/{id}", path_segment(source));
    let job = RunSource { run: id.clone(), scope: caller.scope() };
    enqueue(transaction, state, caller, &job_id, Some(&place), &job).await?;
    let detail = json!({ "trigger": started_by.as_str(), "job": job_id });
    trail(transaction, state, caller, "run_source", &format!("sources/{place}"), detail).await?;
    Ok(Some(id))
}
