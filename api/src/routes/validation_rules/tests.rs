use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, small_set};

const PATH: &str = "/api/v1/validation-rules/JUMP";

fn jump(code: &str, item: &str) -> Value {
    json!({"set": "small", "rule": {"code": code, "title": {"zh": "突变", "en": "Jump"}, "severity": "error",
           "check": {"rule": "change", "items": [item], "at_most": 2.0}}})
}

/// With a published set that has a rule `OWN` of its own.
async fn prepared() -> Harness {
    let harness = Harness::new().await;
    let mut set = small_set();
    set["rules"] = json!([{"code": "OWN", "check": {"rule": "change", "items": ["trees"], "at_most": 9}}]);
    harness.post("/api/v1/indicator-sets", &set).await;
    harness.post("/api/v1/indicator-sets/small/versions/1/publish", &json!({})).await;
    harness
}

#[actix_web::test]
async fn a_rule_is_kept_changed_by_who_has_seen_it_listed_and_removed() {
    let harness = prepared().await;
    let made = harness.put(PATH, None, &jump("JUMP", "trees")).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, PATH), "{made:?}");
    let shown = harness.get(PATH).await;
    assert_eq!(shown.json()["rule"], jump("JUMP", "trees")["rule"]);
    assert_eq!((&shown.json()["set"], &shown.json()["enabled"]), (&json!("small"), &json!(true)));
    assert_eq!(harness.put(PATH, None, &jump("JUMP", "trees")).await.status.as_u16(), 428);
    let tag = shown.header("etag").to_owned();
    // The code stands in the path, and a rule may speak of every set.
    let mut every = jump("JUMP", "trees");
    every["rule"].as_object_mut().expect("an object").remove("code");
    every.as_object_mut().expect("an object").remove("set");
    every["enabled"] = json!(false);
    let changed = harness.put(PATH, Some(&tag), &every).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["rule"]["code"]), (200, &json!("JUMP")), "{changed:?}");
    assert_eq!((&changed.json()["set"], &changed.json()["enabled"]), (&Value::Null, &json!(false)));
    assert_eq!(harness.put(PATH, Some(&tag), &every).await.status.as_u16(), 412);
    harness.put("/api/v1/validation-rules/A", None, &jump("A", "trees")).await;
    let codes = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().expect("items");
        items.iter().map(|rule| rule["code"].as_str().expect("a code").to_owned()).collect()
    };
    let first = harness.get("/api/v1/validation-rules?limit=1").await.json();
    assert_eq!(codes(&first), ["A"]);
    let cursor = first["next"].as_str().expect("there is more");
    assert_eq!(codes(&harness.get(&format!("/api/v1/validation-rules?limit=1&cursor={cursor}")).await.json()), ["JUMP"]);
    assert_eq!(codes(&harness.get("/api/v1/validation-rules?set=small").await.json()), ["A"]);
    let tag = harness.get(PATH).await.header("etag").to_owned();
    assert_eq!(harness.delete(PATH, Some(&tag)).await.status.as_u16(), 204);
    assert_eq!(harness.get(PATH).await.status.as_u16(), 404);
    let trail = harness.get("/api/v1/audit-events").await.json().to_string();
    for action in ["create_validation_rule", "replace_validation_rule", "remove_validation_rule"] {
        assert!(trail.contains(action), "{action}");
    }
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_rule_is_said_at_once() {
    let harness = prepared().await;
    let faults = async |path: &str, body: &Value| {
        let reply = harness.put(&format!("/api/v1/validation-rules/{path}"), None, body).await;
        assert_eq!(reply.status.as_u16(), 422, "{reply:?}");
        reply.faults().into_iter().map(|(code, at)| format!("{code} {at}")).collect::<Vec<_>>()
    };
    let wrong = json!({"set": "none", "rule": {"code": "B", "typo": 1, "check": {"rule": "change", "items": []}}});
    assert_eq!(
        faults("A", &wrong).await,
        [
            "set.unknown_key /rule/typo",
            "rule.bounds /rule/check",
            "rule.items /rule/check/items",
            "validation_rule.code /rule/code",
            "validation_rule.unknown_set /set",
        ]
    );
    let unknown = json!({"set": "small", "rule": {"check": {"rule": "change", "items": ["trees", "shrubs"], "at_most": 2}}});
    assert_eq!(faults("A", &unknown).await, ["rule.unknown_item /rule/check/items/1"]);
    assert_eq!(faults("OWN", &jump("OWN", "trees")).await, ["validation_rule.code_taken /rule/code"]);
    assert_eq!(harness.put("/api/v1/validation-rules/A", None, &json!({"rule": 7})).await.status.as_u16(), 422);
    assert_eq!(harness.put("/api/v1/validation-rules/A", None, &json!({"rule": {}, "typo": 7})).await.status.as_u16(), 422);
}

#[actix_web::test]
async fn a_set_with_a_rule_of_the_same_code_is_not_published() {
    let harness = prepared().await;
    harness.put(PATH, None, &jump("JUMP", "trees")).await;
    let mut next = small_set();
    next["version"] = json!("2");
    next["rules"] = json!([{"code": "JUMP", "check": {"rule": "change", "items": ["trees"], "at_most": 9}}]);
    assert_eq!(harness.post("/api/v1/indicator-sets", &next).await.status.as_u16(), 201);
    let publish = "/api/v1/indicator-sets/small/versions/2/publish";
    let refused = harness.post(publish, &json!({})).await;
    assert_eq!(refused.faults(), [("validation_rule.code_taken".to_owned(), "/rules/0/code".to_owned())]);
    let tag = harness.get(PATH).await.header("etag").to_owned();
    harness.delete(PATH, Some(&tag)).await;
    assert_eq!(harness.post(publish, &json!({})).await.status.as_u16(), 200);
}

#[actix_web::test]
async fn everyone_but_experts_reads_rules_and_who_evaluates_or_writes_sets_keeps_them() {
    let harness = prepared().await;
    harness.put(PATH, None, &jump("JUMP", "trees")).await;
    for (role, cities, read, written) in [
        (Role::Methodologist, &[][..], 200, 201),
        (Role::Evaluator, &[], 200, 200),
        (Role::Evaluator, &["a"], 200, 403),
        (Role::Reporter, &["a"], 200, 403),
        (Role::Viewer, &[], 200, 403),
        (Role::Expert, &[], 403, 403),
    ] {
        let token = harness.key(role, cities).await;
        let reply = harness.send(harness.request_as(&token, Method::GET, PATH)).await;
        assert_eq!(reply.status.as_u16(), read, "{role:?}");
        let put = harness.request_as(&token, Method::PUT, "/api/v1/validation-rules/B").insert_header(("if-match", "*"));
        let put = if written == 201 { harness.request_as(&token, Method::PUT, "/api/v1/validation-rules/B") } else { put };
        let reply = harness.send(put.set_json(jump("B", "trees"))).await;
        assert_eq!(reply.status.as_u16(), written, "{role:?}: {reply:?}");
    }
}
