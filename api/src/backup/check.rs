//! Checking a backup: everything is there as it was written, or it is said what is not.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use citygauge_indicators::canonical::hex;
use citygauge_indicators::{Fault, Faults};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive};

use super::{DATABASE, FORMAT, KEY, MANIFEST, Manifest, is_known};
use crate::bundle::{Hashed, Member};
use crate::store;

/// No manifest is longer, in bytes: that of a million artifacts is not.
const LONGEST: u64 = 256 << 20;

/// A backup in which everything is as it was written.
pub struct Backup {
    /// What it says of itself.
    pub manifest: Manifest,
    pub(super) archive: ZipArchive<BufReader<File>>,
}

impl Backup {
    /// Opens a backup and reads all of it. `progress` is told how many of how many members are done.
    ///
    /// # Errors
    /// Every member that is missing, damaged or does not belong there, and a schema that this program does not know.
    pub fn open(file: &Path, progress: impl Fn(u64, u64)) -> Result<Self, Faults> {
        let opened = File::open(file).map_err(|error| {
            let (zh, en) = (format!("无法读取文件：{error}"), format!("the file cannot be read: {error}"));
            Fault::error("file.unreadable", zh, en).hint("检查路径和权限", "check the path and the permissions")
        })?;
        let mut archive = ZipArchive::new(BufReader::new(opened)).map_err(|error| unreadable(&error))?;
        let manifest = manifest(&mut archive)?;
        let mut faults = Faults::default();
        schema(&manifest, &mut faults);
        let mut found = BTreeSet::new();
        for place in 0..archive.len() {
            let name = archive.by_index_raw(place).ok().and_then(|member| member.name().map(Cow::into_owned).ok());
            let Some(name) = name else {
                faults.push(unreadable(&io::Error::other(format!("member {place}"))));
                continue;
            };
            if name == MANIFEST {
                continue;
            }
            match manifest.files.get(&name).filter(|_| is_known(&name)) {
                None => faults.push(unknown(&name)),
                Some(told) => match copy(&mut archive, &name, io::sink()) {
                    Ok(is) if is == *told && (!name.starts_with("objects/") || name.ends_with(&is.sha256)) => {}
                    Ok(is) => faults.push(changed(&name).value(is.sha256).expected(&told.sha256)),
                    Err(error) => faults.push(changed(&name).value(error.to_string())),
                },
            }
            found.insert(name);
            progress(found.len() as u64, manifest.files.len() as u64);
        }
        manifest.files.keys().filter(|name| !found.contains(*name)).for_each(|name| faults.push(missing(name)));
        if !manifest.files.contains_key(DATABASE) {
            faults.push(missing(DATABASE));
        }
        if faults.is_empty() { Ok(Self { manifest, archive }) } else { Err(faults) }
    }
}

impl Backup {
    /// Whether the signing key was taken along.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.manifest.files.contains_key(KEY)
    }
}

/// Copies a member and says what it was. Nothing in a backup is compressed, so none is longer than the file.
pub(super) fn copy(archive: &mut ZipArchive<BufReader<File>>, name: &str, into: impl Write) -> io::Result<Member> {
    let place = archive.index_for_name(name).ok_or(io::ErrorKind::NotFound)?;
    let mut member = archive.by_index_raw(place)?;
    if member.compression() != CompressionMethod::Stored {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is compressed"));
    }
    let mut through = Hashed { into, digest: Sha256::new() };
    let bytes = io::copy(&mut member, &mut through)?;
    through.flush()?;
    Ok(Member { bytes, sha256: hex(&through.digest.finalize()) })
}

fn manifest(archive: &mut ZipArchive<BufReader<File>>) -> Result<Manifest, Fault> {
    let member = archive.by_name(MANIFEST).map_err(|_| missing(MANIFEST))?;
    if member.size() > LONGEST || member.compression() != CompressionMethod::Stored {
        return Err(changed(MANIFEST));
    }
    let mut told = Vec::new();
    // The checksum of the archive tells whether it was damaged.
    member.take(LONGEST).read_to_end(&mut told).map_err(|error| changed(MANIFEST).value(error.to_string()))?;
    let format =
        serde_json::from_slice::<serde_json::Value>(&told).ok().and_then(|told| Some(told.get("format")?.as_str()?.to_owned()));
    match format {
        Some(format) if format != FORMAT => {
            let (zh, en) = ("本版本的程序不认识这种备份", "this version of the program does not know such backups");
            Err(Fault::error("backup.format_unknown", zh, en).of(MANIFEST).value(format).expected(FORMAT))
        }
        _ => serde_json::from_slice(&told).map_err(|error| changed(MANIFEST).value(error.to_string())),
    }
}

/// A schema that is behind can be brought up to date; one with migrations that are not known here cannot be served.
fn schema(manifest: &Manifest, faults: &mut Faults) {
    let known = store::migrations();
    let newer: Vec<&str> =
        manifest.migrations.iter().map(String::as_str).filter(|name| !known.iter().any(|it| it == name)).collect();
    if !newer.is_empty() {
        let (zh, en) = ("备份的数据库比本程序新", "the database in the backup is newer than this program");
        let fault = Fault::error("backup.schema_newer", zh, en).of(DATABASE).value(newer.join(", "));
        let hint = (
            format!("请使用 {} 或更高版本的程序", manifest.made_by),
            format!("use version {} of the program, or a later one", manifest.made_by),
        );
        faults.push(fault.expected(known.last().cloned().unwrap_or_default()).hint(hint.0, hint.1));
    }
}

fn unreadable(error: &dyn std::error::Error) -> Fault {
    let (zh, en) =
        (format!("不是备份，或其目录已损坏：{error}"), format!("it is no backup, or its directory is damaged: {error}"));
    Fault::error("backup.unreadable", zh, en).hint("检查文件是否完整", "see whether the file is whole")
}

fn missing(name: &str) -> Fault {
    Fault::error("backup.file_missing", format!("缺少 {name}"), format!("{name} is missing")).of(name)
}

fn changed(name: &str) -> Fault {
    Fault::error("backup.file_damaged", format!("{name} 已损坏"), format!("{name} is damaged")).of(name)
}

fn unknown(name: &str) -> Fault {
    Fault::error("backup.file_unknown", format!("备份中不应有 {name}"), format!("{name} does not belong in the backup")).of(name)
}
