use std::fs;
use std::path::Path;

use citygauge_indicators::{Fault, Language, Text};

use super::error::NoBackup;
use super::folder::Backups;
use super::*;
use crate::backup::BackupError;
use crate::store::{StoreError, StoreOptions};

fn in_folder(folder: &Path) -> Config {
    let mut config = Config::default();
    config.server.data_dir = folder.to_owned();
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_database_is_made_without_a_backup_and_one_that_is_up_to_date_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = in_folder(folder.path());
    let store = Store::connect(&config.database_url(), StoreOptions::default()).await.expect("a new database");
    let made = upgrade(&config, &Sources::system(), &store, &Caller::command()).await.expect("a new schema");
    assert_eq!((made.applied, made.backup), (crate::store::migrations(), None));
    let again = upgrade(&config, &Sources::system(), &store, &Caller::command()).await.expect("nothing to do");
    assert_eq!(again, Upgraded { applied: Vec::new(), backup: None });
    assert!(!folder.path().join("backups").exists(), "nobody needs it");
    assert_eq!(crate::store::audit::end(store.db()).await.expect("it answers").0, 0, "nothing happened");
}

#[test]
fn the_newest_three_before_a_version_are_kept_and_those_before_others_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let backups = Backups::of(&in_folder(folder.path()), &Sources::system(), "zip");
    let (work, made) = backups.begin().expect("the folder is ours");
    fs::write(&made, "new").expect("the folder is ours");
    let place = folder.path().join("backups");
    let version = env!("CARGO_PKG_VERSION");
    let old = |name: &str| fs::write(place.join(name), "old").expect("the folder is ours");
    let before = |time: &str| format!("before-{version}-{time}.zip");
    ["20260101T000000000Z", "20260102T000000000Z", "20260103T000000000Z"].iter().for_each(|time| old(&before(time)));
    old("before-0.0.1-20250101T000000000Z.zip");
    backups.keep(&made).expect("the folder is ours");
    drop(work);
    let mut left: Vec<String> = fs::read_dir(&place)
        .expect("it is there")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
        .collect();
    left.sort();
    let newest = backups.file().file_name().expect("a name").to_str().expect("text").to_owned();
    let mut expected = vec![
        "before-0.0.1-20250101T000000000Z.zip".to_owned(),
        before("20260102T000000000Z"),
        before("20260103T000000000Z"),
        newest.clone(),
    ];
    expected.sort();
    assert_eq!(left, expected);
    assert_eq!(fs::read_to_string(place.join(newest)).expect("it is there"), "new");
    assert!(matches!(backups.keep(Path::new("/nowhere")), Err(NoBackup::Folder(..))), "nothing is written over");
}

/// Read by administrators too, who cannot be helped by "no such file" alone.
#[test]
fn every_refusal_says_in_both_languages_what_happened_and_how_to_go_on() {
    let fault = Fault::error("backup.artifact_lost", "一个产物已丢失", "an artifact is lost");
    let causes = [
        NoBackup::Folder("/data/backups".into(), std::io::ErrorKind::PermissionDenied.into()),
        NoBackup::Copy(BackupError::Faulty(fault.into())),
        NoBackup::Program("pg_dump"),
        NoBackup::Said("pg_dump", "server version mismatch".into()),
        NoBackup::Lacks(vec!["cities".into()]),
        NoBackup::Damaged(Text::both("已损坏", "it is damaged")),
    ];
    for why in causes {
        let text = UpgradeError::NoBackup { pending: 2, why: Box::new(why) }.text();
        let (zh, en) = (text.get(Language::Zh), text.get(Language::En));
        assert!(zh.contains("未作任何更改") && zh.contains("elsewhere"), "{zh}");
        assert!(en.contains("Nothing was changed") && en.contains("database.backup = \"elsewhere\""), "{en}");
    }
    let refused = || StoreError::Internal("no such column".into());
    let ahead = UpgradeError::NoBackup { pending: 1, why: Box::new(NoBackup::Copy(BackupError::Ahead(refused()))) }.to_string();
    assert!(ahead.contains("on a copy") && !ahead.contains("elsewhere"), "going on would do harm: {ahead}");
    let undone = UpgradeError::Undone { error: refused(), backup: Taken::Here("/b.dump".into()), on_postgres: true }.to_string();
    assert!(undone.contains("pg_restore --exit-on-error --no-owner --dbname NEW /b.dump"), "{undone}");
}
