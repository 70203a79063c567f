//! What a service says when a part of it is away, and how it stops.

use std::time::{Duration, Instant};

use citygauge_openapi::API_ROOT;
use citygauge_openapi::client::Client;
use citygauge_tests::steps::{observations_csv, plain_set, publish, register};
use citygauge_tests::{Place, Process};
use serde_json::{Value, json};

use crate::{BINARY, codes, unavailable};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_without_its_database_says_so_and_recovers() {
    let Some(mut place) = Place::schema().await else { return };
    let proxy = place.through_a_proxy().await;
    let settings = [("CITYGAUGE_DATABASE_ACQUIRE_TIMEOUT_MS", "1000"), ("CITYGAUGE_LOG_FILTER", "off")];
    let service = Process::start_with(BINARY, &place, &settings);
    let client = service.client(service.first_key().expect("the first start issues a key"));
    let ready = json!({"ready": true, "database": true, "objects": true, "jobs": true});
    assert_eq!(client.get::<Value>("/readyz").await.expect("it is ready"), ready);
    proxy.go_away();
    assert_eq!(codes(&unavailable(client.get::<Value>("/readyz").await)), ["ready.database"]);
    assert_eq!(unavailable(client.get::<Value>(&format!("{API_ROOT}/cities")).await).code, "unavailable");
    client.get::<Value>("/livez").await.expect("the process lives");
    proxy.come_back();
    let back = Instant::now();
    while client.get::<Value>("/readyz").await.is_err() {
        assert!(back.elapsed() < Duration::from_secs(30), "it was ready again within half a minute");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    client.get::<Value>(&format!("{API_ROOT}/cities")).await.expect("the database is back");
    drop(service);
    place.clear().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_told_to_stop_says_so_ends_what_has_begun_and_gives_its_jobs_back() {
    let place = Place::folder();
    let settings = [("CITYGAUGE_SERVER_DRAIN_S", "2"), ("CITYGAUGE_SERVER_SHUTDOWN_TIMEOUT_S", "5")];
    let service = Process::start_with(BINARY, &place, &settings);
    let key = service.first_key().expect("the first start issues a key").to_owned();
    let (client, other) = (service.client(&key), service.client(&key));
    let set = publish(&client, &plain_set("stop", &["a"])).await;
    register(&client, "hz").await;
    let rows: String = (1000..3000).map(|year| format!("hz,{year},a,1\n")).collect();
    let file = format!("city,period,item,value\n{rows}");
    let begun = Instant::now();
    let slow = tokio::spawn(slow_upload(other, set.clone(), file));
    tokio::time::sleep(Duration::from_millis(500)).await;
    service.terminate();
    let stopping = loop {
        match client.get::<Value>("/readyz").await {
            Ok(_) if begun.elapsed() < Duration::from_secs(2) => tokio::time::sleep(Duration::from_millis(20)).await,
            answer => break unavailable(answer),
        }
    };
    assert_eq!(codes(&stopping), ["ready.stopping"]);
    let import = slow.await.expect("no panic");
    assert!(import["id"].is_string(), "a request that had begun was answered: {import}");
    assert!(service.ended(Duration::from_secs(15)).success(), "it ended in order, in time");

    let again = Process::start_with(BINARY, &place, &[]);
    let client = again.client(&key);
    let id = import["job"].as_str().expect("a job");
    let job: Value = client.get(&format!("{API_ROOT}/jobs/{id}?wait=30s")).await.expect("what was answered is known");
    assert_eq!(job["state"], "succeeded", "the job was not lost: {job}");
}

/// Sends a file so slowly that the service is told to stop meanwhile.
async fn slow_upload(client: Client, set: citygauge_openapi::SetRef, file: String) -> Value {
    let (half, rest) = file.split_at(file.len() / 2);
    let pieces = [half.to_owned(), rest.to_owned()];
    let body = futures_util::stream::unfold(pieces.into_iter(), async |mut pieces| {
        let piece = pieces.next()?;
        tokio::time::sleep(Duration::from_millis(1_000)).await;
        Some((Ok::<_, std::io::Error>(piece), pieces))
    });
    let taken = client.upload(&observations_csv(&set), reqwest::Body::wrap_stream(Box::pin(body))).await;
    serde_json::to_value(taken.expect("the upload is taken")).expect("JSON")
}
