use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use citygauge_indicators::bounds as set;
use citygauge_indicators::bounds::planning;
use serde_json::{Value, json};

use super::*;
use crate::app;
use crate::store::keys::Role;
use crate::testing::{Harness, Reply, small_set};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of all sources below a folder.
fn sources(folder: &Path, text: &mut String) {
    for path in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn every_limit_has_its_test_and_stands_on_the_page_and_in_the_description() {
    let mut text = String::new();
    ["api/src", "indicators/src", "tests/tests"].iter().for_each(|folder| sources(&root().join(folder), &mut text));
    let names: BTreeSet<&str> = TABLE.iter().map(|limit| limit.name).collect();
    assert_eq!(names.len(), TABLE.len(), "a name stands twice");
    let settings = serde_json::to_value(Config::default()).expect("settings");
    for limit in TABLE {
        let named = format!("fn {}(", limit.test);
        assert!(text.contains(&named), "{}: there is no test {}", limit.name, limit.test);
        let known = limit.setting.is_none_or(|setting| settings.pointer(&format!("/{}", setting.replace('.', "/"))).is_some());
        assert!(known, "{}: there is no setting {:?}", limit.name, limit.setting);
    }
    let told = std::fs::read_to_string(root().join("docs/limits.md")).expect("the page");
    let rows: String = told.lines().filter(|line| line.starts_with("| `")).map(|line| format!("{line}\n")).collect();
    assert!(rows == page(), "the table of docs/limits.md should be\n{}", page());
    let description: Value = serde_json::from_slice(&app::Description::render(&app::describe()).json).expect("JSON");
    assert_eq!(description["x-limits"], described());
}

/// What a JSON body may hold without a bound, and why.
const UNBOUNDED: [(&str, &str); 4] = [
    ("format date", "as long as its form"),
    ("format date-time", "as long as its form"),
    ("any", "any JSON, within the bounds of every document"),
    ("word", "one of a list"),
];

#[test]
fn every_array_text_and_map_of_a_body_declares_its_bound() {
    let document: Value = serde_json::from_slice(&app::Description::render(&app::describe()).json).expect("JSON");
    let mut walk = Walk { document: &document, seen: BTreeSet::new(), without: Vec::new(), checked: 0 };
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            walk.schema(schema, &format!("{method} {path}"));
        }
    }
    assert!(walk.checked > 300, "{}", walk.checked);
    assert!(walk.without.is_empty(), "without a bound:\n{}", walk.without.join("\n"));
}

struct Walk<'d> {
    document: &'d Value,
    seen: BTreeSet<String>,
    without: Vec<String>,
    checked: usize,
}

impl Walk<'_> {
    fn schema(&mut self, schema: &Value, at: &str) {
        let Some(members) = schema.as_object() else { return };
        if let Some(target) = schema["$ref"].as_str() {
            if self.seen.insert(target.to_owned()) {
                let found = self.document.pointer(&target[1..]).expect("no reference dangles").clone();
                self.schema(&found, target);
            }
            return;
        }
        let is =
            |kind: &str| schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&kind.into()));
        let allowed = |why: &str| UNBOUNDED.iter().any(|(listed, _)| *listed == why);
        let format = format!("format {}", schema["format"].as_str().unwrap_or_default());
        let is_word = (schema["enum"].is_array() || schema.get("const").is_some()) && allowed("word");
        let has_any = members.get("additionalProperties").is_some_and(|more| *more != json!(false));
        let is_map = is("object") && (has_any || !schema["properties"].is_object());
        for (kind, bound) in
            [(is("array"), "maxItems"), (is("string") && !is_word && !allowed(&format), "maxLength"), (is_map, "maxProperties")]
        {
            self.checked += usize::from(kind);
            if kind && !schema[bound].is_u64() {
                self.without.push(format!("{at}: {bound}"));
            }
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.schema(property, &format!("{at}/{name}"));
        }
        self.schema(&schema["items"], &format!("{at}/*"));
        self.schema(&schema["additionalProperties"], &format!("{at}/*"));
        for several in ["oneOf", "allOf", "anyOf", "prefixItems"] {
            schema[several].as_array().into_iter().flatten().for_each(|one| self.schema(one, at));
        }
    }
}

#[test]
fn what_can_be_answered_for_the_sake_of_a_limit_is_declared() {
    let document: Value = serde_json::from_slice(&app::Description::render(&app::describe()).json).expect("JSON");
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let declared = |status: &str| operation["responses"][status].is_object();
            assert!(declared("503"), "{method} {path}");
            assert!(declared("429") || ["/livez", "/readyz"].contains(&path.as_str()), "{method} {path}");
            if operation["requestBody"].is_object() {
                assert!(declared("413") && declared("408"), "{method} {path}");
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            for limit in parameters.filter(|parameter| parameter["name"] == "limit") {
                assert_eq!(limit["schema"]["maximum"], 1_000, "{method} {path}");
            }
        }
    }
}

#[actix_web::test]
async fn a_json_body_is_as_large_as_the_limit_and_no_larger() {
    let harness = Harness::with(|config| config.limits.json_bytes = 1_024).await;
    let sized = |bytes: usize| {
        let body = format!("{{\"name\": \"Hangzhou\"{}}}", " ".repeat(bytes - 20));
        assert_eq!(body.len(), bytes);
        harness.request(Method::PUT, "/api/v1/cities/1").insert_header(("content-type", "application/json")).set_payload(body)
    };
    assert_eq!(harness.send(sized(1_025)).await.problem(), (413, "too-large".into()));
    let announced = harness.request(Method::PUT, "/api/v1/cities/1").insert_header(("content-type", "application/json"));
    let announced = announced.insert_header(("content-length", "1000000000"));
    assert_eq!(harness.send(announced).await.problem(), (413, "too-large".into()), "before any of it came");
    assert_eq!(harness.send(sized(1_024)).await.status.as_u16(), 201);
}

#[actix_web::test]
async fn a_document_beyond_a_bound_is_refused() {
    let harness = Harness::new().await;
    let sent = async |body: String| {
        let request = harness.request(Method::POST, "/api/v1/evaluate").insert_header(("content-type", "application/json"));
        let reply = harness.send(request.set_payload(body)).await;
        assert_eq!(reply.problem(), (422, "invalid".into()));
        reply.faults().into_iter().map(|(code, _)| code).collect::<Vec<_>>()
    };
    let list = |count: usize| format!("{{\"observations\": [{}]}}", vec!["0"; count].join(","));
    let map = |count: usize| {
        let members: Vec<String> = (0..count).map(|number| format!("\"{number}\": 0")).collect();
        format!("{{{}}}", members.join(","))
    };
    for (body, code) in [
        (list(set::MOST_ELEMENTS + 1), "json.too_many_elements"),
        (map(set::MOST_MEMBERS + 1), "json.too_many_members"),
        (format!("{{\"{}\": 0}}", "n".repeat(set::MOST_OF_A_NAME + 1)), "json.long_name"),
        (format!("{{\"a\": \"{}\"}}", "x".repeat(set::MOST_CHARACTERS + 1)), "json.too_long"),
        (format!("{}{}", "[".repeat(set::MOST_DEPTH + 1), "]".repeat(set::MOST_DEPTH + 1)), "json.syntax"),
        ("[".repeat(100_000), "json.syntax"),
    ] {
        let told = sent(body).await;
        assert!(told.iter().any(|told| told == code), "{code}: {told:?}");
    }
    // What lies within the bounds is refused for what it says.
    let nested = format!("{}{}", "[".repeat(set::MOST_DEPTH), "]".repeat(set::MOST_DEPTH));
    for body in [list(set::MOST_ELEMENTS), map(set::MOST_MEMBERS), nested] {
        let told = sent(body).await;
        assert!(!told.is_empty() && told.iter().all(|told| !told.starts_with("json.")), "{told:?}");
    }
}

#[actix_web::test]
async fn a_page_has_as_many_members_as_the_limit_and_no_more() {
    let harness = Harness::new().await;
    assert_eq!(harness.get("/api/v1/cities?limit=1000").await.status.as_u16(), 200);
    assert_eq!(harness.get("/api/v1/cities?limit=1001").await.problem(), (400, "malformed-request".into()));
}

#[actix_web::test]
async fn a_request_that_takes_too_long_is_given_up() {
    let harness = Harness::with(|config| config.server.request_timeout_s = 1).await;
    let job = harness.post("/api/v1/releases", &json!({})).await.json()["id"].as_str().expect("a job").to_owned();
    assert_eq!(harness.get(&format!("/api/v1/jobs/{job}?wait=0s")).await.status.as_u16(), 200);
    let reply = harness.get(&format!("/api/v1/jobs/{job}?wait=30s")).await;
    assert_eq!((reply.problem(), reply.header("retry-after")), ((503, "unavailable".into()), "5"));
}

fn is_one_too_many(reply: &Reply) -> bool {
    reply.status.as_u16() == 429 && {
        assert_eq!((reply.problem(), reply.header("retry-after")), ((429, "too-many-at-once".into()), "1"));
        true
    }
}

#[actix_web::test]
async fn a_caller_has_so_many_requests_at_once() {
    let harness = Harness::with(|config| {
        (config.limits.key_requests_at_once, config.limits.address_requests_at_once) = (2, 1);
    })
    .await;
    let id = harness.get("/api/v1/keys").await.json()["items"][0]["id"].as_str().expect("an id").to_owned();
    let (throttle, metrics) = (harness.state.throttle(), harness.state.metrics());
    let first = throttle.turn_of_key(&id, metrics).expect("the first");
    assert_eq!(harness.get("/api/v1/cities").await.status.as_u16(), 200, "the second of two");
    let second = throttle.turn_of_key(&id, metrics).expect("the second");
    assert!(is_one_too_many(&harness.get("/api/v1/cities").await));
    let other = harness.key(Role::Viewer, &[]).await;
    assert_eq!(harness.send(harness.request_as(&other, Method::GET, "/api/v1/cities")).await.status.as_u16(), 200);
    drop((first, second));
    assert_eq!(harness.get("/api/v1/cities").await.status.as_u16(), 200);

    let address = std::net::SocketAddr::from(([192, 0, 2, 1], 4711));
    let public = || TestRequest::with_uri("/api/v1/rounds/none/ranking").peer_addr(address);
    let held = throttle.turn_of_address(&public().to_srv_request(), metrics).expect("the first of its address");
    assert!(is_one_too_many(&harness.send(public()).await));
    drop(held);
    assert_eq!(harness.send(public()).await.status.as_u16(), 401, "there is no such public round");
}

#[actix_web::test]
async fn computations_wait_for_their_turn_and_no_more_than_may() {
    let harness = Harness::with(|config| (config.limits.engines, config.limits.engines_waiting) = (1, 1)).await;
    harness.observe().await;
    let evaluation = json!({"set": small_set(), "observations": [{"city": "a", "period": "2026", "item": "trees", "value": 1}]});
    let (begun, begins) = std::sync::mpsc::channel();
    let (ends, end) = std::sync::mpsc::channel::<()>();
    let (state, waiting) = (harness.state.clone(), harness.state.clone());
    let running = actix_web::rt::spawn(async move {
        let held = state.engine(move || {
            begun.send(()).expect("somebody waits");
            end.recv().expect("it is told to end");
        });
        held.await.expect("it ends");
    });
    while begins.try_recv().is_err() {
        tokio::task::yield_now().await;
    }
    let second = actix_web::rt::spawn(async move { waiting.engine(|| ()).await.expect("it has its turn") });
    while harness.state.engines() != (1, 1) {
        tokio::task::yield_now().await;
    }
    assert_eq!(harness.post("/api/v1/evaluate", &evaluation).await.problem(), (503, "unavailable".into()));
    ends.send(()).expect("it still runs");
    running.await.expect("no panic");
    second.await.expect("no panic");
    assert_eq!(harness.post("/api/v1/evaluate", &evaluation).await.status.as_u16(), 200);
}

#[actix_web::test]
async fn a_set_has_as_many_nodes_items_and_rules_as_the_limit_and_no_more() {
    let harness = Harness::new().await;
    let checked = async |list: &str, count: usize| {
        let mut document = small_set();
        let listed = document[list].as_array().cloned().unwrap_or_default();
        let more = (listed.len()..count).map(|number| match list {
            "nodes" => json!({"code": format!("N{number}"), "title": {"en": "N"}, "parent": "P", "weight": 1,
                "indicator": {"formula": "trees", "scoring": {"rule": "scaled", "range": [0, 1000]}}}),
            "items" => json!({"code": format!("I{number}"), "kind": "count"}),
            _ => json!({"code": format!("R{number}"), "title": {"en": "R"}, "check": {"rule": "formula", "holds": "trees >= 0"}}),
        });
        let mut all: Vec<Value> = listed.iter().cloned().chain(more).collect();
        if list == "nodes" {
            all[count - 1] = json!({"code": "P", "title": {"en": "P"}});
        }
        document[list] = json!(all);
        let report = harness.post("/api/v1/indicator-sets/check", &document).await.json();
        let faults = report["faults"].as_array().expect("faults").iter();
        let large = faults.filter(|fault| fault["code"] == "set.too_large").map(|fault| fault["pointer"].clone());
        large.collect::<Vec<_>>()
    };
    for (list, most) in [("nodes", set::MAX_NODES), ("items", set::MAX_ITEMS), ("rules", set::MAX_RULES)] {
        assert_eq!(checked(list, most).await, Vec::<Value>::new(), "{list}");
        assert_eq!(checked(list, most + 1).await, [format!("/{list}")], "{list}");
    }
}

#[actix_web::test]
async fn documents_of_planning_have_as_many_parts_as_the_limit_and_no_more() {
    let harness = Harness::new().await;
    let plan = |goals: usize| {
        let goals: Vec<Value> = (0..goals)
            .map(|number| json!({"code": format!("G{number}"), "level": "stage", "statement": {"en": "s"}, "owner": {"en": "o"}}))
            .collect();
        json!({"code": "P", "title": {"en": "P"}, "city": "a", "set": {"code": "small", "version": "1"},
            "baseline": {"assessment": "00000000-0000-7000-8000-000000000000", "period": "2026"},
            "period": {"from": "2027", "to": "2030"}, "goals": goals})
    };
    let told = async |goals: usize| {
        let reply = harness.post("/api/v1/goal-plans", &plan(goals)).await;
        let faults = if reply.status.as_u16() == 422 { reply.faults() } else { Vec::new() };
        faults.into_iter().filter(|(code, _)| code == "goal_plan.size").map(|(_, at)| at).collect::<Vec<_>>()
    };
    assert_eq!(told(planning::MOST_GOALS).await, Vec::<String>::new());
    assert_eq!(told(planning::MOST_GOALS + 1).await, ["/goals"]);
}

#[actix_web::test]
async fn as_many_changes_are_supposed_as_the_limit_and_no_more() {
    let harness = Harness::observed().await;
    let accepted = harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await.json();
    harness.work(accepted["job"].as_str().expect("a job")).await;
    let path = format!("/api/v1/assessments/{}/what-if", accepted["id"].as_str().expect("an id"));
    let supposed = async |count: usize| {
        let changes = vec![json!({"city": "a", "item": "trees", "value": 300}); count];
        let reply = harness.post(&path, &json!({"changes": changes})).await;
        let faults = if reply.status.as_u16() == 422 { reply.faults() } else { Vec::new() };
        faults.into_iter().any(|(code, _)| code == "what_if.too_many_changes")
    };
    assert!(!supposed(crate::what_if::MOST_CHANGES).await);
    assert!(supposed(crate::what_if::MOST_CHANGES + 1).await);
}
