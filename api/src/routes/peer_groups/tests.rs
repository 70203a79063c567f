use serde_json::json;

use crate::testing::Harness;

const PATH: &str = "/api/v1/peer-groups/coast";

#[actix_web::test]
async fn a_group_has_registered_cities_each_once() {
    let harness = Harness::new().await;
    for code in ["b", "a"] {
        harness.put(&format!("/api/v1/cities/{code}"), None, &json!({"name": code})).await;
    }
    let faulty = harness.put(PATH, None, &json!({"cities": ["a", "z", "a"]})).await;
    let codes: Vec<_> = faulty.faults().into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["peer_group.no_title", "peer_group.unknown_city", "peer_group.duplicate_city"]);
    let made = harness.put(PATH, None, &json!({"title_en": "Coast", "cities": ["b", "a"]})).await;
    assert_eq!((made.status.as_u16(), &made.json()["cities"]), (201, &json!(["a", "b"])), "{made:?}");
    let changed = harness.put(PATH, Some(made.header("etag")), &json!({"title_en": "Coast", "cities": ["b"]})).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["cities"]), (200, &json!(["b"])));
    assert_eq!(harness.delete("/api/v1/cities/b", Some("*")).await.status.as_u16(), 409, "it is in a group");
    assert_eq!(harness.delete(PATH, Some(changed.header("etag"))).await.status.as_u16(), 204);
    assert_eq!(harness.delete("/api/v1/cities/b", Some("*")).await.status.as_u16(), 204);
}

async fn assessed(harness: &Harness, wanted: &serde_json::Value) -> String {
    let reply = harness.post("/api/v1/assessments", wanted).await;
    let job = harness.work(reply.header("location").rsplit('/').next().expect("a path")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    reply.json()["id"].as_str().expect("an id").to_owned()
}

fn codes(members: &serde_json::Value) -> Vec<&str> {
    members["items"].as_array().expect("items").iter().map(|member| member["city"].as_str().expect("a code")).collect()
}

#[actix_web::test]
async fn a_group_by_attribute_has_the_cities_of_the_day() {
    let harness = Harness::observed().await;
    harness.import("kind=cities", "text/csv", "code,name,tier,region\na,A,big,east\nb,B,small,east\nc,C,big,west\n").await;
    let change = "code,name,attributes_from,tier,region\na,A,2020-01-01,small,east\n";
    harness.import("kind=cities", "text/csv", change).await;
    let conditions = json!([{"attribute": "tier", "in": ["small", "tiny"]}, {"attribute": "region", "in": ["east"]}]);
    let made = harness.put(PATH, None, &json!({"title_en": "S", "kind": "attribute", "conditions": conditions})).await;
    assert_eq!((made.status.as_u16(), &made.json()["conditions"]), (201, &conditions), "{made:?}");
    let members = async |period: &str| harness.get(&format!("{PATH}/cities?period={period}")).await.json();
    assert_eq!(codes(&members("2019").await), ["b"]);
    assert_eq!(codes(&members("2020").await), ["a", "b"]);
    let wanted = json!({"set": {"code": "small", "version": "1"}, "periods": ["2026"], "cohort": {"peer_group": "coast"}});
    let id = assessed(&harness, &wanted).await;
    let ranking = harness.get(&format!("/api/v1/assessments/{id}/ranking")).await.json();
    assert_eq!(codes(&ranking).len(), 2);
    // Later changes of the register leave the cohort as it was.
    harness.import("kind=cities", "text/csv", "code,name,attributes_from,tier,region\nb,B,2026-01-01,big,east\n").await;
    assert_eq!(codes(&members("2026").await), ["a"]);
    assert_eq!(harness.get(&format!("/api/v1/assessments/{id}/ranking")).await.json(), ranking);
}

#[actix_web::test]
async fn the_nearest_cities_are_peers_of_a_gap_analysis_and_a_cohort() {
    let harness = Harness::observed().await;
    let rule = json!({"set": {"code": "small", "version": "1"}, "items": ["trees"], "k": 1});
    let made = harness.put(PATH, None, &json!({"title_en": "N", "kind": "nearest", "nearest": rule})).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let found = harness.get(&format!("{PATH}/cities?city=b&period=2026")).await.json();
    // 100, 200 and 400 have a standard deviation of sqrt(70000 / 3).
    let distance = 100.0 / (70_000.0_f64 / 3.0).sqrt();
    assert_eq!(codes(&found), ["a"]);
    assert!((found["items"][0]["distance"].as_f64().expect("it is there") - distance).abs() < 1e-12, "{found}");
    let unnamed = harness.get(&format!("{PATH}/cities?period=2026")).await;
    assert_eq!(unnamed.faults()[0].0, "peer_group.needs_city");
    assert_eq!(harness.get(&format!("{PATH}/cities?city=b")).await.faults()[0].0, "peer_group.needs_period");
    assert_eq!(harness.get(&format!("{PATH}/cities?city=b&period=2025")).await.faults()[0].0, "nearest.no_values");

    let wanted = json!({"set": {"code": "small", "version": "1"}, "periods": ["2026"], "cohort": "all"});
    let id = assessed(&harness, &wanted).await;
    let gaps = json!({"assessment": id, "city": "b", "against": "peer_median", "peer_group": "coast"});
    let made = harness.post("/api/v1/gap-analyses", &gaps).await;
    assert_eq!((made.status.as_u16(), &made.json()["peers"]), (201, &json!(["a"])), "{made:?}");

    let cohort = json!({"set": {"code": "small", "version": "1"}, "periods": ["2026"], "cohort": {"peer_group": "coast"}});
    assert_eq!(harness.post("/api/v1/assessments", &cohort).await.faults()[0].0, "peer_group.needs_city");
    let rule = json!({"set": {"code": "small", "version": "1"}, "items": ["trees"], "k": 1, "city": "b"});
    let changed = harness.put(PATH, Some("*"), &json!({"title_en": "N", "kind": "nearest", "nearest": rule})).await;
    assert_eq!(changed.status.as_u16(), 200);
    let id = assessed(&harness, &cohort).await;
    assert_eq!(codes(&harness.get(&format!("/api/v1/assessments/{id}/ranking")).await.json()), ["b", "a"]);
}

#[actix_web::test]
async fn what_is_wrong_with_a_rule_is_said_at_once() {
    let harness = Harness::observed().await;
    let rule =
        json!({"set": {"code": "small", "version": "1"}, "items": ["trees", "trees", "x"], "k": 0, "min_items": 9, "city": "z"});
    let said = json!({"title_en": "N", "kind": "nearest", "nearest": rule, "cities": ["a"], "conditions": [{"attribute": "t", "in": []}]});
    let reply = harness.put(PATH, None, &said).await;
    let faults: Vec<String> = reply.faults().into_iter().map(|(code, _)| code).collect();
    assert_eq!(
        faults,
        [
            "peer_group.part_unused",
            "peer_group.condition_size",
            "peer_group.unknown_city",
            "peer_group.number",
            "peer_group.number",
            "peer_group.duplicate_item",
            "peer_group.unknown_item",
        ]
    );
    let reply = harness.put(PATH, None, &json!({"title_en": "N", "kind": "attribute"})).await;
    assert_eq!(reply.faults(), [("peer_group.part_missing".into(), "/conditions".into())]);
}
