//! 41,000 cities, 300 indicators, 20 years, beside 3,000 cities: the time per city, and the most memory.
//!
//! The panels are drawn by the example `panel`. The command reads the release and writes the scores as Parquet; the service takes the
//! same file as an upload, checks and assesses it.
//!
//! ```text
//! cargo build --release -p citygauge-api --bin citygauge --example panel
//! CITYGAUGE_BENCH_BINARY=$PWD/target/release/citygauge CITYGAUGE_BENCH_PANEL=$PWD/target/release/examples/panel \
//!     cargo test -p citygauge-tests --test bench -- --ignored --nocapture --test-threads 1 scale
//! ```
//!
//! It needs some 30 GB in the folder for temporary files (`TMPDIR`). `CITYGAUGE_BENCH_CITIES` (41,000), `CITYGAUGE_BENCH_FEW` (3,000),
//! `CITYGAUGE_BENCH_INDICATORS` (300) and `CITYGAUGE_BENCH_YEARS` (20) may say otherwise. The tests fail where a city takes more than 1.5
//! times as long among many as among few, or where 8 GiB are not enough.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use citygauge_openapi::{Cohort, Job, NewAssessment, Release, SetRef, WorkState};
use citygauge_tests::steps::{cities_csv, finished, import, publish};
use citygauge_tests::{Place, Process, command, number, peak_memory};
use tempfile::TempDir;

use crate::{binary, built, seconds};

/// How much longer a city may take among many than among few.
const SLOWER: f64 = 1.5;

/// The memory that is enough.
const MEMORY: u64 = 8 << 30;

#[test]
#[ignore = "a benchmark; it needs release builds and takes many minutes"]
fn scale_of_the_command_is_linear_and_its_memory_bounded() {
    let measured = both().map(|cities| {
        let panel = drawn(cities);
        let file = |name: &str| panel.path().join(name).display().to_string();
        let mut assess = command(&binary());
        assess.args(["assess", "--set", &file("set.json"), "--data", &file("panel.parquet"), "--out", &file("scores.parquet")]);
        let start = Instant::now();
        let mut child = assess.spawn().expect("the command can be run");
        let mut peak = 0;
        let status = loop {
            peak = peak.max(peak_memory(child.id()).unwrap_or(0));
            match child.try_wait().expect("it is ours") {
                Some(status) => break status,
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        assert!(status.success());
        let took = start.elapsed();
        let bytes = std::fs::metadata(panel.path().join("scores.parquet")).expect("it was written").len();
        println!("{cities} cities: {took:.1?}, peak {} MiB, {} MiB of scores", peak >> 20, bytes >> 20);
        (cities, took, peak)
    });
    compare(measured);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a benchmark; it needs release builds and takes many minutes"]
async fn scale_of_the_service_is_linear_and_its_memory_bounded() {
    let [few, many] = both();
    compare([assessed(few).await, assessed(many).await]);
}

/// How long the service takes from the upload to the result, and the most memory that it had.
async fn assessed(cities: usize) -> (usize, Duration, u64) {
    let panel = drawn(cities);
    let read = |name: &str| std::fs::read(panel.path().join(name)).expect("it was drawn");
    let place = Place::folder();
    let limits = [("CITYGAUGE_LIMITS_UPLOAD_BYTES", "10000000000"), ("CITYGAUGE_SERVER_REQUEST_TIMEOUT_S", "3600")];
    let process = Process::start_with(&binary(), &place, &limits);
    let key = process.first_key().expect("the first start issues a key").to_owned();
    let client = process.client(&key);
    let set = publish(&client, &serde_json::from_slice(&read("set.json")).expect("a document")).await;
    import(&client, &cities_csv(), read("cities.csv")).await;
    let start = Instant::now();
    let uploaded = uploaded(&process, &key, &set, &panel.path().join("panel.parquet")).await;
    let job = finished(&client, &uploaded.id).await;
    assert_eq!(job.state, WorkState::Succeeded, "{job:?}");
    let release: Release = client.get(job.result.as_deref().expect("a release")).await.expect("it is there");
    let checked = start.elapsed();
    let asked = NewAssessment { set, release: Some(release.id), periods: None, cohort: Cohort::default(), supersedes: None };
    let assessment: citygauge_openapi::Assessment = client.post("/api/v1/assessments", &asked).await.expect("accepted");
    let job = finished(&client, &assessment.job).await;
    assert_eq!(job.state, WorkState::Succeeded, "{job:?}");
    let (took, peak) = (start.elapsed(), process.peak_memory().expect("this system tells the peak of a process"));
    println!("{cities} cities: uploaded and checked {checked:.1?}, with the assessment {took:.1?}, peak {} MiB", peak >> 20);
    process.kill();
    place.clear().await;
    (cities, took, peak)
}

async fn uploaded(process: &Process, key: &str, set: &SetRef, file: &Path) -> Job {
    let url = format!("{}/api/v1/releases/parquet", process.server());
    let file = tokio::fs::File::open(file).await.expect("it was drawn");
    let request = reqwest::Client::new().post(url).bearer_auth(key).body(file);
    let request = request.query(&[("set_code", set.code.as_str()), ("set_version", set.version.as_str())]);
    let reply = request.header("content-type", "application/vnd.apache.parquet").send().await.expect("the service answers");
    assert_eq!(reply.status().as_u16(), 202);
    reply.json().await.expect("a job")
}

fn both() -> [usize; 2] {
    [number("CITYGAUGE_BENCH_FEW", 3_000), number("CITYGAUGE_BENCH_CITIES", 41_000)]
}

fn drawn(cities: usize) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut panel = Command::new(built("CITYGAUGE_BENCH_PANEL", "the release build of the example 'panel'"));
    panel.args(
        [cities, number("CITYGAUGE_BENCH_INDICATORS", 300), number("CITYGAUGE_BENCH_YEARS", 20)].map(|many| many.to_string()),
    );
    assert!(panel.arg(folder.path()).status().expect("it can be run").success());
    folder
}

fn compare([few, many]: [(usize, Duration, u64); 2]) {
    let per_city = |(cities, took, _): (usize, Duration, u64)| seconds(took) / cities as f64;
    let slower = per_city(many) / per_city(few);
    println!(
        "{:.3} ms per city among {}, {:.3} ms among {}: {slower:.2} times; peak memory {} MiB",
        per_city(few) * 1e3,
        few.0,
        per_city(many) * 1e3,
        many.0,
        many.2 >> 20
    );
    assert!(slower <= SLOWER, "{slower:.2} times as long per city, at most {SLOWER} was expected");
    assert!(many.2 < MEMORY, "a peak of {} MiB, less than {} MiB was expected", many.2 >> 20, MEMORY >> 20);
}
