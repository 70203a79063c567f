//! The folder of the backups of before migrations, for its owner only.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use citygauge_openapi::Moment;
use tempfile::TempDir;

use super::error::NoBackup;
use crate::backup::{appear, private_folder};
use crate::clock::Sources;
use crate::config::Config;
use crate::service::make_private;

/// So many backups of before one version are kept: a service that is started again and again while a migration fails does not fill the
/// disk. Those of before other versions stay.
const KEPT: usize = 3;

/// The place of a backup.
#[derive(Debug)]
pub(super) struct Backups {
    folder: PathBuf,
    prefix: String,
    file: PathBuf,
}

impl Backups {
    /// A backup of before this version, named after it and the moment.
    pub fn of(config: &Config, sources: &Sources, extension: &str) -> Self {
        let folder = config.server.data_dir.join("backups");
        let prefix = format!("before-{}-", env!("CARGO_PKG_VERSION"));
        let moment = Moment::from_ms(sources.now_ms()).to_string();
        let digits: String = moment.chars().filter(char::is_ascii_alphanumeric).collect();
        let file = folder.join(format!("{prefix}{digits}.{extension}"));
        Self { folder, prefix, file }
    }

    /// The file that it will be.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// A folder to work in, gone when it is dropped, and the file in it that is to become the backup.
    pub fn begin(&self) -> Result<(TempDir, PathBuf), NoBackup> {
        let failed = |error| NoBackup::Folder(self.folder.clone(), error);
        make_private(&self.folder).map_err(failed)?;
        let work = private_folder(".citygauge-backup-", &self.folder).map_err(failed)?;
        let made = work.path().join("backup");
        Ok((work, made))
    }

    /// Gives a backup that was checked its name, and removes the oldest of before the same version beyond those that are kept.
    pub fn keep(&self, made: &Path) -> Result<(), NoBackup> {
        let keep = || {
            appear(made, &self.file)?;
            for old in self.former()?.iter().rev().skip(KEPT) {
                fs::remove_file(old)?;
            }
            File::open(&self.folder)?.sync_all()
        };
        keep().map_err(|error| NoBackup::Folder(self.folder.clone(), error))
    }

    /// The backups of before this version; a name has its moment, so they are from the oldest on.
    fn former(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&self.prefix) {
                files.push(entry.path());
            }
        }
        files.sort();
        Ok(files)
    }
}
