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

#[actix_web::test]
async fn a_report_says_where_its_value_comes_from_and_lists_are_narrowed_by_it() {
    let harness = prepared().await;
    let mut full = report(json!(10));
    let said = json!({
        "quality": "higher_level_extrapolation", "source": "yearbook", "method": "by area", "provider": "city",
        "as_of": "2026-10-31", "unit": "10^4", "sample_size": 1200, "margin": 0.5,
    });
    full.as_object_mut().expect("an object").extend(said.as_object().expect("an object").clone());
    let reported = harness.put(TREES, None, &full).await;
    assert_eq!(reported.status.as_u16(), 422, "trees are counted and have no sample: {reported:?}");
    assert_eq!(reported.faults().iter().map(|fault| fault.1.as_str()).collect::<Vec<_>>(), ["/sample_size", "/margin"]);
    full["sample_size"] = Value::Null;
    full["margin"] = Value::Null;
    let reported = harness.put(TREES, None, &full).await;
    assert_eq!(reported.status.as_u16(), 201, "{reported:?}");
    for (member, value) in said.as_object().expect("an object") {
        let expected = if ["sample_size", "margin"].contains(&member.as_str()) { &Value::Null } else { value };
        assert_eq!(&reported.json()[member], expected, "{member}");
    }
    let again = harness.put(TREES, Some(reported.header("etag")), &report(json!(10))).await;
    assert_eq!((again.status.as_u16(), &again.json()["as_of"]), (200, &Value::Null), "{again:?}");
    let history = harness.get(&format!("{TREES}/history")).await.json();
    assert_eq!(history["items"][1]["method"], "by area");

    let corrected = harness.put(TREES, Some(again.header("etag")), &full).await;
    assert_eq!(corrected.status.as_u16(), 200);
    harness.put("/api/v1/observations/a/2026/open_data", None, &report(json!(true))).await;
    let count = |query: &'static str| {
        let harness = &harness;
        async move { harness.get(&format!("/api/v1/observations{query}")).await.json()["items"].as_array().map(Vec::len) }
    };
    assert_eq!(count("").await, Some(2));
    assert_eq!(count("?provider=city").await, Some(1));
    assert_eq!(count("?provider=expert").await, Some(0));
    assert_eq!(count("?quality=higher_level_extrapolation").await, Some(1));
    assert_eq!(count("?quality=personal_estimate&provider=city").await, Some(0));
    assert_eq!(harness.get("/api/v1/observations?quality=good").await.status.as_u16(), 400);
}

#[actix_web::test]
async fn provenance_that_cannot_be_is_refused_at_its_member() {
    let harness = prepared().await;
    for (member, value) in [
        ("quality", json!("good")),
        ("provider", json!("nobody")),
        ("provider", json!("citizen")),
        ("as_of", json!("2026-02-30")),
        ("sample_size", json!(0)),
        ("margin", json!(-1)),
        ("unit", json!("two\nlines")),
    ] {
        let mut body = report(json!(10));
        body[member] = value;
        let refused = harness.put(TREES, None, &body).await;
        assert!(refused.status.is_client_error(), "{refused:?}");
        assert_eq!(refused.faults()[0].1, format!("/{member}"), "{refused:?}");
    }
    assert_eq!(harness.get(TREES).await.status.as_u16(), 404);
}

/// With a rule that refuses and one that warns, and trees of city a in 2025.
async fn ruled() -> Harness {
    let harness = Harness::new().await;
    let mut set = small_set();
    set["rules"] = json!([
        {"code": "LEAP", "severity": "error", "check": {"rule": "change", "items": ["trees"], "at_most": 10}},
        {"code": "JUMP", "check": {"rule": "change", "items": ["trees"], "at_most": 2}}
    ]);
    harness.post("/api/v1/indicator-sets", &set).await;
    harness.put("/api/v1/cities/a", None, &json!({"name": "A"})).await;
    let earlier = harness.put("/api/v1/observations/a/2025/trees", None, &report(json!(10))).await;
    assert_eq!((earlier.status.as_u16(), &earlier.json()["warnings"]), (201, &Value::Null), "{earlier:?}");
    harness
}

#[actix_web::test]
async fn an_error_of_a_rule_refuses_a_report_and_a_warning_is_in_the_answer() {
    let harness = ruled().await;
    let refused = harness.put(TREES, None, &report(json!(500))).await;
    assert_eq!(refused.status.as_u16(), 422);
    let told: Vec<_> = refused.json()["errors"].as_array().expect("faults").clone();
    let shown: Vec<_> =
        told.iter().map(|fault| [&fault["code"], &fault["severity"], &fault["pointer"], &fault["value"]]).collect();
    let (code, at, value) = (json!("rule.violated"), json!("/value"), json!("50"));
    assert_eq!(shown, [[&code, &json!("error"), &at, &value], [&code, &json!("warning"), &at, &value]], "{told:?}");
    assert_eq!(harness.get(TREES).await.status.as_u16(), 404, "nothing was kept");

    let warned = harness.put(TREES, None, &report(json!(50))).await;
    let warnings = &warned.json()["warnings"];
    assert_eq!((warned.status.as_u16(), warnings.as_array().map(Vec::len)), (201, Some(1)), "{warned:?}");
    assert_eq!((&warnings[0]["code"], &warnings[0]["value"]), (&json!("rule.violated"), &json!("5")));
    // A correction of the earlier value is judged by the later one.
    let tag = harness.get("/api/v1/observations/a/2025/trees").await.header("etag").to_owned();
    let earlier = harness.put("/api/v1/observations/a/2025/trees", Some(&tag), &report(json!(1))).await;
    assert_eq!((earlier.status.as_u16(), earlier.faults()[0].0.as_str()), (422, "rule.violated"));
    assert_eq!(harness.put(TREES, None, &report(json!(500))).await.status.as_u16(), 428, "what was not seen is not judged");
}

#[actix_web::test]
async fn a_waived_error_lets_a_report_in_and_is_told_of() {
    let harness = ruled().await;
    let waive = json!({"rule": "LEAP", "set": "small", "city": "a", "reason": "joined", "name": "Li"});
    assert_eq!(harness.post("/api/v1/waivers", &waive).await.status.as_u16(), 201);
    let kept = harness.put(TREES, None, &report(json!(500))).await;
    let codes: Vec<_> = kept.json()["warnings"].as_array().expect("warnings").iter().map(|fault| fault["code"].clone()).collect();
    assert_eq!((kept.status.as_u16(), codes), (201, vec![json!("rule.waived"), json!("rule.violated")]), "{kept:?}");
}
