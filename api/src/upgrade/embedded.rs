//! A backup of the embedded database, and of the artifacts where they are in a folder.

use std::path::Path;

use super::error::NoBackup;
use crate::backup::{self, Backup};
use crate::clock::Sources;
use crate::config::Config;

/// Writes a backup to a new file and reads all of it again. `folder` takes copies of the database meanwhile.
pub(super) async fn copy(config: &Config, sources: &Sources, folder: &Path, file: &Path) -> Result<(), NoBackup> {
    backup::make(config, sources, folder, file, false, |_, _| ()).await.map_err(NoBackup::Copy)?;
    let file = file.to_owned();
    let checking = tokio::task::spawn_blocking(move || Backup::open(&file, |_, _| ()).map(drop));
    match checking.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(faults)) => Err(NoBackup::Copy(backup::BackupError::Faulty(faults))),
        Err(error) => Err(NoBackup::Copy(std::io::Error::other(error).into())),
    }
}
