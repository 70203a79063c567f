//! What is told of what happens.

use serde_json::json;

use super::super::sender::send_due;
use super::super::types::TYPES;
use super::receiver::Receiver;
use super::{made, prepared, shown};
use crate::testing::Harness;

#[actix_web::test]
async fn imports_and_assessments_tell_how_they_ended() {
    let harness = prepared().await;
    let receiver = Receiver::start(&[]).await;
    made(&harness, &receiver.url, &["import.*", "assessment.*", "job.*", "indicator_set.published"]).await;
    harness.observe().await;
    let refused = "city,period,item,value\na,2026,trees,-5\n";
    harness.import("kind=observations&set_code=small&set_version=1", "text/csv", refused).await;
    let asked =
        harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}, "periods": ["2026"]})).await;
    harness.work(asked.header("location").rsplit('/').next().expect("a path")).await;
    let cancelled = harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await;
    let job = cancelled.header("location").rsplit('/').next().expect("a path").to_owned();
    harness.post(&format!("/api/v1/jobs/{job}/cancel"), &json!({})).await;
    send_due(&harness.state).await.expect("ours");
    let mut kinds = receiver.kinds();
    kinds.sort();
    let expected = [
        "assessment.cancelled",
        "assessment.created",
        "assessment.created",
        "assessment.succeeded",
        "import.created",
        "import.created",
        "import.created",
        "import.failed",
        "import.succeeded",
        "import.succeeded",
        "indicator_set.published",
        "job.cancelled",
        "job.failed",
    ];
    assert_eq!(kinds, expected);
}

#[actix_web::test]
async fn the_types_of_events_are_listed_and_the_page_names_them_all() {
    let harness = Harness::new().await;
    let listed = shown(&harness, "event-types").await;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(TYPES.len()));
    let page = include_str!("../../../../docs/webhooks.md");
    for kind in TYPES {
        let line = format!("| `{}` | {} | {} |", kind.name, kind.zh, kind.en);
        assert!(page.contains(&line), "docs/webhooks.md lacks: {line}");
    }
}
