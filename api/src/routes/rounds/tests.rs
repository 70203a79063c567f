pub mod classes;
mod visibility;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, Reply};

const ROUND: &str = "/api/v1/rounds/r26";
const IMPORT: &str = "kind=observations&set_code=parts&set_version=1";

/// Two departments, one item without department, and one that citizens deliver.
fn set() -> Value {
    let scaled = json!({"rule": "scaled", "range": [0, 100]});
    let leaf = |item: &str| json!({"code": item.to_uppercase(), "title": {"en": item}, "indicator": {"formula": item, "scoring": scaled}});
    json!({
        "code": "parts", "version": "1", "title": {"en": "Parts"},
        "items": [
            {"code": "trees", "department": {"zh": "园林局"}}, {"code": "parks", "department": {"zh": "园林局"}},
            {"code": "crimes", "department": {"zh": "公安局"}}, {"code": "area"}, {"code": "trust", "provider": "citizen"},
        ],
        "nodes": [leaf("trees"), leaf("parks"), leaf("crimes"), leaf("area"), leaf("trust")]
    })
}

fn profile() -> Value {
    json!({"title_zh": "二〇二六年评价", "set": {"code": "parts", "version": "1"}, "periods": ["2026"]})
}

async fn prepared() -> Harness {
    let harness = Harness::new().await;
    harness.post("/api/v1/indicator-sets", &set()).await;
    harness.post("/api/v1/indicator-sets/parts/versions/1/publish", &json!({})).await;
    harness.import("kind=cities", "text/csv", "code,name\na,A\nb,B\n").await;
    harness
}

async fn opened() -> Harness {
    let harness = prepared().await;
    let made = harness.put(ROUND, None, &profile()).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let opened = step_round(&harness, &harness.token, "open", &json!({})).await;
    assert_eq!(opened.status.as_u16(), 200, "{opened:?}");
    harness
}

/// Does something to the round, as somebody who has seen it.
async fn step_round(harness: &Harness, token: &str, action: &str, body: &Value) -> Reply {
    let tag = harness.get(ROUND).await.header("etag").to_owned();
    let request = harness.request_as(token, Method::POST, &format!("{ROUND}/{action}"));
    harness.send(request.insert_header(("if-match", tag)).set_json(body)).await
}

/// The path of the submission of a city and department.
async fn submission(harness: &Harness, city: &str, department: &str) -> String {
    let list = harness.get(&format!("{ROUND}/submissions?city={city}")).await.json();
    let items = list["items"].as_array().expect("a list").clone();
    let found = items.iter().find(|submission| submission["department"] == department).expect("the department reports");
    format!("{ROUND}/submissions/{}", found["id"].as_str().expect("an id"))
}

/// Does something to a submission, as somebody who has seen it.
async fn step(harness: &Harness, token: &str, path: &str, body: Value) -> Reply {
    let tag = harness.get(path).await.header("etag").to_owned();
    let request = harness.request_as(token, Method::POST, &format!("{path}/transitions"));
    harness.send(request.insert_header(("if-match", tag)).set_json(&body)).await
}

#[actix_web::test]
async fn everything_that_is_wrong_with_a_round_is_told_at_once() {
    let harness = prepared().await;
    let wrong = json!({
        "set": {"code": "parts", "version": "9"}, "periods": ["2026", "2026"], "cohort": ["a", "z", "a"],
        "opens_at": "2026-03-01T00:00:00Z", "closes_at": "2026-02-01T00:00:00Z",
    });
    let refused = harness.put(ROUND, None, &wrong).await;
    assert_eq!(refused.problem().0, 422);
    let told = refused.faults();
    let expected = [
        ("round.no_title", ""),
        ("round.set", "/set"),
        ("round.duplicate_period", "/periods/1"),
        ("round.calendar", "/closes_at"),
        ("observation.unknown_city", "/cohort/1"),
        ("city.duplicate", "/cohort/2"),
    ];
    assert_eq!(told, expected.map(|(code, at)| (code.to_owned(), at.to_owned())));
    assert_eq!(harness.get(ROUND).await.status.as_u16(), 404);
}

#[actix_web::test]
async fn opening_draws_up_who_reports_what_and_the_round_then_stands() {
    let harness = opened().await;
    let round = harness.get(ROUND).await.json();
    assert_eq!((&round["state"], &round["cities"]), (&json!("open"), &json!(["a", "b"])));
    let departments = json!([
        {"department": "", "items": ["area"]}, {"department": "公安局", "items": ["crimes"]},
        {"department": "园林局", "items": ["trees", "parks"]},
    ]);
    assert_eq!(round["departments"], departments);
    let submissions = harness.get(&format!("{ROUND}/submissions?limit=4")).await.json();
    assert_eq!(submissions["items"].as_array().map(Vec::len), Some(4));
    let rest = format!("{ROUND}/submissions?limit=4&cursor={}", submissions["next"].as_str().expect("more follow"));
    assert_eq!(harness.get(&rest).await.json()["items"].as_array().map(Vec::len), Some(2));
    let tag = harness.get(ROUND).await.header("etag").to_owned();
    assert_eq!(harness.put(ROUND, Some(&tag), &profile()).await.status.as_u16(), 409);
    assert_eq!(harness.delete(ROUND, Some(&tag)).await.status.as_u16(), 409);
    assert_eq!(harness.post(&format!("{ROUND}/open"), &json!({})).await.status.as_u16(), 428);
    assert_eq!(step_round(&harness, &harness.token, "open", &json!({})).await.status.as_u16(), 409);
    let province = harness.key(Role::Evaluator, &["a"]).await;
    assert_eq!(step_round(&harness, &province, "close", &json!({})).await.status.as_u16(), 403);
    assert_eq!(step_round(&harness, &harness.token, "close", &json!({})).await.json()["state"], "closed");
    assert_eq!(step_round(&harness, &harness.token, "open", &json!({})).await.json()["state"], "open");
    assert_eq!(harness.get(&format!("{ROUND}/submissions")).await.json()["items"].as_array().map(Vec::len), Some(6));
}

#[actix_web::test]
async fn an_incomplete_submission_is_told_everything_that_it_lacks() {
    let harness = opened().await;
    let gardens = harness.key_with(Role::Reporter, &["a"], &["园林局"], &[]).await;
    let path = submission(&harness, "a", "园林局").await;
    let refused = step(&harness, &gardens, &path, json!({"action": "submit"})).await;
    let blank = |n| vec![("submission.blank".to_owned(), String::new()); n];
    assert_eq!((refused.problem().0, refused.faults()), (422, blank(2)));
    harness
        .import_as(&gardens, IMPORT, "text/csv", "city,period,item,value,status,note\na,2026,trees,5,,\na,2026,parks,,missing,\n")
        .await;
    let refused = step(&harness, &gardens, &path, json!({"action": "submit"})).await;
    assert_eq!(refused.faults()[0].0, "submission.missing_without_note");
    assert_eq!(harness.get(&path).await.json()["state"], "draft", "nothing changed");
    let unsaid = step(&harness, &gardens, &path, json!({"action": "submit", "incomplete": true})).await;
    assert_eq!(unsaid.faults(), [("submission.comment_required".to_owned(), "/comment".to_owned())]);
    let said = json!({"action": "submit", "incomplete": true, "comment": "The parks are being counted."});
    assert_eq!(step(&harness, &gardens, &path, said).await.json()["state"], "submitted");
    let events = harness.get(&format!("{path}/events")).await.json();
    assert_eq!(events["items"][0]["comment"], "The parks are being counted.");
    assert_eq!((&events["items"][0]["from"], &events["items"][0]["to"]), (&json!("draft"), &json!("submitted")));
}

#[actix_web::test]
async fn what_was_submitted_is_locked_even_for_an_import_that_was_sent_before() {
    let harness = opened().await;
    let city = harness.key(Role::Reporter, &["a"]).await;
    let file = "city,period,item,value\na,2026,crimes,1\na,2026,area,2\na,2027,crimes,3\n";
    assert_eq!(harness.import_as(&city, IMPORT, "text/csv", file).await["state"], "succeeded");
    // The file is on its way, and no worker has read it yet.
    let request = harness.request_as(&city, Method::POST, &format!("/api/v1/imports?{IMPORT}"));
    let changed = file.replace(",1\n", ",9\n").replace(",2\n", ",8\n").replace(",3\n", ",7\n");
    let sent = harness.send(request.insert_header(("content-type", "text/csv")).set_payload(changed)).await;
    let path = submission(&harness, "a", "公安局").await;
    assert_eq!(step(&harness, &city, &path, json!({"action": "submit"})).await.json()["state"], "submitted");
    let job = harness.work(sent.header("location").rsplit('/').next().expect("a path")).await;
    assert_eq!(job["state"], "failed", "{job}");
    let faults = harness.get(&format!("/api/v1/imports/{}/faults", sent.json()["id"].as_str().expect("an id"))).await.json();
    let fault = &faults["items"][0];
    assert_eq!(
        (&fault["code"], &fault["row"], faults["items"].as_array().map(Vec::len)),
        (&json!("observation.locked"), &json!(2), Some(1))
    );
    let id = path.rsplit('/').next().expect("an id");
    assert!(fault["message"].as_str().is_some_and(|text| text.contains(id) && text.contains("submitted")), "{fault}");
    let put = async |token: &str, place: &str, value: Value| {
        let path = format!("/api/v1/observations/{place}");
        let tag = harness.get(&path).await.header("etag").to_owned();
        let request = harness.request_as(token, Method::PUT, &path).insert_header(("if-match", tag));
        harness.send(request.set_json(value)).await
    };
    let report = |value: i32| json!({"set": {"code": "parts", "version": "1"}, "value": value});
    assert_eq!(put(&city, "a/2026/crimes", report(4)).await.faults()[0].0, "observation.locked");
    assert_eq!(put(&city, "a/2026/area", report(4)).await.status.as_u16(), 200, "another department's");
    assert_eq!(put(&city, "a/2027/crimes", report(4)).await.status.as_u16(), 200, "another period's");
    // The evaluation body corrects; what is verified, with a reason only.
    assert_eq!(put(&harness.token, "a/2026/crimes", report(4)).await.status.as_u16(), 200);
    for action in ["accept", "verify"] {
        assert_eq!(step(&harness, &harness.token, &path, json!({"action": action})).await.status.as_u16(), 200, "{action}");
    }
    assert_eq!(put(&harness.token, "a/2026/crimes", report(5)).await.faults()[0].0, "observation.reason_required");
    let mut reasoned = report(5);
    reasoned["note"] = json!("A digit was transposed.");
    assert_eq!(put(&harness.token, "a/2026/crimes", reasoned).await.status.as_u16(), 200);
}

#[actix_web::test]
async fn completeness_is_counted_as_it_stands() {
    let harness = opened().await;
    let file = "city,period,item,value,status,note\na,2026,trees,5,,\na,2026,parks,,missing,lost\na,2026,crimes,,not_applicable,none\nb,2026,trees,6,,\na,2025,area,7,,\n";
    assert_eq!(harness.import(IMPORT, "text/csv", file).await["state"], "succeeded");
    let trees = "/api/v1/observations/b/2026/trees";
    let tag = harness.get(trees).await.header("etag").to_owned();
    let reject = |body: Value, tag: String| {
        harness.send(harness.request(Method::POST, &format!("{trees}/reject")).insert_header(("if-match", tag)).set_json(body))
    };
    assert_eq!(reject(json!({"reason": " "}), tag.clone()).await.problem().0, 422);
    let rejected = reject(json!({"reason": "It is the area of parks."}), tag).await.json();
    assert_eq!(
        (&rejected["status"], &rejected["value"], &rejected["note"]),
        (&json!("rejected"), &json!(6.0), &json!("It is the area of parks."))
    );
    let counts = async |by: &str| harness.get(&format!("{ROUND}/completeness?by={by}")).await.json()["items"].clone();
    let cities = counts("city").await;
    let drafts = json!([{"state": "draft", "count": 3}]);
    let expected = json!({"key": "a", "reported": 1, "missing": 1, "not_applicable": 1, "rejected": 0, "blank": 1, "total": 4, "share": 0.5, "submissions": drafts});
    assert_eq!(cities[0], expected);
    assert_eq!((&cities[1]["rejected"], &cities[1]["blank"], &cities[1]["share"]), (&json!(1), &json!(3), &json!(0.0)));
    let departments = counts("department").await;
    let of = |rows: &Value, row: usize| (rows[row]["key"].clone(), rows[row]["reported"].clone(), rows[row]["total"].clone());
    assert_eq!(of(&departments, 2), (json!("园林局"), json!(1), json!(4)));
    assert_eq!(of(&counts("item").await, 3), (json!("trees"), json!(1), json!(2)));
    let page = harness.get(&format!("{ROUND}/completeness?by=item&limit=3")).await.json();
    let rest = format!("{ROUND}/completeness?by=item&limit=3&cursor={}", page["next"].as_str().expect("more follow"));
    assert_eq!(of(&harness.get(&rest).await.json()["items"], 0).0, json!("trees"));
    let own = harness.key(Role::Reporter, &["b"]).await;
    let seen = harness.send(harness.request_as(&own, Method::GET, &format!("{ROUND}/completeness"))).await.json();
    assert_eq!((seen["items"].as_array().map(Vec::len), &seen["items"][0]["key"]), (Some(1), &json!("b")));
    let table = harness.get(&format!("{ROUND}/completeness?by=city&format=csv")).await;
    let text = String::from_utf8(table.body.to_vec()).expect("UTF-8");
    assert!(
        text.starts_with("city,reported,missing,not_applicable,rejected,blank,total,share,draft,submitted,returned,"),
        "{text}"
    );
    assert!(text.contains("\na,1,1,1,0,1,4,0.5,3,0,"), "{text}");
}

#[actix_web::test]
async fn whoever_verified_does_not_publish_and_what_is_not_verified_is_told() {
    let harness = opened().await;
    let verifier = harness.key(Role::Evaluator, &[]).await;
    let file = "city,period,item,value\na,2026,crimes,1\n";
    harness.import(IMPORT, "text/csv", file).await;
    let path = submission(&harness, "a", "公安局").await;
    for (token, action) in [(&harness.token, "submit"), (&harness.token, "accept"), (&verifier, "verify")] {
        assert_eq!(step(&harness, token, &path, json!({"action": action})).await.status.as_u16(), 200, "{action}");
    }
    let id = harness.get(&format!("{path}/events")).await.json()["items"][2]["actor"].as_str().expect("a key").to_owned();
    let refused = step_round(&harness, &verifier, "publish", &json!({"incomplete": true, "comment": "late"})).await;
    assert_eq!(refused.problem().0, 409);
    assert!(refused.json()["detail"].as_str().is_some_and(|detail| detail.contains(&id)), "{refused:?}");
    let refused = step_round(&harness, &harness.token, "publish", &json!({})).await;
    assert_eq!(refused.problem().0, 409);
    assert!(refused.json()["detail"].as_str().is_some_and(|detail| detail.contains("5 draft")), "{refused:?}");
    assert_eq!(step_round(&harness, &harness.token, "publish", &json!({"incomplete": true})).await.problem().0, 422);
    let published = step_round(&harness, &harness.token, "publish", &json!({"incomplete": true, "comment": "late"})).await;
    assert_eq!((published.status.as_u16(), &published.json()["state"]), (202, &json!("published")));
    assert_eq!(harness.get(&path).await.json()["state"], "provisional");
    let rest = submission(&harness, "b", "公安局").await;
    assert_eq!(step(&harness, &harness.token, &rest, json!({"action": "submit"})).await.problem().0, 409);

    let again = step_round(&harness, &harness.token, "publish", &json!({})).await;
    assert_eq!(again.faults(), [("round.comment_required".to_owned(), "/comment".to_owned())]);
    let again = step_round(&harness, &harness.token, "publish", &json!({"comment": "b was counted twice"})).await.json();
    let latest = again["assessment"].as_str().expect("an assessment");
    let shown = harness.get(&format!("/api/v1/assessments/{latest}")).await.json();
    assert_eq!(shown["supersedes"], json!({"assessment": published.json()["assessment"], "reason": "b was counted twice"}));
}
