//! Reading a file that was sent as a release: it is kept whole, or every fault of it is told.

use std::collections::HashSet;

use citygauge_openapi::API_ROOT;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Done, Job, JobContext, JobError};
use crate::artifacts::Kept;
use crate::release::{ReleaseFile, check};
use crate::sets;
use crate::store::indicator_sets::SetKey;
use crate::store::{cities, releases};
use crate::write::trail;

/// Reads an uploaded file as a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRelease {
    /// The digest of the file.
    pub digest: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// The code of the set that gives the items their types.
    pub set_code: String,
    /// The version of the set.
    pub set_version: String,
}

impl Job for ReadRelease {
    const NAME: &'static str = "upload-release";

    async fn run(&self, context: &JobContext) -> Result<Done, JobError> {
        let (state, caller) = (context.state(), context.caller());
        let key = SetKey { code: self.set_code.clone(), version: self.set_version.clone() };
        let (_, set) = sets::find(state, &key).await.map_err(|failure| JobError::Retry(format!("{failure:?}").into()))?;
        let registered: HashSet<String> = cities::codes(state.db()).await?.into_iter().collect();
        let file = ReleaseFile::File(state.artifacts().file(&self.digest).await?);
        context.progress(0.1);
        let checked = state.engine(move || check(&file, &set, &registered)).await?;
        let contents = checked.map_err(|faults| JobError::refused("release-refused", &faults))?;
        let kept = Kept { digest: self.digest.clone(), bytes: self.bytes };
        let release = contents.release(state, kept, true, state.now_ms(), &caller);
        let subject = format!("releases/{}", release.id);
        let transaction = state.store().begin_patiently().await?;
        releases::insert(&transaction, &release).await?;
        let detail = json!({ "digest": release.digest, "rows": release.rows, "uploaded": true });
        trail(&transaction, state, &caller, "create_release", &subject, detail).await?;
        Ok(Done::succeeded(transaction, format!("{API_ROOT}/{subject}")))
    }
}
