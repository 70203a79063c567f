use actix_web::http::Method;
use serde_json::json;

use crate::testing::{Harness, small_set};

const SETS: &str = "/api/v1/indicator-sets";
const SMALL: &str = "/api/v1/indicator-sets/small/versions/1";

#[actix_web::test]
async fn a_draft_changes_until_it_is_published_and_never_after() {
    let harness = Harness::new().await;
    let made = harness.post(SETS, &small_set()).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, SMALL), "{made:?}");
    assert_eq!(made.json()["state"], "draft");
    assert_eq!(harness.post(SETS, &small_set()).await.problem(), (409, "conflict".into()));

    let mut changed = small_set();
    changed["nodes"][0]["weight"] = json!(3);
    assert_eq!(harness.put(SMALL, None, &changed).await.status.as_u16(), 428);
    let replaced = harness.put(SMALL, Some(made.header("etag")), &changed).await;
    assert_eq!(replaced.status.as_u16(), 200);
    assert_ne!(replaced.json()["digest"], made.json()["digest"]);

    let published = harness.post(&format!("{SMALL}/publish"), &json!({})).await;
    assert_eq!(published.json()["state"], "published", "{published:?}");
    assert_eq!(harness.post(&format!("{SMALL}/publish"), &json!({})).await.json(), published.json());
    assert_eq!(harness.put(SMALL, Some("*"), &small_set()).await.problem(), (409, "conflict".into()));
    assert_eq!(harness.delete(SMALL, Some("*")).await.status.as_u16(), 409);

    assert_eq!(harness.post(&format!("{SMALL}/retire"), &json!({})).await.json()["state"], "retired");
    assert_eq!(harness.post(&format!("{SMALL}/publish"), &json!({})).await.status.as_u16(), 409);
}

#[actix_web::test]
async fn every_fault_of_a_document_is_named_at_once_and_nothing_is_kept() {
    let harness = Harness::new().await;
    let mut faulty = small_set();
    faulty["colour"] = json!("red");
    faulty["nodes"][0]["indicator"]["formula"] = json!("shrubs");
    let reply = harness.post(SETS, &faulty).await;
    let codes: Vec<String> = reply.faults().into_iter().map(|(code, _)| code).collect();
    assert_eq!((reply.status.as_u16(), codes.len()), (422, 2), "{reply:?}");
    assert_eq!(harness.get(SMALL).await.status.as_u16(), 404);
    let checked = harness.post(&format!("{SETS}/check"), &faulty).await;
    assert_eq!((checked.status.as_u16(), checked.json()["ok"].clone()), (200, json!(false)));
    assert_eq!(checked.json()["faults"].as_array().map(Vec::len), Some(2));
}

#[actix_web::test]
async fn the_catalog_can_be_posted_as_it_is() {
    let harness = Harness::new().await;
    let catalog = harness.get(&format!("{SETS}/catalog")).await.json();
    for entry in catalog["items"].as_array().expect("items") {
        let document = harness.get(entry["document"].as_str().expect("a path")).await;
        let request = harness.request(Method::POST, SETS).insert_header(("content-type", "application/json"));
        let made = harness.send(request.set_payload(document.body)).await;
        assert_eq!(made.status.as_u16(), 201, "{}", entry["code"]);
        assert_eq!(made.json()["digest"], entry["digest"]);
    }
    assert_eq!(harness.get(&format!("{SETS}?state=draft")).await.json()["items"].as_array().map(Vec::len), Some(2));
}

#[actix_web::test]
async fn a_repeated_post_is_done_once_and_answered_alike() {
    let harness = Harness::new().await;
    let post = |key: &'static str, set: serde_json::Value| {
        harness.request(Method::POST, SETS).insert_header(("idempotency-key", key)).set_json(set)
    };
    let first = harness.send(post("k1", small_set())).await;
    let again = harness.send(post("k1", small_set())).await;
    assert_eq!((again.status, &again.body, again.header("etag")), (first.status, &first.body, first.header("etag")));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let mut other = small_set();
    other["version"] = json!("2");
    assert_eq!(harness.send(post("k1", other.clone())).await.problem(), (422, "idempotency-key-reused".into()));
    assert_eq!(harness.send(post("k2", small_set())).await.status.as_u16(), 409);
    assert_eq!(harness.send(post("k2", other)).await.status.as_u16(), 201, "a refused request is not remembered");
}

#[actix_web::test]
async fn a_draft_keeps_its_lineage() {
    let harness = Harness::new().await;
    harness.post(SETS, &small_set()).await;
    let mut local = small_set();
    local["code"] = json!("local");
    let path = format!("{SETS}?base_code=small&base_version=1");
    assert_eq!(harness.post(&path, &local).await.status.as_u16(), 409, "a draft cannot be derived from");
    harness.post(&format!("{SMALL}/publish"), &json!({})).await;
    let made = harness.post(&path, &local).await.json();
    assert_eq!(made["derived_from"], json!({"code": "small", "version": "1"}));
    assert_eq!(harness.post(&format!("{SETS}?base_code=small"), &local).await.status.as_u16(), 400);
}
