use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::Harness;

const PATH: &str = "/api/v1/sources/feed";

fn document() -> Value {
    json!({
        "title_zh": "数据源", "from": {"kind": "url", "url": "http://127.0.0.1:9/feed.csv"},
        "import": {"set": {"code": "small", "version": "1"}, "mapping": "yearbook", "on_fault": "skip_rows"},
        "schedule": {"cron": "30 6 * * 1-5", "time_zone": "Asia/Shanghai"}
    })
}

async fn prepared() -> Harness {
    let harness = Harness::with(|config| {
        config.sources.hosts = vec!["127.0.0.1:*".into()];
        config.sources.allow_loopback = true;
        config.jobs.attempts = 1;
    })
    .await;
    harness.observe().await;
    harness.put("/api/v1/mappings/yearbook", None, &json!({"kind": "observations", "columns": {"where": "city"}})).await;
    harness
}

#[actix_web::test]
async fn a_source_is_made_changed_by_who_has_seen_it_listed_and_removed() {
    let harness = prepared().await;
    let made = harness.put(PATH, None, &document()).await;
    assert_eq!((made.status.as_u16(), made.json()["enabled"].as_bool()), (201, Some(true)), "{made:?}");
    assert_eq!(harness.put(PATH, None, &document()).await.status.as_u16(), 428);
    let shown = harness.get(PATH).await;
    assert_eq!(shown.json()["import"]["on_fault"], "skip_rows");
    assert_eq!(shown.json()["schedule"], document()["schedule"]);
    let tag = shown.header("etag").to_owned();
    let known = harness.request(Method::GET, PATH).insert_header(("if-none-match", tag.as_str()));
    assert_eq!(harness.send(known).await.status.as_u16(), 304);
    let mut changed = document();
    changed["enabled"] = json!(false);
    assert_eq!(harness.put(PATH, Some(&tag), &changed).await.json()["enabled"], false);
    assert_eq!(harness.put(PATH, Some(&tag), &changed).await.status.as_u16(), 412);
    assert_eq!(harness.get("/api/v1/sources").await.json()["items"][0]["code"], "feed");
    let tag = harness.get(PATH).await.header("etag").to_owned();
    assert_eq!(harness.delete(PATH, Some(&tag)).await.status.as_u16(), 204);
    for path in [PATH.to_owned(), format!("{PATH}/runs")] {
        assert_eq!(harness.get(&path).await.status.as_u16(), 404, "{path}");
    }
}

#[actix_web::test]
async fn every_fault_of_a_source_is_told_at_once() {
    let harness = prepared().await;
    let faulty = json!({
        "from": {"kind": "url", "url": "https://elsewhere.example/x.csv"}, "secret": "none",
        "import": {"kind": "observations", "mapping": "absent", "period": "2026"},
        "schedule": {"cron": "0 0 30 2 *", "time_zone": "UTC"}
    });
    let refused = harness.put(PATH, None, &faulty).await;
    assert_eq!(refused.status.as_u16(), 422, "{refused:?}");
    let faults = refused.faults();
    let at: Vec<&str> = faults.iter().map(|(_, at)| at.as_str()).collect();
    for place in ["", "/secret", "/import/set", "/import/mapping", "/schedule/cron"] {
        assert!(at.contains(&place), "{place:?} in {faults:?}");
    }
    assert!(at.iter().any(|at| at.starts_with("/from")), "the host is not listed: {faults:?}");

    let mut faulty = document();
    faulty["import"]["mapping_document"] = json!({"kind": "observations"});
    let twice = harness.put(PATH, None, &faulty).await.faults();
    assert_eq!(twice, [("import.two_mappings".into(), "/import/mapping_document".into())]);
    faulty["import"] = json!({"kind": "cities", "mapping": "yearbook"});
    assert_eq!(harness.put(PATH, None, &faulty).await.faults(), [("mapping.kind".into(), "/import/mapping".into())]);
    faulty["import"] = json!({"set": {"code": "small", "version": "9"},
        "mapping_document": {"kind": "observations", "columns": {"x": "town"}}});
    let faults = harness.put(PATH, None, &faulty).await.faults();
    let expected = [("source.set", "/import/set"), ("mapping.unknown_column", "/import/mapping_document/columns/x")];
    assert_eq!(faults, expected.map(|(code, at)| (code.to_owned(), at.to_owned())));
    assert_eq!(harness.get(PATH).await.status.as_u16(), 404, "nothing was kept");
}

#[actix_web::test]
async fn administrators_set_and_run_sources_and_who_imports_may_read_them() {
    let harness = prepared().await;
    harness.put(PATH, None, &document()).await;
    for (role, read) in
        [(Role::Evaluator, 200), (Role::Methodologist, 200), (Role::Reporter, 200), (Role::Viewer, 403), (Role::Expert, 403)]
    {
        let token = harness.key(role, if role == Role::Reporter { &["a"] } else { &[] }).await;
        for path in ["/api/v1/sources".to_owned(), PATH.to_owned(), format!("{PATH}/runs")] {
            let reply = harness.send(harness.request_as(&token, Method::GET, &path)).await;
            assert_eq!(reply.status.as_u16(), read, "{role:?} {path}");
        }
        let put = harness.request_as(&token, Method::PUT, "/api/v1/sources/other").set_json(document());
        assert_eq!(harness.send(put).await.status.as_u16(), 403, "{role:?}");
        for (method, path) in [(Method::POST, format!("{PATH}/runs")), (Method::DELETE, PATH.to_owned())] {
            assert_eq!(harness.send(harness.request_as(&token, method, &path)).await.status.as_u16(), 403, "{role:?} {path}");
        }
    }
}

#[actix_web::test]
async fn a_run_is_asked_for_once_and_a_source_that_is_out_of_reach_fails_with_its_faults() {
    let harness = prepared().await;
    harness.put(PATH, None, &document()).await;
    let ask = |key: &'static str| {
        let request = harness.request(Method::POST, &format!("{PATH}/runs?dry_run=true"));
        harness.send(request.insert_header(("idempotency-key", key)))
    };
    let asked = ask("k").await;
    assert_eq!(
        (asked.status.as_u16(), &asked.json()["state"], &asked.json()["trigger"]),
        (202, &json!("queued"), &json!("dry_run"))
    );
    assert_eq!(ask("k").await.json()["id"], asked.json()["id"]);
    assert_eq!(ask("l").await.problem().0, 409, "the first is unfinished");
    let tag = harness.get(PATH).await.header("etag").to_owned();
    assert_eq!(harness.delete(PATH, Some(&tag)).await.status.as_u16(), 409);

    // Nobody listens there, and there is one attempt only.
    let job = harness.work(asked.json()["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "failed", "{job}");
    let path = format!("{PATH}/runs/{}", asked.json()["id"].as_str().expect("an id"));
    let run = harness.get(&path).await.json();
    assert_eq!((&run["state"], &run["attempts"][0]["outcome"]), (&json!("failed"), &json!("transient")), "{run}");
    assert_eq!((&run["import"], run["faults"].as_array().map(Vec::len)), (&Value::Null, Some(1)), "{run}");
    let chinese = harness.request(Method::GET, &path).insert_header(("accept-language", "zh"));
    let chinese = harness.send(chinese).await.json();
    assert_ne!(chinese["faults"][0]["message"], run["faults"][0]["message"]);
    let elsewhere = path.replace("/feed/", "/other/");
    assert_eq!(harness.get(&elsewhere).await.status.as_u16(), 404);
    assert_eq!(harness.delete(PATH, Some(&tag)).await.status.as_u16(), 204, "its run is over");
}

#[actix_web::test]
async fn a_run_whose_job_is_cancelled_is_cancelled() {
    let harness = prepared().await;
    harness.put(PATH, None, &document()).await;
    let run = harness.post(&format!("{PATH}/runs"), &json!({})).await.json();
    harness.post(&format!("/api/v1/jobs/{}/cancel", run["job"].as_str().expect("a job")), &json!({})).await;
    let run = harness.get(&format!("{PATH}/runs/{}", run["id"].as_str().expect("an id"))).await.json();
    assert_eq!((&run["state"], run["finished_at"].is_string()), (&json!("cancelled"), true));
}
