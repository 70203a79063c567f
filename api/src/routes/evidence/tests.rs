use actix_web::http::Method;
use serde_json::json;

use crate::store::keys::Role;
use crate::testing::{Harness, Reply, small_set};

const PLACE: &str = "/api/v1/observations/a/2026/trees/evidence";

async fn attach(harness: &Harness, token: &str, query: &str, kind: &str, body: impl Into<Vec<u8>>) -> Reply {
    let request = harness.request_as(token, Method::POST, &format!("{PLACE}?{query}"));
    harness.send(request.insert_header(("content-type", kind)).set_payload(body.into())).await
}

#[actix_web::test]
async fn a_file_is_given_out_as_it_was_and_harms_nobody() {
    let harness = Harness::observed().await;
    let reporter = harness.key(Role::Reporter, &["a"]).await;
    let body = b"%PDF-1.7\nhello".to_vec();
    let name = "file_name=%E5%B9%B4%E9%89%B4%20a%22b.pdf&title=Yearbook";
    let reply = attach(&harness, &reporter, name, "application/pdf", body.clone()).await;
    assert_eq!(reply.status.as_u16(), 201, "{reply:?}");
    let made = reply.json();
    let path = format!("/api/v1/evidence/{}", made["id"].as_str().expect("an id"));
    assert_eq!(reply.header("location"), path);
    let file = harness.send(harness.request_as(&reporter, Method::GET, &path)).await;
    assert_eq!((file.status.as_u16(), &file.body[..]), (200, &body[..]));
    assert_eq!(file.header("content-type"), "application/pdf");
    assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''%E5%B9%B4%E9%89%B4%20a%22b.pdf");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(file.header("content-security-policy").starts_with("sandbox"));
    let tag = format!("\"{}\"", made["digest"].as_str().expect("a digest"));
    assert_eq!(file.header("etag"), tag);
    let known = harness.request(Method::GET, &path).insert_header(("if-none-match", tag));
    assert_eq!(harness.send(known).await.status.as_u16(), 304);
    let list = harness.get(PLACE).await.json();
    assert_eq!((&list["items"][0]["title"], &list["items"][0]["bytes"]), (&json!("Yearbook"), &json!(14)));
}

#[actix_web::test]
async fn what_is_not_what_it_says_is_refused_and_so_is_another_city_and_a_value_that_is_not_there() {
    let harness = Harness::with(|config| config.limits.evidence_bytes = 2_000).await;
    harness.observe().await;
    let other = harness.key(Role::Reporter, &["b"]).await;
    let token = harness.token.clone();
    let pdf = b"%PDF-1.7\n".to_vec();
    let disguised = attach(&harness, &token, "file_name=x.exe", "text/plain", b"MZ\0".to_vec()).await;
    assert_eq!(disguised.problem().0, 422);
    let codes: Vec<_> = disguised.faults().into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["evidence.name", "evidence.content"]);
    let page = attach(&harness, &token, "file_name=x.html", "text/html", b"<html>".to_vec()).await;
    assert_eq!(page.problem().0, 415);
    let large = attach(&harness, &token, "file_name=x.txt", "text/plain", vec![b'x'; 2_001]).await;
    assert_eq!(large.problem().0, 413);
    assert_eq!(attach(&harness, &other, "file_name=x.pdf", "application/pdf", pdf.clone()).await.problem().0, 403);
    let nowhere = harness.request(Method::POST, "/api/v1/observations/a/2031/trees/evidence?file_name=x.pdf");
    let nowhere = nowhere.insert_header(("content-type", "application/pdf")).set_payload(pdf);
    assert_eq!(harness.send(nowhere).await.problem().0, 404);
    assert_eq!(harness.get(PLACE).await.json()["items"], json!([]));
}

#[actix_web::test]
async fn what_was_withdrawn_stays_for_the_evaluation_body_and_counts() {
    let harness = Harness::with(|config| config.limits.evidence_files = 2).await;
    harness.observe().await;
    let reporter = harness.key(Role::Reporter, &["a"]).await;
    let made = attach(&harness, &reporter, "file_name=x.txt", "text/plain", "one").await.json();
    let path = format!("/api/v1/evidence/{}", made["id"].as_str().expect("an id"));
    let withdrawn = harness.send(harness.request_as(&reporter, Method::POST, &format!("{path}/withdraw"))).await;
    assert_eq!(withdrawn.status.as_u16(), 200, "{withdrawn:?}");
    assert!(withdrawn.json()["withdrawn_at"].is_string() && withdrawn.json()["withdrawn_by"].is_string());
    assert_eq!(harness.send(harness.request_as(&reporter, Method::GET, &path)).await.problem().0, 404);
    assert_eq!(harness.get(&path).await.body, "one");
    assert_eq!(attach(&harness, &reporter, "file_name=x.txt", "text/plain", "two").await.status.as_u16(), 201);
    let third = attach(&harness, &reporter, "file_name=x.txt", "text/plain", "three").await;
    assert_eq!(third.faults()[0].0, "evidence.too_many");
    let viewer = harness.key(Role::Viewer, &[]).await;
    assert_eq!(harness.send(harness.request_as(&viewer, Method::GET, PLACE)).await.problem().0, 403);
}

#[actix_web::test]
async fn who_may_not_report_an_item_may_not_say_what_supports_it() {
    let harness = Harness::new().await;
    let mut set = small_set();
    set["items"][0]["department"] = json!({"zh": "园林局"});
    harness.post("/api/v1/indicator-sets", &set).await;
    harness.post("/api/v1/indicator-sets/small/versions/1/publish", &json!({})).await;
    harness.import("kind=cities", "text/csv", "code,name\na,A\n").await;
    let report = json!({"set": {"code": "small", "version": "1"}, "value": 100});
    for (place, import) in [("a/2026/trees", true), ("a/2027/trees", false)] {
        if import {
            let csv = "city,period,item,value\na,2026,trees,100\n";
            harness.import("kind=observations&set_code=small&set_version=1", "text/csv", csv).await;
        } else {
            let put = harness.request(Method::PUT, &format!("/api/v1/observations/{place}")).set_json(&report);
            assert_eq!(harness.send(put).await.status.as_u16(), 201);
        }
        let path = format!("/api/v1/observations/{place}/evidence?file_name=x.txt");
        let attach = async |token: &str| {
            let request = harness.request_as(token, Method::POST, &path);
            harness.send(request.insert_header(("content-type", "text/plain")).set_payload("x")).await
        };
        let gardens = harness.key_with(Role::Reporter, &["a"], &["园林局"], &[]).await;
        let police = harness.key_with(Role::Reporter, &["a"], &["公安局"], &[]).await;
        let other_item = harness.key_with(Role::Reporter, &["a"], &[], &["open_data"]).await;
        assert_eq!(attach(&police).await.faults()[0].0, "observation.department_out_of_scope", "{place}");
        assert_eq!(attach(&other_item).await.faults()[0].0, "observation.item_out_of_scope", "{place}");
        let made = attach(&gardens).await;
        assert_eq!(made.status.as_u16(), 201, "{made:?}");
        let path = format!("/api/v1/evidence/{}/withdraw", made.json()["id"].as_str().expect("an id"));
        let withdraw = async |token: &str| harness.send(harness.request_as(token, Method::POST, &path)).await;
        assert_eq!(withdraw(&police).await.faults()[0].0, "observation.department_out_of_scope", "{place}");
        assert_eq!(withdraw(&gardens).await.status.as_u16(), 200, "{place}");
    }
}
