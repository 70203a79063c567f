//! Bringing the database of a former version up to date: a backup that was checked first, the migrations then.
//!
//! A new database has nothing to lose and needs no backup. Of any other one, that of an embedded service is copied in the format of
//! [`backup`](crate::backup), and one on PostgreSQL by its own `pg_dump`, both into the folder `backups` of the data folder. One process
//! does so at a time; another one that starts meanwhile finds nothing left to do. Nothing is migrated without a backup, unless the
//! operator says that there is one elsewhere, which the log and the trail keep.

mod connection;
mod embedded;
mod error;
mod folder;
mod postgres;

use std::path::PathBuf;

use citygauge_openapi::API_ROOT;
use serde_json::json;
use tracing::{info, warn};

pub use error::{NoBackup, UpgradeError};

use crate::auth::Caller;
use crate::clock::Sources;
use crate::config::{BackupFrom, Config};
use crate::store::audit::NewAuditEvent;
use crate::store::{Migration, Store};

/// What was done to a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgraded {
    /// The migrations that were applied, oldest first.
    pub applied: Vec<String>,
    /// The backup of before, where there was something to lose.
    pub backup: Option<Taken>,
}

/// The backup of before a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It was made, checked and written here.
    Here(PathBuf),
    /// The operator says that there is one.
    Elsewhere,
}

/// Applies all pending migrations, or none; where the database holds something, after a backup.
///
/// # Errors
/// Where no backup can be made, nothing was changed; where a migration fails, it was undone, and the error names the backup.
pub async fn upgrade(config: &Config, sources: &Sources, store: &Store, caller: &Caller) -> Result<Upgraded, UpgradeError> {
    let migration = store.begin_migration().await?;
    let applied = migration.pending();
    if applied.is_empty() || migration.is_new() {
        migration.run().await?;
        return Ok(Upgraded { applied, backup: None });
    }
    let taken = match config.database.backup {
        BackupFrom::Elsewhere => {
            warn!(
                pending = applied.len(),
                "migrating without a backup of our own: database.backup says that there is one elsewhere"
            );
            Taken::Elsewhere
        }
        BackupFrom::First => Taken::Here(backed_up(config, sources, &migration).await?),
    };
    migration.note(told(sources, caller, &applied, &taken));
    if let Err(error) = migration.run().await {
        return Err(UpgradeError::Undone { error, backup: taken, on_postgres: is_on_postgres(config) });
    }
    info!(applied = applied.len(), "the database is up to date");
    Ok(Upgraded { applied, backup: Some(taken) })
}

/// Makes a backup and checks it; the file is there only then.
async fn backed_up(config: &Config, sources: &Sources, migration: &Migration) -> Result<PathBuf, UpgradeError> {
    let pending = migration.pending().len();
    let folder = folder::Backups::of(config, sources, if is_on_postgres(config) { "dump" } else { "zip" });
    let file = folder.file().to_owned();
    info!(pending, backup = %file.display(), "making a backup before the pending migrations: {}", file.display());
    let no_backup = |why| UpgradeError::NoBackup { pending, why: Box::new(why) };
    let (work, made) = folder.begin().map_err(no_backup)?;
    if is_on_postgres(config) {
        let tables = migration.tables().await?;
        postgres::dump(&config.database_url(), &tables, &made).await.map_err(no_backup)?;
    } else {
        embedded::copy(config, sources, work.path(), &made).await.map_err(no_backup)?;
    }
    folder.keep(&made).map_err(no_backup)?;
    info!(backup = %file.display(), "the backup was made and checked: {}", file.display());
    Ok(file)
}

fn is_on_postgres(config: &Config) -> bool {
    config.database.url.as_ref().is_some_and(|url| url.starts_with("postgres"))
}

/// The line of the trail.
fn told(sources: &Sources, caller: &Caller, applied: &[String], taken: &Taken) -> NewAuditEvent {
    let backup = match taken {
        Taken::Here(file) => file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        Taken::Elsewhere => "elsewhere".to_owned(),
    };
    let action = "upgrade_database";
    NewAuditEvent {
        at_ms: sources.now_ms(),
        actor: caller.id().to_owned(),
        action: action.to_owned(),
        subject: format!("{API_ROOT}/database"),
        detail: json!({ "to": env!("CARGO_PKG_VERSION"), "applied": applied, "backup": backup }),
    }
}

#[cfg(test)]
mod tests;
