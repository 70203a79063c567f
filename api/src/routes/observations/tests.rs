use serde_json::{Value, json};

use crate::testing::{Harness, small_set};

const TREES: &str = "/api/v1/observations/a/2026/trees";

async fn prepared() -> Harness {
    let harness = Harness::new().await;
    harness.post("/api/v1/indicator-sets", &small_set()).await;
    harness.put("/api/v1/cities/a", None, &json!({"name": "A"})).await;
    harness
}

fn report(value: Value) -> Value {
    json!({"set": {"code": "small", "version": "1"}, "value": value})
}

#[actix_web::test]
async fn a_correction_keeps_the_value_before_it() {
    let harness = prepared().await;
    let reported = harness.put(TREES, None, &report(json!(10))).await;
    assert_eq!((reported.status.as_u16(), reported.header("location")), (201, TREES), "{reported:?}");
    assert_eq!(harness.put(TREES, None, &report(json!(11))).await.status.as_u16(), 428);
    let corrected = harness.put(TREES, Some(reported.header("etag")), &report(json!(11))).await;
    assert_eq!((corrected.status.as_u16(), &corrected.json()["value"]), (200, &json!(11.0)));
    assert_eq!(harness.put(TREES, Some(reported.header("etag")), &report(json!(12))).await.status.as_u16(), 412);
    let history = harness.get(&format!("{TREES}/history")).await.json();
    assert_eq!(history["items"].as_array().map(Vec::len), Some(2));
    assert!(history["items"][1]["superseded_at"].is_string());
}

#[actix_web::test]
async fn a_value_is_checked_against_its_item() {
    let harness = prepared().await;
    let put = |path: &'static str, body: Value| {
        let harness = &harness;
        async move { harness.put(path, None, &body).await }
    };
    assert_eq!(put(TREES, report(json!(1001))).await.faults()[0].1, "/value");
    assert_eq!(put(TREES, report(json!("many"))).await.faults()[0].1, "/value");
    assert_eq!(put("/api/v1/observations/a/2026/shrubs", report(json!(1))).await.status.as_u16(), 422);
    assert_eq!(put("/api/v1/observations/z/2026/trees", report(json!(1))).await.status.as_u16(), 422);
    assert_eq!(put("/api/v1/observations/a/20x6/trees", report(json!(1))).await.status.as_u16(), 400);
    let unreasoned = json!({"set": {"code": "small", "version": "1"}, "status": "not_applicable"});
    assert_eq!(put(TREES, unreasoned).await.status.as_u16(), 422);
    let flag = put("/api/v1/observations/a/2026/open_data", report(json!(true))).await;
    assert_eq!((flag.status.as_u16(), &flag.json()["value"]), (201, &json!(1.0)), "{flag:?}");
    assert_eq!(harness.get(TREES).await.status.as_u16(), 404);
}
