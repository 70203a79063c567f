use serde_json::json;

use crate::testing::Harness;

#[actix_web::test]
async fn a_waiting_job_is_cancelled_at_once_and_a_finished_one_is_a_conflict() {
    let harness = Harness::new().await;
    let waiting = harness.post("/api/v1/releases", &json!({})).await.json();
    let path = format!("/api/v1/jobs/{}", waiting["id"].as_str().expect("an id"));
    let cancelled = harness.post(&format!("{path}/cancel"), &json!({})).await;
    assert_eq!((cancelled.status.as_u16(), &cancelled.json()["state"]), (202, &json!("cancelled")), "{cancelled:?}");
    assert_eq!(harness.post(&format!("{path}/cancel"), &json!({})).await.status.as_u16(), 202);
    let done = harness.post("/api/v1/releases", &json!({})).await.json();
    let id = done["id"].as_str().expect("an id");
    assert_eq!(harness.work(id).await["state"], "succeeded");
    assert_eq!(harness.post(&format!("/api/v1/jobs/{id}/cancel"), &json!({})).await.problem(), (409, "conflict".into()));
}

#[actix_web::test]
async fn a_wait_ends_when_its_time_is_up() {
    let harness = Harness::new().await;
    let waiting = harness.post("/api/v1/releases", &json!({})).await.json();
    let path = format!("/api/v1/jobs/{}", waiting["id"].as_str().expect("an id"));
    assert_eq!(harness.get(&format!("{path}?wait=1s")).await.json()["state"], "queued");
    for wait in ["61s", "1", "-1s", "1m"] {
        assert_eq!(harness.get(&format!("{path}?wait={wait}")).await.status.as_u16(), 400, "{wait}");
    }
}
