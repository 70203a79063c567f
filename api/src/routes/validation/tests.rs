use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, small_set};

const PATH: &str = "/api/v1/validation?set_code=small&set_version=1";

/// A set with a rule of its own, one of the service, and observations that break both.
async fn prepared() -> Harness {
    let harness = Harness::new().await;
    let mut set = small_set();
    set["rules"] = json!([{"code": "JUMP", "check": {"rule": "change", "items": ["trees"], "at_most": 2}}]);
    harness.post("/api/v1/indicator-sets", &set).await;
    harness.post("/api/v1/indicator-sets/small/versions/1/publish", &json!({})).await;
    harness.import("kind=cities", "text/csv", "code,name\na,A\nb,B\nc,C\n").await;
    let rows = "city,period,item,value\na,2025,trees,10\na,2026,trees,50\nb,2025,trees,10\nb,2026,trees,70\nc,2026,trees,1\n";
    harness.import("kind=observations&set_code=small&set_version=1", "text/csv", rows).await;
    let few = json!({"set": "small", "rule": {"severity": "error", "check": {"rule": "formula", "holds": "trees >= 20"}}});
    assert_eq!(harness.put("/api/v1/validation-rules/FEW", None, &few).await.status.as_u16(), 201);
    harness
}

fn places(page: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
    items.iter().map(|found| format!("{} {} {}", text(&found["city"]), text(&found["period"]), text(&found["rule"]))).collect()
}

#[actix_web::test]
async fn the_rules_of_the_set_and_of_the_service_are_evaluated_on_what_is_stored() {
    let harness = prepared().await;
    let all = harness.get(PATH).await.json();
    assert_eq!(places(&all), ["a 2025 FEW", "a 2026 JUMP", "b 2025 FEW", "b 2026 JUMP", "c 2026 FEW"]);
    let found = &all["items"][1];
    assert_eq!((&found["home"], &found["severity"], &found["value"]), (&json!("set"), &json!("warning"), &json!("5")));
    assert_eq!((&found["since"], &found["items"]), (&json!("2025"), &json!(["trees"])));
    assert_eq!(all["items"][0]["home"], "service");
    for (query, expected) in [
        ("&period=2026", &["a 2026 JUMP", "b 2026 JUMP", "c 2026 FEW"][..]),
        ("&period=2026&city=b,c", &["b 2026 JUMP", "c 2026 FEW"]),
        ("&rule=FEW&city=a", &["a 2025 FEW"]),
        ("&severity=warning&city=a", &["a 2026 JUMP"]),
        ("&rule=NONE", &[]),
        ("&as_of=2001-01-01T00:00:00Z", &[]),
    ] {
        assert_eq!(places(&harness.get(&format!("{PATH}{query}")).await.json()), expected, "{query}");
    }
    let (mut joined, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = harness.get(&format!("{PATH}&limit=2{cursor}")).await.json();
        joined.extend(places(&page));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(joined, places(&all));
    for (query, status) in [("&period=20x6", 400), ("&city=", 400), ("&cursor=ff", 400), ("&severity=fatal", 400)] {
        assert_eq!(harness.get(&format!("{PATH}{query}")).await.status.as_u16(), status, "{query}");
    }
    assert_eq!(harness.get("/api/v1/validation?set_code=none&set_version=1").await.status.as_u16(), 404);
}

#[actix_web::test]
async fn waived_findings_are_marked_and_a_waiver_may_be_bound_to_a_value() {
    let harness = prepared().await;
    let waive = async |city: &str, value: Option<&str>| {
        let mut new = json!({"rule": "JUMP", "set": "small", "city": city, "reason": "joined", "name": "Li"});
        new["value"] = json!(value);
        let reply = harness.post("/api/v1/waivers", &new).await;
        assert_eq!(reply.status.as_u16(), 201, "{reply:?}");
    };
    waive("a", Some("5")).await;
    waive("b", Some("6")).await;
    let waived = harness.get(&format!("{PATH}&waived=true")).await.json();
    assert_eq!(places(&waived), ["a 2026 JUMP"], "b has another value");
    let waiver = &waived["items"][0]["waiver"];
    assert_eq!((&waiver["name"], &waiver["reason"]), (&json!("Li"), &json!("joined")));
    assert_eq!(places(&harness.get(&format!("{PATH}&waived=false&rule=JUMP")).await.json()), ["b 2026 JUMP"]);
    waive("b", None).await;
    assert_eq!(places(&harness.get(&format!("{PATH}&waived=true")).await.json()), ["a 2026 JUMP", "b 2026 JUMP"]);
}

#[actix_web::test]
async fn whoever_is_limited_to_cities_sees_the_findings_there() {
    let harness = prepared().await;
    let token = harness.key(Role::Reporter, &["c"]).await;
    let page = harness.send(harness.request_as(&token, Method::GET, PATH)).await.json();
    assert_eq!(places(&page), ["c 2026 FEW"]);
    let other = harness.send(harness.request_as(&token, Method::GET, &format!("{PATH}&city=a"))).await;
    assert_eq!(other.status.as_u16(), 403);
    let expert = harness.key(Role::Expert, &[]).await;
    assert_eq!(harness.send(harness.request_as(&expert, Method::GET, PATH)).await.status.as_u16(), 403);
}
