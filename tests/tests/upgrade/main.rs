//! What released versions left behind, on both databases: the present program backs it up, brings it up to date, says what that version said, and
//! goes on with it. `tests/fixtures/README.md` tells what is kept of a version and how it is made.

mod answers;
mod fixture;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use citygauge_indicators::Language;
use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, Id, Job, WorkState};
use citygauge_tests::steps::finished;
use citygauge_tests::{Place, Process, command, command_on};
use serde_json::{Value, json};

use fixture::{Fixture, Kind};

const BINARY: &str = env!("CARGO_BIN_EXE_citygauge-under-test");

/// The answers were given to whoever is on the machine.
const SETTINGS: [(&str, &str); 4] = [
    ("CITYGAUGE_SERVER_OPEN", "true"),
    ("CITYGAUGE_LIMITS_REQUESTS_PER_S", "0"),
    ("CITYGAUGE_LIMITS_ADDRESS_REQUESTS_PER_S", "0"),
    ("CITYGAUGE_WEBHOOKS_KEEP_DAYS", "3650"),
];

#[test]
fn every_released_version_has_a_fixture() {
    let released = fixture::released();
    assert!(!released.is_empty(), "the changelog names versions");
    for version in released {
        for kind in Kind::ALL {
            assert!(fixture::file(&version, kind).is_file(), "{version} has no fixture for {kind:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_released_version_left_goes_on_on_sqlite() {
    for version in fixture::released() {
        let (place, fixture) = (Place::folder(), Fixture::open(&version, Kind::Sqlite));
        let backup = place.data_dir().with_file_name("of-the-version.zip");
        std::fs::write(&backup, fixture.member("backup.zip")).expect("a temporary folder");
        sound(command(BINARY).arg("restore").arg(&backup).arg("--data-dir").arg(place.data_dir()).output());
        go_on(&place, &fixture).await;
        place.clear().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_released_version_left_goes_on_on_postgres() {
    for version in fixture::released() {
        let Some(place) = Place::schema().await else { return };
        let fixture = Fixture::open(&version, Kind::Postgres);
        fixture.unpack("data/", &place.data_dir());
        fixture::load(&place, &fixture).await;
        go_on(&place, &fixture).await;
        place.clear().await;
    }
}

/// Everything that is asked of what a version left.
async fn go_on(place: &Place, fixture: &Fixture) {
    let process = Process::again(BINARY, place, &SETTINGS);
    let open = Client::new(process.server(), None, Language::En).expect("a client");
    let backups = backups(place);
    let [backup] = &backups[..] else { panic!("one backup was expected, found {backups:?}") };
    whole(backup, fixture);
    answers::are_the_same(&open, fixture).await;
    process.client(fixture.key()).get::<Value>(&format!("{API_ROOT}/cities")).await.expect("keys of the version let in");

    sound(command_on(BINARY, place).args(["audit", "verify"]).output());
    all_there(command_on(BINARY, place).args(["artifacts", "verify"]).output(), fixture.kind);
    let bundle = place.data_dir().with_file_name("bundle-of-the-version.zip");
    std::fs::write(&bundle, fixture.member("bundle.zip")).expect("a temporary folder");
    sound(command(BINARY).arg("verify").arg(&bundle).output());

    scored_again(&open).await;
    process.terminate();
    assert!(process.ended(Duration::from_secs(60)).success());
    drop(Process::again(BINARY, place, &SETTINGS));
    assert_eq!(self::backups(place), backups, "what is up to date is not backed up again");
}

/// The backups that were made before the database was changed.
fn backups(place: &Place) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(place.data_dir().join("backups")).expect("a backup was made");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// The backup of before can be read whole, by what it is made for.
fn whole(backup: &Path, fixture: &Fixture) {
    match fixture.kind {
        Kind::Sqlite => drop(sound(command(BINARY).arg("restore").arg(backup).arg("--check").output())),
        Kind::Postgres => {
            let listed = sound(Command::new("pg_restore").arg("--list").arg(backup).output());
            assert!(String::from_utf8_lossy(&listed.stdout).contains(" TABLE DATA "), "{listed:?}");
        }
    }
}

/// The oldest assessment, computed once more from the release that it has read, has the same scores.
async fn scored_again(client: &Client) {
    let assessments: Value = client.get(&format!("{API_ROOT}/assessments?limit=100")).await.expect("a page");
    let before = assessments["items"].as_array().and_then(|items| items.last()).expect("there are some");
    let new = json!({ "set": before["set"], "release": before["release"] });
    let after: Value = client.post(&format!("{API_ROOT}/assessments"), &new).await.expect("it is taken");
    let job: Job = finished(client, &Id::trusted(after["job"].as_str().expect("a job"))).await;
    assert_eq!(job.state, WorkState::Succeeded, "{:?}", job.error);
    let scores = async |assessment: &Value| {
        let id = assessment["id"].as_str().expect("it has one");
        client.bytes(&format!("{API_ROOT}/assessments/{id}/scores?format=csv")).await.expect("its scores")
    };
    assert_eq!(String::from_utf8(scores(&after).await), String::from_utf8(scores(before).await));
}

/// Every artifact is there; files of exports, which are kept for hours, are not in the backup that an embedded service was restored from.
fn all_there(verified: std::io::Result<Output>, kind: Kind) {
    let verified = verified.expect("the command can be run");
    let said = String::from_utf8_lossy(&verified.stderr);
    let is_of_export = |line: &str| line.starts_with("error[artifact.lost] /exports/");
    let lacks_exports = verified.status.code() == Some(1) && !said.is_empty() && said.lines().all(is_of_export);
    assert!(verified.status.success() || (kind == Kind::Sqlite && lacks_exports), "{verified:?}");
}

/// What a command said, which has succeeded.
fn sound(output: std::io::Result<Output>) -> Output {
    let output = output.expect("the command can be run");
    assert!(output.status.success(), "{output:?}");
    output
}
