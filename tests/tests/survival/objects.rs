//! The object store goes away under a mixed load: what needs it is answered with 503 and `Retry-After`, jobs wait for it, everything else goes on,
//! and when it is back nothing that was acknowledged is lost.
//!
//! It is away for three seconds, unless `CITYGAUGE_AWAY_S` says otherwise. Needs `moto_server`.
//!
//! ```text
//! CITYGAUGE_AWAY_S=60 cargo test -p citygauge-tests --test survival objects -- --nocapture
//! ```

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use citygauge_openapi::API_ROOT;
use citygauge_openapi::client::{Client, ClientError};
use citygauge_tests::mixed::{Figures, Mixed, Story};
use citygauge_tests::{Bucket, Place, Process, command_on, number};
use reqwest::Method;
use reqwest::header::RETRY_AFTER;
use serde_json::Value;

use crate::{BINARY, SETTINGS, ready, seed};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_the_object_store_is_away_on_sqlite() {
    go_away(Place::folder(), "SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_the_object_store_is_away_on_postgres() {
    let Some(place) = Place::schema().await else { return };
    go_away(place, "PostgreSQL").await;
}

async fn go_away(place: Place, database: &str) {
    let Some(bucket) = Bucket::start().await else { return };
    let (away, mut figures) = (Duration::from_secs(number("CITYGAUGE_AWAY_S", 3) as u64), Figures::default());
    let endpoint = bucket.endpoint();
    let mut settings = [&SETTINGS[..], &[("CITYGAUGE_LOG_FILTER", "off")]].concat();
    settings.extend(Bucket::environment(&endpoint));
    let process = Process::start_with(BINARY, &place, &settings);
    let client = process.client(process.first_key().expect("the first start issues a key"));
    let mut mixed = Mixed::prepare(&client).await;
    let stop = AtomicBool::new(false);
    let fault = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        bucket.proxy.go_away();
        let gone = Instant::now();
        says_so(&client).await;
        tokio::time::sleep(away.saturating_sub(gone.elapsed())).await;
        bucket.proxy.come_back();
        let back = Instant::now();
        ready(&client).await;
        figures.ready.push(back.elapsed());
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop.store(true, Ordering::SeqCst);
    };
    tokio::join!(mixed.load(&client, &Story::ALL, seed("CITYGAUGE_AWAY_SEED"), &stop), fault);
    mixed.settle(&client, &mut figures).await;
    mixed.settle_all(&client, &mut figures).await;
    let mut verify = command_on(BINARY, &place);
    let verified = verify.envs(settings).args(["artifacts", "verify"]).output().expect("the command can be run");
    assert!(verified.status.success(), "{verified:?}");
    println!("the object store away for {away:.0?}, {database}: {figures}");
    figures.assert_sound();
    drop(process);
    place.clear().await;
}

/// What needs the artifacts is not done now, and may be tried again; what does not need them is done.
async fn says_so(client: &Client) {
    match client.get::<Value>("/readyz").await {
        Err(ClientError::Problem(problem)) if problem.status == 503 => {
            assert!(problem.errors.iter().any(|fault| fault.code == "ready.objects"), "{problem:?}");
        }
        other => panic!("503 was expected, found {other:?}"),
    }
    let path = format!("{API_ROOT}/observations/c00/2026/a/evidence?file_name=e.txt");
    let upload = client.request(Method::POST, &path).header("content-type", "text/plain").body("not now");
    let answer = upload.send().await.expect("an answer");
    assert_eq!(answer.status(), 503);
    let after: u64 = answer.headers()[RETRY_AFTER].to_str().ok().and_then(|after| after.parse().ok()).expect("seconds");
    assert!((1..=60).contains(&after));
    client.get::<Value>(&format!("{API_ROOT}/cities")).await.expect("the database is there");
}
