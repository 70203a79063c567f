//! Every artifact of every kind, with a bit turned round, cut off, taken away, or with another one in its place: what needs it says so and
//! names it, nothing else changes by a byte, and the commands that look at all of them find it.
//!
//! Each file is hurt in one of these ways, in turn, unless `CITYGAUGE_DAMAGE_WAYS` says in how many:
//!
//! ```text
//! CITYGAUGE_DAMAGE_WAYS=4 cargo test -p citygauge-tests --test survival damage -- --nocapture --test-threads 1
//! ```

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, Job, NewRelease, Problem, Release, SetRef, WorkState};
use citygauge_tests::mixed::sha256;
use citygauge_tests::steps::{assess, cities_csv, finished, freeze, import, observations_csv, plain_set, publish, upload};
use citygauge_tests::{Place, Process, command_on, number};
use reqwest::Method;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use crate::{BINARY, SETTINGS};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_artifact_is_named_by_whatever_needs_it_on_sqlite() {
    damage(Place::folder()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_artifact_is_named_by_whatever_needs_it_on_postgres() {
    let Some(place) = Place::schema().await else { return };
    damage(place).await;
}

/// What is done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Bit,
    Cut,
    Gone,
    Swapped,
}

const WAYS: [Way; 4] = [Way::Bit, Way::Cut, Way::Gone, Way::Swapped];

/// A path that is read, and what it gives while all is well.
struct Sound {
    path: String,
    status: u16,
    body: Vec<u8>,
}

async fn damage(place: Place) {
    let settings = [&SETTINGS[..], &[("CITYGAUGE_LIMITS_ANSWERS_MIB", "0"), ("CITYGAUGE_LOG_FILTER", "off")]].concat();
    let mut process = Process::start_with(BINARY, &place, &settings);
    let key = process.first_key().expect("the first start issues a key").to_owned();
    let made = made(&process.client(&key)).await;
    let sound = read(&process.client(&key), &made.reads).await;
    let objects = place.data_dir().join("objects");
    let (artifacts, exports) = (files(&objects.join("sha256")), files(&objects.join("exports")));
    assert!(verified(&place).status.success(), "all is well before");

    let (mut named, mut unread) = (0, Vec::new());
    let ways = number("CITYGAUGE_DAMAGE_WAYS", 1);
    for (place_of_it, file) in artifacts.iter().chain(&exports).enumerate() {
        let bytes = fs::read(file).expect("the folder is ours");
        let digest = sha256(&bytes);
        let mut reads_that_name_it = 0;
        for way in WAYS.into_iter().cycle().skip(place_of_it % WAYS.len()).take(ways) {
            hurt(file, &bytes, way, &artifacts);
            // What was computed before is remembered; the one that starts now remembers nothing.
            process.kill();
            process = Process::again(BINARY, &place, &settings);
            reads_that_name_it += compare(&process.client(&key), &sound, &digest, &format!("{file:?} {way:?}")).await;
            if digest == made.release.digest.as_str() {
                nothing_is_computed_from_it(&process.client(&key), &made).await;
            }
            let said = String::from_utf8_lossy(&verified(&place).stderr).into_owned();
            assert!(said.contains("artifact.") && said.contains(&digest), "{file:?} {way:?}: {said}");
            if place.postgres().is_none() && artifacts.contains(file) {
                let backup = backup(&place);
                let said = String::from_utf8_lossy(&backup.stderr).into_owned();
                assert!(backup.status.code() == Some(1) && said.contains(&digest), "{file:?} {way:?}: {said}");
            }
            fs::write(file, &bytes).expect("the folder is ours");
        }
        match reads_that_name_it {
            0 => unread.push(digest),
            _ => named += 1,
        }
    }
    process.kill();
    process = Process::again(BINARY, &place, &settings);
    assert_eq!(compare(&process.client(&key), &sound, "", "all was brought back").await, 0);
    assert!(verified(&place).status.success(), "all is well again");
    // Only files that were read to their end by an import have nothing to be read for any more.
    assert_eq!(unread.len(), made.imports_done, "{unread:?}");
    println!(
        "{} artifacts and {} files of exports, each hurt in {ways} of {} ways: {named} named by what needs them, all by `artifacts verify`; no \
         other answer changed",
        artifacts.len(),
        exports.len(),
        WAYS.len()
    );
    place.clear().await;
}

/// One of every kind of artifact, and what reads them.
struct Made {
    set: SetRef,
    release: Release,
    /// Uploads that were imported, so that nothing reads them any more.
    imports_done: usize,
    reads: Vec<String>,
}

async fn made(client: &Client) -> Made {
    let set = publish(client, &plain_set("damage", &["a", "b"])).await;
    import(client, &cities_csv(), "code,name\nhz,杭州\nnb,宁波\nwz,温州\n").await;
    import(client, &observations_csv(&set), "city,period,a,b\nhz,2026,40,60\nnb,2026,50,70\nwz,2026,20,90\n").await;
    let faulty =
        upload(client, &citygauge_openapi::client::Upload { content_type: XLSX.into(), ..observations_csv(&set) }, workbook())
            .await;
    assert_eq!(faulty.state, WorkState::Failed);
    let release = freeze(client, &NewRelease::default()).await;
    let assessment = assess(client, &set).await;
    let at = format!("{API_ROOT}/assessments/{}", assessment.id);
    let analysis: Value =
        client.post(&format!("{at}/uncertainty"), &json!({"replications": 20, "sobol": true})).await.expect("taken");
    ended(client, &analysis).await;
    let table = format!("{at}/scores");
    let export: Value =
        client.post(&format!("{API_ROOT}/exports"), &json!({"table": table, "format": "csv"})).await.expect("taken");
    ended(client, &export).await;
    let report: Value = client
        .post(&format!("{API_ROOT}/reports"), &json!({"assessment": assessment.id, "format": "html"}))
        .await
        .expect("taken");
    ended(client, &report).await;
    let map = format!("{API_ROOT}/maps/m?approval_number=GS(2026)1&title_en=A+map");
    let _: Value = client.send(client.request(Method::PUT, &map).json(&shapes())).await.expect("kept");
    let evidence = format!("{API_ROOT}/observations/hz/2026/a/evidence?file_name=e.txt");
    let evidence = client.request(Method::POST, &evidence).header("content-type", "text/plain").body("as the yearbook says\n");
    let evidence: Value = client.send(evidence).await.expect("kept");
    let id = |value: &Value| value["id"].as_str().expect("it has one").to_owned();
    let mut reads = vec![
        format!("{API_ROOT}/imports/{}/annotated.xlsx", faulty.id),
        format!("{API_ROOT}/releases/{}/parquet", release.id),
        format!("{API_ROOT}/exports/{}/file", id(&export)),
        format!("{API_ROOT}/reports/{}/file", id(&report)),
        format!("{API_ROOT}/maps/m/geojson"),
        format!("{API_ROOT}/evidence/{}", id(&evidence)),
    ];
    let of_assessment =
        ["", "/bundle", "/cities/hz", "/cities/hz/explain", "/ranking", "/scores", "/statistics", "/trends", "/weights"];
    let of_analysis = ["", "/cities", "/ranks", "/sensitivity", "/parameters"].map(|table| format!("/uncertainty/1{table}"));
    reads.extend(of_assessment.into_iter().map(str::to_owned).chain(of_analysis).map(|below| format!("{at}{below}")));
    reads.push(format!("{at}/charts/ranks.svg"));
    Made { set, release, imports_done: 2, reads }
}

async fn ended(client: &Client, asked: &Value) {
    let job: Job = finished(client, &serde_json::from_value(asked["job"].clone()).expect("it names its job")).await;
    assert_eq!(job.state, WorkState::Succeeded, "{:?}", job.error);
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook with a city that nobody knows.
fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in [["city", "period", "item", "value"], ["atlantis", "2026", "a", "1"]].iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *cell).expect("it is a short text");
        }
    }
    workbook.save_to_buffer().expect("it is small")
}

fn shapes() -> Value {
    let outline = json!([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]);
    let area = json!({"type": "Feature", "properties": {"code": "hz"}, "geometry": {"type": "Polygon", "coordinates": outline}});
    json!({"type": "FeatureCollection", "features": [area]})
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it is ours").path()) {
        if entry.is_dir() { found.extend(files(&entry)) } else { found.push(entry) }
    }
    found.sort();
    found
}

fn hurt(file: &Path, bytes: &[u8], way: Way, others: &[PathBuf]) {
    match way {
        Way::Bit => {
            let mut other = bytes.to_vec();
            other[bytes.len() / 2] ^= 1;
            fs::write(file, other).expect("the folder is ours");
        }
        Way::Cut => fs::write(file, &bytes[..bytes.len() / 2]).expect("the folder is ours"),
        Way::Gone => fs::remove_file(file).expect("the folder is ours"),
        Way::Swapped => {
            let other = others.iter().find(|other| *other != file).expect("there are several");
            fs::copy(other, file).expect("the folder is ours");
        }
    }
}

async fn read(client: &Client, paths: &[String]) -> Vec<Sound> {
    let mut sound = Vec::new();
    for path in paths {
        let answer = client.request(Method::GET, path).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body: Vec<u8> = answer.bytes().await.expect("whole").into();
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        sound.push(Sound { path: path.clone(), status, body });
    }
    sound
}

/// Reads again what was sound: each is as it was, or names the artifact. How many do.
async fn compare(client: &Client, sound: &[Sound], digest: &str, hurt: &str) -> usize {
    let mut named = 0;
    for Sound { path, status, body } in sound {
        let answer = client.request(Method::GET, path).send().await.expect("an answer");
        let found = answer.status().as_u16();
        let bytes = answer.bytes().await.expect("whole");
        if found == *status {
            assert!(bytes == *body, "{hurt}: {path} gives something else than before");
            continue;
        }
        // A file that is no artifact can be made again; that it is gone is no fault of the service.
        if found == 404 && path.contains("/exports/") {
            named += 1;
            continue;
        }
        let problem: Problem = serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{hurt}: {path}: {found}, {error}"));
        assert_eq!((found, problem.kind.as_str()), (500, "/problems/artifact-lost"), "{hurt}: {path}: {problem:?}");
        let fault = &problem.errors[0];
        assert!(
            fault.message.contains(digest) && fault.hint.is_some() && problem.detail.contains(digest),
            "{hurt}: {path}: {problem:?}"
        );
        named += 1;
    }
    named
}

/// An assessment of a damaged release fails, and says why.
async fn nothing_is_computed_from_it(client: &Client, made: &Made) {
    let new = json!({"set": made.set, "release": made.release.id});
    let taken: Value = client.post(&format!("{API_ROOT}/assessments"), &new).await.expect("taken");
    let job = finished(client, &serde_json::from_value(taken["job"].clone()).expect("it names its job")).await;
    let said = job.error.unwrap_or_default();
    assert!(job.state == WorkState::Failed && said.contains(made.release.digest.as_str()), "{:?}: {said}", job.state);
    assert_eq!(job.attempts, 1, "trying again would not help");
}

fn verified(place: &Place) -> Output {
    command_on(BINARY, place).args(["artifacts", "verify"]).output().expect("the command can be run")
}

fn backup(place: &Place) -> Output {
    let out = place.data_dir().with_file_name("backup.zip");
    let made = command_on(BINARY, place).args(["backup", "--out"]).arg(&out).output().expect("the command can be run");
    assert!(!out.exists(), "no backup is made");
    made
}
