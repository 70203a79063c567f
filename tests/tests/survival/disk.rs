//! A disk that becomes full, and one that fails, under a mixed load: what cannot be written is answered with 503, reads go on, nothing is there
//! in part, and once there is room, or the disk is mended, writes go on.
//!
//! The disk is filled three times, unless `CITYGAUGE_DISK_FILLS` says otherwise, but for a little from `CITYGAUGE_DISK_SEED`. What nobody may mount
//! is skipped, and says so.
//!
//! ```text
//! CITYGAUGE_DISK_FILLS=100 cargo test -p citygauge-tests --test survival disk -- --nocapture --test-threads 1
//! ```

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use citygauge_openapi::API_ROOT;
use citygauge_openapi::client::Client;
use citygauge_tests::mixed::{Figures, Mixed, Story};
use citygauge_tests::{Disk, Place, Process, command_on, number};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use crate::{BINARY, SETTINGS, ready, seed};

/// What a disk in memory holds, in MiB.
const SMALL: usize = 96;

fn settings() -> Vec<(&'static str, &'static str)> {
    [&SETTINGS[..], &[("CITYGAUGE_LOG_FILTER", "off")]].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_costs_nothing_that_was_acknowledged_and_writes_go_on_when_there_is_room_on_sqlite() {
    let Some(disk) = Disk::in_memory(SMALL) else { return };
    let place = Place::folder_in(disk.path());
    fill_again_and_again(&disk, place, "SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_costs_nothing_that_was_acknowledged_and_writes_go_on_when_there_is_room_on_postgres() {
    let Some(disk) = Disk::in_memory(SMALL) else { return };
    let Some(place) = Place::schema().await else { return };
    fill_again_and_again(&disk, place.with_folder_in(disk.path()), "artifacts beside PostgreSQL").await;
}

async fn fill_again_and_again(disk: &Disk, place: Place, what: &str) {
    let (fills, seed) = (number("CITYGAUGE_DISK_FILLS", 3), seed("CITYGAUGE_DISK_SEED"));
    let (mut random, mut figures, began) = (StdRng::seed_from_u64(seed), Figures::default(), Instant::now());
    let first = Process::start_with(BINARY, &place, &settings());
    let key = first.first_key().expect("the first start issues a key").to_owned();
    let mut mixed = Mixed::prepare(&first.client(&key)).await;
    let (mut client, mut process) = (first.client(&key), Some(first));
    for fill in 0..fills {
        let (stop, is_killed, before_it) = (AtomicBool::new(false), fill % 3 == 2, client.clone());
        let (before, room_kib) = (random.random_range(100..800), random.random_range(0..256));
        let fault = async {
            tokio::time::sleep(Duration::from_millis(before)).await;
            disk.fill(room_kib);
            until_written(&mixed, &before_it, false).await;
            reads_go_on(&before_it).await;
            no_backup_is_left(&place, disk);
            if is_killed {
                drop(process.take());
                starts_or_says_why(&place);
            }
            disk.make_room();
            let start = Instant::now();
            if is_killed {
                let again = Process::again(BINARY, &place, &settings());
                client = again.client(&key);
                process = Some(again);
            }
            until_written(&mixed, &client, true).await;
            ready(&client).await;
            figures.ready.push(start.elapsed());
            tokio::time::sleep(Duration::from_millis(300)).await;
            stop.store(true, Ordering::SeqCst);
        };
        tokio::join!(mixed.load(&before_it, &Story::ALL, seed + fill as u64, &stop), fault);
        mixed.settle(&client, &mut figures).await;
    }
    mixed.settle_all(&client, &mut figures).await;
    let verified = command_on(BINARY, &place).args(["artifacts", "verify"]).output().expect("the command can be run");
    assert!(verified.status.success(), "{verified:?}");
    println!("full disk, {what}, seed {seed}, filled {fills} times in {:.0?}: {figures}", began.elapsed());
    figures.assert_sound();
    drop(process);
    place.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_costs_nothing_that_was_acknowledged_once_it_is_mended() {
    let Some(disk) = Disk::in_a_file(SMALL as u64) else { return };
    let place = Place::folder_in(disk.path());
    let mut figures = Figures::default();
    let process = Process::start_with(BINARY, &place, &settings());
    let key = process.first_key().expect("the first start issues a key").to_owned();
    let (client, stop) = (process.client(&key), AtomicBool::new(false));
    let mut mixed = Mixed::prepare(&client).await;
    let fault = async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        disk.fail();
        until_written(&mixed, &client, false).await;
        reads_go_on(&client).await;
        stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(mixed.load(&client, &Story::ALL, seed("CITYGAUGE_DISK_SEED"), &stop), fault);
    process.kill();

    disk.mount_again(true);
    starts_or_says_why(&place);

    disk.mount_again(false);
    let start = Instant::now();
    let process = Process::again(BINARY, &place, &settings());
    let client = process.client(&key);
    ready(&client).await;
    figures.ready.push(start.elapsed());
    mixed.settle(&client, &mut figures).await;
    mixed.settle_all(&client, &mut figures).await;
    println!("a disk that failed, and was mended: {figures}");
    figures.assert_sound();
    process.kill();
    place.clear().await;
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named_at_the_start() {
    let Some(disk) = Disk::in_memory(4) else { return };
    let place = Place::folder_in(disk.path());
    disk.mount_again(true);
    for language in ["en", "zh"] {
        let mut serve = command_on(BINARY, &place);
        let ended =
            serve.env("CITYGAUGE_LANG", language).args(["serve", "--port", "0"]).output().expect("the command can be run");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(3), "{said}");
        assert!(said.contains(&place.data_dir().display().to_string()) && said.contains("Read-only file system"), "{said}");
    }
    disk.mount_again(false);
}

/// Tries to write until it is done, or is not.
async fn until_written(mixed: &Mixed, client: &Client, is_done: bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while mixed.tell(client, Story::Evidence).await != is_done {
        assert!(Instant::now() < deadline, "a write is{} done", if is_done { " not" } else { "" });
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn reads_go_on(client: &Client) {
    for path in
        ["/livez".to_owned(), format!("{API_ROOT}/cities"), format!("{API_ROOT}/imports"), format!("{API_ROOT}/audit-events")]
    {
        let read = client.get::<Value>(&path).await;
        assert!(read.is_ok(), "{path}: {read:?}");
    }
}

/// Where there is no room for a backup, it says so, and leaves nothing.
fn no_backup_is_left(place: &Place, disk: &Disk) {
    let out = disk.path().join("backup.zip");
    let made = command_on(BINARY, place).args(["backup", "--out"]).arg(&out).output().expect("the command can be run");
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(matches!(made.status.code(), Some(2 | 3)) && !said.contains("panicked"), "{:?}: {said}", made.status);
    let left = std::fs::read_dir(disk.path()).expect("it is there").map(|entry| entry.expect("it is ours").file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().contains("backup")).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// A service on a disk that cannot be written to starts, or ends with the status 3 and a sentence, which is given.
fn starts_or_says_why(place: &Place) -> Option<String> {
    let (out, err) = (tempfile::NamedTempFile::new().expect("a file"), tempfile::NamedTempFile::new().expect("a file"));
    let again = |file: &tempfile::NamedTempFile| file.reopen().expect("the file is ours");
    let mut serve = command_on(BINARY, place);
    serve.args(["serve", "--port", "0"]).stdout(again(&out)).stderr(again(&err));
    let mut serve = serve.spawn().expect("the command can be run");
    let said = |file| std::io::read_to_string(again(file)).expect("it is text");
    let deadline = Instant::now() + Duration::from_secs(60);
    while !said(&out).contains("http://") {
        if let Some(status) = serve.try_wait().expect("the process is ours") {
            let said = said(&err);
            assert!(status.code() == Some(3) && !said.contains("panicked"), "{status}: {said}");
            return Some(said);
        }
        assert!(Instant::now() < deadline, "it neither starts nor ends");
        std::thread::sleep(Duration::from_millis(20));
    }
    serve.kill().and_then(|()| serve.wait()).expect("the process is ours");
    None
}
