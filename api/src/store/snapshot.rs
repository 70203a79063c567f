//! A copy of the embedded database as of one moment, and what its rows name.

use std::collections::BTreeSet;
use std::path::Path;

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Statement};
use serde_json::Value;

use super::entity::{assessment, city, evidence, import, job, map, observation, release, report, uncertainty_analysis};
use super::jobs::WorkState;
use super::{Store, StoreError, Word};

/// How much a database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Cities.
    pub cities: u64,
    /// Observations, corrected and withdrawn ones included.
    pub observations: u64,
    /// Releases.
    pub releases: u64,
    /// Assessments.
    pub assessments: u64,
}

impl Store {
    /// Writes a copy of the embedded database, as it is at one moment, to a file that does not exist. Whoever writes meanwhile is
    /// not held up, and what is committed before the call is in the copy.
    pub async fn snapshot(&self, file: &Path) -> Result<(), StoreError> {
        let path = file.to_string_lossy().into_owned();
        self.db().execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()])).await?;
        Ok(())
    }

    /// What SQLite finds wrong with the embedded database; nothing where it is sound.
    pub async fn defects(&self) -> Result<Vec<String>, StoreError> {
        let rows = self.db().query_all_raw(Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check")).await?;
        let said = rows.iter().map(|row| row.try_get_by_index::<String>(0)).collect::<Result<Vec<_>, _>>()?;
        Ok(said.into_iter().filter(|said| said != "ok").collect())
    }

    /// How much there is.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let db = self.db();
        Ok(Counts {
            cities: city::Entity::find().count(db).await?,
            observations: observation::Entity::find().count(db).await?,
            releases: release::Entity::find().count(db).await?,
            assessments: assessment::Entity::find().count(db).await?,
        })
    }

    /// The digests of the artifacts that rows name, in order.
    pub async fn named_artifacts(&self) -> Result<BTreeSet<String>, StoreError> {
        let db = self.db();
        let mut named = BTreeSet::new();
        named.extend(
            import::Entity::find().select_only().column(import::Column::UploadDigest).into_tuple::<String>().all(db).await?,
        );
        named.extend(
            evidence::Entity::find().select_only().column(evidence::Column::Digest).into_tuple::<String>().all(db).await?,
        );
        named.extend(release::Entity::find().select_only().column(release::Column::Digest).into_tuple::<String>().all(db).await?);
        named.extend(map::Entity::find().select_only().column(map::Column::Digest).into_tuple::<String>().all(db).await?);
        let reports = report::Entity::find().select_only().column(report::Column::Digest);
        named.extend(reports.into_tuple::<Option<String>>().all(db).await?.into_iter().flatten());
        let assessments = assessment::Entity::find().select_only().column(assessment::Column::Result);
        let analyses = uncertainty_analysis::Entity::find().select_only().column(uncertainty_analysis::Column::Result);
        let mut results = assessments.into_tuple::<Option<String>>().all(db).await?;
        results.extend(analyses.into_tuple::<Option<String>>().all(db).await?);
        // An uploaded release is named by the job that is to read it.
        let waiting = job::Entity::find().select_only().column(job::Column::Payload);
        let waiting = waiting.filter(job::Column::State.is_in([WorkState::Queued.as_str(), WorkState::Running.as_str()]));
        results.extend(waiting.into_tuple::<Option<String>>().all(db).await?);
        for result in results.into_iter().flatten() {
            digests(&serde_json::from_str(&result).map_err(|error| StoreError::Internal(Box::new(error)))?, &mut named);
        }
        Ok(named)
    }
}

/// Every digest in a manifest, wherever it stands.
fn digests(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            found.insert(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| digests(value, found)),
        Value::Object(members) => members.values().for_each(|value| digests(value, found)),
        _ => {}
    }
}
