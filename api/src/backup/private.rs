//! Files and folders for their owner only, whatever the mask of the process says.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use tempfile::TempDir;

/// A new file that nobody else reads.
pub(crate) fn private(place: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(place)
}

/// A new folder that nobody else looks into, gone when it is dropped.
pub fn private_folder(prefix: &str, parent: &Path) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(parent)
}

/// Gives a file that is whole its name in the same file system, where nothing may be.
pub fn appear(made: &Path, place: &Path) -> io::Result<()> {
    // A link is refused where a file has appeared meanwhile; a renamed file would replace it.
    fs::hard_link(made, place)
        .or_else(|_| if place.try_exists()? { Err(io::ErrorKind::AlreadyExists.into()) } else { fs::rename(made, place) })
}
