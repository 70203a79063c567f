//! What a handler answers: a status, a JSON body and its entity tag, with 304 where the caller has it already.

use actix_web::body::BoxBody;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, LINK, LOCATION};
use actix_web::http::{Method, StatusCode, Uri};
use actix_web::{HttpRequest, HttpResponse, Responder};
use bytes::Bytes;
use citygauge_indicators::canonical::hex;
use citygauge_openapi::{API_ROOT, Cursor};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A strong entity tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    /// The tag of a row: its version, and the time of its last change, which tells a row from one that bore
    /// the same key before it was removed.
    pub fn of_row(revision: i64, updated_at_ms: i64) -> Self {
        Self(format!("\"{revision:x}-{updated_at_ms:x}\""))
    }

    /// The tag of something that never changes, by what names it.
    pub fn of_name(name: &str) -> Self {
        Self::of_bytes(name.as_bytes())
    }

    /// The tag of a file, which is the digest of its bytes.
    pub fn of_digest(digest: &str) -> Self {
        Self(format!("\"{digest}\""))
    }

    /// The tag of these very bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(format!("\"{}\"", hex(&Sha256::digest(bytes)[..16])))
    }

    /// The tag as the header carries it, in its quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a list of tags, as `If-Match` and `If-None-Match` carry it, names this one. A weak tag names
    /// none; `*` names every one.
    pub fn is_in(&self, list: &str) -> bool {
        list.split(',').map(str::trim).any(|tag| tag == "*" || tag == self.0)
    }
}

/// Whether the caller of a read has what bears this tag already.
pub fn is_known(tag: &Tag, request: &HttpRequest) -> bool {
    let known = request.headers().get(IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    request.method() == Method::GET && known.is_some_and(|known| tag.is_in(known))
}

/// An answer that is neither sent nor bound to its request yet, so that it can be kept and given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
    body_to_keep: Option<Bytes>,
    next: Option<Cursor>,
}

impl Answer {
    /// 200 with a document, tagged by its bytes.
    pub fn ok(document: &impl Serialize) -> Self {
        let body = json(document);
        let tag = Tag::of_bytes(&body);
        Self::new(StatusCode::OK, body).tagged(&tag)
    }

    /// 200 with one page of a list; `next` becomes a `Link` header too.
    pub fn page(document: &impl Serialize, next: Option<&Cursor>) -> Self {
        Self { next: next.cloned(), ..Self::ok(document) }
    }

    /// 200 with the document of a row, tagged by the row.
    pub fn row(document: &impl Serialize, tag: &Tag) -> Self {
        Self::new(StatusCode::OK, json(document)).tagged(tag)
    }

    /// 201 with the document of a row that was made.
    pub fn created(location: &str, document: &impl Serialize, tag: &Tag) -> Self {
        Self::new(StatusCode::CREATED, json(document)).tagged(tag).located(location)
    }

    /// 201 with what was made and is not kept, so that it has no place.
    pub fn made(document: &impl Serialize) -> Self {
        Self::new(StatusCode::CREATED, json(document))
    }

    /// What a PUT answers, with the document of the row that stands at `subject` now: 201 where it was made, 200 where
    /// it was there before.
    pub fn put(was_there: bool, subject: &str, document: &impl Serialize, tag: &Tag) -> Self {
        if was_there { Self::row(document, tag) } else { Self::created(&format!("{API_ROOT}/{subject}"), document, tag) }
    }

    /// 202 with what was promised and the place of the job that does it.
    pub fn accepted(job: &str, document: &impl Serialize) -> Self {
        Self::new(StatusCode::ACCEPTED, json(document)).located(&format!("{API_ROOT}/jobs/{job}"))
    }

    /// 202 with what was promised and its own place.
    pub fn accepted_at(location: &str, document: &impl Serialize) -> Self {
        Self::new(StatusCode::ACCEPTED, json(document)).located(location)
    }

    /// 204.
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: Bytes::new(), body_to_keep: None, next: None }
    }

    /// An answer as it was kept.
    pub fn kept(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Option<Self> {
        let header = |(name, value): (String, String)| Some((name.parse().ok()?, value.parse().ok()?));
        Some(Self {
            status: StatusCode::from_u16(status).ok()?,
            headers: headers.into_iter().map(header).collect::<Option<_>>()?,
            body: body.into(),
            body_to_keep: None,
            next: None,
        })
    }

    fn new(status: StatusCode, body: Vec<u8>) -> Self {
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        Self { status, headers, body: body.into(), body_to_keep: None, next: None }
    }

    fn tagged(self, tag: &Tag) -> Self {
        self.with(ETAG, tag.as_str())
    }

    fn located(self, location: &str) -> Self {
        self.with(LOCATION, location)
    }

    /// Adds a header; a value that cannot be one is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers, as text.
    pub fn headers(&self) -> Vec<(String, String)> {
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        self.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
    }

    /// Has another document kept for a repeated request than the one that is sent now: a secret is sent once.
    #[must_use]
    pub fn keeping(mut self, document: &impl Serialize) -> Self {
        self.body_to_keep = Some(json(document).into());
        self
    }

    /// The body, as it may be kept.
    pub fn body_to_keep(&self) -> &Bytes {
        self.body_to_keep.as_ref().unwrap_or(&self.body)
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let tag = self.headers.iter().find(|(name, _)| *name == ETAG).and_then(|(_, value)| value.to_str().ok());
        let fresh = self.status == StatusCode::OK && tag.is_some_and(|tag| is_known(&Tag(tag.to_owned()), request));
        let mut response = HttpResponse::build(if fresh { StatusCode::NOT_MODIFIED } else { self.status });
        if let Some(next) = &self.next {
            response.insert_header((LINK, format!("<{}>; rel=\"next\"", with_cursor(request.uri(), next))));
        }
        for header in self.headers {
            if !(fresh && header.0 == CONTENT_TYPE) {
                response.insert_header(header);
            }
        }
        if fresh || self.body.is_empty() { response.finish() } else { response.body(self.body) }
    }
}

/// The same request for the page that starts at `cursor`.
fn with_cursor(uri: &Uri, cursor: &Cursor) -> String {
    let others = uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty() && !part.starts_with("cursor="));
    let mut query: Vec<&str> = others.collect();
    let cursor = format!("cursor={cursor}");
    query.push(&cursor);
    format!("{}?{}", uri.path(), query.join("&"))
}

fn json(document: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("the wire types have text keys and serialise without failing")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_read_that_the_caller_has_already_is_304_without_a_body() {
        let answer = Answer::ok(&json!({"a": 1}));
        let tag = answer.headers().into_iter().find(|(name, _)| name == "etag").expect("tagged").1;
        let known = TestRequest::get().insert_header((IF_NONE_MATCH, format!("\"x\", {tag}"))).to_http_request();
        let response = answer.clone().respond_to(&known);
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        assert!(response.headers().contains_key(ETAG));
        let weak = TestRequest::get().insert_header((IF_NONE_MATCH, format!("W/{tag}"))).to_http_request();
        assert_eq!(answer.respond_to(&weak).status(), StatusCode::OK);
    }

    #[test]
    fn the_link_to_the_next_page_keeps_the_filters() {
        let answer = Answer::page(&json!({}), Some(&Cursor::after(&"a")));
        let request = TestRequest::get().uri("/x?limit=2&cursor=00&city=1").to_http_request();
        let response = answer.respond_to(&request);
        let link = response.headers().get(LINK).expect("more follows").to_str().expect("text");
        assert_eq!(link, format!("</x?limit=2&city=1&cursor={}>; rel=\"next\"", Cursor::after(&"a")));
    }
}
