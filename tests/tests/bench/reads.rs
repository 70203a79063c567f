//! A score card and a ranking of 341 cities, beside a bare actix-web handler that answers with the same bytes.
//!
//! `wrk` (a Debian package) loads one server after the other, taking turns. The service is a process of its own with its settings as they
//! are without any but for the rate limit, on SQLite; keys are checked, every answer is measured and logged.
//!
//! ```text
//! cargo build --release -p citygauge-api --bin citygauge --example bare
//! CITYGAUGE_BENCH_BINARY=$PWD/target/release/citygauge CITYGAUGE_BENCH_BARE=$PWD/target/release/examples/bare \
//!     cargo test -p citygauge-tests --test bench -- --ignored --nocapture --test-threads 1 reads
//! ```
//!
//! `CITYGAUGE_BENCH_RUNS` (7) and `CITYGAUGE_BENCH_SECONDS` (4, of each run) may say otherwise. The test fails where the service answers
//! fewer than half as many requests a second.

use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};

use citygauge_openapi::Id;
use citygauge_openapi::client::Client;
use citygauge_tests::steps::{assess, cities_csv, import, observations_csv, publish};
use citygauge_tests::{Place, Process, number};
use serde_json::{Value, json};

use crate::{binary, built, median};

const CITIES: usize = 341;
const INDICATORS: usize = 60;

/// The least part of the bare handler's requests a second.
const SHARE: f64 = 0.5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a benchmark; it needs release builds and wrk"]
async fn reads_are_at_least_half_as_fast_as_a_bare_handler() {
    let place = Place::folder();
    let process =
        Process::start_with(&binary(), &place, &[("CITYGAUGE_LOG_FILTER", "info"), ("CITYGAUGE_LIMITS_REQUESTS_PER_S", "0")]);
    let key = process.first_key().expect("the first start issues a key").to_owned();
    let assessment = assessed(&process.client(&key)).await;
    let root = format!("{}/api/v1/assessments/{assessment}", process.server());
    let mut missed = Vec::new();
    for (what, url) in [
        ("score card", format!("{root}/cities/c0170")),
        ("ranking of 341 cities", format!("{root}/ranking?limit=1000")),
        ("first page of the ranking", format!("{root}/ranking")),
    ] {
        let bearer = format!("Authorization: Bearer {key}");
        let reply = reqwest::Client::new().get(&url).bearer_auth(&key).send().await.expect("the service answers");
        assert!(reply.status().is_success(), "{url}: {}", reply.status());
        let body = reply.bytes().await.expect("a body");
        let bare = Bare::start(&body);
        let (mut ours, mut beside) = (Vec::new(), Vec::new());
        for _ in 0..number("CITYGAUGE_BENCH_RUNS", 7) {
            ours.push(requests_per_second(&url, &bearer));
            beside.push(requests_per_second(&bare.url, &bearer));
        }
        let (ours, beside) = (median(ours), median(beside));
        let share = ours / beside;
        println!("{what}, {} bytes: {ours:.0} requests/s, bare handler {beside:.0}; {share:.2} of it", body.len());
        if share < SHARE {
            missed.push(format!("{what}: {share:.2}"));
        }
    }
    process.kill();
    place.clear().await;
    assert!(missed.is_empty(), "at least {SHARE} of the bare handler was expected: {missed:?}");
}

/// An assessment of 341 cities with sixty indicators in six groups.
async fn assessed(client: &Client) -> Id {
    let set = publish(client, &set()).await;
    let city = |place: usize| format!("c{place:04}");
    let (mut register, mut rows) = ("code,name\n".to_owned(), "city,period,item,value\n".to_owned());
    for place in 0..CITIES {
        writeln!(register, "{0},City {0}", city(place)).expect("a text takes everything");
        for item in 0..INDICATORS {
            let value = (place * 7_919 + item * 104_729) % 1_000;
            writeln!(rows, "{},2026,i{item},{}.{}", city(place), value / 10, value % 10).expect("a text takes everything");
        }
    }
    import(client, &cities_csv(), register).await;
    import(client, &observations_csv(&set), rows).await;
    assess(client, &set).await.id
}

fn set() -> Value {
    let groups = (0..6).map(|group| json!({"code": format!("G{group}"), "title": {"en": format!("Group {group}")}}));
    let leaves = (0..INDICATORS).map(|place| {
        let indicator = json!({"formula": format!("i{place}"), "scoring": {"rule": "goalposts", "worst": 0, "best": 100}});
        json!({"code": format!("L{place}"), "parent": format!("G{}", place % 6), "title": {"en": format!("Indicator {place}")},
            "indicator": indicator})
    });
    json!({
        "code": "reads", "version": "1", "title": {"en": "Reads"}, "rounding": {"mode": "half_up", "places": 2, "depths": "all"},
        "items": (0..INDICATORS).map(|place| json!({"code": format!("i{place}")})).collect::<Vec<_>>(),
        "nodes": groups.chain(leaves).collect::<Vec<_>>(),
    })
}

/// The bare handler, until it is dropped.
struct Bare {
    child: Child,
    url: String,
    _body: tempfile::TempDir,
}

impl Bare {
    fn start(body: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("body.json");
        std::fs::write(&file, body).expect("the folder is ours");
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        let mut bare = Command::new(built("CITYGAUGE_BENCH_BARE", "the release build of the example 'bare'"));
        bare.arg(&file).args(["application/json", &free.port().to_string()]);
        let child = bare.stdin(Stdio::null()).spawn().expect("it can be run");
        for _ in 0..100 {
            if std::net::TcpStream::connect(free).is_ok() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Self { child, url: format!("http://{free}/"), _body: folder }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // An error only says that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What wrk counts with two threads and 32 connections.
fn requests_per_second(url: &str, header: &str) -> f64 {
    let duration = format!("{}s", number("CITYGAUGE_BENCH_SECONDS", 4));
    let ran = Command::new("wrk").args(["-t2", "-c32", "-d", &duration, "-H", header, url]).output().expect("wrk is installed");
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success() && !told.contains("Non-2xx"), "{told}{}", String::from_utf8_lossy(&ran.stderr));
    let line = told.lines().find_map(|line| line.strip_prefix("Requests/sec:")).unwrap_or_else(|| panic!("{told}"));
    line.trim().parse().unwrap_or_else(|_| panic!("{told}"))
}
