use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, HOST, ORIGIN};
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::store::keys::{self, Role};
use crate::testing::Harness;

#[actix_web::test]
async fn without_a_key_that_works_nobody_is_let_in() {
    let harness = Harness::new().await;
    let other = format!("cg_{}_{}", "0".repeat(12), "0".repeat(64));
    let wrong_secret = format!("{}{}", &harness.token[..16], "0".repeat(64));
    for header in [None, Some(""), Some("Basic x"), Some("Bearer"), Some("Bearer x"), Some(&other), Some(&wrong_secret)] {
        let request = TestRequest::with_uri("/api/v1/cities");
        let request = match header {
            Some(token) if token.starts_with("cg_") => request.insert_header((AUTHORIZATION, format!("Bearer {token}"))),
            Some(header) => request.insert_header((AUTHORIZATION, header)),
            None => request,
        };
        let reply = harness.send(request).await;
        assert_eq!(reply.problem(), (401, "unauthenticated".into()), "{header:?}");
        assert!(reply.header("www-authenticate").starts_with("Bearer"));
    }
}

#[actix_web::test]
async fn a_revoked_key_stops_working_at_once() {
    let harness = Harness::new().await;
    let issued = harness.post("/api/v1/keys", &json!({"name": "dashboard", "role": "viewer"})).await;
    assert_eq!(issued.status.as_u16(), 201, "{issued:?}");
    let token = issued.json()["token"].as_str().expect("shown once").to_owned();
    let read = || harness.request_as(&token, Method::GET, "/api/v1/cities");
    assert_eq!(harness.send(read()).await.status.as_u16(), 200);
    let id = issued.json()["id"].as_str().expect("an id").to_owned();
    let revoked = harness.post(&format!("/api/v1/keys/{id}/revoke"), &json!({})).await;
    assert!(revoked.json()["revoked_at"].is_string(), "{revoked:?}");
    assert_eq!(harness.send(read()).await.status.as_u16(), 401);
    assert!(harness.get(&format!("/api/v1/keys/{id}")).await.json().get("token").is_none());
}

#[actix_web::test]
async fn a_role_does_what_its_row_of_the_table_says() {
    let harness = Harness::new().await;
    let city = json!({"name": "X"});
    for (role, may) in [(Role::Viewer, false), (Role::Methodologist, false), (Role::Reporter, false), (Role::Evaluator, true)] {
        let token = harness.key(role, &[]).await;
        let path = format!("/api/v1/cities/{role}");
        let reply = harness.send(harness.request_as(&token, Method::PUT, &path).set_json(&city)).await;
        assert_eq!(reply.status.as_u16(), if may { 201 } else { 403 }, "{role}");
    }
}

#[actix_web::test]
async fn a_key_needs_cities_that_suit_its_role() {
    let harness = Harness::new().await;
    let reply = harness.post("/api/v1/keys", &json!({"name": "x", "role": "reporter"})).await;
    assert_eq!(reply.faults(), [("key.cities".into(), "/cities".into())]);
    let reply = harness
        .post("/api/v1/keys", &json!({"name": "x", "role": "viewer", "cities": ["1"], "expires_at": "2001-01-01T00:00:00Z"}))
        .await;
    assert_eq!(reply.faults().len(), 2);
}

#[actix_web::test]
async fn an_open_service_takes_requests_of_this_machine_only() {
    let harness = Harness::with(|config| config.server.open = true).await;
    let request = |host: &'static str| TestRequest::with_uri("/api/v1/cities").insert_header((HOST, host));
    assert_eq!(harness.send(request("127.0.0.1:8080")).await.status.as_u16(), 200);
    assert_eq!(harness.send(request("evil.example:8080")).await.problem(), (403, "forbidden".into()));
    let from = |origin: &'static str| request("localhost:8080").insert_header((ORIGIN, origin));
    assert_eq!(harness.send(from("http://localhost:8080")).await.status.as_u16(), 200);
    assert_eq!(harness.send(from("http://evil.example")).await.status.as_u16(), 403);
    assert_eq!(harness.send(from("null")).await.status.as_u16(), 403);
}

#[actix_web::test]
async fn a_key_that_another_process_revoked_is_refused_within_a_second() {
    let harness = Harness::with_clock_of_the_machine().await;
    let token = harness.key(Role::Viewer, &[]).await;
    let read = || harness.request_as(&token, Method::GET, "/api/v1/cities");
    assert_eq!(harness.send(read()).await.status.as_u16(), 200);
    let prefix = token.split('_').nth(1).expect("a prefix").to_owned();
    let key = keys::find_by_prefix(harness.state.db(), &prefix).await.expect("ours").expect("issued");
    keys::revoke(harness.state.db(), &key.id, harness.state.now_ms()).await.expect("ours");
    tokio::time::sleep(std::time::Duration::from_millis(1_010)).await;
    assert_eq!(harness.send(read()).await.status.as_u16(), 401);
}

#[actix_web::test]
async fn a_key_has_the_rights_and_works_from_the_networks_that_it_names() {
    let harness = Harness::observed().await;
    let issue = async |more: Value| {
        let mut new = json!({"name": "x", "role": "viewer"});
        new.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        harness.post("/api/v1/keys", &new).await
    };
    let issued = issue(json!({"rights": ["read_cities"], "addresses": ["10.1.0.0/16", "2001:db8::7"]})).await;
    assert_eq!(issued.status.as_u16(), 201, "{issued:?}");
    let token = issued.json()["token"].as_str().expect("a token").to_owned();
    for (path, from, expected) in [
        ("/api/v1/cities", "10.1.255.1:1", 200),
        ("/api/v1/cities", "[2001:db8::7]:1", 200),
        ("/api/v1/cities", "[::ffff:10.1.0.1]:1", 200),
        ("/api/v1/cities", "10.2.0.1:1", 403),
        ("/api/v1/cities", "[2001:db8::8]:1", 403),
        ("/api/v1/indicator-sets", "10.1.0.1:1", 403),
    ] {
        let request = harness.request_as(&token, Method::GET, path).peer_addr(from.parse().expect("an address"));
        // Nobody but a proxy of ours is believed when it names another address.
        let request = request.insert_header(("x-forwarded-for", "10.1.0.1"));
        assert_eq!(harness.send(request).await.status.as_u16(), expected, "{path} from {from}");
    }
    let clerk =
        issue(json!({"role": "admin", "rights": ["manage_keys", "read_cities"], "addresses": ["10.1.0.0/16"]})).await.json();
    let clerk = clerk["token"].as_str().expect("a token");
    for (more, expected) in [
        (json!({"rights": ["read_cities"], "addresses": ["10.1.2.0/24"]}), 201),
        (json!({"rights": ["read_cities"]}), 422),
        (json!({"addresses": ["10.1.2.0/24"]}), 422),
        (json!({"rights": ["read_cities", "read_sets"], "addresses": ["10.1.2.0/24"]}), 422),
        (json!({"rights": ["read_cities"], "addresses": ["10.0.0.0/8"]}), 422),
    ] {
        let mut new = json!({"name": "y", "role": "viewer"});
        new.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let request =
            harness.request_as(clerk, Method::POST, "/api/v1/keys").peer_addr("10.1.0.1:1".parse().expect("an address"));
        assert_eq!(
            harness.send(request.set_json(&new)).await.status.as_u16(),
            expected,
            "nobody gives more than they have: {more}"
        );
    }
    let refused = issue(json!({"rights": ["read_cities", "write_sets", "read"], "addresses": ["10.1.0.0/33", "x"]})).await;
    let told: Vec<String> = refused.faults().into_iter().map(|(code, _)| code).collect();
    assert_eq!(
        (refused.status.as_u16(), told),
        (422, ["key.rights", "key.rights", "key.address", "key.address"].map(str::to_owned).to_vec())
    );
}
