//! What every answer carries, whatever it answers.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::Value;

use crate::app::{self, Description};
use crate::testing::{Harness, Reply};

/// Every operation with values that name nothing, and every page: method and path.
fn everything() -> Vec<(Method, String)> {
    let document: Value = serde_json::from_slice(&Description::render(&app::describe()).json).expect("JSON");
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let filled = path.split('/').map(|segment| match segment {
            "{id}" => "00000000-0000-7000-8000-000000000000",
            "{period}" => "2026",
            "{name}.svg" => "x.svg",
            segment if segment.starts_with('{') => "x",
            segment => segment,
        });
        let filled = filled.collect::<Vec<_>>().join("/");
        let methods = item.as_object().expect("methods").keys();
        all.extend(methods.map(|method| (method.to_uppercase().parse().expect("a method"), filled.clone())));
    }
    let pages = [
        "/",
        "/embed",
        "/embed?token=x",
        "/assets/app.css",
        "/assets/none.js",
        "/docs",
        "/docs/",
        "/docs/index.html",
        "/nowhere",
        "/%ff",
    ];
    all.extend(pages.map(|page| (Method::GET, page.to_owned())));
    all.extend([(Method::DELETE, "/".to_owned()), (Method::PATCH, "/api/v1/cities/1".to_owned())]);
    all
}

fn check(reply: &Reply, what: &str) {
    assert_eq!(reply.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(reply.header("referrer-policy"), "no-referrer", "{what}");
    assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin", "{what}");
    assert!(reply.header("permissions-policy").contains("camera=()"), "{what}");
    let policy = reply.header("content-security-policy");
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"] {
        assert!(policy.contains(part) || policy.starts_with("sandbox;"), "{what}: {policy}");
    }
    assert_eq!(reply.header("x-frame-options"), "DENY", "{what}");
    let is_page = what.contains("/docs") || what.ends_with(" /");
    assert!(is_page || !policy.contains("script-src"), "{what}: {policy}");
    assert!(what.contains("/docs") || !policy.contains("unsafe"), "{what}: {policy}");
    let cache = reply.header("cache-control");
    let is_public = what.contains("/assets/") && cache == "public, no-cache";
    assert!(is_public || cache.starts_with("private") || cache == "no-store", "{what}: {cache}");
    assert!(!reply.headers.contains_key("strict-transport-security"), "{what}: only over TLS");
    let shared = reply.headers.iter().find(|(name, _)| name.as_str().starts_with("access-control"));
    assert!(shared.is_none(), "{what}: {shared:?}");
}

#[actix_web::test]
async fn every_answer_of_every_operation_and_page_carries_the_security_headers() {
    let harness = Harness::new().await;
    let all = everything();
    for keyed in [true, false] {
        let requests = all.iter().map(|(method, path)| match keyed {
            true => harness.request(method.clone(), path),
            false => TestRequest::with_uri(path).method(method.clone()),
        });
        let requests = requests.map(|request| request.insert_header(("origin", "https://elsewhere.example"))).collect();
        let replies = harness.send_all(requests).await;
        for ((method, path), reply) in all.iter().zip(&replies) {
            check(reply, &format!("{method} {path}"));
            assert_ne!(reply.status.as_u16(), 500, "{method} {path}");
        }
    }
    assert!(all.len() > 200);
}

#[actix_web::test]
async fn no_page_elsewhere_is_let_in_by_the_browser() {
    let harness = Harness::new().await;
    let asked = |path: &str, method: &'static str| {
        let request = TestRequest::with_uri(path).method(Method::OPTIONS).insert_header(("origin", "https://elsewhere.example"));
        request
            .insert_header(("access-control-request-method", method))
            .insert_header(("access-control-request-headers", "authorization"))
    };
    let paths: Vec<String> = everything().into_iter().map(|(_, path)| path).collect();
    for method in ["GET", "PUT"] {
        let replies = harness.send_all(paths.iter().map(|path| asked(path, method)).collect()).await;
        for (path, reply) in paths.iter().zip(&replies) {
            check(reply, &format!("preflight of {path}"));
            // Below the API nobody without a key is told anything; elsewhere the methods are listed, which lets no page in.
            let status = reply.status.as_u16();
            assert!(
                if path.starts_with("/api/") { status == 401 } else { matches!(status, 204 | 400 | 404) },
                "{path}: {status}"
            );
        }
    }
}
