//! A copy of the embedded database as of one moment, and what its rows name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use serde_json::Value;

use super::entity::{assessment, city, evidence, export, import, job, map, observation, release, report, uncertainty_analysis};
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

    /// The artifacts that rows name, by their digests, each with what it belongs to, as paths below the API's root.
    pub async fn named_artifacts(&self) -> Result<Named, StoreError> {
        let db = self.db();
        let mut named = Named::new();
        let rows = import::Entity::find().select_only().columns([import::Column::Id, import::Column::UploadDigest]);
        name(&mut named, "imports", rows.into_tuple().all(db).await?);
        let rows = evidence::Entity::find().select_only().columns([evidence::Column::Id, evidence::Column::Digest]);
        name(&mut named, "evidence", rows.into_tuple().all(db).await?);
        let rows = release::Entity::find().select_only().columns([release::Column::Id, release::Column::Digest]);
        name(&mut named, "releases", rows.into_tuple().all(db).await?);
        let rows = map::Entity::find().select_only().columns([map::Column::Code, map::Column::Digest]);
        name(&mut named, "maps", rows.into_tuple().all(db).await?);
        let rows = report::Entity::find().select_only().columns([report::Column::Id, report::Column::Digest]);
        name(&mut named, "reports", rows.into_tuple().all(db).await?);
        let rows = assessment::Entity::find().select_only().columns([assessment::Column::Id, assessment::Column::Result]);
        name_all(&mut named, "assessments", rows.into_tuple().all(db).await?)?;
        let rows = uncertainty_analysis::Entity::find().select_only();
        let rows = rows.columns([uncertainty_analysis::Column::AssessmentId, uncertainty_analysis::Column::Result]);
        name_all(&mut named, "assessments", rows.into_tuple().all(db).await?)?;
        // An uploaded release is named by the job that is to read it.
        let waiting = job::Entity::find().select_only().columns([job::Column::Id, job::Column::Payload]);
        let waiting = waiting.filter(job::Column::State.is_in([WorkState::Queued.as_str(), WorkState::Running.as_str()]));
        name_all(&mut named, "jobs", waiting.into_tuple().all(db).await?)?;
        Ok(named)
    }

    /// The files of exports, which are no artifacts: the identifier of each with the digest of its file.
    pub async fn export_files(&self) -> Result<Vec<(String, String)>, StoreError> {
        let files = export::Entity::find().filter(export::Column::Digest.is_not_null()).order_by_asc(export::Column::Id);
        let files = files.select_only().columns([export::Column::Id, export::Column::Digest]);
        Ok(files.into_tuple().all(self.db()).await?)
    }
}

/// Artifacts by their digests, each with what it belongs to, as paths below the API's root.
pub type Named = BTreeMap<String, BTreeSet<String>>;

fn name(named: &mut Named, collection: &str, rows: Vec<(String, Option<String>)>) {
    for (id, digest) in rows {
        if let Some(digest) = digest {
            named.entry(digest).or_default().insert(format!("{collection}/{id}"));
        }
    }
}

/// As [`name`], for documents in which digests stand somewhere.
fn name_all(named: &mut Named, collection: &str, rows: Vec<(String, Option<String>)>) -> Result<(), StoreError> {
    for (id, document) in rows {
        let Some(document) = document else { continue };
        let document = serde_json::from_str(&document).map_err(|error| StoreError::Internal(Box::new(error)))?;
        let mut found = BTreeSet::new();
        digests(&document, &mut found);
        name(named, collection, found.into_iter().map(|digest| (id.clone(), Some(digest))).collect());
    }
    Ok(())
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
