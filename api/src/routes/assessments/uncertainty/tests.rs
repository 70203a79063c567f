use actix_web::http::Method;
use citygauge_indicators::UncertaintyRequest;
use serde_json::{Value, json};

use super::super::tests::assessed;
use crate::store::keys::Role;
use crate::testing::Harness;

/// Two choices, one of which turns the ranks of no city, with sensitivity.
fn wanted() -> Value {
    json!({"replications": 20, "seed": 7, "sobol": true, "choices": [
        {"kind": "weights", "plus_minus": 0.5},
        {"kind": "leave_out", "nodes": ["O"]},
    ]})
}

/// Asks for an analysis and lets the workers make it; gives the job as it ended.
async fn analysed(harness: &Harness, path: &str, wanted: &Value) -> Value {
    let accepted = harness.post(&format!("{path}/uncertainty"), wanted).await;
    assert_eq!(accepted.status.as_u16(), 202, "{accepted:?}");
    let job = accepted.json()["job"].as_str().expect("a job").to_owned();
    assert!(accepted.header("location").ends_with(&job));
    harness.work(&job).await
}

#[actix_web::test]
async fn an_analysis_is_made_by_a_job_and_read_as_json_and_csv() {
    let harness = Harness::observed().await;
    let path = assessed(&harness).await;
    let job = analysed(&harness, &path, &wanted()).await;
    assert_eq!((&job["state"], &job["result"]), (&json!("succeeded"), &json!(format!("{path}/uncertainty/1"))), "{job}");
    let shown = harness.get(&format!("{path}/uncertainty/1")).await;
    let document: citygauge_openapi::UncertaintyAnalysis = serde_json::from_slice(&shown.body).expect("as the contract has it");
    let summary = document.summary.expect("it has succeeded");
    assert_eq!((document.number, summary.replications, summary.ranked, summary.indistinct), (1, 80, 3, 0.05));
    let groups: Vec<Vec<&str>> = summary.groups.iter().map(|group| group.iter().map(|city| city.as_str()).collect()).collect();
    assert_eq!((groups, summary.mean_rank_shift), (vec![vec!["c"], vec!["b"], vec!["a"]], Some(0.0)));
    assert_eq!((&document.request["period"], &document.request["seed"]), (&json!("2026"), &json!(7)));
    for (table, rows, first) in [
        ("cities", 3, "city,period,score,rank,ranked,rank_mean,"),
        ("ranks", 3, "city,rank,share"),
        ("sensitivity", 2, "choice,first,first_p5,first_p95,total,total_p5,total_p95"),
        ("parameters", 80, "replication,weights.G,weights.O,leave_out,total_ranked,rank_shift"),
    ] {
        let place = format!("{path}/uncertainty/1/{table}");
        let page = harness.get(&format!("{place}?limit=1000")).await;
        let typed: citygauge_openapi::UncertaintyTable = serde_json::from_slice(&page.body).expect("as the contract has it");
        assert_eq!((typed.period.as_str(), &page.json()["table"]), ("2026", &json!(table)));
        assert_eq!(page.json()["items"].as_array().map(Vec::len), Some(rows), "{page:?}");
        let csv = harness.get(&format!("{place}?format=csv")).await;
        let text = String::from_utf8_lossy(&csv.body).into_owned();
        assert!(text.starts_with(first) && text.lines().count() == rows + 1, "{text}");
        assert!(csv.header("citygauge-set").starts_with("small@1; digest="));
        assert!(csv.header("content-disposition").contains(&format!("uncertainty-{table}-small@1-")));
        let by_header = harness.request(Method::GET, &place).insert_header(("accept", "text/csv"));
        assert_eq!(harness.send(by_header).await.body, csv.body);
        for (query, reply) in [("?limit=1000", &page), ("?format=csv", &csv)] {
            let again = harness.request(Method::GET, &format!("{place}{query}"));
            let again = harness.send(again.insert_header(("if-none-match", reply.header("etag").to_owned()))).await;
            assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{place}{query}");
        }
        assert_ne!(page.header("etag"), csv.header("etag"));
    }
    let city = &harness.get(&format!("{path}/uncertainty/1/cities")).await.json()["items"][2];
    assert_eq!(
        (&city["city"], &city["rank"], &city["rank_mean"], &city["group"]),
        (&json!("c"), &json!(1), &json!(1.0), &json!(1))
    );
    let drawn = harness.get(&format!("{path}/uncertainty/1/parameters?limit=1")).await.json();
    let first = &drawn["items"][0];
    assert_eq!((&first["replication"], &first["total_ranked"]), (&json!(1), &json!(3)), "{drawn}");
    assert!(first["drawn"]["weights.G"].as_f64().is_some_and(|weight| (0.5..=1.5).contains(&weight)), "{first}");
    let next = drawn["next"].as_str().expect("eighty rows");
    let second = harness.get(&format!("{path}/uncertainty/1/parameters?limit=1&cursor={next}")).await.json();
    assert_eq!(second["items"][0]["replication"], 2);
}

#[actix_web::test]
async fn defaults_are_written_down_and_analyses_are_numbered() {
    let harness = Harness::observed().await;
    let path = assessed(&harness).await;
    let first = harness.post(&format!("{path}/uncertainty"), &json!({"replications": 10})).await.json();
    assert_eq!(
        first["request"],
        json!({
            "replications": 10, "seed": 1, "period": "2026", "sobol": false, "choices": [{"kind": "weights", "plus_minus": 0.25}],
        })
    );
    let kept = UncertaintyRequest::from_value(&first["request"]).expect("what is kept is in order");
    assert_eq!(kept.choices, UncertaintyRequest::usual_choices());
    assert_eq!((&first["number"], &first["state"], &first["summary"]), (&json!(1), &json!("queued"), &Value::Null));
    let place = format!("{path}/uncertainty");
    let repeated = || harness.request(Method::POST, &place).insert_header(("idempotency-key", "k")).set_json(wanted());
    let (second, again) = (harness.send(repeated()).await, harness.send(repeated()).await);
    assert_eq!((second.status.as_u16(), &second.body), (202, &again.body));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let page = harness.get(&format!("{place}?limit=1")).await.json();
    assert_eq!(page["items"][0]["number"], 2);
    let next = page["next"].as_str().expect("there is another");
    let page = harness.get(&format!("{place}?limit=1&cursor={next}")).await.json();
    assert_eq!((&page["items"][0], &page["next"]), (&first, &Value::Null));
    let trail = harness.get("/api/v1/audit-events?limit=1000").await.json();
    let created =
        trail["items"].as_array().expect("a page").iter().filter(|event| event["action"] == "create_uncertainty_analysis");
    assert_eq!(
        created.map(|event| event["subject"].clone()).collect::<Vec<_>>(),
        [json!(format!("{place}/2")), json!(format!("{place}/1"))]
    );
    let without = analysed(&harness, &path, &json!({"replications": 5})).await;
    assert_eq!(without["state"], "succeeded", "{without}");
    let empty = harness.get(&format!("{place}/3/sensitivity")).await.json();
    assert_eq!((&empty["items"], &empty["next"]), (&json!([]), &Value::Null));
}

#[actix_web::test]
async fn every_fault_of_a_request_is_named_and_the_engine_refuses_what_does_not_fit() {
    let harness = Harness::observed().await;
    let path = assessed(&harness).await;
    let wrong = json!({"replications": 0, "seed": -1, "extra": 1, "choices": [
        {"kind": "weights", "plus_minus": 2}, {"kind": "nonsense"}, {"kind": "leave_out", "nodes": []},
    ]});
    let reply = harness.post(&format!("{path}/uncertainty"), &wrong).await;
    assert_eq!(reply.status.as_u16(), 422, "{reply:?}");
    let mut places: Vec<String> = reply.faults().into_iter().map(|(_, pointer)| pointer).collect();
    places.sort();
    let expected = ["/choices/0/plus_minus", "/choices/1/kind", "/choices/2/nodes", "/extra", "/replications", "/seed"];
    assert_eq!(places, expected, "{reply:?}");
    let zh = harness.request(Method::POST, &format!("{path}/uncertainty")).insert_header(("accept-language", "zh"));
    let zh = harness.send(zh.set_json(&wrong)).await.json();
    assert!(zh["errors"].to_string().contains("数值超出允许范围"), "{zh}");
    for (wrong, codes) in [
        (json!({"period": "2019"}), vec![("period.absent".to_owned(), "/period".to_owned())]),
        (json!({"replications": 50_000, "sobol": true}), vec![("uncertainty.too_large".to_owned(), "/replications".to_owned())]),
    ] {
        let reply = harness.post(&format!("{path}/uncertainty"), &wrong).await;
        assert_eq!((reply.status.as_u16(), reply.faults()), (422, codes), "{reply:?}");
    }
    for choice in
        [json!({"kind": "leave_out", "nodes": ["NOPE"]}), json!({"kind": "leave_out", "name": "replication", "nodes": ["O"]})]
    {
        let job = analysed(&harness, &path, &json!({"replications": 5, "choices": [choice]})).await;
        assert_eq!(job["state"], "failed", "{job}");
    }
    let failed = harness.get(&format!("{path}/uncertainty/1")).await.json();
    assert_eq!((&failed["state"], &failed["summary"]), (&json!("failed"), &Value::Null));
    assert!(failed["error"].as_str().is_some_and(|error| error.contains("NOPE")), "{failed}");
    assert_eq!(harness.get(&format!("{path}/uncertainty/1/cities")).await.problem(), (409, "conflict".into()));
    let zh = harness.request(Method::GET, &format!("{path}/uncertainty/2")).insert_header(("accept-language", "zh"));
    assert!(harness.send(zh).await.json()["error"].as_str().is_some_and(|error| error.contains("同名")));
}

#[actix_web::test]
async fn what_is_not_there_yet_or_at_all_is_a_problem() {
    let harness = Harness::observed().await;
    let unfinished = harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await.json();
    let place = format!("/api/v1/assessments/{}/uncertainty", unfinished["id"].as_str().expect("an id"));
    assert_eq!(harness.post(&place, &json!({})).await.problem(), (409, "conflict".into()));
    let path = assessed(&harness).await;
    assert_eq!(harness.get(&format!("{path}/uncertainty")).await.json()["items"], json!([]));
    let nobody = "/api/v1/assessments/00000000-0000-7000-8000-000000000000/uncertainty";
    assert_eq!(harness.post(nobody, &json!({})).await.problem(), (404, "absent".into()));
    for absent in [nobody.to_owned(), format!("{path}/uncertainty/1"), format!("{path}/uncertainty/1/cities")] {
        assert_eq!(harness.get(&absent).await.problem(), (404, "absent".into()), "{absent}");
    }
    for malformed in ["uncertainty/x", "uncertainty/1/nonsense", "uncertainty?unknown=1", "uncertainty/1/cities?format=pdf"] {
        let reply = harness.get(&format!("{path}/{malformed}")).await;
        assert_eq!(reply.problem(), (400, "malformed-request".into()), "{malformed}");
    }
}

#[actix_web::test]
async fn evaluators_ask_viewers_read_and_reporters_do_neither() {
    let harness = Harness::observed().await;
    let path = assessed(&harness).await;
    let place = format!("{path}/uncertainty");
    assert_eq!(analysed(&harness, &path, &json!({"replications": 5})).await["state"], "succeeded");
    for (role, asks, reads) in
        [(Role::Evaluator, 202, 200), (Role::Methodologist, 403, 200), (Role::Viewer, 403, 200), (Role::Reporter, 403, 403)]
    {
        let cities: &[&str] = if role == Role::Reporter { &["a"] } else { &[] };
        let key = harness.key(role, cities).await;
        let asked = harness.send(harness.request_as(&key, Method::POST, &place).set_json(json!({}))).await;
        assert_eq!(asked.status.as_u16(), asks, "{role}");
        for below in ["", "/1", "/1/cities", "/1/parameters?format=csv"] {
            let reply = harness.send(harness.request_as(&key, Method::GET, &format!("{place}{below}"))).await;
            assert_eq!(reply.status.as_u16(), reads, "{role} {below}");
        }
    }
}

#[actix_web::test]
async fn an_analysis_is_cancelled_through_its_job_while_it_waits_and_while_it_runs() {
    let harness = Harness::with_clock_of_the_machine().await;
    harness.observe().await;
    let path = assessed(&harness).await;
    let long = json!({"replications": 100_000, "choices": [{"kind": "weights", "plus_minus": 0.5}]});
    let waiting = harness.post(&format!("{path}/uncertainty"), &json!({})).await.json();
    let cancel = |job: &Value| format!("/api/v1/jobs/{}/cancel", job["job"].as_str().expect("a job"));
    assert_eq!(harness.post(&cancel(&waiting), &json!({})).await.json()["state"], "cancelled");
    let shown = harness.get(&format!("{path}/uncertainty/1")).await.json();
    assert_eq!((&shown["state"], shown["finished_at"].is_string()), (&json!("cancelled"), true));
    assert_eq!(harness.get(&format!("{path}/uncertainty/1/cities")).await.problem(), (409, "conflict".into()));
    let running = harness.post(&format!("{path}/uncertainty"), &long).await.json();
    let asked = async {
        while harness.get(&format!("{path}/uncertainty/2")).await.json()["state"] == "queued" {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        harness.post(&cancel(&running), &json!({})).await
    };
    let (ended, asked) = futures_util::join!(harness.work(running["job"].as_str().expect("a job")), asked);
    if asked.status.as_u16() == 202 {
        assert_eq!(ended["state"], "cancelled", "{ended}");
        assert_eq!(harness.get(&format!("{path}/uncertainty/2")).await.json()["summary"], Value::Null);
    } else {
        eprintln!("skipped: the analysis was over before it was cancelled");
    }
}
