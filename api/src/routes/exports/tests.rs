use actix_web::http::Method;
use citygauge_indicators::canonical::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::store::exports;
use crate::store::keys::Role;
use crate::tables::tests::assess;
use crate::testing::{Harness, Reply};

/// A service whose answers have few cells, with an assessment; gives the path of the assessment.
async fn small_answers() -> (Harness, String) {
    let harness = Harness::with(|config| config.limits.table_cells = 20).await;
    harness.observe().await;
    let path = assess(&harness).await;
    (harness, path)
}

async fn exported(harness: &Harness, body: &Value) -> Value {
    exported_as(harness, &harness.token, body).await
}

async fn exported_as(harness: &Harness, token: &str, body: &Value) -> Value {
    let request = harness.request_as(token, Method::POST, "/api/v1/exports");
    let accepted = harness.send(request.set_json(body)).await;
    assert_eq!(accepted.status.as_u16(), 202, "{accepted:?}");
    let job = accepted.header("location").rsplit('/').next().expect("a path").to_owned();
    let job = harness.work(&job).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    assert_eq!(job["result"], format!("/api/v1/exports/{}", accepted.json()["id"].as_str().expect("an id")));
    let request = harness.request_as(token, Method::GET, job["result"].as_str().expect("a path"));
    harness.send(request).await.json()
}

async fn file(harness: &Harness, export: &Value) -> Reply {
    harness.get(export["file"].as_str().unwrap_or_else(|| panic!("a file: {export}"))).await
}

#[actix_web::test]
async fn a_table_that_is_too_large_says_how_large_and_how_it_is_had() {
    let (harness, path) = small_answers().await;
    let asked = format!("{path}/scores?format=ndjson");
    for (language, word) in [("en", "9 rows"), ("zh", "9 行")] {
        let request = harness.request(Method::GET, &asked).insert_header(("accept-language", language));
        let reply = harness.send(request).await;
        assert_eq!(reply.problem(), (413, "table-too-large".into()));
        let problem = reply.json();
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains(word) && detail.contains("108") && detail.contains("20"), "{detail}");
        assert_eq!((&problem["errors"][0]["value"], &problem["errors"][0]["expected"]), (&json!("108"), &json!("..20")));
    }
    assert_eq!(harness.get(&format!("{path}/scores")).await.status.as_u16(), 200, "a page is none of it");
    let hint = harness.get(&asked).await.json()["errors"][0]["hint"].as_str().expect("a hint").to_owned();
    let body: Value = serde_json::from_str(&hint[hint.find('{').expect("a body")..]).expect("JSON");
    assert_eq!(body, json!({"table": asked, "format": "ndjson"}));

    let export = exported(&harness, &body).await;
    assert_eq!((&export["state"], &export["estimated_rows"]), (&json!("succeeded"), &json!(9)));
    let reply = file(&harness, &export).await;
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    assert!(reply.header("content-disposition").contains("scores-small@1-"), "{reply:?}");
    assert_eq!(std::str::from_utf8(&reply.body).expect("text").lines().count(), 9);
    assert_eq!(export["sha256"], hex(&Sha256::digest(&reply.body)));
    assert_eq!(export["bytes"], reply.body.len());
    let request = harness.request(Method::GET, export["file"].as_str().expect("a path"));
    let again = harness.send(request.insert_header(("if-none-match", reply.header("etag")))).await;
    assert_eq!(again.status.as_u16(), 304);
}

#[actix_web::test]
async fn an_export_has_the_bytes_of_the_answer() {
    let harness = Harness::observed().await;
    let path = assess(&harness).await;
    for table in ["/api/v1/observations".to_owned(), format!("{path}/scores"), format!("{path}/weights")] {
        for format in ["csv", "ndjson", "arrow", "parquet", "xlsx"] {
            let export = exported(&harness, &json!({"table": table, "format": format})).await;
            let answer = harness.get(&format!("{table}?format={format}")).await;
            assert_eq!(file(&harness, &export).await.body, answer.body, "{table} {format}");
        }
    }
    let whole = exported(&harness, &json!({"table": "/api/v1/observations?limit=1", "format": "json"})).await;
    assert_eq!(file(&harness, &whole).await.json().as_array().map(Vec::len), Some(3), "the whole table and no page");
    let marked = exported(&harness, &json!({"table": format!("{path}/weights"), "bom": true})).await;
    assert!(file(&harness, &marked).await.body.starts_with("\u{FEFF}".as_bytes()), "{marked}");
}

#[actix_web::test]
async fn whoever_is_limited_to_cities_exports_theirs_and_sees_no_others() {
    let (harness, path) = small_answers().await;
    let reporter = harness.key(Role::Reporter, &["b"]).await;
    let export = exported_as(&harness, &reporter, &json!({"table": "/api/v1/observations", "format": "csv"})).await;
    let request = harness.request_as(&reporter, Method::GET, export["file"].as_str().expect("a file"));
    let text = String::from_utf8(harness.send(request).await.body.to_vec()).expect("text");
    assert!(text.contains("b,2026,trees,200") && !text.contains("a,2026") && !text.contains("c,2026"), "{text}");

    let scores = json!({"table": format!("{path}/scores"), "format": "csv"});
    let request = harness.request_as(&reporter, Method::POST, "/api/v1/exports").set_json(&scores);
    assert_eq!(harness.send(request).await.problem(), (403, "forbidden".into()));

    let own = exported(&harness, &scores).await;
    for place in ["", "/file"] {
        let request =
            harness.request_as(&reporter, Method::GET, &format!("/api/v1/exports/{}{place}", own["id"].as_str().expect("an id")));
        assert_eq!(harness.send(request).await.problem(), (403, "forbidden".into()), "{place}");
    }
    let listed = async |token: &str| {
        let reply = harness.send(harness.request_as(token, Method::GET, "/api/v1/exports")).await.json();
        reply["items"].as_array().expect("items").iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(listed(&reporter).await, [export["id"].clone()]);
    assert_eq!(listed(&harness.token).await, [own["id"].clone(), export["id"].clone()]);
}

#[actix_web::test]
async fn what_cannot_be_exported_is_refused_at_once() {
    let (harness, path) = small_answers().await;
    for (body, status, code) in [
        (json!({"table": "/api/v1/cities"}), 422, "export.no_table"),
        (json!({"table": "https://elsewhere/x"}), 422, "export.no_table"),
        (json!({"table": format!("{path}/weights"), "format": "ngsi_ld"}), 422, "export.format"),
        (json!({"table": format!("{path}/scores"), "format": "arrow", "bom": true}), 400, "query.bom"),
        (json!({"table": format!("{path}/scores?nod=G")}), 400, "query.invalid"),
        (json!({"table": format!("{path}/scores"), "form": "csv"}), 422, "body.wrong"),
    ] {
        let reply = harness.post("/api/v1/exports", &body).await;
        assert_eq!((reply.status.as_u16(), reply.faults()[0].0.as_str()), (status, code), "{body}");
    }
    let absent = harness.post("/api/v1/exports", &json!({"table": format!("{path}/scores?city=NOPE")})).await;
    assert_eq!(absent.problem(), (404, "absent".into()));
    assert_eq!(harness.get("/api/v1/exports").await.json()["items"], json!([]));
}

#[actix_web::test]
async fn exports_are_bounded_and_make_room_when_they_are_removed() {
    let harness = Harness::with(|config| config.limits.exports = 1).await;
    harness.observe().await;
    let body = json!({"table": "/api/v1/observations", "format": "csv"});
    let export = exported(&harness, &body).await;
    let place = format!("/api/v1/exports/{}", export["id"].as_str().expect("an id"));
    assert_eq!(harness.post("/api/v1/exports", &body).await.problem(), (409, "conflict".into()));
    assert_eq!(harness.delete(&place, None).await.status.as_u16(), 204);
    assert_eq!(harness.get(&place).await.status.as_u16(), 404);
    assert_eq!(file(&harness, &export).await.status.as_u16(), 404);
    exported(&harness, &body).await;
}

#[actix_web::test]
async fn exports_are_kept_by_both_databases() {
    Harness::on_each_database(async |harness| {
        harness.observe().await;
        let export = exported(&harness, &json!({"table": "/api/v1/observations?city=c", "format": "csv"})).await;
        assert_eq!(export["estimated_rows"], 1);
        let text = String::from_utf8(file(&harness, &export).await.body.to_vec()).expect("text");
        assert!(text.contains("c,2026,trees,400"), "{text}");
        let as_of = "/api/v1/observations?format=csv&as_of=2020-01-01T00:00:00Z";
        assert_eq!(String::from_utf8(harness.get(as_of).await.body.to_vec()).expect("text").lines().count(), 1);
        let id = export["id"].as_str().expect("an id");
        let expired = async |at_ms| exports::expired(harness.state.db(), at_ms).await.expect("looked for");
        assert_eq!((expired(harness.state.now_ms()).await, expired(i64::MAX).await), (vec![], vec![id.to_owned()]));
        exports::expire(harness.state.db(), id, 0).await.expect("its time ends");
        assert_eq!(file(&harness, &export).await.status.as_u16(), 404, "it is gone before its file is");
        for _ in 0..2 {
            crate::jobs::sweep_exports(&harness.state).await.expect("swept");
        }
        let left = exports::page(harness.state.db(), None, None, 9).await.expect("a page");
        assert!(left.items.is_empty() && harness.state.artifacts().export(id, "").await.is_err());
        assert!(exports::expire(harness.state.db(), id, 0).await.is_err());
    })
    .await;
}
