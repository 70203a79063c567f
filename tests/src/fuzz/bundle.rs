//! Bundles and backups: only one in which every byte is the one that was written is opened.

use std::fs;

use citygauge_api::backup::Backup;
use citygauge_api::bundle::Bundle;
use citygauge_indicators::Fault;
use citygauge_indicators::canonical::hex;
use sha2::{Digest, Sha256};

pub(super) const WORDS: &[&str] = &[
    "manifest.json",
    "\"format\":",
    "citygauge-bundle-1",
    "citygauge-backup-1",
    "\"files\":{",
    "\"bytes\":",
    "\"sha256\":",
    "0",
    "-1",
    "18446744073709551615",
    "../",
    "/",
    "\\",
    "{}",
    "null",
    "-----BEGIN PUBLIC KEY-----",
    "\n",
    "\"",
];

/// Opens bytes as a bundle and as a backup.
///
/// # Panics
/// Where one is opened in which a member is not the one that its manifest names, or a refusal says nothing.
pub fn bundle(bytes: &[u8]) -> bool {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), bytes).expect("it is written");
    let told = |faults: &[Fault]| {
        assert!(!faults.is_empty());
        faults.iter().for_each(super::told);
    };
    let bundle = Bundle::open(file.path());
    if let Err(faults) = &bundle {
        told(&faults.0);
    }
    let is_bundle = bundle.is_ok_and(|mut bundle| {
        for (name, member) in bundle.manifest.files.clone() {
            let read = bundle.read(&name).expect("the manifest names members");
            assert_eq!((read.len() as u64, hex(&Sha256::digest(&read))), (member.bytes, member.sha256), "{name}");
        }
        true
    });
    match Backup::open(file.path(), |_, _| {}) {
        Ok(backup) => {
            assert!(!backup.manifest.files.is_empty());
            true
        }
        Err(faults) => {
            told(&faults.0);
            is_bundle
        }
    }
}
