//! Tokens at the door of the service.

use actix_web::http::Method;
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::test::TestRequest;
use serde_json::json;

use super::*;
use crate::store::keys::Role;
use crate::testing::{Harness, Reply};

async fn harness(idp: &Idp) -> Harness {
    Harness::with(|config| config.oidc = idp.settings()).await
}

async fn get(harness: &Harness, token: &str, path: &str) -> Reply {
    harness.send(harness.request_as(token, Method::GET, path)).await
}

#[actix_web::test]
async fn a_token_is_answered_as_a_key_of_its_role_and_cities_is() {
    let idp = Idp::start().await;
    let harness = harness(&idp).await;
    harness.observe().await;
    let own = json!({"cities": ["a"]});
    let callers = [
        (harness.key(Role::Admin, &[]).await, idp.token("heads", json!({"sub": "1"}))),
        (harness.key(Role::Methodologist, &[]).await, idp.token("methods", json!({"sub": "2"}))),
        (harness.key(Role::Evaluator, &[]).await, idp.token("office", json!({"sub": "3"}))),
        (harness.key(Role::Evaluator, &["a"]).await, idp.token("province", json!({"sub": "4", "cities": "a"}))),
        (harness.key(Role::Evaluator, &["a"]).await, idp.token("office", own)),
        (harness.key(Role::Reporter, &["a"]).await, idp.token("city", json!({"sub": "5", "cities": ["a"]}))),
        (harness.key(Role::Viewer, &[]).await, idp.token("guests", json!({"sub": "6"}))),
    ];
    let cells = [
        (Method::GET, "/api/v1/cities", None, [200; 7]),
        (Method::PUT, "/api/v1/cities/d", Some(json!({"name": "D"})), [201, 403, 201, 403, 403, 403, 403]),
        (Method::GET, "/api/v1/observations?city=a", None, [200; 7]),
        (Method::GET, "/api/v1/observations?city=b", None, [200, 200, 200, 403, 403, 403, 200]),
        (Method::GET, "/api/v1/audit-events", None, [200, 403, 403, 403, 403, 403, 403]),
        (Method::GET, "/api/v1/keys", None, [200, 403, 403, 403, 403, 403, 403]),
        (Method::GET, "/api/v1/panels", None, [200, 403, 200, 403, 403, 403, 403]),
        (Method::GET, "/api/v1/goal-plans?city=a", None, [200; 7]),
        (Method::GET, "/api/v1/goal-plans?city=b", None, [200, 200, 200, 403, 403, 403, 200]),
        (Method::GET, "/api/v1/webhooks", None, [200, 403, 200, 403, 403, 403, 403]),
        (Method::POST, "/api/v1/indicator-sets", Some(json!({})), [422, 422, 403, 403, 403, 403, 403]),
        (Method::GET, "/metrics", None, [200, 200, 200, 403, 403, 403, 200]),
    ];
    for (method, path, body, expected) in cells {
        for ((key, token), expected) in callers.iter().zip(expected) {
            for shown in [key, token] {
                let request = harness.request_as(shown, method.clone(), path);
                let reply = harness.send(match &body {
                    Some(body) => request.set_json(body),
                    None => request,
                });
                let status = reply.await.status.as_u16();
                // What the first of them has made is there for the others.
                let status = if status == 428 { 201 } else { status };
                assert_eq!(status, expected, "{method} {path} {shown}");
            }
        }
    }
}

#[actix_web::test]
async fn what_a_token_limits_its_holder_to_holds_in_what_is_sent_too() {
    let idp = Idp::start().await;
    let settings = idp.settings();
    let clerk = idp.token("city", json!({"cities": ["a"], "items": "trees"}));
    let by = json!(format!("{}#u-1", idp.issuer()));
    Harness::on_each_database_with(
        |config| config.oidc = settings.clone(),
        async |harness| {
            harness.observe().await;
            let query = "kind=observations&set_code=small&set_version=1";
            let send =
                async |row: &str| harness.import_as(&clerk, query, "text/csv", &format!("city,period,item,value\n{row}\n")).await;
            let taken = send("a,2027,trees,5").await;
            assert_eq!((&taken["state"], &taken["created_by"]), (&json!("succeeded"), &by));
            for (row, code) in
                [("b,2027,trees,5", "observation.city_out_of_scope"), ("a,2027,open_data,true", "observation.item_out_of_scope")]
            {
                let refused = send(row).await;
                let faults = refused["faults"]["items"].as_array().expect("a list");
                assert_eq!((&refused["state"], &faults[0]["code"]), (&json!("failed"), &json!(code)));
            }
        },
    )
    .await;
}

#[actix_web::test]
async fn the_trail_names_the_holder_and_never_the_token() {
    let idp = Idp::start().await;
    let settings = idp.settings();
    let issuer = idp.issuer();
    Harness::on_each_database_with(
        |config| config.oidc = settings.clone(),
        async |harness| {
            let token = idp.token("office", json!({"sub": "auth0|7"}));
            let again = idp.token("office", json!({"sub": "auth0|7", "exp": NOW_S + 301}));
            let put = |token: &str| harness.request_as(token, Method::PUT, "/api/v1/cities/a").set_json(json!({"name": "A"}));
            assert_eq!(harness.send(put(&token)).await.status.as_u16(), 201);
            let actor = format!("{issuer}#auth0|7");
            let filtered: String = url::form_urlencoded::byte_serialize(actor.as_bytes()).collect();
            let trail = harness.get(&format!("/api/v1/audit-events?actor={filtered}")).await;
            let lines = trail.json()["items"].as_array().expect("lines").clone();
            assert_eq!(lines.len(), 1, "{trail:?}");
            assert_eq!((&lines[0]["actor"], &lines[0]["action"]), (&json!(actor), &json!("create_city")));
            let text = String::from_utf8(trail.body.to_vec()).expect("text");
            assert!(!text.contains(&token) && !text.contains(token.split('.').next_back().expect("a signature")));
            // A repeated request is the same one, whichever token of the subject it comes with.
            let freeze = |token: &str| {
                let request = harness.request_as(token, Method::POST, "/api/v1/releases").insert_header(("idempotency-key", "k"));
                request.set_json(json!({}))
            };
            let (first, second) = (harness.send(freeze(&token)).await, harness.send(freeze(&again)).await);
            assert_eq!((first.status.as_u16(), &first.body), (202, &second.body));
            assert_eq!(second.header("idempotency-replayed"), "true");
            assert_eq!(first.json()["created_by"], actor);
        },
    )
    .await;
}

#[actix_web::test]
async fn what_lasts_as_long_as_a_key_is_not_made_with_a_token() {
    let idp = Idp::start().await;
    let harness = harness(&idp).await;
    let token = idp.token("heads", json!({}));
    let send = async |shown: &str, method: Method, path: &str, tag: Option<&str>, body: Value| {
        let request = harness.request_as(shown, method, path).set_json(body);
        harness
            .send(match tag {
                Some(tag) => request.insert_header(("if-match", tag)),
                None => request,
            })
            .await
    };
    let hook = |enabled: bool| json!({"url": "https://receiver.example/x", "events": ["*"], "enabled": enabled});
    let view = json!({"view": "/maps", "parents": ["https://city.example"]});
    let refused = send(&token, Method::POST, "/api/v1/embeds", None, view).await;
    assert_eq!(refused.problem(), (403, "forbidden".into()));
    assert!(refused.json()["detail"].as_str().expect("a sentence").contains("use a key"));
    assert_eq!(send(&token, Method::POST, "/api/v1/webhooks", None, hook(true)).await.status.as_u16(), 403);
    // One that a key has made may be disabled by a token, and not be enabled again.
    let made = send(&harness.token, Method::POST, "/api/v1/webhooks", None, hook(true)).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let path = format!("/api/v1/webhooks/{}", made.json()["id"].as_str().expect("an id"));
    let disabled = send(&token, Method::PUT, &path, Some(made.header("etag")), hook(false)).await;
    assert_eq!(disabled.status.as_u16(), 200, "{disabled:?}");
    assert_eq!(send(&token, Method::PUT, &path, Some(disabled.header("etag")), hook(true)).await.status.as_u16(), 403);
    // A key that an administrator issues by a token is a key like any other.
    let issued = send(&token, Method::POST, "/api/v1/keys", None, json!({"name": "x", "role": "viewer"})).await;
    assert_eq!(issued.status.as_u16(), 201, "{issued:?}");
    assert_eq!(issued.json()["created_by"], format!("{}#u-1", idp.issuer()));
    let key = issued.json()["token"].as_str().expect("a token").to_owned();
    assert_eq!(get(&harness, &key, "/api/v1/cities").await.status.as_u16(), 200);
}

#[actix_web::test]
async fn every_operation_says_that_it_takes_a_token_but_those_that_need_a_key() {
    let described = serde_json::to_value(crate::app::describe()).expect("JSON");
    assert_eq!(described["components"]["securitySchemes"]["identity"]["bearerFormat"], "JWT");
    let mut by_key = Vec::new();
    for item in described["paths"].as_object().expect("paths").values() {
        for operation in item.as_object().expect("operations").values().filter(|operation| operation["security"].is_array()) {
            let schemes = operation["security"].as_array().expect("a list");
            assert!(schemes.contains(&json!({"token": []})), "{operation}");
            if !schemes.contains(&json!({"identity": []})) {
                by_key.push(operation["operationId"].as_str().expect("a name").to_owned());
            }
        }
    }
    by_key.sort();
    assert_eq!(by_key, crate::auth::BY_KEY);
}

#[actix_web::test]
async fn a_refusal_is_said_in_the_language_that_is_asked_for() {
    let idp = Idp::start().await;
    let harness = harness(&idp).await;
    for (token, status, zh, en) in [
        (RSA.sign(&idp.claims(json!({"exp": NOW_S - 600}))), 401, "令牌已过期", "the token has expired"),
        (
            raw(&json!({"alg": "none"}), &idp.claims(json!({})), ""),
            401,
            "令牌的签名算法 none 不被接受",
            "the token's algorithm none is not accepted",
        ),
        (
            idp.token("others", json!({})),
            403,
            "令牌的声明 realm_access.roles 中没有对应本服务角色的内容",
            "nothing in the token's claim realm_access.roles stands for a role here",
        ),
        (
            idp.token("province", json!({})),
            403,
            "令牌的角色须限于城市，而令牌没有列出城市",
            "the token's role is limited to cities, and the token names none",
        ),
    ] {
        for (language, words) in [("zh-CN", zh), ("en", en)] {
            let request = harness.request_as(&token, Method::GET, "/api/v1/cities").insert_header(("accept-language", language));
            let reply = harness.send(request).await;
            assert_eq!((reply.problem().0, reply.json()["detail"].as_str()), (status, Some(words)));
            assert_eq!(reply.headers.contains_key("www-authenticate"), status == 401);
        }
    }
}

#[actix_web::test]
async fn while_the_provider_is_away_keys_work_and_tokens_are_told_when_to_come_back() {
    let idp = Idp::start().await;
    let harness = harness(&idp).await;
    idp.leave();
    for (language, title) in [("zh", "身份提供方不可用"), ("en", "The identity provider is away")] {
        let token = idp.token("guests", json!({}));
        let reply = harness
            .send(harness.request_as(&token, Method::GET, "/api/v1/cities").insert_header(("accept-language", language)))
            .await;
        assert_eq!(reply.problem(), (503, "identity-provider-away".into()));
        assert_eq!((reply.header("retry-after"), reply.json()["title"].as_str()), ("5", Some(title)));
    }
    assert_eq!(harness.get("/api/v1/cities").await.status.as_u16(), 200);
}

#[actix_web::test]
async fn a_refused_token_costs_its_address_and_an_accepted_one_its_subject() {
    let idp = Idp::start().await;
    let harness = Harness::with(|config| {
        config.oidc = idp.settings();
        (config.limits.requests_per_s, config.limits.requests_burst) = (1, 3);
        (config.limits.address_requests_per_s, config.limits.address_requests_burst) = (1, 3);
    })
    .await;
    let ask = async |token: &str, address: &str| {
        let request = harness.request_as(token, Method::GET, "/api/v1/cities");
        harness.send(request.peer_addr(address.parse().expect("an address"))).await.status.as_u16()
    };
    let (one, other) = (idp.token("guests", json!({})), idp.token("guests", json!({"exp": NOW_S + 299})));
    let wrong = RSA.sign(&idp.claims(json!({"aud": "another"})));
    assert_eq!(ask(&one, "192.0.2.1:1").await, 200);
    assert_eq!(ask(&one, "192.0.2.1:1").await, 200, "it is known, and costs the address nothing");
    assert_eq!((ask(&wrong, "192.0.2.1:1").await, ask(&wrong, "192.0.2.1:1").await), (401, 401));
    assert_eq!(ask(&wrong, "192.0.2.1:1").await, 429, "the address is used up");
    assert_eq!(ask(&other, "192.0.2.1:1").await, 429, "also for one that was not seen yet");
    assert_eq!(ask(&one, "192.0.2.1:1").await, 200);
    assert_eq!(ask(&other, "192.0.2.2:1").await, 429, "the subject has had its three, whichever token it shows");
    let someone = idp.token("guests", json!({"sub": "u-2"}));
    assert_eq!(ask(&someone, "192.0.2.2:1").await, 200);
}

#[actix_web::test]
async fn an_open_service_lets_nobody_in_by_a_token_that_does_not_hold() {
    let idp = Idp::start().await;
    let harness = Harness::with(|config| {
        config.oidc = idp.settings();
        config.server.open = true;
    })
    .await;
    let here = |request: TestRequest| request.insert_header((HOST, "127.0.0.1:8080"));
    let path = "/api/v1/keys";
    assert_eq!(harness.send(here(TestRequest::with_uri(path))).await.status.as_u16(), 200);
    let with = |token: &str| here(harness.request_as(token, Method::GET, path));
    let wrong = RSA.sign(&idp.claims(json!({"aud": "another"})));
    assert_eq!(harness.send(with(&wrong)).await.status.as_u16(), 401);
    assert_eq!(harness.send(with(&idp.token("guests", json!({})))).await.status.as_u16(), 403, "a guest is a guest here too");
    assert_eq!(harness.send(with(&idp.token("heads", json!({})))).await.status.as_u16(), 200);
    let page = with(&idp.token("heads", json!({}))).insert_header((ORIGIN, "https://evil.example"));
    assert_eq!(harness.send(page).await.status.as_u16(), 403);
}

#[actix_web::test]
async fn without_a_provider_a_token_is_a_malformed_key() {
    let harness = Harness::new().await;
    let idp = Idp::start().await;
    let reply = get(&harness, &idp.token("heads", json!({})), "/api/v1/cities").await;
    assert_eq!(reply.problem(), (401, "unauthenticated".into()));
    assert_eq!(idp.asked(), 0);
}
