use actix_web::http::Method;
use serde_json::{Value, json};

use super::scheduler::{look, settle};
use crate::store::sources::runs::{self, Run, RunState};
use crate::store::sources::{self, Source};
use crate::testing::Harness;

/// 2026-11-22T08:00:00Z, at which the clock of the tests stands still.
const NOW: i64 = 1_795_334_400_000;

const MINUTE: i64 = 60_000;

const PATH: &str = "/api/v1/sources/feed";

pub(crate) fn feed(address: &str) -> Value {
    json!({
        "title_en": "Feed", "from": {"kind": "url", "url": address},
        "import": {"set": {"code": "small", "version": "1"}}, "schedule": {"cron": "*/5 * * * *"}
    })
}

async fn scheduled(change: impl FnOnce(&mut Value)) -> Harness {
    let harness = Harness::with(|config| {
        config.sources.hosts = vec!["127.0.0.1:*".into()];
        config.sources.allow_loopback = true;
    })
    .await;
    harness.observe().await;
    // Nobody listens there: what is enqueued stays so, since no worker runs.
    let mut document = feed("http://127.0.0.1:9/feed.csv");
    change(&mut document);
    let made = harness.put(PATH, None, &document).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    harness
}

async fn source(harness: &Harness) -> Source {
    sources::find(harness.state.db(), "feed").await.expect("it was made")
}

async fn runs_of(harness: &Harness) -> Vec<Run> {
    runs::page(harness.state.db(), "feed", None, 100).await.expect("it was made").items
}

async fn end(harness: &Harness) {
    let mut run = runs_of(harness).await.into_iter().find(|run| !run.state.is_final()).expect("one is unfinished");
    (run.state, run.finished_at_ms) = (RunState::Unchanged, Some(NOW));
    runs::advance(harness.state.db(), &run).await.expect("it is unfinished");
}

#[actix_web::test]
async fn two_schedulers_on_one_database_enqueue_one_run() {
    let harness = scheduled(|_| ()).await;
    assert_eq!(source(&harness).await.profile.next_due_at_ms, Some(NOW + 5 * MINUTE));
    let at = |ms| look(&harness.state, ms);
    assert_eq!(at(NOW + 5 * MINUTE - 1).await.expect("ours"), 0, "it is not due yet");
    let (one, other) = tokio::join!(at(NOW + 5 * MINUTE), at(NOW + 5 * MINUTE));
    assert_eq!(one.expect("ours") + other.expect("ours"), 1);
    let runs = runs_of(&harness).await;
    assert_eq!((runs.len(), runs[0].request.due_at_ms, runs[0].state), (1, Some(NOW + 5 * MINUTE), RunState::Queued));
    let job = harness.get(&format!("/api/v1/jobs/{}", runs[0].request.job_id.as_ref().expect("a job"))).await.json();
    assert_eq!((&job["kind"], &job["created_by"]), (&json!("run_source"), &json!("service")));
    assert_eq!(job["result"], format!("{PATH}/runs/{}", runs[0].request.id));
}

#[actix_web::test]
async fn moments_that_were_missed_have_one_run_for_the_last_of_them() {
    let harness = scheduled(|_| ()).await;
    assert_eq!(look(&harness.state, NOW + 32 * MINUTE).await.expect("ours"), 1);
    assert_eq!(look(&harness.state, NOW + 32 * MINUTE).await.expect("ours"), 0);
    let runs = runs_of(&harness).await;
    assert_eq!((runs.len(), runs[0].request.due_at_ms), (1, Some(NOW + 30 * MINUTE)));
    assert_eq!(source(&harness).await.profile.next_due_at_ms, Some(NOW + 35 * MINUTE));
}

#[actix_web::test]
async fn what_is_due_while_another_run_is_unfinished_is_skipped_and_told() {
    let harness = scheduled(|_| ()).await;
    look(&harness.state, NOW + 5 * MINUTE).await.expect("ours");
    assert_eq!(look(&harness.state, NOW + 10 * MINUTE).await.expect("ours"), 0);
    let list = harness.get(&format!("{PATH}/runs")).await.json();
    let states: Vec<_> = list["items"].as_array().expect("a list").iter().map(|run| run["state"].clone()).collect();
    assert_eq!(states, ["skipped", "queued"]);
    assert_eq!((&list["items"][0]["job"], &list["items"][0]["due_at"]), (&Value::Null, &json!("2026-11-22T08:10:00Z")));
    end(&harness).await;
    assert_eq!(look(&harness.state, NOW + 15 * MINUTE).await.expect("ours"), 1);
}

#[actix_web::test]
async fn a_clock_that_is_set_back_repeats_no_run_and_loses_none() {
    let harness = scheduled(|_| ()).await;
    look(&harness.state, NOW + 60 * MINUTE).await.expect("ours");
    end(&harness).await;
    // The clock was an hour ahead: the source waits for a moment that is too late, and is brought forward.
    settle(&harness.state, NOW).await.expect("ours");
    assert_eq!(source(&harness).await.profile.next_due_at_ms, Some(NOW + 5 * MINUTE));
    assert_eq!(look(&harness.state, NOW + 5 * MINUTE).await.expect("ours"), 1);
    end(&harness).await;
    // The moment that had its run while the clock was ahead has it still.
    assert_eq!(look(&harness.state, NOW + 60 * MINUTE).await.expect("ours"), 0);
    assert_eq!(runs_of(&harness).await.len(), 2);
    assert_eq!(source(&harness).await.profile.next_due_at_ms, Some(NOW + 65 * MINUTE));
}

#[actix_web::test]
async fn a_schedule_that_goes_on_stays_due_and_one_that_is_stopped_is_not() {
    let harness = scheduled(|_| ()).await;
    let change = async |change: fn(&mut Value)| {
        let tag = harness.get(PATH).await.header("etag").to_owned();
        let mut document = feed("http://127.0.0.1:9/feed.csv");
        change(&mut document);
        let changed = harness.put(PATH, Some(&tag), &document).await;
        assert_eq!(changed.status.as_u16(), 200, "{changed:?}");
        source(&harness).await.profile.next_due_at_ms
    };
    let moved = sources::advance(harness.state.db(), "feed", NOW + 5 * MINUTE, Some(NOW - MINUTE)).await;
    assert!(moved.expect("ours"), "it waits to catch up");
    assert_eq!(change(|document| document["note"] = json!("x")).await, Some(NOW - MINUTE), "it still does");
    assert_eq!(change(|document| document["schedule"]["cron"] = json!("0 9 * * *")).await, Some(NOW + 60 * MINUTE));
    assert_eq!(change(|document| document["enabled"] = json!(false)).await, None);
    assert_eq!(change(|document| document["schedule"] = Value::Null).await, None);
    assert_eq!(look(&harness.state, NOW + 1_000 * MINUTE).await.expect("ours"), 0);
    let trail = harness.send(harness.request(Method::GET, "/api/v1/audit-events")).await.json().to_string();
    assert!(trail.contains("create_source") && trail.contains("replace_source"));
}
