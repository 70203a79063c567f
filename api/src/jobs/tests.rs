use serde_json::{Value, json};

use crate::state::State;
use crate::store::jobs::{NewJob, enqueue};
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
