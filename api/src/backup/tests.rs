use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use citygauge_indicators::Language;
use serde_json::json;
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::*;
use crate::clock::Sources;
use crate::config::Config;
use crate::service;
use crate::testing::Harness;

/// A service with a release and an assessment, and a backup of it.
async fn backed_up() -> (Harness, TempDir, PathBuf) {
    let harness = Harness::observed().await;
    assess(&harness).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("backup.zip");
    let (state, work) = (&harness.state, folder.path().join("work"));
    std::fs::create_dir(&work).expect("the folder is ours");
    make(state.config(), state.sources(), &work, &file, false, |_, _| ()).await.expect("a backup");
    (harness, folder, file)
}

async fn assess(harness: &Harness) {
    let taken = harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await.json();
    assert_eq!(harness.work(taken["job"].as_str().expect("a job")).await["state"], "succeeded");
}

fn members(file: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(File::open(file).expect("it is there")).expect("a backup");
    let count = archive.len();
    let read = |place| {
        let mut member = archive.by_index(place).expect("it is there");
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("it is sound");
        (member.name().expect("text").into_owned(), bytes)
    };
    (0..count).map(read).collect()
}

/// Writes members as a backup, and says what is found wrong with it.
fn found(file: &Path, members: &[(String, Vec<u8>)], method: CompressionMethod) -> Vec<(String, String)> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(name, SimpleFileOptions::default().compression_method(method)).expect("memory");
        archive.write_all(bytes).expect("memory");
    }
    std::fs::write(file, archive.finish().expect("memory").into_inner()).expect("the folder is ours");
    faults(file)
}

fn faults(file: &Path) -> Vec<(String, String)> {
    let Err(faults) = Backup::open(file, |_, _| ()) else { return Vec::new() };
    for fault in &faults.0 {
        assert_ne!(fault.line(Language::Zh), fault.line(Language::En), "a person reads it");
    }
    faults.0.into_iter().map(|fault| (fault.code.to_string(), fault.node_or_item.unwrap_or_default())).collect()
}

#[actix_web::test]
async fn what_is_damaged_is_named_and_what_does_not_belong_there_too() {
    let (_harness, folder, file) = backed_up().await;
    assert_eq!(faults(&file), []);
    let sound = members(&file);
    let place = |name: &str| sound.iter().position(|(known, _)| known.starts_with(name)).expect("it is there");
    let (artifact, manifest) = (place("objects/"), place(MANIFEST));
    let lost = sound[artifact].0.clone();
    let of = |code: &str, name: &str| (format!("backup.{code}"), name.to_owned());
    type Members = Vec<(String, Vec<u8>)>;
    let changed = |change: &dyn Fn(&mut Members)| {
        let mut members = sound.clone();
        change(&mut members);
        found(&folder.path().join("changed.zip"), &members, CompressionMethod::Stored)
    };
    assert_eq!(changed(&|_| ()), [], "another program may write the archive");
    assert_eq!(changed(&|all| drop(all.remove(artifact))), [of("file_missing", &lost)]);
    let two = changed(&|all| {
        all[artifact].1[0] ^= 1;
        all[place(DATABASE)].1.push(0);
    });
    assert_eq!(two, [of("file_damaged", DATABASE), of("file_damaged", &lost)], "all at once");
    for name in ["../outside", "/etc/passwd", "objects/sha256/ab/../../x", "objects\\x", "more.txt"] {
        let added = changed(&|all| all.push((name.to_owned(), b"x".to_vec())));
        assert_eq!(added, [of("file_unknown", name)]);
        let named = changed(&|all| {
            all.push((name.to_owned(), b"x".to_vec()));
            edit(&mut all[manifest].1, |told| told["files"][name] = json!({"bytes": 1, "sha256": "x"}));
        });
        assert!(named.contains(&of("file_unknown", name)), "{named:?}");
    }
    let newer = changed(&|all| edit(&mut all[manifest].1, |told| told["migrations"] = json!(["m29990101_000001_later"])));
    assert_eq!(newer, [of("schema_newer", DATABASE)]);
    let other = changed(&|all| edit(&mut all[manifest].1, |told| told["format"] = json!("citygauge-backup-2")));
    assert_eq!(other, [of("format_unknown", MANIFEST)]);
    assert_eq!(changed(&|all| all[manifest].1.truncate(100)), [of("file_damaged", MANIFEST)]);
    assert_eq!(changed(&|all| drop(all.remove(manifest))), [of("file_missing", MANIFEST)]);
    let packed = found(&folder.path().join("packed.zip"), &sound, CompressionMethod::Deflated);
    assert_eq!(packed, [of("file_damaged", MANIFEST)], "nothing is unpacked");
}

fn edit(manifest: &mut Vec<u8>, change: impl Fn(&mut serde_json::Value)) {
    let mut told = serde_json::from_slice(manifest).expect("JSON");
    change(&mut told);
    *manifest = serde_json::to_vec(&told).expect("JSON");
}

#[actix_web::test]
async fn a_file_that_was_cut_off_or_changed_in_any_part_of_its_content_is_refused() {
    let (_harness, folder, file) = backed_up().await;
    let sound = std::fs::read(&file).expect("it is there");
    let other = folder.path().join("other.zip");
    for length in [0, 10, sound.len() / 2, sound.len() - 1] {
        std::fs::write(&other, &sound[..length]).expect("the folder is ours");
        assert!(!faults(&other).is_empty(), "{length} bytes of {}", sound.len());
    }
    let mut archive = ZipArchive::new(Cursor::new(&sound)).expect("a backup");
    let starts: Vec<_> = (0..archive.len()).map(|place| archive.by_index(place).expect("it is there").data_start()).collect();
    for start in starts.into_iter().map(|start| start.expect("known") as usize) {
        let mut bytes = sound.clone();
        bytes[start] ^= 0x20;
        std::fs::write(&other, &bytes).expect("the folder is ours");
        assert!(!faults(&other).is_empty(), "byte {start}");
    }
}

#[actix_web::test]
async fn a_restored_service_has_everything_and_nothing_is_restored_over_what_is_there() {
    let (harness, folder, file) = backed_up().await;
    let place = folder.path().join("restored");
    let mut backup = Backup::open(&file, |_, _| ()).expect("it is sound");
    backup.restore(&place, |_, _| ()).expect("the folder is new");
    #[cfg(unix)]
    for private in [place.join(DATABASE), place.clone()] {
        let mode = std::os::unix::fs::MetadataExt::mode(&private.metadata().expect("it is there"));
        assert_eq!(mode & 0o077, 0, "{} is for its owner only", private.display());
    }
    let refused = backup.restore(&place, |_, _| ()).expect_err("it is there").to_string();
    assert!(refused.contains("restore.folder_not_empty"), "{refused}");
    let mut config = Config::default();
    config.server.data_dir = place;
    let again = service::open(config, Sources::system()).await.expect("a data folder");
    let (was, is) = (harness.state.store(), again.store());
    assert_eq!(is.counts().await.expect("it answers"), was.counts().await.expect("it answers"));
    assert_eq!(is.defects().await.expect("it answers"), Vec::<String>::new());
    let named = is.named_artifacts().await.expect("it answers");
    assert!(named.len() > 5 && named == was.named_artifacts().await.expect("it answers"), "{named:?}");
    for digest in named.into_keys() {
        again.artifacts().get(&digest).await.expect("it is there and sound");
    }
}

#[actix_web::test]
async fn what_is_lost_from_the_folder_is_named_and_no_backup_is_made() {
    let harness = Harness::observed().await;
    assess(&harness).await;
    let named: Vec<String> = harness.state.store().named_artifacts().await.expect("the database is ours").into_keys().collect();
    let objects = harness.state.config().objects_dir();
    let path = |digest: &str| objects.join("sha256").join(&digest[..2]).join(digest);
    std::fs::remove_file(path(&named[0])).expect("it is there");
    std::fs::write(path(&named[1]), "x").expect("it is there");
    let folder = tempfile::tempdir().expect("a folder");
    let (state, file) = (&harness.state, folder.path().join("backup.zip"));
    let refused = make(state.config(), state.sources(), folder.path(), &file, false, |_, _| ()).await;
    let Err(BackupError::Faulty(faults)) = refused else { panic!("{refused:?}") };
    let codes: Vec<&str> = faults.0.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["backup.artifact_lost", "backup.artifact_damaged"]);
}
