//! Two replicas of one service, on one PostgreSQL and one folder of artifacts: jobs are done once, and those of a replica that
//! dies are taken over by the other without anybody's help.
//!
//! Twelve assessments are queued, unless `CITYGAUGE_REPLICA_ASSESSMENTS` says otherwise: with one replica, with two, and with
//! two of which one is killed half-way. The full run:
//!
//! ```text
//! CITYGAUGE_REPLICA_ASSESSMENTS=200 cargo test -p citygauge-tests --test replicas -- --nocapture
//! ```
//!
//! With `CITYGAUGE_REPLICA_S3` the artifacts are in a bucket instead of a folder.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use citygauge_openapi::client::Client;
use citygauge_openapi::{API_ROOT, Assessment, AssessmentPage, AuditEventPage, Cohort, NewAssessment, SetRef, WorkState};
use citygauge_tests::steps::{cities_csv, finished, import, observations_csv, plain_set, publish};
use citygauge_tests::{Bucket, Place, Process};

const BINARY: &str = env!("CARGO_BIN_EXE_citygauge-under-test");

/// How long a replica may be silent before its jobs go to another one.
const LEASE: &str = "2000";

const ITEMS: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

const CITIES: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_assessment_ends_once_although_a_replica_is_killed() {
    let Some(place) = Place::schema().await else { return };
    let wanted = std::env::var("CITYGAUGE_REPLICA_ASSESSMENTS").map_or(12, |text| text.parse().expect("a number"));
    let bucket = if std::env::var_os("CITYGAUGE_REPLICA_S3").is_some() { Bucket::start().await } else { None };
    let replica = |place: &Place, name: &str| replica(place, name, bucket.as_ref());
    let first = replica(&place, "first");
    let key = first.first_key().expect("the first start issues a key").to_owned();
    let client = first.client(&key);
    let set = prepared(&client).await;

    let start = Instant::now();
    let alone = queued(&client, &set, wanted).await;
    all_end(&client, &alone).await;
    let one_replica = start.elapsed();

    let second = replica(&place, "second");
    let other = second.client(&key);
    let start = Instant::now();
    let shared = queued(&other, &set, wanted).await;
    all_end(&other, &shared).await;
    let two_replicas = start.elapsed();

    let start = Instant::now();
    let survived = queued(&other, &set, wanted).await;
    half_way(&other, &survived).await;
    first.kill();
    let attempts = all_end(&other, &survived).await;
    let one_killed = start.elapsed();

    let taken_over = attempts.iter().filter(|attempts| **attempts > 1).count();
    println!(
        "{wanted} assessments of {CITIES} cities: one replica {one_replica:.1?}, two {two_replicas:.1?}, two of which one was killed \
         half-way {one_killed:.1?} ({taken_over} taken over, lease {LEASE} ms)"
    );
    for assessment in alone.iter().chain(&shared).chain(&survived) {
        ended_once(&other, assessment).await;
    }
    // What replicas sign is signed with one key, and any of them gives what another has computed.
    let again = replica(&place, "third");
    let path = format!("{API_ROOT}/assessments/{}/bundle", survived[0].id);
    let (one, another) = (other.bytes(&path).await.expect("a bundle"), again.client(&key).bytes(&path).await.expect("a bundle"));
    assert!(one == another, "two replicas give one bundle");
    drop((second, again));
    place.clear().await;
}

fn replica(place: &Place, name: &str, bucket: Option<&Bucket>) -> Process {
    let endpoint = bucket.map(Bucket::endpoint);
    let mut settings = vec![("CITYGAUGE_JOBS_NAME", name), ("CITYGAUGE_JOBS_LEASE_MS", LEASE), ("CITYGAUGE_JOBS_POLL_MS", "100")];
    // The harness looks up a line of the trail per assessment, as fast as it can.
    settings.push(("CITYGAUGE_LIMITS_REQUESTS_PER_S", "0"));
    if let Some(endpoint) = &endpoint {
        settings.extend(Bucket::environment(endpoint));
    }
    Process::start_with(BINARY, place, &settings)
}

async fn prepared(client: &Client) -> SetRef {
    let set = publish(client, &plain_set("replicas", &ITEMS)).await;
    let (mut cities, mut observations) = ("code,name\n".to_owned(), "city,period,item,value\n".to_owned());
    for city in 0..CITIES {
        writeln!(cities, "{city},{city}").expect("a text takes everything");
        for (place, item) in ITEMS.iter().enumerate() {
            writeln!(observations, "{city},2026,{item},{}", (city * 7 + place * 13) % 100).expect("a text takes everything");
        }
    }
    import(client, &cities_csv(), cities).await;
    import(client, &observations_csv(&set), observations).await;
    set
}

async fn queued(client: &Client, set: &SetRef, wanted: usize) -> Vec<Assessment> {
    let new = NewAssessment { set: set.clone(), periods: None, cohort: Cohort::default(), release: None, supersedes: None };
    let mut taken = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        taken.push(client.create_assessment(&new).await.expect("the assessment is taken"));
    }
    taken
}

/// Waits until half of these have succeeded.
async fn half_way(client: &Client, assessments: &[Assessment]) {
    let wanted: BTreeSet<&str> = assessments.iter().map(|assessment| assessment.id.as_str()).collect();
    loop {
        // The newest first: these.
        let page: AssessmentPage = client.get(&format!("{API_ROOT}/assessments?limit=1000")).await.expect("a page");
        let ended = page.items.iter().filter(|it| wanted.contains(it.id.as_str()) && it.state == WorkState::Succeeded);
        if ended.count() * 2 >= wanted.len() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until all have ended, well; gives how often each was begun.
async fn all_end(client: &Client, assessments: &[Assessment]) -> Vec<u64> {
    let mut attempts = Vec::with_capacity(assessments.len());
    for assessment in assessments {
        let job = finished(client, &assessment.job).await;
        assert_eq!(job.state, WorkState::Succeeded, "{:?}", job.error);
        attempts.push(job.attempts.into());
    }
    attempts
}

/// The line of the trail is written in the transaction that ends the job: there is one, and a result.
async fn ended_once(client: &Client, assessment: &Assessment) {
    let path = format!("{API_ROOT}/audit-events?subject={API_ROOT}/assessments/{}", assessment.id);
    let trail: AuditEventPage = client.get(&path).await.expect("the trail");
    let ended = trail.items.iter().filter(|event| event.action == "compute_assessment").count();
    assert_eq!(ended, 1, "{} ended once", assessment.id);
    let found = client.assessment(&assessment.id).await.expect("it is there");
    assert_eq!((found.state, found.summary.map(|summary| summary.scored)), (WorkState::Succeeded, Some(CITIES as u64)));
}
