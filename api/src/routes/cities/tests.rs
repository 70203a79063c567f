use serde_json::json;

use crate::testing::Harness;

const PATH: &str = "/api/v1/cities/330100";

#[actix_web::test]
async fn a_city_changes_only_for_whoever_has_seen_it() {
    let harness = Harness::new().await;
    let made = harness.put(PATH, None, &json!({"name": "Hangzhou", "attributes": {"region": "east"}})).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, PATH));
    let tag = made.header("etag").to_owned();
    assert_eq!(harness.put(PATH, None, &json!({"name": "X"})).await.problem(), (428, "precondition-required".into()));
    assert_eq!(harness.put(PATH, Some("\"0-0\""), &json!({"name": "X"})).await.problem(), (412, "stale".into()));
    let changed = harness.put(PATH, Some(&tag), &json!({"name": "Hangzhou", "name_zh": "杭州"})).await;
    assert_eq!(changed.status.as_u16(), 200);
    assert_eq!(changed.json()["attributes"], json!({}));
    assert_eq!(harness.put(PATH, Some(&tag), &json!({"name": "X"})).await.status.as_u16(), 412);
    assert_eq!(harness.get(PATH).await.header("etag"), changed.header("etag"));
}

#[actix_web::test]
async fn a_city_that_the_caller_has_seen_is_304() {
    let harness = Harness::new().await;
    let made = harness.put(PATH, None, &json!({"name": "Hangzhou"})).await;
    let request = harness.request(actix_web::http::Method::GET, PATH).insert_header(("if-none-match", made.header("etag")));
    let reply = harness.send(request).await;
    assert_eq!((reply.status.as_u16(), reply.body.len()), (304, 0));
}

#[actix_web::test]
async fn a_removed_city_is_gone_and_its_tag_does_not_come_back() {
    let harness = Harness::new().await;
    let made = harness.put(PATH, None, &json!({"name": "Hangzhou"})).await;
    assert_eq!(harness.delete(PATH, None).await.status.as_u16(), 428);
    assert_eq!(harness.delete(PATH, Some(made.header("etag"))).await.status.as_u16(), 204);
    assert_eq!(harness.get(PATH).await.problem(), (404, "absent".into()));
    assert_eq!(harness.delete(PATH, Some("*")).await.status.as_u16(), 404);
    assert_eq!(harness.put(PATH, Some("*"), &json!({"name": "Hangzhou"})).await.status.as_u16(), 412);
}

#[actix_web::test]
async fn a_list_is_read_page_by_page() {
    let harness = Harness::new().await;
    for code in ["c", "a", "b"] {
        harness.put(&format!("/api/v1/cities/{code}"), None, &json!({"name": code})).await;
    }
    let first = harness.get("/api/v1/cities?limit=2").await;
    let codes = |page: &serde_json::Value| {
        page["items"].as_array().expect("items").iter().map(|city| city["code"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&first.json()), ["a", "b"]);
    let link = first.header("link").split('>').next().expect("a link").trim_start_matches('<').to_owned();
    let second = harness.get(&link).await.json();
    assert_eq!((codes(&second), second["next"].is_null()), (vec![json!("c")], true));
}

#[actix_web::test]
async fn what_is_wrong_in_a_body_is_pointed_at() {
    let harness = Harness::new().await;
    let reply = harness.put(PATH, None, &json!({"name": "Hangzhou", "attributes": {"region": 7}})).await;
    assert_eq!(reply.problem(), (422, "invalid".into()));
    assert_eq!(reply.faults(), [("body.wrong".into(), "/attributes/region".into())]);
    let unknown = harness.put(PATH, None, &json!({"name": "Hangzhou", "nmae": "x"})).await;
    assert_eq!(unknown.status.as_u16(), 422);
    let nul = harness.put(PATH, None, &json!({"name": "a\u{0}b"})).await;
    assert_eq!(nul.faults(), [("body.wrong".into(), "/name".into())]);
    let text = harness.request(actix_web::http::Method::PUT, PATH).set_payload("name=x");
    assert_eq!(harness.send(text).await.problem(), (415, "unsupported-media-type".into()));
}

#[actix_web::test]
async fn every_write_leaves_a_line_in_the_trail() {
    let harness = Harness::new().await;
    let made = harness.put(PATH, None, &json!({"name": "Hangzhou"})).await;
    harness.put(PATH, Some(made.header("etag")), &json!({"name": "H"})).await;
    harness.delete(PATH, Some("*")).await;
    let trail = harness.get(&format!("/api/v1/audit-events?subject={PATH}")).await.json();
    let actions: Vec<_> = trail["items"].as_array().expect("items").iter().map(|event| event["action"].clone()).collect();
    assert_eq!(actions, ["remove_city", "replace_city", "create_city"]);
}
