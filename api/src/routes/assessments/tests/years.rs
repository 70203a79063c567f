//! Trends, and differences between two assessments.

use serde_json::{Value, json};

use super::request;
use crate::store::keys::Role;
use crate::testing::{Harness, small_set};

/// A service with three years of observations of a and b.
async fn over_years() -> Harness {
    let harness = Harness::observed().await;
    let observations = "city,period,item,value\na,2024,trees,100\na,2025,trees,200\nb,2025,trees,300\nb,2025,open_data,true\n";
    harness.import("kind=observations&set_code=small&set_version=1", "text/csv", observations).await;
    harness
}

/// The path of an assessment of a set version that has succeeded.
async fn assessed(harness: &Harness, change: Value) -> String {
    let accepted = harness.post("/api/v1/assessments", &request(change)).await.json();
    let job = harness.work(accepted["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    format!("/api/v1/assessments/{}", accepted["id"].as_str().expect("an id"))
}

fn id(path: &str) -> &str {
    path.rsplit('/').next().expect("a path ends")
}

#[actix_web::test]
async fn trends_follow_a_score_or_a_raw_value_towards_a_target() {
    let harness = over_years().await;
    let path = assessed(&harness, json!({})).await;
    let page = harness.get(&format!("{path}/trends?city=a&node=G&target=40")).await.json();
    let row = &page["items"][0];
    // 10, 20 and 10 points in 2024, 2025 and 2026.
    assert_eq!((&row["points"], &row["change"], &row["slope"]), (&json!(3), &json!(0.0), &json!(0.0)), "{page}");
    assert_eq!((&row["progress"], &row["reached_in"]), (&json!(0.0), &json!(null)));
    assert_eq!(page["set"]["code"], "small");
    assert_eq!(
        row["note"],
        "values are tied and fewer than ten; there is no p-value; the series does not move towards the target"
    );
    let all = harness.get(&format!("{path}/trends?limit=1")).await;
    assert_eq!(all.json()["items"].as_array().map(Vec::len), Some(1));
    let next = all.json()["next"].as_str().expect("three cities").to_owned();
    assert_eq!(harness.get(&format!("{path}/trends?limit=1&cursor={next}")).await.json()["items"][0]["city"], "b");
    let csv = harness.get(&format!("{path}/trends?format=csv&node=G&of=value")).await;
    assert!(csv.body.starts_with(b"city,node,frequency,periods,points,first,"), "{csv:?}");
    assert_eq!(String::from_utf8_lossy(&csv.body).lines().count(), 4);
    for (query, status) in
        [("city=NOPE", 404), ("node=NOPE", 404), ("of=value", 422), ("target=NaN", 400), ("base=1", 400), ("format=pdf", 400)]
    {
        assert_eq!(harness.get(&format!("{path}/trends?{query}")).await.status.as_u16(), status, "{query}");
    }
}

#[actix_web::test]
async fn a_change_is_shared_out_and_adds_up() {
    let harness = over_years().await;
    let mut heavier = small_set();
    heavier["version"] = json!("2");
    heavier["nodes"][0]["weight"] = json!(3);
    harness.post("/api/v1/indicator-sets", &heavier).await;
    harness.post("/api/v1/indicator-sets/small/versions/2/publish", &json!({})).await;
    let before = assessed(&harness, json!({"periods": ["2025"]})).await;
    let after = assessed(&harness, json!({"periods": ["2026"], "set": {"code": "small", "version": "2"}})).await;
    let reply = harness.get(&format!("{before}/diff?to={}", id(&after))).await;
    let page = reply.json();
    assert_eq!((&page["period"], &page["to_period"], &page["to_set"]["version"]), (&json!("2025"), &json!("2026"), &json!("2")));
    let row = |city: &str, node: &str| {
        let items = page["items"].as_array().expect("items");
        items.iter().find(|row| row["city"] == city && row["node"] == node).unwrap_or_else(|| panic!("{page}")).clone()
    };
    // b: (30 + 100)/2 = 65 with open data, later 20 without.
    let total = row("b", "TOTAL");
    assert_eq!((&total["score_before"], &total["score_after"], &total["change"]), (&json!(65.0), &json!(20.0), &json!(-45.0)));
    let parts: f64 = ["data", "set", "cohort", "coverage"].map(|part| total[part].as_f64().expect("a part")).iter().sum();
    assert!((parts + 45.0).abs() < 1e-9 && total["cohort"] == 0.0, "{total}");
    assert_eq!(total["children"], json!([{"node": "G", "change": 5.0}, {"node": "O", "change": -50.0}]));
    assert_eq!((&total["rank_before"], &total["rank_after"]), (&json!(1), &json!(2)));
    assert_eq!(row("c", "G")["note"], "the earlier assessment has no such city");
    let csv = harness.get(&format!("{before}/diff?to={}&format=csv&city=b&node=TOTAL", id(&after))).await;
    let text = String::from_utf8_lossy(&csv.body).into_owned();
    assert!(text.starts_with("city,node,score_before,score_after,change,data,set,cohort,coverage,rank_before,"), "{text}");
    assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("b,TOTAL,65,20,-45,")), "{text}");
    let zh = harness.request(actix_web::http::Method::GET, &format!("{before}/diff?to={}&city=c", id(&after)));
    let zh = harness.send(zh.insert_header(("accept-language", "zh"))).await.json();
    assert_eq!(zh["items"][0]["note"], "前一次评估没有该城市");
    for (query, status) in [("to=NOPE", 400), ("city=NOPE", 422), ("node=NOPE", 404), ("period=2019", 404)] {
        let query = if query.starts_with("to=") { query.to_owned() } else { format!("to={}&{query}", id(&after)) };
        assert_eq!(harness.get(&format!("{before}/diff?{query}")).await.status.as_u16(), status, "{query}");
    }
    assert_eq!(harness.get(&format!("{before}/diff")).await.status.as_u16(), 400);
}

#[actix_web::test]
async fn a_reporter_sees_the_years_of_its_own_city_and_a_viewer_those_of_all() {
    let harness = over_years().await;
    let path = assessed(&harness, json!({})).await;
    let (reporter, viewer) = (harness.key(Role::Reporter, &["a"]).await, harness.key(Role::Viewer, &[]).await);
    let own = id(&path).to_owned();
    for (query, seen) in [("city=a", true), ("city=b", false), ("", false)] {
        for operation in [format!("trends?{query}"), format!("diff?to={own}&{query}")] {
            let path = format!("{path}/{operation}");
            let get = |token: &str| {
                harness.send(harness.request_as(token, actix_web::http::Method::GET, path.trim_end_matches(['?', '&'])))
            };
            assert_eq!(get(&reporter).await.status.is_success(), seen, "{path}");
            assert!(get(&viewer).await.status.is_success(), "{path}");
        }
    }
}
