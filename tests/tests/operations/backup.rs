//! A copy of an embedded service that is made while it goes on, and brought back.

use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use citygauge_openapi::{API_ROOT, City};
use citygauge_tests::steps::{
    assess, count_observations, import, observations_csv, plain_set, publish, register, try_to_register,
};
use citygauge_tests::{Place, Process, command};

use crate::BINARY;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_before_a_backup_is_in_it_although_others_write_meanwhile() {
    let place = Place::folder();
    let service = Process::start(BINARY, &place);
    let key = service.first_key().expect("the first start issues a key").to_owned();
    let client = service.client(&key);
    let set = publish(&client, &plain_set("backup", &["a", "b"])).await;
    register(&client, "hz").await;
    let rows: String = (1000..3000).map(|year| format!("hz,{year},a,40\nhz,{year},b,60\n")).collect();
    import(&client, &observations_csv(&set), format!("city,period,item,value\n{rows}")).await;
    let assessment = assess(&client, &set).await;
    let bundle = format!("{API_ROOT}/assessments/{}/bundle", assessment.id);
    let signed = client.bytes(&bundle).await.expect("a bundle");

    let (answered, is_over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (writer, counted, told) = (service.client(&key), answered.clone(), is_over.clone());
    let writing = tokio::spawn(async move {
        let mut city = 0;
        while !told.load(Ordering::SeqCst) {
            try_to_register(&writer, &format!("w{city}")).await.expect("nobody is held up");
            city += 1;
            counted.store(city, Ordering::SeqCst);
        }
        city
    });
    while answered.load(Ordering::SeqCst) < 5 {
        tokio::task::yield_now().await;
    }
    let before = answered.load(Ordering::SeqCst);
    let file = place.data_dir().with_file_name("backup.zip");
    let made = run(&[
        "backup",
        "--with-signing-key",
        "--data-dir",
        &place.data_dir().display().to_string(),
        "--out",
        &file.display().to_string(),
    ])
    .await;
    let after = answered.load(Ordering::SeqCst);
    is_over.store(true, Ordering::SeqCst);
    let in_all = writing.await.expect("no panic");
    assert!(made.status.success(), "{made:?}");
    assert!(after > before, "writers went on: {before} before, {after} after, {in_all} in all");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&file.metadata().expect("it is there")) & 0o777, 0o600);
    let again =
        run(&["backup", "--data-dir", &place.data_dir().display().to_string(), "--out", &file.display().to_string()]).await;
    assert_eq!(again.status.code(), Some(2), "an existing backup is left alone");

    let checked = run(&["restore", &file.display().to_string(), "--check"]).await;
    assert!(checked.status.success() && String::from_utf8_lossy(&checked.stdout).contains("the backup is whole"), "{checked:?}");
    let over = run(&["restore", &file.display().to_string(), "--data-dir", &place.data_dir().display().to_string()]).await;
    assert_eq!(over.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&over.stderr).contains("restore.folder_not_empty"), "{over:?}");
    drop(service);

    let other = Place::folder();
    let restored = run(&["restore", &file.display().to_string(), "--data-dir", &other.data_dir().display().to_string()]).await;
    assert!(restored.status.success(), "{restored:?}");
    let service = Process::start(BINARY, &other);
    assert_eq!(service.first_key(), None, "the keys are there");
    let client = service.client(&key);
    assert_eq!(count_observations(&client, "").await, 4_000);
    for city in 0..before {
        client.get::<City>(&format!("{API_ROOT}/cities/w{city}")).await.unwrap_or_else(|error| panic!("w{city}: {error}"));
    }
    assert!(client.bytes(&bundle).await.expect("a bundle") == signed, "signed with the same key, byte by byte");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_backup_is_refused_in_both_languages_and_leaves_nothing() {
    let place = Place::folder();
    drop(Process::start(BINARY, &place));
    let (data, file) = (place.data_dir().display().to_string(), place.data_dir().with_file_name("backup.zip"));
    assert!(run(&["backup", "--data-dir", &data, "--out", &file.display().to_string()]).await.status.success());
    let mut bytes = std::fs::read(&file).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("the folder is ours");
    let into = place.data_dir().with_file_name("restored");
    for (language, word) in [("zh", "已损坏"), ("en", "is damaged")] {
        let refused =
            run(&["--lang", language, "restore", &file.display().to_string(), "--data-dir", &into.display().to_string()]).await;
        let said = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{said}");
        assert!(said.contains("backup.file_damaged") && said.contains("citygauge.db") && said.contains(word), "{said}");
    }
    let mut left: Vec<_> =
        std::fs::read_dir(into.parent().expect("a folder")).expect("ours").map(|it| it.expect("ours").file_name()).collect();
    left.sort();
    assert_eq!(left, ["backup.zip", "data"], "nothing was left half-done");

    let postgres = run(&["backup", "--database-url", "postgres://nobody@127.0.0.1/none", "--out", &data]).await;
    assert!(postgres.status.code() == Some(2) && String::from_utf8_lossy(&postgres.stderr).contains("pg_dump"), "{postgres:?}");
}

async fn run(arguments: &[&str]) -> Output {
    let mut command = command(BINARY);
    command.args(arguments);
    tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("the command can be run")
}
