//! The headers of every answer.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, CROSS_ORIGIN_RESOURCE_POLICY, HeaderMap, HeaderValue,
    PERMISSIONS_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use super::{REQUEST_ID, RequestContext};

/// Pages and answers run nothing and load nothing unless they say so themselves.
const NOTHING: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");

/// The pages under `/docs/` run the scripts that come with them and talk to this service only.
const DOCS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// No page of the service asks for any of this, and none that it is framed by gets it through it.
const NO_DEVICES: HeaderValue =
    HeaderValue::from_static("camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()");

/// A year; subdomains are other people's matter.
const OVER_TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The headers of every answer; one that a handler has set stays.
pub(super) fn finish(headers: &mut HeaderMap, context: &RequestContext, path: &str) {
    if path.starts_with("/docs/") {
        headers.insert(CONTENT_SECURITY_POLICY, DOCS);
    }
    if let Ok(id) = HeaderValue::from_str(&context.id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // The policy says who may frame a page; older browsers know the header only, which cannot name anybody.
    let policy = headers.get(CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    if policy.is_none_or(|policy| policy.contains("frame-ancestors 'none'")) {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if context.over_tls {
        headers.insert(STRICT_TRANSPORT_SECURITY, OVER_TLS_ONLY);
    }
    let who = if context.is_public && is_picture(headers) { "cross-origin" } else { "same-origin" };
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, NOTHING),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static(who)),
        (PERMISSIONS_POLICY, NO_DEVICES),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (VARY, HeaderValue::from_static("accept, accept-language, authorization")),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
}

/// A chart of a public result may be a picture in the pages of others.
fn is_picture(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"image/svg+xml"))
}
