use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, small_set};

const PATH: &str = "/api/v1/waivers";

async fn prepared() -> Harness {
    let harness = Harness::new().await;
    let mut set = small_set();
    set["rules"] = json!([{"code": "JUMP", "severity": "error", "check": {"rule": "change", "items": ["trees"], "at_most": 2}}]);
    harness.post("/api/v1/indicator-sets", &set).await;
    harness.import("kind=cities", "text/csv", "code,name\na,A\nb,B\n").await;
    harness
}

fn waiver() -> Value {
    json!({"rule": "JUMP", "set": "small", "city": "a", "period": "2026", "reason": "two districts joined", "name": "Li Hua"})
}

#[actix_web::test]
async fn a_waiver_is_made_shown_listed_and_withdrawn_and_stays_to_be_seen() {
    let harness = prepared().await;
    let made = harness.post(PATH, &waiver()).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let place = made.header("location").to_owned();
    let shown = harness.get(&place).await.json();
    assert_eq!(
        (&shown["name"], &shown["reason"], &shown["holds"]),
        (&json!("Li Hua"), &json!("two districts joined"), &json!(true))
    );
    harness.post(PATH, &json!({"rule": "JUMP", "set": "small", "city": "b", "reason": "r", "name": "n"})).await;
    let count = async |query: &str| harness.get(&format!("{PATH}{query}")).await.json()["items"].as_array().map(Vec::len);
    for (query, expected) in [
        ("", 2),
        ("?city=a", 1),
        ("?rule=JUMP", 2),
        ("?rule=X", 0),
        ("?set=small&period=2026", 1),
        ("?item=trees", 0),
        ("?holding=true", 2),
    ] {
        assert_eq!(count(query).await, Some(expected), "{query}");
    }
    let first = harness.get(&format!("{PATH}?limit=1")).await.json();
    assert_eq!(first["items"][0]["city"], "b", "the newest first");
    let next = first["next"].as_str().expect("there is more");
    assert_eq!(harness.get(&format!("{PATH}?limit=1&cursor={next}")).await.json()["items"][0]["city"], "a");

    assert_eq!(harness.delete(&place, None).await.status.as_u16(), 204);
    assert_eq!(harness.delete(&place, None).await.status.as_u16(), 204, "once more changes nothing");
    let shown = harness.get(&place).await.json();
    assert_eq!(shown["holds"], false);
    assert!(shown["withdrawn_at"].is_string() && shown["withdrawn_by"].is_string(), "{shown}");
    assert_eq!((count("").await, count("?holding=true").await), (Some(2), Some(1)));
    let trail = harness.get("/api/v1/audit-events").await.json().to_string();
    assert_eq!((trail.matches("create_waiver").count(), trail.matches("withdraw_waiver").count()), (2, 1));
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_waiver_is_said_at_once() {
    let harness = prepared().await;
    let faults = async |body: &Value| {
        let reply = harness.post(PATH, body).await;
        assert_eq!(reply.status.as_u16(), 422, "{reply:?}");
        reply.faults().into_iter().map(|(code, at)| format!("{code} {at}")).collect::<Vec<_>>()
    };
    let wrong =
        json!({"rule": "NONE", "set": "small", "city": "z", "reason": " ", "name": " ", "expires_at": "2001-01-01T00:00:00Z"});
    assert_eq!(
        faults(&wrong).await,
        [
            "waiver.unsaid /reason",
            "waiver.unsaid /name",
            "waiver.unknown_city /city",
            "waiver.expired /expires_at",
            "waiver.unknown_rule /rule",
        ]
    );
    let mut other = waiver();
    other["item"] = json!("open_data");
    assert_eq!(faults(&other).await, ["waiver.unread_item /item"]);
    other["set"] = json!("none");
    assert_eq!(faults(&other).await, ["waiver.unknown_set /set"]);
    for member in ["reason", "name", "city", "rule", "set"] {
        let mut without = waiver();
        without.as_object_mut().expect("an object").remove(member);
        assert_eq!(harness.post(PATH, &without).await.status.as_u16(), 422, "{member}");
    }
    assert_eq!(harness.get(PATH).await.json()["items"], json!([]));
}

#[actix_web::test]
async fn only_evaluators_and_administrators_waive_and_others_see_those_of_their_cities() {
    let harness = prepared().await;
    let place = harness.post(PATH, &waiver()).await.header("location").to_owned();
    for (role, cities, status, seen, made) in [
        (Role::Evaluator, &[][..], 200, Some(1), 201),
        (Role::Evaluator, &["b"], 403, Some(0), 403),
        (Role::Reporter, &["a"], 200, Some(2), 403),
        (Role::Viewer, &[], 200, Some(2), 403),
        (Role::Methodologist, &[], 200, Some(2), 403),
        (Role::Expert, &[], 403, None, 403),
    ] {
        let token = harness.key(role, cities).await;
        let shown = harness.send(harness.request_as(&token, Method::GET, &place)).await;
        assert_eq!(shown.status.as_u16(), status, "{role:?}");
        let listed = harness.send(harness.request_as(&token, Method::GET, PATH)).await;
        assert_eq!(listed.json()["items"].as_array().map(Vec::len), seen, "{role:?}");
        let reply = harness.send(harness.request_as(&token, Method::POST, PATH).set_json(waiver())).await;
        assert_eq!(reply.status.as_u16(), made, "{role:?}: {reply:?}");
        let withdrawn = harness.send(harness.request_as(&token, Method::DELETE, &place)).await;
        assert_eq!(withdrawn.status.as_u16(), if made == 201 { 204 } else { 403 }, "{role:?}");
    }
}
