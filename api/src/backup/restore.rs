//! Bringing a backup back.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use citygauge_indicators::Fault;

use super::{Backup, BackupError, private, private_folder};
use crate::backup::check::copy;
use crate::service::make_private;

/// Whether a data folder can be made here: nothing is there, or an empty folder.
///
/// # Errors
/// What is there.
pub fn vacant(folder: &Path) -> Result<(), Fault> {
    let refused = |zh: &str, en: &str| {
        let fault = Fault::error("restore.folder_not_empty", zh, en).value(folder.display().to_string());
        fault.hint(
            "请给出新的文件夹；要取代现有数据，先将其移开",
            "name a new folder; to replace what is there, move it away first",
        )
    };
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(refused("这里是一个文件", "a file is there")),
        Err(error) => Err(Fault::error("file.unreadable", format!("无法读取：{error}"), format!("it cannot be read: {error}"))),
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(refused("文件夹不是空的", "the folder is not empty")),
        },
    }
}

impl Backup {
    /// Makes a data folder of it, for its owner only: whole or not at all. `progress` is told how many of how many members are done.
    ///
    /// # Errors
    /// What [`vacant`] says, a member that has changed since it was opened, and a disk that does not do its work.
    pub fn restore(&mut self, folder: &Path, progress: impl Fn(u64, u64)) -> Result<(), BackupError> {
        vacant(folder).map_err(|fault| BackupError::Faulty(fault.into()))?;
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        make_private(parent)?;
        // For its owner only, beside its place, and gone unless it is whole.
        let made = private_folder(".citygauge-restore-", parent)?;
        let (total, mut folders) = (self.manifest.files.len() as u64, BTreeSet::new());
        for (done, (name, told)) in self.manifest.files.iter().enumerate() {
            let place = made.path().join(name);
            if let Some(above) = place.parent() {
                make_private(above)?;
                folders.extend(above.ancestors().take_while(|it| it.starts_with(made.path())).map(Path::to_owned));
            }
            let file = private(&place)?;
            if copy(&mut self.archive, name, &file)? != *told {
                return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{name} has changed since it was checked")).into());
            }
            file.sync_all()?;
            progress(done as u64 + 1, total);
        }
        for folder in folders {
            File::open(folder)?.sync_all()?;
        }
        if folder.exists() {
            fs::remove_dir(folder)?;
        }
        fs::rename(made.path(), folder)?;
        // It is no longer where it would be removed from.
        let _moved = made.keep();
        File::open(parent)?.sync_all()?;
        Ok(())
    }
}
