//! Freezing the observations on request.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Done, Job, JobContext, JobError};
use crate::release::freeze;
use crate::store::observations::Filter;
use crate::store::releases;
use crate::write::trail;

/// Freezes the observations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreezeRelease {
    /// As they stood at this moment; when the job runs unless given.
    pub as_of_ms: Option<i64>,
}

impl Job for FreezeRelease {
    const NAME: &'static str = "release";

    async fn run(&self, context: &JobContext) -> Result<Done, JobError> {
        let (state, caller) = (context.state(), context.caller());
        let filter = Filter { as_of_ms: self.as_of_ms, ..Filter::default() };
        let frozen = freeze(state, &filter, &caller).await?;
        let id = &frozen.release.id;
        let transaction = state.store().begin_patiently().await?;
        releases::insert(&transaction, &frozen.release).await?;
        let detail = json!({ "digest": frozen.release.digest, "rows": frozen.release.rows });
        trail(&transaction, state, &caller, "create_release", &format!("releases/{id}"), detail).await?;
        Ok(Done::succeeded(transaction, format!("{}/releases/{id}", citygauge_openapi::API_ROOT)))
    }
}
