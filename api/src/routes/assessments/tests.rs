mod imputed;
mod years;

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::testing::{Harness, small_set};

fn request(change: Value) -> Value {
    let mut whole = json!({"set": {"code": "small", "version": "1"}});
    whole.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
    whole
}

/// The path of an assessment that has succeeded.
pub(super) async fn assessed(harness: &Harness) -> String {
    let accepted = harness.post("/api/v1/assessments", &request(json!({"periods": ["2026"]}))).await.json();
    let job = harness.work(accepted["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    format!("/api/v1/assessments/{}", accepted["id"].as_str().expect("an id"))
}

#[actix_web::test]
async fn periods_that_no_observation_has_are_refused_at_once() {
    let harness = Harness::observed().await;
    let absent = |place: usize| ("period.absent".to_owned(), format!("/periods/{place}"));
    for (change, expected) in [
        (json!({"periods": ["2099"]}), vec![absent(0)]),
        (json!({"periods": ["2016", "2026", "2099"]}), vec![absent(0), absent(2)]),
        (json!({"periods": []}), vec![("periods.empty".to_owned(), "/periods".to_owned())]),
    ] {
        let reply = harness.post("/api/v1/assessments", &request(change)).await;
        assert_eq!(reply.status.as_u16(), 422, "{reply:?}");
        assert_eq!(reply.faults(), expected);
    }
    let reply = harness.post("/api/v1/assessments", &request(json!({"periods": ["2099"]}))).await;
    assert_eq!(reply.json()["errors"][0]["expected"], "2026", "{reply:?}");
}

#[actix_web::test]
async fn periods_that_a_release_does_not_have_fail_the_job() {
    let harness = Harness::observed().await;
    let path = assessed(&harness).await;
    let release = harness.get(&path).await.json()["release"].clone();
    let accepted = harness.post("/api/v1/assessments", &request(json!({"release": release, "periods": ["2026", "2099"]}))).await;
    assert_eq!(accepted.status.as_u16(), 202, "{accepted:?}");
    let job = harness.work(accepted.json()["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "failed", "{job}");
    assert!(job.to_string().contains("period.absent"), "{job}");
}

#[actix_web::test]
async fn a_node_may_be_called_city() {
    let harness = Harness::observed().await;
    let mut set = small_set();
    (set["code"], set["nodes"][0]["code"]) = (json!("cities"), json!("city"));
    harness.post("/api/v1/indicator-sets", &set).await;
    harness.post("/api/v1/indicator-sets/cities/versions/1/publish", &json!({})).await;
    let accepted = harness.post("/api/v1/assessments", &json!({"set": {"code": "cities", "version": "1"}})).await.json();
    let job = harness.work(accepted["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    let path = format!("/api/v1/assessments/{}", accepted["id"].as_str().expect("an id"));
    let ranking = harness.get(&format!("{path}/ranking?node=city")).await.json();
    let ranked: Vec<_> = ranking["items"].as_array().expect("cities").iter().map(|row| (&row["city"], &row["score"])).collect();
    assert_eq!(ranked, [(&json!("c"), &json!(40.0)), (&json!("b"), &json!(20.0)), (&json!("a"), &json!(10.0))]);
    let bundle = harness.get(&format!("{path}/bundle")).await;
    assert_eq!(bundle.status.as_u16(), 200, "{bundle:?}");
}

#[actix_web::test]
async fn results_keep_the_names_of_their_time_and_are_answered_alike() {
    let harness = Harness::observed().await;
    let path = assessed(&harness).await;
    let before = harness.get(&format!("{path}/ranking")).await;
    let tag = harness.get("/api/v1/cities/a").await.header("etag").to_owned();
    let renamed = harness.put("/api/v1/cities/a", Some(&tag), &json!({"name": "Renamed"})).await;
    assert_eq!(renamed.status.as_u16(), 200, "{renamed:?}");
    for _ in 0..2 {
        assert_eq!(harness.get(&format!("{path}/ranking")).await.json(), before.json());
        assert_eq!(harness.get(&format!("{path}/cities/a")).await.json()["name"], "A");
    }
    let known = harness.request(Method::GET, &format!("{path}/ranking")).insert_header(("if-none-match", before.header("etag")));
    assert_eq!(harness.send(known).await.status.as_u16(), 304);
}

#[actix_web::test]
async fn a_correction_says_what_it_supersedes_and_the_former_names_it_once_it_is_there() {
    let harness = Harness::observed().await;
    let former = assessed(&harness).await;
    let id = former.rsplit('/').next().expect("a path");
    let tag = harness.get(&former).await.header("etag").to_owned();
    let supersedes = json!({"supersedes": {"assessment": id, "reason": "b's trees were counted twice"}});
    let accepted = harness.post("/api/v1/assessments", &request(supersedes.clone())).await.json();
    assert_eq!(harness.get(&former).await.json()["superseded_by"], Value::Null, "it is not there yet");
    harness.work(accepted["job"].as_str().expect("a job")).await;
    let found = harness.get(&former).await;
    assert_eq!((&found.json()["superseded_by"], &found.json()["supersedes"]), (&accepted["id"], &Value::Null));
    assert_ne!(found.header("etag"), tag);
    let own = harness.get(&format!("/api/v1/assessments/{}", accepted["id"].as_str().expect("an id"))).await.json();
    assert_eq!(own["supersedes"], supersedes["supersedes"]);
    let list = harness.get("/api/v1/assessments").await.json();
    assert_eq!((&list["items"][1]["superseded_by"], &list["items"][0]["superseded_by"]), (&accepted["id"], &Value::Null));

    let queued = harness.post("/api/v1/assessments", &request(json!({}))).await.json()["id"].clone();
    for (what, code) in [(json!("00000000-0000-7000-8000-ffffffffffff"), "supersedes.absent"), (queued, "supersedes.no_result")] {
        let wrong = json!({"supersedes": {"assessment": what, "reason": "x"}, "periods": []});
        let reply = harness.post("/api/v1/assessments", &request(wrong)).await;
        let place = "/supersedes/assessment".to_owned();
        assert_eq!(reply.faults(), [("periods.empty".to_owned(), "/periods".to_owned()), (code.to_owned(), place)]);
    }
    let without = request(json!({"supersedes": {"assessment": id}}));
    assert_eq!(harness.post("/api/v1/assessments", &without).await.status.as_u16(), 422, "why is needed");
}

#[actix_web::test]
async fn an_evaluation_of_a_period_without_data_is_refused() {
    let harness = Harness::new().await;
    let mut whole = json!({
        "set": small_set(),
        "observations": [{"city": "a", "period": "2026", "item": "trees", "value": 3}],
    });
    for (periods, code) in [(json!(["2026", "2099"]), "period.absent"), (json!([]), "periods.empty")] {
        whole["periods"] = periods;
        let reply = harness.post("/api/v1/evaluate", &whole).await;
        assert_eq!((reply.status.as_u16(), reply.faults()), (422, vec![(code.to_owned(), "/periods".to_owned())]));
    }
}

#[actix_web::test]
async fn scores_of_a_city_or_period_that_the_assessment_lacks_are_absent() {
    let harness = Harness::observed().await;
    let path = assessed(&harness).await;
    assert_eq!(harness.get(&format!("{path}/scores?city=a&period=2026")).await.json()["items"].as_array().map(Vec::len), Some(3));
    for query in ["city=NOPE", "period=2019", "node=NOPE", "city=NOPE&format=csv"] {
        assert_eq!(harness.get(&format!("{path}/scores?{query}")).await.problem(), (404, "absent".into()), "{query}");
    }
}

#[actix_web::test]
async fn scores_as_a_file_bear_a_tag_and_are_not_sent_again() {
    let harness = Harness::observed().await;
    let path = assessed(&harness).await;
    let mut tags = std::collections::HashSet::new();
    for query in ["format=csv", "format=csv&city=a", "format=csv&node=G", "format=xlsx", "format=parquet"] {
        let tag = harness.get(&format!("{path}/scores?{query}")).await.header("etag").to_owned();
        let again = harness.request(Method::GET, &format!("{path}/scores?{query}")).insert_header(("if-none-match", tag.clone()));
        let again = harness.send(again).await;
        assert_eq!((again.status.as_u16(), again.header("etag"), again.body.len()), (304, tag.as_str(), 0), "{query}");
        assert!(tag.starts_with('"') && tags.insert(tag), "{query}");
    }
}

#[actix_web::test]
async fn statistics_of_every_kind_are_shown_and_bear_a_tag() {
    let harness = Harness::observed().await;
    let path = assessed(&harness).await;
    for (query, rows) in [
        ("", 4),
        ("what=indicators&node=G", 2),
        ("what=correlations", 1),
        ("what=consistency", 1),
        ("what=components&members=leaves", 1),
        ("what=availability", 3),
        ("what=screening&least=0.5&by=both&keep=a,b", 3),
        ("what=balance&kind=spearman", 2),
        ("what=standings&city=a&of=value&most=1", 1),
    ] {
        let reply = harness.get(&format!("{path}/statistics?{query}")).await;
        assert_eq!(reply.status.as_u16(), 200, "{query}: {reply:?}");
        let document: citygauge_openapi::Statistics = serde_json::from_slice(&reply.body).expect("as the contract has it");
        assert_eq!(document.period.as_str(), "2026");
        let found = reply.json();
        assert_eq!(found["statistics"]["items"].as_array().map(Vec::len), Some(rows), "{query}: {found}");
        let csv = harness.get(&format!("{path}/statistics?{query}&format=csv")).await;
        assert_eq!(String::from_utf8_lossy(&csv.body).lines().count(), rows + 1, "{query}");
        let again = harness.request(Method::GET, &format!("{path}/statistics?{query}"));
        let again = harness.send(again.insert_header(("if-none-match", reply.header("etag").to_owned()))).await;
        assert_eq!(again.status.as_u16(), 304, "{query}");
        assert_ne!(reply.header("etag"), csv.header("etag"));
    }
    let green = harness.get(&format!("{path}/statistics?node=G")).await.json();
    let of_values = &green["statistics"]["items"][0];
    assert_eq!((&of_values["of"], &of_values["median"], &of_values["reason"]), (&json!("value"), &json!(0.2), &json!("too_few")));
}

#[actix_web::test]
async fn statistics_that_make_no_sense_name_every_fault() {
    let harness = Harness::observed().await;
    let path = assessed(&harness).await;
    for (query, status, codes) in [
        ("what=indicators&kind=kendall&least=0.5", 422, &["statistics.parameter", "statistics.parameter"][..]),
        ("what=standings", 422, &["statistics.city"]),
        ("what=correlations&redundant=3", 422, &["statistics.limit"]),
        (
            "what=screening&least=-1&keep=nowhere&drop=nowhere",
            422,
            &["statistics.share", "statistics.unknown_city", "statistics.unknown_city", "statistics.kept_and_dropped"],
        ),
        ("what=availability&city=nowhere&node=nothing", 422, &["statistics.unknown_node", "statistics.unknown_city"]),
        ("what=nonsense", 400, &["query.invalid"]),
        ("what=correlations&within=nonsense", 400, &["query.invalid"]),
        ("unknown=1", 400, &["query.invalid"]),
    ] {
        let reply = harness.get(&format!("{path}/statistics?{query}")).await;
        let found: Vec<String> = reply.faults().into_iter().map(|(code, _)| code).collect();
        assert_eq!((reply.status.as_u16(), found), (status, codes.iter().map(|code| (*code).to_owned()).collect()), "{query}");
    }
    assert_eq!(harness.get(&format!("{path}/statistics?period=2019")).await.problem(), (404, "absent".into()));
    let key = harness.key(crate::store::keys::Role::Reporter, &["a"]).await;
    let reply = harness.send(harness.request_as(&key, Method::GET, &format!("{path}/statistics"))).await;
    assert_eq!(reply.status.as_u16(), 403);
    let key = harness.key(crate::store::keys::Role::Viewer, &[]).await;
    let reply = harness.send(harness.request_as(&key, Method::GET, &format!("{path}/statistics"))).await;
    assert_eq!(reply.status.as_u16(), 200);
}
