//! Opening a bundle: nobody has changed a byte of it since it was signed, or it is said which.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

use citygauge_indicators::canonical::hex;
use citygauge_indicators::{Fault, Faults};
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, ZipArchive};

use super::archive::Archive;
use super::{FORMAT, MANIFEST, Manifest, Member, SEALS, SIGNATURE, SIGNER};
use crate::signing::PublicKey;

/// What stands behind the members.
const DIRECTORY: &str = "directory";

/// No manifest, signature or key is longer, in bytes.
const LONGEST_SEAL: u64 = 16 << 20;

/// A bundle whose every byte is the one that was signed.
pub struct Bundle {
    /// What it says of itself.
    pub manifest: Manifest,
    /// The key that its signature fits: whose it is, the bundle cannot say.
    pub signer: PublicKey,
    archive: ZipArchive<BufReader<File>>,
}

impl Bundle {
    /// Opens the bundle in a file.
    ///
    /// # Errors
    /// Every member that is not the one that was signed, and whatever lies between the members and does not belong there.
    pub fn open(file: &Path) -> Result<Self, Faults> {
        let opened = File::open(file).map_err(|error| {
            let (zh, en) = (format!("无法读取文件：{error}"), format!("the file cannot be read: {error}"));
            Fault::error("file.unreadable", zh, en).hint("检查路径和权限", "check the path and the permissions")
        })?;
        let mut archive = ZipArchive::new(BufReader::new(opened)).map_err(|error| unreadable(&error))?;
        let mut faults = Faults::default();
        let (manifest, signer) = seals(&mut archive, &mut faults);
        if let Some(manifest) = &manifest {
            members(&mut archive, manifest, &mut faults);
        }
        if faults.is_empty() {
            container(file, &mut archive, &mut faults);
        }
        match (manifest, signer) {
            (Some(manifest), Some(signer)) if faults.is_empty() => Ok(Self { manifest, signer, archive }),
            _ => Err(faults),
        }
    }

    /// The bytes of a member.
    ///
    /// # Errors
    /// A member that the bundle does not have.
    pub fn read(&mut self, name: &str) -> Result<Vec<u8>, Fault> {
        let absent = |error: &dyn std::error::Error| missing(name).value(error.to_string());
        let mut member = self.archive.by_name(name).map_err(|error| absent(&error))?;
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).map_err(|error| absent(&error))?;
        Ok(bytes)
    }
}

fn unreadable(error: &dyn std::error::Error) -> Fault {
    Fault::error(
        "bundle.unreadable",
        format!("不是评估包，或其目录已被更改：{error}"),
        format!("it is no bundle, or its directory was changed: {error}"),
    )
}

fn missing(name: &str) -> Fault {
    Fault::error("bundle.file_missing", format!("缺少 {name}"), format!("{name} is missing")).of(name)
}

fn changed(name: &str) -> Fault {
    Fault::error("bundle.file_changed", format!("{name} 已被更改"), format!("{name} was changed")).of(name)
}

/// Reads what shows that the rest is sound, and notes where it is not sound itself.
fn seals(archive: &mut ZipArchive<BufReader<File>>, faults: &mut Faults) -> (Option<Manifest>, Option<PublicKey>) {
    let mut read = |name: &'static str| seal(archive, name).map_err(|fault| faults.push(fault)).ok();
    let [told, signature, pem] = [MANIFEST, SIGNATURE, SIGNER].map(&mut read);
    let signer = pem.and_then(|pem| {
        // Another spelling of the same key is another file.
        let key = String::from_utf8(pem).ok().and_then(|pem| PublicKey::from_pem(&pem).filter(|key| key.to_pem() == pem));
        key.or_else(|| {
            faults.push(changed(SIGNER));
            None
        })
    });
    if let (Some(told), Some(signature), Some(signer)) = (&told, &signature, &signer)
        && !signer.has_signed(told, signature)
    {
        faults.push(
            Fault::error(
                "bundle.signature_invalid",
                format!("{SIGNATURE} 不是 {SIGNER} 中的密钥对 {MANIFEST} 的签名"),
                format!("{SIGNATURE} is no signature over {MANIFEST} by the key in {SIGNER}"),
            )
            .of(SIGNATURE),
        );
    }
    let manifest = told.and_then(|told| match serde_json::from_slice::<Manifest>(&told) {
        Ok(manifest) if manifest.format == FORMAT => Some(manifest),
        Ok(manifest) => {
            let fault = Fault::error(
                "bundle.format_unknown",
                "本版本的程序不认识这种评估包",
                "this version of the program does not know such bundles",
            );
            faults.push(fault.of(MANIFEST).value(&manifest.format).expected(FORMAT));
            None
        }
        Err(error) => {
            faults.push(changed(MANIFEST).value(error.to_string()));
            None
        }
    });
    (manifest, signer)
}

/// A member that the manifest cannot speak of; its checksum in the archive tells whether it was changed.
fn seal(archive: &mut ZipArchive<BufReader<File>>, name: &str) -> Result<Vec<u8>, Fault> {
    let member = archive.by_name(name).map_err(|_| missing(name))?;
    if member.size() > LONGEST_SEAL || member.compression() != CompressionMethod::Stored {
        return Err(changed(name));
    }
    let mut bytes = Vec::new();
    member.take(LONGEST_SEAL).read_to_end(&mut bytes).map_err(|_| changed(name))?;
    Ok(bytes)
}

/// Whether each member is the one that the manifest names, and there is no other.
fn members(archive: &mut ZipArchive<BufReader<File>>, manifest: &Manifest, faults: &mut Faults) {
    let mut found = BTreeSet::new();
    for place in 0..archive.len() {
        // As it lies there: a checksum of the archive that was changed itself is found with the rest of the archive.
        let Ok(mut member) = archive.by_index_raw(place) else {
            faults.push(unreadable(&io::Error::other(format!("member {place}"))));
            continue;
        };
        let Ok(name) = member.name().map(Cow::into_owned) else {
            faults.push(unreadable(&io::Error::other(format!("member {place}"))));
            continue;
        };
        if SEALS.contains(&name.as_str()) {
            continue;
        }
        let Some(told) = manifest.files.get(&name) else {
            let fault =
                Fault::error("bundle.file_unknown", format!("清单中没有 {name}"), format!("the manifest does not know {name}"));
            faults.push(fault.of(&name));
            continue;
        };
        let mut digest = Sha256::new();
        let bytes = io::copy(&mut member, &mut digest).unwrap_or_default();
        let is = Member { bytes, sha256: hex(&digest.finalize()) };
        if is != *told || member.compression() != CompressionMethod::Stored {
            faults.push(changed(&name).value(&is.sha256).expected(&told.sha256));
        }
        found.insert(name);
    }
    manifest.files.keys().filter(|name| !found.contains(*name)).for_each(|name| faults.push(missing(name)));
}

/// Whether the archive is the one that its members make: nothing lies between them, before or behind.
fn container(file: &Path, archive: &mut ZipArchive<BufReader<File>>, faults: &mut Faults) {
    match first_difference(file, archive) {
        Ok(None) => {}
        Ok(Some(at)) => {
            let near = near(archive, at);
            let (zh, en) = near.as_ref().map_or_else(
                || ("压缩包目录".to_owned(), "the directory of the archive".to_owned()),
                |name| (format!("{name} 的头部"), format!("what the archive says of {name}")),
            );
            let fault = Fault::error(
                "bundle.container_changed",
                format!("第 {at} 字节（{zh}）已被更改"),
                format!("byte {at} was changed, in {en}"),
            );
            faults.push(fault.of(near.as_deref().unwrap_or(DIRECTORY)));
        }
        Err(error) => faults.push(unreadable(&error)),
    }
}

/// The place of the first byte that differs from those of the archive made again, from 0.
fn first_difference(file: &Path, archive: &mut ZipArchive<BufReader<File>>) -> io::Result<Option<u64>> {
    let mut again = Archive::new(tempfile::tempfile()?);
    for place in 0..archive.len() {
        let member = archive.by_index_raw(place)?;
        let (name, bytes) = (member.name()?.into_owned(), member.size());
        again.add(&name, bytes, member)?;
    }
    let mut again = again.finish()?;
    again.rewind()?;
    let (mut is, mut should_be) = (BufReader::new(File::open(file)?).bytes(), BufReader::new(again).bytes());
    let mut at = 0;
    loop {
        match (is.next().transpose()?, should_be.next().transpose()?) {
            (None, None) => return Ok(None),
            (is, should_be) if is != should_be => return Ok(Some(at)),
            _ => at += 1,
        }
    }
}

/// The member that a place of the archive is nearest to: the one that begins before it; none behind all of them.
fn near(archive: &mut ZipArchive<BufReader<File>>, at: u64) -> Option<String> {
    let directory = archive.central_directory_start();
    let before = (0..archive.len()).filter_map(|place| {
        let member = archive.by_index_raw(place).ok()?;
        (member.header_start() <= at && at < directory)
            .then(|| (member.header_start(), member.name().map(Cow::into_owned).unwrap_or_default()))
    });
    before.max().map(|(_, name)| name)
}
