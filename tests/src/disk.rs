//! A disk of its own for a test: small enough to be filled, and one that can fail. Needs the right to mount.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a disk is filled with at once, in bytes.
const PIECE: usize = 4096;

/// A mounted disk; it is unmounted when it is dropped.
#[derive(Debug)]
pub struct Disk {
    folder: TempDir,
    /// The file that holds it, where it is not in memory.
    image: Option<PathBuf>,
}

impl Disk {
    /// A disk in memory, or a word that nothing can be mounted here.
    #[must_use]
    pub fn in_memory(mib: usize) -> Option<Self> {
        let disk = Self { folder: tempfile::tempdir().expect("a temporary folder"), image: None };
        let options = format!("size={mib}m");
        disk.mounted(&["-t", "tmpfs", "-o", &options, "tmpfs"])
    }

    /// A disk in a file, with ext4, which can be made to fail, or a word that there is none here.
    #[must_use]
    pub fn in_a_file(mib: u64) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let image = folder.path().with_extension("img");
        File::create(&image).and_then(|file| file.set_len(mib << 20)).expect("a file can be made");
        let disk = Self { folder, image: Some(image.clone()) };
        if !run(Command::new("mkfs.ext4").arg("-q").arg(&image)) {
            eprintln!("skipped on a disk in a file: mkfs.ext4 is not here");
            return None;
        }
        disk.mounted(&["-o", "loop", &image.display().to_string()])
    }

    fn mounted(self, what: &[&str]) -> Option<Self> {
        if run(Command::new("mount").args(what).arg(self.folder.path())) {
            return Some(self);
        }
        eprintln!("skipped on a disk of one's own: nothing can be mounted here");
        None
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Fills it but for some KiB.
    ///
    /// # Panics
    /// Where there is less room already.
    pub fn fill(&self, but_for_kib: u64) {
        let mut ballast = File::create(self.ballast()).expect("the disk can be written to");
        while ballast.write_all(&[0; PIECE]).is_ok() {}
        let filled = ballast.metadata().expect("it is there").len();
        let room = filled.checked_sub(but_for_kib << 10).expect("there was that much room");
        ballast.set_len(room).expect("a file can be cut");
    }

    /// Makes room again.
    ///
    /// # Panics
    /// Where it was not filled.
    pub fn make_room(&self) {
        std::fs::remove_file(self.ballast()).expect("it was filled");
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }

    /// Has it fail: from now on nothing can be written, whoever has a file open.
    ///
    /// # Panics
    /// Where it is no disk in a file.
    pub fn fail(&self) {
        assert!(self.image.is_some() && self.remount("abort"), "only a disk in a file can be made to fail");
    }

    /// Mounts it again, for reading only or for everything; nobody may use it meanwhile. One that has failed is mended.
    ///
    /// # Panics
    /// Where it cannot be mounted again.
    pub fn mount_again(&self, is_read_only: bool) {
        let Some(image) = &self.image else {
            assert!(self.remount(if is_read_only { "ro" } else { "rw" }), "somebody uses it");
            return;
        };
        assert!(run(Command::new("umount").arg(self.path())), "somebody uses it");
        // Its status says that it has mended something; that it can be mounted says that it is sound.
        let _ = run(Command::new("e2fsck").args(["-f", "-y"]).arg(image));
        let options = if is_read_only { "loop,ro" } else { "loop" };
        assert!(run(Command::new("mount").args(["-o", options]).arg(image).arg(self.path())), "it is sound");
    }

    fn remount(&self, how: &str) -> bool {
        run(Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(self.path()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = run(Command::new("umount").args(["--lazy"]).arg(self.path()));
        if let Some(image) = &self.image {
            let _ = std::fs::remove_file(image);
        }
    }
}

/// Whether a program could be run and succeeded.
fn run(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
