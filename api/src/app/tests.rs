use std::collections::HashSet;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use citygauge_indicators::SetDocument;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::*;
use crate::testing::Harness;

fn described() -> Value {
    serde_json::from_slice(&Description::render(&describe()).json).expect("it was rendered")
}

fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let each = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("a path item").iter();
        methods.map(move |(method, operation)| (path.clone(), method.to_uppercase(), operation))
    });
    each.collect()
}

fn references(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn the_committed_description_is_current() {
    let committed = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json")).expect("it is committed");
    let current = Description::render(&describe()).json;
    assert!(committed == current, "run: cargo run -- openapi --out openapi/openapi.json");
}

#[test]
fn the_description_has_no_dangling_references() {
    let document = described();
    let mut found = HashSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        let pointer = reference.strip_prefix('#').expect("a reference within the document");
        assert!(document.pointer(pointer).is_some(), "{reference} dangles");
    }
}

#[test]
fn no_type_of_the_contract_takes_the_name_of_a_type_of_the_set_document() {
    let document = described();
    let mut parts = Vec::new();
    SetDocument::schemas(&mut parts);
    for (name, mut schema) in parts {
        bounds::of_component(&name, &mut schema, &mut Vec::new());
        assert_eq!(document["components"]["schemas"][&name], json!(schema), "{name} means two things");
    }
}

/// What makes something that has no place of its own.
const WITHOUT_LINKS: [&str; 3] = ["create_embed", "overlay_indicator_set", "propose_goal_plan"];

#[test]
fn what_is_made_is_linked_to_what_reads_and_removes_it() {
    let document = described();
    let all = operations(&document);
    let by_id =
        |id: &Value| all.iter().find(|(_, _, operation)| operation["operationId"] == *id).expect("a link leads somewhere");
    let mut counted = 0;
    for (path, _, operation) in &all {
        let id = operation["operationId"].as_str().expect("an id");
        let Some(made) = operation["responses"].get("201") else { continue };
        let links = made["links"].as_object();
        assert_ne!(links.is_some(), WITHOUT_LINKS.contains(&id), "{id}");
        for link in links.into_iter().flat_map(|links| links.values()) {
            let (target, method, _) = by_id(&link["operationId"]);
            assert!(["GET", "DELETE"].contains(&method.as_str()) && target.starts_with(path.as_str()), "{id} leads to {target}");
            let given: Vec<&String> = link["parameters"].as_object().expect("parameters").keys().collect();
            let needed: Vec<&str> = target.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
            assert!(needed.len() == given.len() && needed.iter().all(|name| given.iter().any(|given| given == name)), "{target}");
            counted += 1;
        }
    }
    assert!(counted > 60, "{counted}");
    let key = &document["paths"]["/api/v1/keys"]["post"]["responses"]["201"]["links"]["show_key"];
    assert_eq!(key["parameters"]["id"], "$response.body#/id");
    let uncertainty = &document["paths"]["/api/v1/assessments/{id}/uncertainty"]["post"]["responses"]["202"]["links"];
    let parameters = &uncertainty["show_uncertainty_analysis"]["parameters"];
    assert_eq!(*parameters, json!({"id": "$request.path.id", "n": "$response.body#/number"}));
    let release = &document["paths"]["/api/v1/releases"]["post"]["responses"]["202"]["links"];
    assert_eq!(release["show_job"]["parameters"]["id"], "$response.body#/id", "a release that is being made is a job");
}

#[test]
fn every_operation_says_what_it_is() {
    let document = described();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = HashSet::new();
    for (path, method, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{method} {path} has no id"));
        assert!(ids.insert(id.to_owned()), "{id} stands twice");
        assert!(operation["summary"].is_string(), "{id} has no summary");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{id} has not one tag");
        let responses = operation["responses"].as_object().expect("responses");
        for (status, response) in responses {
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{id} {status}");
            if status.as_str() >= "400" {
                assert!(response["content"]["application/problem+json"].is_object(), "{id} {status}");
            }
        }
        let needs_key = path.starts_with(API_ROOT) || path == "/metrics";
        assert_eq!(operation["security"].is_array(), needs_key, "{id}");
        assert_eq!(responses.contains_key("401"), needs_key, "{id}");
    }
}

#[test]
fn every_form_of_a_table_is_declared_and_every_table_has_all_of_them() {
    let document = described();
    let mut tables = 0;
    for (path, _, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let named = |name: &str| parameters.iter().find(|parameter| parameter["name"] == name);
        let (Some(format), Some(_)) = (named("format"), named("bom")) else { continue };
        tables += 1;
        let words: Vec<&str> = format["schema"]["enum"].as_array().expect("words").iter().filter_map(Value::as_str).collect();
        let content = operation["responses"]["200"]["content"].as_object().expect("forms");
        for format in Format::TABLES {
            assert!(words.contains(&format.word()), "{path} lacks {}", format.word());
        }
        for format in Format::ALL.into_iter().filter(|format| words.contains(&format.word())) {
            assert!(content.contains_key(format.media_type()), "{path} does not declare {}", format.media_type());
        }
        assert!(operation["responses"]["413"].is_object(), "{path} may be too large");
    }
    // Twenty-three tables, and the numbers of the charts of five resources.
    assert_eq!(tables, 28);
}

/// A derived schema that does not see how a word is written names the variant of the code instead.
#[test]
fn no_word_of_the_description_is_the_name_of_a_variant() {
    fn look(value: &Value, at: &str, strange: &mut Vec<String>) {
        let is_variant = |word: &str| {
            let mut letters = word.chars();
            letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
        };
        match value {
            Value::Object(members) => {
                let words = members.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
                strange.extend(words.filter(|word| is_variant(word)).map(|word| format!("{at}: {word}")));
                members.iter().for_each(|(name, value)| look(value, &format!("{at}/{name}"), strange));
            }
            Value::Array(values) => values.iter().for_each(|value| look(value, at, strange)),
            _ => {}
        }
    }
    let mut strange = Vec::new();
    look(&described(), "", &mut strange);
    assert!(strange.is_empty(), "{strange:#?}");
}

#[test]
fn a_path_that_is_spelled_out_goes_before_one_that_only_fits() {
    let paths = Paths::of(&describe());
    assert_eq!(paths.methods("/api/v1/cities"), Some("GET, HEAD".into()));
    assert_eq!(paths.methods("/api/v1/cities/330100"), Some("GET, HEAD, PUT, DELETE".into()));
    assert_eq!(paths.methods("/api/v1/indicator-sets/check"), Some("POST".into()));
    assert_eq!(paths.methods("/api/v1/cities/"), None);
    assert_eq!(paths.methods("/api/v1/roadmaps/a/charts/x.svg"), Some("GET, HEAD".into()));
    assert_eq!(paths.methods("/api/v1/roadmaps/a/charts/x.png"), None);
    assert_eq!(
        paths.refuses(&Method::PUT, "/api/v1/webhooks/event-types"),
        Some("GET, HEAD".into()),
        "it is the webhook of no id"
    );
    assert_eq!(paths.refuses(&Method::PUT, "/api/v1/webhooks/a"), None);
    assert_eq!(paths.refuses(&Method::OPTIONS, "/api/v1/webhooks/event-types"), None);
}

#[actix_web::test]
async fn every_described_operation_is_reached() {
    let harness = Harness::new().await;
    for (path, method, _) in operations(&described()) {
        let filled = path.split('/').map(|segment| match segment {
            "{id}" => "00000000-0000-7000-8000-000000000000",
            "{period}" => "2026",
            "{name}.svg" => "x.svg",
            segment if segment.starts_with('{') => "x",
            segment => segment,
        });
        let filled = filled.collect::<Vec<_>>().join("/");
        let method = method.parse::<Method>().expect("a method");
        let reply = harness.send(harness.request(method.clone(), &filled)).await;
        assert_ne!(reply.status.as_u16(), 405, "{method} {path}");
        if reply.status.as_u16() == 404 {
            let detail = reply.json()["detail"].as_str().unwrap_or_default().to_owned();
            assert!(!detail.contains("no such path"), "{method} {path}: {detail}");
        }
    }
}

#[actix_web::test]
async fn an_unknown_path_and_an_unknown_method_are_problems() {
    let harness = Harness::new().await;
    assert_eq!(harness.get("/nowhere").await.problem(), (404, "absent".into()));
    assert_eq!(harness.get("/api/v1/nowhere").await.problem(), (404, "absent".into()));
    let reply = harness.send(harness.request(Method::PATCH, "/api/v1/cities/1")).await;
    assert_eq!(reply.problem(), (405, "method-not-allowed".into()));
    assert_eq!(reply.header("allow"), "GET, HEAD, PUT, DELETE");
}

#[actix_web::test]
async fn what_stands_at_the_root_knows_its_methods() {
    let harness = Harness::new().await;
    let root = ["/", "/embed", "/assets/app.css", "/assets/js/main.js", "/openapi.json", "/docs", "/docs/", "/docs/index.html"];
    for path in root.into_iter().chain(["/livez", "/readyz", "/signing-key"]) {
        for method in [Method::POST, Method::DELETE] {
            let reply = harness.send(TestRequest::with_uri(path).method(method.clone())).await;
            assert_eq!(reply.problem(), (405, "method-not-allowed".into()), "{method} {path}");
            assert_eq!(reply.header("allow"), "GET, HEAD", "{method} {path}");
        }
        let reply = harness.send(TestRequest::with_uri(path).method(Method::OPTIONS)).await;
        assert_eq!((reply.status.as_u16(), reply.header("allow")), (204, "GET, HEAD"), "{path}");
    }
    for path in ["/", "/assets/app.css", "/docs", "/docs/index.html"] {
        let reply = harness.send(TestRequest::with_uri(path)).await;
        assert!(reply.status.as_u16() < 400, "{path}");
    }
}

#[actix_web::test]
async fn a_problem_speaks_the_language_of_the_caller_and_names_the_request() {
    let harness = Harness::new().await;
    let request = harness.request(Method::GET, "/api/v1/cities/1").insert_header(("accept-language", "zh-CN,en;q=0.5"));
    let reply = harness.send(request).await;
    let problem = reply.json();
    assert_eq!(problem["title"], "不存在");
    assert_eq!(problem["instance"], format!("/requests/{}", reply.header("x-request-id")));
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
}

#[actix_web::test]
async fn what_no_database_takes_is_refused_before_it_gets_there() {
    let harness = Harness::new().await;
    assert_eq!(harness.get("/api/v1/cities/a%00b").await.problem(), (400, "malformed-request".into()));
    assert_eq!(harness.get("/api/v1/observations?city=a%00b").await.problem(), (400, "malformed-request".into()));
    for query in ["limit=0", "limit=1001", "limit=x", "cursor=zz", "cursor=00", "limit=1&limit=2", "unknown=1"] {
        let reply = harness.get(&format!("/api/v1/cities?{query}")).await;
        assert_eq!(reply.problem(), (400, "malformed-request".into()), "{query}");
    }
}

#[actix_web::test]
async fn a_head_is_a_get_without_its_body() {
    let harness = Harness::new().await;
    let reply = harness.send(harness.request(Method::HEAD, "/api/v1/cities")).await;
    assert_eq!(reply.status.as_u16(), 200);
}

#[actix_web::test]
async fn the_description_and_the_health_need_no_key() {
    let harness = Harness::new().await;
    for path in ["/livez", "/openapi.json", "/docs/"] {
        let reply = harness.send(TestRequest::with_uri(path)).await;
        assert_eq!(reply.status.as_u16(), 200, "{path}");
    }
}

#[actix_web::test]
async fn a_path_that_is_not_utf_8_names_nothing() {
    let harness = Harness::new().await;
    let reply = harness.put("/api/v1/cities/%ff", None, &json!({"name": "X"})).await;
    assert_eq!(reply.problem(), (400, "malformed-request".into()));
    assert_eq!(harness.put("/api/v1/cities/%E6%9D%AD", None, &json!({"name": "X"})).await.status.as_u16(), 201);
}

#[actix_web::test]
async fn an_array_is_never_read_as_an_object() {
    let harness = Harness::new().await;
    let reply = harness.post("/api/v1/keys", &json!(["x", "viewer"])).await;
    assert_eq!((reply.status.as_u16(), reply.faults()), (422, vec![("body.wrong".into(), String::new())]));
    let reply = harness.post("/api/v1/assessments", &json!({"set": ["small", "1"]})).await;
    assert_eq!((reply.status.as_u16(), reply.faults()), (422, vec![("body.wrong".into(), "/set".into())]));
    assert_eq!(harness.get("/api/v1/keys").await.json()["items"].as_array().map(Vec::len), Some(1));
}

#[actix_web::test]
async fn a_wrong_parameter_is_named_in_the_language_of_the_caller() {
    let harness = Harness::new().await;
    let asked = async |language: &str| {
        let request = harness.request(Method::GET, "/api/v1/cities?limit=abc").insert_header(("accept-language", language));
        harness.send(request).await.json()["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(asked("zh").await, "“limit”的值不符合要求；应为 数");
    assert_eq!(asked("en").await, "the value of 'limit' is not what is expected; expected a number");
}

#[actix_web::test]
async fn a_form_that_an_operation_does_not_have_is_refused() {
    let harness = Harness::new().await;
    for (accept, status) in [
        ("text/csv", 406),
        ("application/json;q=0, */*;q=0", 406),
        ("text/csv, */*;q=0.1", 200),
        ("application/*", 200),
        ("application/json", 200),
    ] {
        let request = harness.request(Method::GET, "/api/v1/cities").insert_header(("accept", accept));
        assert_eq!(harness.send(request).await.status.as_u16(), status, "{accept}");
    }
    let request = harness.request(Method::PUT, "/api/v1/cities/1").insert_header(("accept", "text/csv"));
    assert_eq!(harness.send(request.set_json(json!({"name": "X"}))).await.problem(), (406, "not-acceptable".into()));
    assert_eq!(harness.get("/api/v1/cities/1").await.status.as_u16(), 404, "nothing was written");
}
