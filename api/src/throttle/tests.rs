use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::test::TestRequest;

use super::*;
use crate::store::keys::Role;
use crate::testing::{Harness, Reply};

/// Three requests of a key at once, two of an address; more come in an hour only.
fn strict(limits: &mut Limits) {
    (limits.requests_per_s, limits.requests_burst) = (1, 3);
    (limits.address_requests_per_s, limits.address_requests_burst) = (1, 2);
}

fn from(request: TestRequest, address: &str) -> TestRequest {
    request.peer_addr(std::net::SocketAddr::new(address.parse().expect(address), 4711))
}

fn is_limited(reply: &Reply) -> bool {
    if reply.status.as_u16() != 429 {
        return false;
    }
    assert_eq!(reply.problem(), (429, "too-many-requests".into()));
    assert!(reply.header("retry-after").parse::<u64>().expect("seconds") >= 1);
    true
}

#[actix_web::test]
async fn a_key_has_its_burst_and_is_told_what_is_left() {
    let harness = Harness::with(|config| strict(&mut config.limits)).await;
    let first = harness.get("/api/v1/cities").await;
    assert_eq!(first.header("ratelimit-policy"), "\"key\";q=3;w=10800");
    assert_eq!(first.header("ratelimit"), "\"key\";r=2;t=3600");
    harness.get("/api/v1/cities").await;
    harness.get("/api/v1/cities").await;
    let refused = harness.send(harness.request(Method::GET, "/api/v1/cities").insert_header(("accept-language", "zh"))).await;
    assert!(is_limited(&refused), "{refused:?}");
    assert_eq!(refused.json()["title"], "请求过多");
    assert!(refused.header("ratelimit").starts_with("\"key\";r=0;t="), "{refused:?}");
    let other = harness.key(Role::Viewer, &[]).await;
    assert_eq!(harness.send(harness.request_as(&other, Method::GET, "/api/v1/cities")).await.status.as_u16(), 200);
    for path in ["/livez", "/readyz"] {
        assert_ne!(harness.send(from(TestRequest::with_uri(path), "192.0.2.1")).await.status.as_u16(), 429, "{path}");
    }
}

#[actix_web::test]
async fn an_address_without_a_key_that_works_is_limited_and_others_are_not() {
    let harness = Harness::with(|config| strict(&mut config.limits)).await;
    let wrong = format!("Bearer cg_{}_{}", "0".repeat(12), "0".repeat(64));
    let guess =
        |address: &str| from(TestRequest::with_uri("/api/v1/cities").insert_header((AUTHORIZATION, wrong.clone())), address);
    let nothing = |path: &str, address: &str| from(TestRequest::with_uri(path), address);
    // The admin's key is known before the address is used up; a key that is known pays with its own bucket.
    assert_eq!(harness.send(from(harness.request(Method::GET, "/api/v1/cities"), "192.0.2.1")).await.status.as_u16(), 200);
    assert_eq!(harness.send(guess("192.0.2.1")).await.status.as_u16(), 401);
    assert!(is_limited(&harness.send(guess("192.0.2.1")).await));
    assert!(is_limited(&harness.send(nothing("/openapi.json", "192.0.2.1")).await));
    assert!(is_limited(&harness.send(nothing("/api/v1/cities", "192.0.2.1")).await));
    assert_eq!(harness.send(from(harness.request(Method::GET, "/api/v1/cities"), "192.0.2.1")).await.status.as_u16(), 200);
    assert_eq!(harness.send(guess("192.0.2.2")).await.status.as_u16(), 401);
    for path in ["/livez", "/readyz"] {
        assert_ne!(harness.send(nothing(path, "192.0.2.1")).await.status.as_u16(), 429, "{path}");
    }
    let metrics = harness.get("/metrics").await;
    let text = String::from_utf8(metrics.body.to_vec()).expect("text");
    assert!(text.contains("citygauge_requests_limited_total{by=\"address\"} 3"), "{text}");
}

#[actix_web::test]
async fn who_sends_through_a_proxy_of_ours_is_known_by_what_the_proxy_says() {
    let harness = Harness::with(|config| {
        strict(&mut config.limits);
        config.limits.trusted_proxies = vec!["10.0.0.0/8".into()];
    })
    .await;
    let seen = |peer: &str, forwarded: &str| {
        let request = from(TestRequest::with_uri("/"), peer).insert_header(("x-forwarded-for", forwarded)).to_srv_request();
        harness.state.throttle().address_of(&request).expect("a peer").to_string()
    };
    assert_eq!(seen("10.0.0.1", "198.51.100.7, 192.0.2.9, 10.9.9.9"), "192.0.2.9", "what a client writes itself is left of it");
    assert_eq!(seen("192.0.2.1", "198.51.100.7"), "192.0.2.1", "nobody else is believed");
    assert_eq!(seen("10.0.0.1", "nonsense"), "10.0.0.1");
}

#[actix_web::test]
async fn an_open_service_and_one_without_limits_limit_nobody() {
    for change in [
        |config: &mut crate::config::Config| config.server.open = true,
        |config: &mut crate::config::Config| {
            (config.limits.requests_per_s, config.limits.address_requests_per_s) = (0, 0);
        },
    ] {
        let harness = Harness::with(|config| {
            strict(&mut config.limits);
            change(config);
        })
        .await;
        for _ in 0..5 {
            let request = from(TestRequest::with_uri("/api/v1/cities").insert_header(("host", "127.0.0.1:8080")), "127.0.0.1");
            let reply = harness.send(request).await;
            assert!(matches!(reply.status.as_u16(), 200 | 401) && !reply.headers.contains_key("ratelimit"), "{reply:?}");
        }
    }
}

#[test]
fn the_memory_is_bounded() {
    let buckets = Buckets::new("address", 1, 2).expect("a rate");
    for number in 0..1_000_u32 {
        buckets.take(&number).expect("the first of its caller");
    }
    buckets.tidy(1_000);
    assert_eq!(buckets.limiter.read().expect("unbroken").len(), 1_000);
    buckets.tidy(999);
    assert!(buckets.limiter.read().expect("unbroken").is_empty());
}

#[test]
fn one_subscriber_has_one_bucket() {
    let of = |text: &str| network_of(text.parse().expect(text)).to_string();
    assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
    assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
}
