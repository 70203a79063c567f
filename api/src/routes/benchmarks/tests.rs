mod rounds;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, Reply, small_set};

const PATH: &str = "/api/v1/benchmarks/yearly";

/// An assessment of a period by a version of the small set.
async fn assessed(harness: &Harness, version: &str, period: &str) -> Value {
    let request = json!({"set": {"code": "small", "version": version}, "periods": [period]});
    let accepted = harness.post("/api/v1/assessments", &request).await.json();
    let job = harness.work(accepted["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    accepted["id"].clone()
}

/// Two years of three cities; in the second the set has another formula, and `a` takes no part.
async fn prepared() -> (Harness, Value) {
    let harness = Harness::observed().await;
    let mut second = small_set();
    second["version"] = json!("2");
    second["nodes"][0]["indicator"]["formula"] = json!("trees / 500");
    harness.post("/api/v1/indicator-sets", &second).await;
    harness.post("/api/v1/indicator-sets/small/versions/2/publish", &json!({})).await;
    let later = "city,period,item,value\nb,2027,trees,300\nc,2027,trees,300\n";
    harness.import("kind=observations&set_code=small&set_version=2", "text/csv", later).await;
    let editions = json!([
        {"period": "2026", "assessment": assessed(&harness, "1", "2026").await},
        {"period": "2027", "assessment": assessed(&harness, "2", "2027").await, "overlap": assessed(&harness, "2", "2026").await},
    ]);
    (harness, json!({"title_en": "Yearly", "editions": editions}))
}

async fn kept() -> (Harness, Value) {
    let (harness, document) = prepared().await;
    let made = harness.put(PATH, None, &document).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    (harness, document)
}

fn faults(reply: &Reply) -> Vec<String> {
    assert_eq!(reply.status.as_u16(), 422, "{reply:?}");
    reply.faults().into_iter().map(|(code, at)| format!("{code} {at}")).collect()
}

#[actix_web::test]
async fn a_benchmark_is_kept_changed_by_who_has_seen_it_listed_and_removed() {
    let (harness, mut document) = kept().await;
    assert_eq!(harness.put(PATH, None, &document).await.status.as_u16(), 428);
    let tag = harness.get(PATH).await.header("etag").to_owned();
    document["title_zh"] = json!("年度");
    assert_eq!(harness.put(PATH, Some(&tag), &document).await.status.as_u16(), 200);
    assert_eq!(harness.put(PATH, Some(&tag), &document).await.status.as_u16(), 412);
    let list = harness.get("/api/v1/benchmarks").await.json();
    assert_eq!((&list["items"][0]["code"], &list["items"][0]["title_zh"]), (&json!("yearly"), &json!("年度")));
    let tag = harness.get(PATH).await.header("etag").to_owned();
    assert_eq!(harness.delete(PATH, Some(&tag)).await.status.as_u16(), 204);
    assert_eq!(harness.get(&format!("{PATH}/series")).await.status.as_u16(), 404);
    let trail = harness.get("/api/v1/audit-events").await.json().to_string();
    for action in ["create_benchmark", "replace_benchmark", "remove_benchmark"] {
        assert!(trail.contains(action), "{action}");
    }
}

#[actix_web::test]
async fn every_fault_of_a_benchmark_is_told_at_once() {
    let (harness, document) = prepared().await;
    let (first, second, overlap) = (
        document["editions"][0]["assessment"].clone(),
        document["editions"][1]["assessment"].clone(),
        document["editions"][1]["overlap"].clone(),
    );
    let absent = "00000000-0000-7000-8000-ffffffffffff";
    let versions = |from: &str, to: &str, nodes: Value| json!({"from": {"code": "small", "version": from}, "to": {"code": "small", "version": to}, "nodes": nodes});
    let faulty = json!({"editions": [
        {"period": "2026", "assessment": first, "overlap": overlap},
        {"period": "2026", "assessment": second},
        {"period": "2027", "assessment": absent},
    ]});
    assert_eq!(
        faults(&harness.put(PATH, None, &faulty).await),
        [
            "benchmark.title ",
            "benchmark.period_order /editions/1/period",
            "benchmark.overlap_first /editions/0/overlap",
            "benchmark.period_absent /editions/1/assessment",
            "benchmark.assessment_absent /editions/2/assessment",
        ]
    );
    let mut said = document.clone();
    said["editions"][1]["overlap"] = first.clone();
    said["crosswalks"] = json!([
        versions(
            "1",
            "2",
            json!([
                {"to": "G", "relation": "same"},
                {"to": "O", "relation": "similar"},
                {"to": "O", "relation": "same"},
                {"from": "X", "to": "Y", "relation": "same"},
            ])
        ),
        versions("1", "2", json!([{"to": "O", "relation": "same"}])),
        versions("2", "3", json!([{"to": "O", "relation": "same"}])),
    ]);
    assert_eq!(
        faults(&harness.put(PATH, None, &said).await),
        [
            "benchmark.overlap_set /editions/1/overlap",
            "crosswalk.not_same /crosswalks/0/nodes/0/relation",
            "crosswalk.note /crosswalks/0/nodes/1/note",
            "crosswalk.node_twice /crosswalks/0/nodes/2/to",
            "crosswalk.unknown_node /crosswalks/0/nodes/3/from",
            "crosswalk.unknown_node /crosswalks/0/nodes/3/to",
            "crosswalk.twice /crosswalks/1",
            "crosswalk.no_edition /crosswalks/2",
        ]
    );
    let empty = json!({"title_en": "T", "editions": []});
    assert_eq!(faults(&harness.put(PATH, None, &empty).await), ["benchmark.editions /editions"]);
    assert_eq!(harness.get(PATH).await.status.as_u16(), 404, "nothing was kept");
}

#[actix_web::test]
async fn a_series_says_where_it_breaks_who_took_no_part_and_what_the_bridge_makes_of_it() {
    let (harness, _) = kept().await;
    let found = harness.get(&format!("{PATH}/series?node=G&bridge=difference")).await.json();
    let rows: Vec<_> = found["items"].as_array().expect("points").iter().collect();
    let shown: Vec<Value> =
        rows.iter().map(|it| json!([it["city"], it["period"], it["score"], it["bridged"], it["rank"], it["is_break"]])).collect();
    assert_eq!(
        json!(shown),
        json!([
            ["a", "2026", 10.0, 20.0, 3, false],
            ["a", "2027", null, null, null, true],
            ["b", "2026", 20.0, 40.0, 2, false],
            ["b", "2027", 60.0, 60.0, 1, true],
            ["c", "2026", 40.0, 80.0, 1, false],
            ["c", "2027", 60.0, 60.0, 1, true],
        ])
    );
    assert_eq!(rows[1]["note"], "its definition changed: G (formula); the city took no part");
    let zh = harness.request(Method::GET, &format!("{PATH}/series?node=G&city=a")).insert_header(("accept-language", "zh"));
    assert_eq!(harness.send(zh).await.json()["items"][1]["note"], "口径已改变：G (formula)；该城市未参评");
    let csv = harness.get(&format!("{PATH}/series?node=O&city=c&format=csv")).await;
    assert!(String::from_utf8_lossy(&csv.body).contains("c,2027,"), "{csv:?}");
    for (query, status) in
        [("node=none", 404), ("city=none", 404), ("city=a&peer_group=x", 400), ("bridge=glue", 400), ("peer_group=x", 404)]
    {
        assert_eq!(harness.get(&format!("{PATH}/series?{query}")).await.status.as_u16(), status, "{query}");
    }
}

#[actix_web::test]
async fn movers_distributions_and_comparisons_answer_and_refuse() {
    let (harness, _) = kept().await;
    let moved = harness.get(&format!("{PATH}/movers?node=G&bridge=ratio")).await.json();
    let shown: Vec<Value> = moved["items"]
        .as_array()
        .expect("moves")
        .iter()
        .map(|it| json!([it["city"], it["rank_change"], it["score_change"]]))
        .collect();
    assert_eq!(json!(shown), json!([["b", 1, 20.0], ["c", 0, -20.0], ["a", null, null]]));
    let spread = harness.get(&format!("{PATH}/distribution?node=G&bins=2")).await.json();
    assert_eq!((&spread["items"][1]["best"], &spread["items"][0]["without"]), (&json!(["b", "c"]), &json!(0)));
    assert_eq!(spread["items"][0]["histogram"][0]["count"], 3);
    let compared = harness.get(&format!("{PATH}/comparison?cities=c,a&period=2026")).await.json();
    assert_eq!((&compared["items"][1]["cities"][0]["score"], &compared["items"][1]["median"]), (&json!(40.0), &json!(20.0)));
    for (query, status) in [
        ("movers?from=2027&to=2026", 400),
        ("movers?to=2026", 404),
        ("movers?from=2025", 404),
        ("distribution?bins=0", 400),
        ("comparison?cities=a,a", 400),
        ("comparison?cities=", 400),
        ("comparison?cities=none", 404),
        ("comparison?cities=a&period=2025", 404),
        ("comparison", 400),
    ] {
        assert_eq!(harness.get(&format!("{PATH}/{query}")).await.status.as_u16(), status, "{query}");
    }
}

#[actix_web::test]
async fn a_reporter_sees_its_own_cities_and_an_evaluator_writes() {
    let (harness, document) = kept().await;
    let reporter = harness.key(Role::Reporter, &["a"]).await;
    for (query, status) in [
        ("series?city=a", 200),
        ("series?city=b", 403),
        ("series", 403),
        ("breaks", 200),
        ("movers", 403),
        ("distribution", 403),
        ("comparison?cities=a&period=2026", 200),
        ("comparison?cities=a,b&period=2026", 403),
    ] {
        let reply = harness.send(harness.request_as(&reporter, Method::GET, &format!("{PATH}/{query}"))).await;
        assert_eq!(reply.status.as_u16(), status, "{query}");
    }
    for (role, status) in [(Role::Viewer, 403), (Role::Methodologist, 403), (Role::Evaluator, 201)] {
        let token = harness.key(role, &[]).await;
        let put = harness.request_as(&token, Method::PUT, "/api/v1/benchmarks/other").set_json(&document);
        assert_eq!(harness.send(put).await.status.as_u16(), status, "{role}");
    }
}
