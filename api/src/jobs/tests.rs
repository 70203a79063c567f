use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::state::State;
use crate::store::ConnectionTrait;
use crate::store::jobs::{Kinds, NewJob, WorkState, claim, enqueue, find};
use crate::testing::Harness;

pub(super) async fn enqueued(state: &State, kind: &str, payload: Value) -> String {
    let id = state.sources().id();
    let job = NewJob {
        id: id.clone(),
        kind: kind.to_owned(),
        payload,
        subject: None,
        attempts_limit: 2,
        run_at_ms: state.now_ms(),
        created_at_ms: state.now_ms(),
        created_by: "test".to_owned(),
        request_id: None,
    };
    enqueue(state.db(), &job).await.expect("a new identifier");
    id
}

#[actix_web::test]
async fn work_that_this_version_does_not_know_fails_and_says_so() {
    let harness = Harness::new().await;
    let unknown = enqueued(&harness.state, "astrology", json!({})).await;
    let unreadable = enqueued(&harness.state, "import", json!({"import": 7})).await;
    for (id, attempts) in [(unknown, 1), (unreadable, 1)] {
        let job = harness.work(&id).await;
        assert_eq!((&job["state"], &job["attempts"]), (&json!("failed"), &json!(attempts)), "{job}");
        assert!(job["error"].as_str().is_some_and(|error| !error.is_empty()));
    }
}

#[actix_web::test]
async fn work_that_may_yet_succeed_waits_before_it_is_tried_again() {
    let harness = Harness::new().await;
    // There is no such import: the store says so again and again.
    let id = enqueued(&harness.state, "import", json!({"import": "none", "cities": null})).await;
    let waiting = harness.state.clone();
    let workers = super::start(&harness.state, 1);
    let first = loop {
        let job = crate::store::jobs::find(waiting.db(), &id).await.expect("it was enqueued");
        if job.attempt > 0 && job.state == crate::store::jobs::WorkState::Queued {
            break job;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    };
    workers.stop(std::time::Duration::from_secs(5)).await;
    assert_eq!((first.attempt, first.run_at_ms > waiting.now_ms()), (1, true), "it waits before the next try");
}

#[actix_web::test]
async fn a_job_knows_the_request_that_made_it() {
    let harness = Harness::observed().await;
    let body = json!({"set": {"code": "small", "version": "1"}});
    let asked =
        harness.request(Method::POST, "/api/v1/assessments").insert_header(("x-request-id", "from-a-proxy.7")).set_json(body);
    let reply = harness.send(asked).await;
    assert_eq!((reply.status.as_u16(), reply.header("x-request-id")), (202, "from-a-proxy.7"));
    let claimed =
        claim(harness.state.store(), "w", Kinds::All, harness.state.now_ms(), 1_000).await.expect("the database is ours");
    assert_eq!(claimed.expect("a job").request_id.as_deref(), Some("from-a-proxy.7"));
}

#[actix_web::test]
async fn a_job_that_does_not_end_in_time_goes_back_to_the_queue() {
    let harness = Harness::with(|config| config.limits.engines = 1).await;
    let state = &harness.state;
    // The work waits for its turn to compute, which does not come.
    let busy = state.clone();
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let holding = actix_web::rt::spawn(async move { busy.engine(move || held.recv()).await });
    let file = harness.request(Method::POST, "/api/v1/imports?kind=cities").insert_header(("content-type", "text/csv"));
    let import = harness.send(file.set_payload("code,name\na,A\n")).await.json();
    let id = import["job"].as_str().expect("a job").to_owned();
    let workers = super::start(state, 1);
    while find(state.db(), &id).await.expect("it is there").state != WorkState::Running {
        actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    }
    workers.stop(Duration::from_millis(50)).await;
    let back = find(state.db(), &id).await.expect("it is there");
    assert_eq!((back.state, back.attempt), (WorkState::Queued, 1));
    drop(let_go);
    holding.await.expect("it ends").expect("a turn").expect_err("nobody sent anything");
    assert_eq!(harness.work(&id).await["state"], "succeeded");
}

#[actix_web::test]
async fn an_assessment_whose_result_cannot_be_kept_ends() {
    let harness = Harness::with(|config| config.jobs.backoff_ms = 0).await;
    harness.observe().await;
    let asked = harness.post("/api/v1/releases", &json!({})).await.json();
    let release = harness.work(asked["id"].as_str().expect("a job")).await["result"].clone();
    let release = release.as_str().and_then(|path| path.rsplit('/').next()).expect("a release");
    let body = json!({"set": {"code": "small", "version": "1"}, "release": release});
    let folders = harness.state.config().objects_dir().join("sha256");
    let free: Vec<_> = (0..=0xff).map(|byte| folders.join(format!("{byte:02x}"))).filter(|folder| !folder.exists()).collect();
    for folder in &free {
        std::fs::write(folder, "no folder can be made here").expect("a file in a folder of ours");
    }
    let assessment = harness.post("/api/v1/assessments", &body).await.json();
    let working = harness.work(assessment["job"].as_str().expect("a job"));
    // The result has more artifacts than wait to be kept at once, and whoever makes them must not wait for ever.
    let job = tokio::time::timeout(Duration::from_secs(60), working).await.expect("each attempt ends");
    assert_eq!((&job["state"], job["attempts"].as_u64() > Some(1)), (&json!("failed"), true), "{job}");
    for folder in &free {
        std::fs::remove_file(folder).expect("it is there");
    }
    let assessment = harness.post("/api/v1/assessments", &body).await.json();
    assert_eq!(harness.work(assessment["job"].as_str().expect("a job")).await["state"], "succeeded");
}

#[actix_web::test]
async fn a_job_whose_end_could_not_be_kept_is_taken_up_again_at_once() {
    let harness = Harness::with(|config| (config.jobs.lease_ms, config.jobs.workers) = (3_600_000, 1)).await;
    let state = &harness.state;
    // The first attempt does its work; that it did cannot be written.
    let refused = "CREATE TRIGGER refuse_the_first_end BEFORE UPDATE OF state ON jobs \
                   WHEN NEW.state = 'succeeded' AND NEW.attempt = 1 BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    state.db().execute_unprepared(refused).await.expect("the database is ours");
    let file = harness.request(Method::POST, "/api/v1/imports?kind=cities").insert_header(("content-type", "text/csv"));
    let import = harness.send(file.set_payload("code,name\na,A\n")).await.json();
    let working = harness.work(import["job"].as_str().expect("a job"));
    let job = tokio::time::timeout(Duration::from_secs(60), working).await.expect("nobody waits for a lease that nobody has");
    assert_eq!((&job["state"], &job["attempts"]), (&json!("succeeded"), &json!(2)), "{job}");
    assert_eq!(harness.get("/api/v1/cities/a").await.status, 200, "and what it did is there");
}
