use actix_web::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, small_set};

const PATH: &str = "/api/v1/mappings/yearbook";
const OBSERVATIONS: &str = "kind=observations&set_code=small&set_version=1";

fn document() -> Value {
    json!({"kind": "observations", "columns": {"where": "city"}, "items": {"trees (k)": {"item": "trees", "numbers": {"times": "10"}}},
           "period": {"constant": "2026"}})
}

async fn prepared() -> Harness {
    let harness = Harness::new().await;
    harness.post("/api/v1/indicator-sets", &small_set()).await;
    harness.import("kind=cities", "text/csv", "code,name\na,A\n").await;
    harness
}

#[actix_web::test]
async fn a_mapping_is_kept_changed_by_who_has_seen_it_listed_and_removed() {
    let harness = Harness::new().await;
    let made = harness.put(PATH, None, &document()).await;
    assert_eq!((made.status.as_u16(), made.json()["code"].as_str()), (201, Some("yearbook")), "{made:?}");
    assert_eq!(harness.put(PATH, None, &document()).await.status.as_u16(), 428);
    let shown = harness.get(PATH).await;
    assert_eq!(shown.json()["document"]["columns"], json!({"where": "city"}));
    let mut changed = document();
    changed["ignore"] = json!(["x"]);
    let tag = shown.header("etag").to_owned();
    assert_eq!(harness.put(PATH, Some(&tag), &changed).await.status.as_u16(), 200);
    assert_eq!(harness.put(PATH, Some(&tag), &changed).await.status.as_u16(), 412);
    let list = harness.get("/api/v1/mappings").await.json();
    assert_eq!(list["items"][0]["document"]["ignore"], json!(["x"]));
    let tag = harness.get(PATH).await.header("etag").to_owned();
    assert_eq!(harness.delete(PATH, Some(&tag)).await.status.as_u16(), 204);
    assert_eq!(harness.get(PATH).await.status.as_u16(), 404);
    let trail = harness.get("/api/v1/audit-events").await.json().to_string();
    for action in ["create_mapping", "replace_mapping", "remove_mapping"] {
        assert!(trail.contains(action), "{action}");
    }
}

#[actix_web::test]
async fn a_faulty_mapping_is_not_kept_and_its_check_says_why() {
    let harness = Harness::new().await;
    let faulty = json!({"kind": "observations", "columns": {"x": "town"}, "typo": 1});
    let refused = harness.put(PATH, None, &faulty).await;
    let codes: Vec<_> = refused.faults().into_iter().map(|(code, at)| format!("{code} {at}")).collect();
    assert_eq!(codes, ["mapping.wrong /typo", "mapping.unknown_column /columns/x"]);
    let check = harness.post("/api/v1/mappings/check", &faulty).await.json();
    assert_eq!((&check["ok"], check["faults"].as_array().map(Vec::len)), (&json!(false), Some(2)));
    let check = harness.post("/api/v1/mappings/check", &document()).await.json();
    assert_eq!((&check["ok"], check["digest"].as_str().map(str::len)), (&json!(true), Some(64)));
}

#[actix_web::test]
async fn an_import_keeps_the_mapping_that_it_used_by_name_or_in_the_request() {
    let harness = prepared().await;
    harness.put(PATH, None, &document()).await;
    let file = "where,trees (k)\na,1.5\n";
    let named = harness.import(&format!("{OBSERVATIONS}&mapping=yearbook"), "text/csv", file).await;
    assert_eq!((&named["state"], &named["accepted"]), (&json!("succeeded"), &json!(1)), "{named}");
    assert_eq!((&named["encoding"], &named["shape"]), (&json!("UTF-8"), &json!("wide")));
    assert_eq!(harness.get("/api/v1/observations/a/2026/trees").await.json()["value"], 15.0);
    let tag = harness.get(PATH).await.header("etag").to_owned();
    harness.delete(PATH, Some(&tag)).await;
    let id = named["id"].as_str().expect("an id");
    let again = harness.get(&format!("/api/v1/imports/{id}")).await.json();
    assert_eq!((&again["mapping"]["code"], &again["mapping"]["document"]["kind"]), (&json!("yearbook"), &json!("observations")));

    let encoded = BASE64_URL_SAFE_NO_PAD.encode(document().to_string());
    let inline = harness.import(&format!("{OBSERVATIONS}&mapping_document={encoded}"), "text/csv", file).await;
    assert_eq!((&inline["unchanged"], &inline["mapping"]["code"]), (&json!(1), &Value::Null));
    assert_eq!(inline["mapping"]["digest"], again["mapping"]["digest"]);
}

#[actix_web::test]
async fn a_mapping_that_cannot_be_used_is_refused_at_the_door() {
    let harness = prepared().await;
    harness.put(PATH, None, &document()).await;
    let send = |query: String| {
        let request = harness.request(Method::POST, &format!("/api/v1/imports?{query}"));
        request.insert_header(("content-type", "text/csv")).set_payload("x")
    };
    let encoded = BASE64_URL_SAFE_NO_PAD.encode(r#"{"kind": "observations", "typo": 1}"#);
    for (query, status, code) in [
        ("kind=cities&mapping=yearbook".to_owned(), 422, "mapping.kind"),
        (format!("{OBSERVATIONS}&mapping_document={encoded}"), 422, "mapping.wrong"),
        (format!("{OBSERVATIONS}&mapping_document=%25"), 400, "import.mapping_document"),
        (format!("{OBSERVATIONS}&mapping_document={encoded}&mapping=yearbook"), 400, "import.two_mappings"),
    ] {
        let reply = harness.send(send(query.clone())).await;
        assert_eq!((reply.status.as_u16(), &*reply.faults()[0].0), (status, code), "{query}");
    }
    assert_eq!(harness.send(send(format!("{OBSERVATIONS}&mapping=none"))).await.status.as_u16(), 404);
}

#[actix_web::test]
async fn who_imports_may_read_mappings_and_evaluators_write_them() {
    let harness = Harness::new().await;
    harness.put(PATH, None, &document()).await;
    for (role, read, written) in [(Role::Reporter, 200, 403), (Role::Viewer, 403, 403), (Role::Evaluator, 200, 201)] {
        let token = harness.key(role, if role == Role::Reporter { &["a"] } else { &[] }).await;
        let reply = harness.send(harness.request_as(&token, Method::GET, PATH)).await;
        assert_eq!(reply.status.as_u16(), read, "{role:?}");
        let put = harness.request_as(&token, Method::PUT, "/api/v1/mappings/other").set_json(document());
        assert_eq!(harness.send(put).await.status.as_u16(), written, "{role:?}");
    }
}
