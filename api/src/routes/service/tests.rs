use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

use crate::store::keys::Role;
use crate::testing::Harness;

#[actix_web::test]
async fn what_is_measured_is_told_to_whoever_has_a_key() {
    let harness = Harness::observed().await;
    harness.get("/api/v1/cities/a").await;
    harness.get("/api/v1/cities/none").await;
    harness.send(harness.request(Method::from_bytes(b"SPELL").expect("a word"), "/nowhere")).await;
    let viewer = harness.key(Role::Viewer, &[]).await;
    let shown = harness.send(harness.request_as(&viewer, Method::GET, "/metrics")).await;
    assert!(shown.header("content-type").starts_with("application/openmetrics-text"), "{shown:?}");
    let text = String::from_utf8(shown.body.to_vec()).expect("text");
    for line in [
        r#"citygauge_http_requests_total{method="GET",operation="/api/v1/cities/{code}",status="200"} 1"#,
        r#"citygauge_http_requests_total{method="GET",operation="/api/v1/cities/{code}",status="404"} 1"#,
        r#"citygauge_http_requests_total{method="other",operation="none","#,
        r#"citygauge_http_request_duration_seconds_count{method="GET",operation="/api/v1/cities/{code}"} 2"#,
        "citygauge_http_requests_in_flight 1",
        r#"citygauge_jobs{state="queued"} 0"#,
        r#"citygauge_job_attempts_total{kind="import",outcome="succeeded"} 2"#,
        "citygauge_engines_running 0",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("cities/none"), "no path of a caller is a label");
    let reporter = harness.key(Role::Reporter, &["a"]).await;
    assert_eq!(harness.send(harness.request_as(&reporter, Method::GET, "/metrics")).await.status.as_u16(), 403);
    assert_eq!(harness.send(TestRequest::with_uri("/metrics")).await.status.as_u16(), 401);
}

#[actix_web::test]
async fn jobs_that_wait_are_counted() {
    let harness = Harness::observed().await;
    harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await;
    let text = String::from_utf8(harness.get("/metrics").await.body.to_vec()).expect("text");
    assert!(text.contains(r#"citygauge_jobs{state="queued"} 1"#), "{text}");
}

#[actix_web::test]
async fn a_service_that_is_not_ready_says_which_part_is_not() {
    let harness = Harness::new().await;
    std::fs::remove_dir_all(harness.state.config().objects_dir()).expect("the folder is ours");
    let reply = harness.get("/readyz").await;
    assert_eq!(reply.problem(), (503, "not-ready".to_owned()));
    let codes: Vec<String> = reply.faults().into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["ready.objects", "ready.jobs"]);
    let without_workers = Harness::with(|config| config.jobs.workers = 0).await;
    assert_eq!(without_workers.get("/readyz").await.json()["ready"], true);
}
