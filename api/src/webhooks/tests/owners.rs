//! Whose a webhook is, and for whom something is sent.

use actix_web::http::Method;
use actix_web::http::header::HOST;
use serde_json::{Value, json};

use super::super::sender::send_due;
use super::receiver::Receiver;
use super::{PATH, deliveries, local, made, make_city, prepared, shown};
use crate::store::ConnectionTrait;
use crate::store::keys::Role;
use crate::testing::Harness;

#[actix_web::test]
async fn an_evaluator_has_its_own_webhooks_and_who_is_limited_to_cities_has_none() {
    let harness = prepared().await;
    let receiver = Receiver::start(&[]).await;
    let (id, _) = made(&harness, &receiver.url, &["city.created"]).await;
    let evaluator = harness.key(Role::Evaluator, &[]).await;
    let as_evaluator = |method: Method, path: &str| harness.request_as(&evaluator, method, path);
    let body = json!({"url": receiver.url, "events": ["city.created"]});
    let own = harness.send(as_evaluator(Method::POST, PATH).set_json(&body)).await.json();
    let own_id = own["id"].as_str().expect("made").to_owned();
    let listed = harness.send(as_evaluator(Method::GET, PATH)).await.json();
    assert_eq!((listed["items"].as_array().map(Vec::len), &listed["items"][0]["id"]), (Some(1), &own["id"]));
    for path in ["", "/deliveries"] {
        assert_eq!(harness.send(as_evaluator(Method::GET, &format!("{PATH}/{id}{path}"))).await.status.as_u16(), 404);
    }
    for path in ["secret/rotate", "ping"] {
        assert_eq!(harness.send(as_evaluator(Method::POST, &format!("{PATH}/{id}/{path}"))).await.status.as_u16(), 404);
    }
    assert_eq!(harness.get(&format!("{PATH}/{own_id}")).await.status.as_u16(), 200, "an administrator sees every one");
    for (role, cities) in
        [(Role::Evaluator, &["a"][..]), (Role::Reporter, &["a"]), (Role::Viewer, &[]), (Role::Methodologist, &[])]
    {
        let token = harness.key(role, cities).await;
        assert_eq!(harness.send(harness.request_as(&token, Method::GET, PATH)).await.status.as_u16(), 403, "{role:?}");
    }

    // When the key that answers for it is revoked, nothing more is sent.
    let key = own["owner"].as_str().expect("a key");
    harness.post(&format!("/api/v1/keys/{key}/revoke"), &json!({})).await;
    make_city(&harness, "a").await;
    send_due(&harness.state).await.expect("ours");
    assert_eq!(receiver.got().len(), 1, "only the administrator's");
    assert_eq!(shown(&harness, &own_id).await["disabled_reason"], "key");
}

#[actix_web::test]
async fn nothing_more_is_sent_for_anyone_once_the_service_is_open_no_longer() {
    for (open, owner, sent) in [(true, "open", 1), (false, "open", 0), (false, "command", 1), (false, "nobody", 0)] {
        let harness = Harness::with(|config| {
            local(config);
            config.server.open = open;
        })
        .await;
        let here = |method, path: &str| harness.request(method, path).insert_header((HOST, "localhost:8080"));
        let receiver = Receiver::start(&[]).await;
        let body = json!({"url": receiver.url, "events": ["city.created"]});
        let made = harness.send(here(Method::POST, PATH).set_json(body)).await.json();
        harness.state.db().execute_unprepared(&format!("UPDATE webhooks SET owner = '{owner}'")).await.expect("ours");
        let city = here(Method::PUT, "/api/v1/cities/a").set_json(json!({"name": "A"}));
        assert_eq!(harness.send(city).await.status.as_u16(), 201);
        send_due(&harness.state).await.expect("ours");
        assert_eq!(receiver.got().len(), sent, "{owner} while open is {open}");
        let id = made["id"].as_str().expect("made");
        let shown = harness.send(here(Method::GET, &format!("{PATH}/{id}"))).await.json();
        assert_eq!(shown["owner"], owner);
        let reason = if sent == 1 { Value::Null } else { json!("key") };
        assert_eq!(shown["disabled_reason"], reason, "{owner} while open is {open}");
    }
}

#[actix_web::test]
async fn a_webhook_is_changed_and_removed_by_who_has_seen_it() {
    let harness = prepared().await;
    let (id, _) = made(&harness, "https://example.cn/hook", &["*"]).await;
    let path = format!("{PATH}/{id}");
    make_city(&harness, "a").await;
    let off = json!({"url": "https://example.cn/hook", "events": ["city.*"], "enabled": false, "description": "x"});
    assert_eq!(harness.put(&path, None, &off).await.status.as_u16(), 428);
    let tag = harness.get(&path).await.header("etag").to_owned();
    let changed = harness.put(&path, Some(&tag), &off).await.json();
    assert_eq!((&changed["disabled_reason"], &changed["events"]), (&json!("person"), &json!(["city.*"])));
    assert_eq!(harness.put(&path, Some(&tag), &off).await.status.as_u16(), 412);
    assert_eq!(deliveries(&harness, &id).await[0]["state"], "cancelled");
    let tag = harness.get(&path).await.header("etag").to_owned();
    assert_eq!(harness.delete(&path, Some(&tag)).await.status.as_u16(), 204);
    assert_eq!(harness.get(&format!("{path}/deliveries")).await.status.as_u16(), 404);
}
