use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::tables::tests::assess;
use crate::testing::{Harness, Reply};

async fn embed(harness: &Harness, view: &str) -> Value {
    let new = json!({"view": view, "parents": ["https://city.example"]});
    let made = harness.post("/api/v1/embeds", &new).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    made.json()
}

async fn read(harness: &Harness, token: &str, path: &str) -> Reply {
    harness.send(harness.request_as(token, Method::GET, path)).await
}

#[actix_web::test]
async fn a_token_reads_its_own_view_and_nothing_else() {
    let harness = Harness::observed().await;
    let path = assess(&harness).await;
    let below = path.strip_prefix("/api/v1").expect("a path");
    let made = embed(&harness, &format!("{below}/cities/a")).await;
    let token = made["token"].as_str().expect("a token");
    assert!(token.starts_with("cge_"), "{token}");
    for open in [
        path.clone(),
        format!("{path}/cities/a"),
        format!("{path}/cities/a/explain?node=G"),
        format!("{path}/charts/radar.svg?city=a"),
        format!("{path}/trends?city=a"),
        format!("{path}/ranking"),
        format!("{path}/scores?node=G"),
        "/api/v1/indicator-sets/small/versions/1".to_owned(),
    ] {
        let reply = read(&harness, token, &open).await;
        assert_eq!(reply.status.as_u16(), 200, "{open}: {reply:?}");
    }
    for shut in [
        format!("{path}/cities/b"),
        format!("{path}/charts/radar.svg?city=b"),
        format!("{path}/charts/radar.svg?city=a&city=b"),
        format!("{path}/charts/heatmap.svg"),
        format!("{path}/cities/b/explain?node=G"),
        format!("{path}/weights"),
        format!("{path}/trends"),
        format!("{path}/bundle"),
        "/api/v1/assessments".to_owned(),
        "/api/v1/observations".to_owned(),
        "/api/v1/keys".to_owned(),
    ] {
        assert_eq!(read(&harness, token, &shut).await.status.as_u16(), 403, "{shut}");
    }
    let write = harness.request_as(token, Method::POST, "/api/v1/embeds").set_json(json!({}));
    assert_eq!(harness.send(write).await.status.as_u16(), 403, "it changes nothing");
}

#[actix_web::test]
async fn every_view_is_given_to_whoever_sees_what_it_shows() {
    let harness = Harness::observed().await;
    let path = assess(&harness).await;
    let below = path.strip_prefix("/api/v1").expect("a path");
    let views = [
        ("/".to_owned(), "/api/v1/assessments".to_owned(), "/api/v1/rounds"),
        (format!("{below}?view=tiles"), "/api/v1/maps".to_owned(), "/api/v1/assessments"),
        (format!("{below}/compare?cities=a,b"), format!("{path}/cities/b"), "/api/v1/maps"),
        (format!("{below}/nodes/G"), format!("{path}/weights"), "/api/v1/cities"),
        ("/rounds".to_owned(), "/api/v1/rounds".to_owned(), "/api/v1/imports"),
        ("/goal-plans".to_owned(), "/api/v1/goal-plans".to_owned(), "/api/v1/roadmaps"),
        ("/imports".to_owned(), "/api/v1/imports".to_owned(), "/api/v1/jobs"),
        ("/sets".to_owned(), "/api/v1/indicator-sets/catalog".to_owned(), "/api/v1/mappings"),
        (
            "/sets/small/1".to_owned(),
            "/api/v1/indicator-sets/small/versions/1/sql?dialect=duckdb".to_owned(),
            "/api/v1/indicator-sets",
        ),
        ("/maps".to_owned(), "/api/v1/maps".to_owned(), "/api/v1/cities"),
    ];
    for (view, open, shut) in views {
        let made = embed(&harness, &view).await;
        let token = made["token"].as_str().expect("a token");
        let page = harness.send(TestRequest::with_uri(made["address"].as_str().expect("an address"))).await;
        let html = String::from_utf8(page.body.to_vec()).expect("text").replace("&amp;", "&");
        assert!(html.contains(&format!("<body data-view=\"{view}\"")), "{view}: {html}");
        assert_eq!(read(&harness, token, &open).await.status.as_u16(), 200, "{view}: {open}");
        assert_eq!(read(&harness, token, shut).await.status.as_u16(), 403, "{view}: {shut}");
    }
    for absent in ["/sets/small/9", "/imports/0192d4e0-7b7e-7c44-a5f4-2f6d0c1b9a11", "/rounds/none", "/goal-plans/none"] {
        let new = json!({"view": absent, "parents": ["https://city.example"]});
        assert_eq!(harness.post("/api/v1/embeds", &new).await.status.as_u16(), 404, "{absent}");
    }
}

#[actix_web::test]
async fn a_token_of_what_if_supposes_values_of_its_own_city_and_hears_of_no_other() {
    let harness = Harness::observed().await;
    let path = assess(&harness).await;
    let below = path.strip_prefix("/api/v1").expect("a path");
    let made = embed(&harness, &format!("{below}/cities/a/what-if")).await;
    let token = made["token"].as_str().expect("a token").to_owned();
    let ask = async |path: &str, body: Value| harness.send(harness.request_as(&token, Method::POST, path).set_json(body)).await;
    let own = ask(&format!("{path}/what-if"), json!({"changes": [{"city": "a", "item": "trees", "value": 300}]})).await;
    assert_eq!(own.status.as_u16(), 200, "{own:?}");
    let results = own.json();
    let cities: Vec<&str> = results["results"].as_array().expect("rows").iter().filter_map(|row| row["city"].as_str()).collect();
    assert!(!cities.is_empty() && cities.iter().all(|city| *city == "a"), "{results}");
    for refused in [
        json!({"changes": [{"city": "b", "item": "trees", "value": 300}]}),
        json!({"changes": [{"item": "trees", "value": 300}]}),
    ] {
        assert_eq!(ask(&format!("{path}/what-if"), refused).await.status.as_u16(), 403);
    }
    assert_eq!(ask("/api/v1/what-if", json!({})).await.status.as_u16(), 403, "of data in the request there is no view");
    let city = embed(&harness, &format!("{below}/cities/a")).await;
    let other = harness.request_as(city["token"].as_str().expect("a token"), Method::POST, &format!("{path}/what-if"));
    let other = harness.send(other.set_json(json!({"changes": [{"city": "a", "item": "trees", "value": 300}]}))).await;
    assert_eq!(other.status.as_u16(), 403, "the page of a city supposes nothing");
}

#[actix_web::test]
async fn the_page_is_framed_by_its_parents_only_and_ends_with_its_time_and_with_its_key() {
    let harness = Harness::observed().await;
    let path = assess(&harness).await;
    let below = path.strip_prefix("/api/v1").expect("a path");
    let issued = harness.post("/api/v1/keys", &json!({"name": "portal", "role": "viewer"})).await.json();
    let key = issued["token"].as_str().expect("a token").to_owned();
    let new = json!({"view": below, "parents": ["https://city.example", "https://b.example:8443"], "minutes": 5});
    let made = harness.send(harness.request_as(&key, Method::POST, "/api/v1/embeds").set_json(&new)).await.json();
    let (token, address) = (made["token"].as_str().expect("a token"), made["address"].as_str().expect("an address"));

    let page = harness.send(TestRequest::with_uri(&format!("{address}&lang=zh"))).await;
    assert_eq!(page.status.as_u16(), 200, "{page:?}");
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors https://city.example https://b.example:8443"), "{policy}");
    assert!(!page.headers.contains_key("x-frame-options"), "that header can name nobody");
    let html = String::from_utf8(page.body.to_vec()).expect("text");
    assert!(html.contains(&format!("<body data-view=\"{below}\"")), "{html}");
    for bad in ["/embed", "/embed?token=", "/embed?token=cge_e30.e30"] {
        let reply = harness.send(TestRequest::with_uri(bad)).await;
        assert_eq!(reply.status.as_u16(), 401, "{bad}");
        assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{bad}");
    }

    assert_eq!(read(&harness, token, &format!("{path}/ranking")).await.status.as_u16(), 200);
    let id = issued["id"].as_str().expect("an id");
    let revoked = harness.post(&format!("/api/v1/keys/{id}/revoke"), &json!({})).await;
    assert!(revoked.status.is_success(), "{revoked:?}");
    assert_eq!(read(&harness, token, &format!("{path}/ranking")).await.status.as_u16(), 401, "its key is revoked");
}

#[actix_web::test]
async fn all_that_is_wrong_with_a_request_is_told_and_nobody_embeds_what_they_do_not_see() {
    let harness = Harness::observed().await;
    let path = assess(&harness).await;
    let below = path.strip_prefix("/api/v1").expect("a path");
    let new = json!({"view": "/keys", "parents": ["*", "http://city.example"], "minutes": 0});
    let refused = harness.post("/api/v1/embeds", &new).await;
    assert_eq!(refused.status.as_u16(), 422);
    let told: Vec<(String, String)> = refused.faults();
    let codes: Vec<&str> = told.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["embed.view", "embed.parent", "embed.parent", "embed.minutes"], "{told:?}");
    let absent = json!({"view": "/assessments/0192d4e0-7b7e-7c44-a5f4-2f6d0c1b9a11", "parents": ["https://city.example"]});
    assert_eq!(harness.post("/api/v1/embeds", &absent).await.status.as_u16(), 404);
    let own = json!({"view": format!("{below}/cities/a"), "parents": ["https://city.example"]});
    let reporter = harness.key(Role::Reporter, &["a"]).await;
    let reply = harness.send(harness.request_as(&reporter, Method::POST, "/api/v1/embeds").set_json(&own)).await;
    assert_eq!(reply.status.as_u16(), 403, "a reporter embeds nothing");
    let province = harness.key(Role::Evaluator, &["b"]).await;
    let reply = harness.send(harness.request_as(&province, Method::POST, "/api/v1/embeds").set_json(&own)).await;
    assert_eq!(reply.status.as_u16(), 403, "whoever is limited to cities embeds nothing");
}
