//! What surrounds every request: its identifier and language, its span, its time limit, and the promise that
//! every failure, a panic included, leaves as a problem document.

#[cfg(test)]
mod answers;
mod headers;

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, HeaderMap, HeaderName};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use citygauge_indicators::{Fault, Language, Text};
use citygauge_openapi::{API_ROOT, PROBLEM_JSON};
use futures_util::FutureExt;
use tracing::{Instrument, error, info, info_span, warn};

use crate::auth::open;
use crate::connections::{Line, Sent};
use crate::error::{Failure, Rendered, render};
use crate::state::State;
use crate::telemetry::traces;
use crate::throttle::Turn;

/// What is known of a request before anybody reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestContext {
    /// Names the request in the answer and in the log.
    pub id: String,
    /// The language for people.
    pub language: Language,
    /// Whether it came over TLS.
    pub over_tls: bool,
    /// Whether it is without a key, where one would be needed for what is not public.
    pub is_public: bool,
}

tokio::task_local! {
    static CURRENT: String;
}

/// The identifier of the request that is being answered, where it is one.
pub fn current_request() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The middleware around the whole application.
pub async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let state = request.app_data::<web::Data<State>>().expect("the application is built with its state").clone();
    let context = RequestContext {
        id: given_id(request.headers()).unwrap_or_else(|| state.sources().request_id()),
        language: preferred(request.headers()),
        over_tls: request.app_config().secure(),
        is_public: !state.is_open() && !request.headers().contains_key(AUTHORIZATION),
    };
    let (method, path, began) = (request.method().clone(), request.path().to_owned(), Instant::now());
    request.extensions_mut().insert(context.clone());
    let in_flight = state.metrics().begun();
    let line = request.conn_data::<Rc<Line>>().cloned();
    let answering = poll_fn(|cx| Poll::Ready(line.as_ref().map(|line| line.answering(cx.waker())))).await;
    let is_beyond = line.as_ref().is_some_and(|line| line.is_beyond());
    if method == Method::HEAD {
        // The connection remembers that no body may follow; everything else is the same as for GET.
        request.head_mut().method = Method::GET;
    }
    let refusal = (is_beyond && !is_probe(&path)).then(|| {
        state.metrics().limited("connections");
        Failure::Full
    });
    let refusal = refusal.or_else(|| state.is_open().then(|| open::check(&request)).and_then(Result::err));
    let refusal = refusal.or_else(|| (!is_text(request.uri().path())).then(no_text));
    let refusal = refusal.or_else(|| throttled_at_root(&request, &state));
    let parent = state.config().traces.accept_parents.then(|| request.headers());
    let traced = traces::request(&context.id, (method.as_str(), &path), parent);
    let span = info_span!("request", request.id = %context.id, %method, path, trace.id = traces::id(&traced));
    let outcome = match refusal {
        Some(refusal) => Ok(request.into_response(render(&refusal, &context))),
        None => {
            let guarded = guarded(request, next, &context, state.request_timeout()).instrument(span).instrument(traced.clone());
            CURRENT.scope(context.id.clone(), guarded).await
        }
    };
    let outcome = outcome.map(|mut response| {
        headers::finish(response.headers_mut(), &context, &path);
        if is_beyond {
            response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
        }
        response
    });
    let status = outcome.as_ref().map_or_else(|error| error.as_response_error().status_code(), ServiceResponse::status);
    let took = began.elapsed();
    let operation = outcome.as_ref().ok().and_then(|response| response.request().match_pattern());
    traces::answered(&traced, (method.as_str(), operation.as_deref()), status.as_u16());
    state.metrics().answered(method.as_str(), operation.as_deref(), status.as_u16(), took);
    drop(in_flight);
    // A number in JSON too, where those of 128 bits are texts.
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    info!(request.id = %context.id, %method, path, status = status.as_u16(), duration_ms, "answered");
    drop(answering);
    outcome.map(|response| match line {
        Some(line) => sent(response, &line),
        None => response,
    })
}

/// The answer as it leaves on a connection: in pieces, and with the caller's turn until it has left.
fn sent(mut response: ServiceResponse<BoxBody>, line: &Rc<Line>) -> ServiceResponse<BoxBody> {
    let turn = response.response_mut().extensions_mut().remove::<Turn>();
    response.map_body(|_, body| BoxBody::new(Sent::new(body, line, turn)))
}

/// Whether somebody asks whether the service lives, which is answered on every connection.
fn is_probe(path: &str) -> bool {
    ["/livez", "/readyz"].contains(&path)
}

/// Refuses an address that asks for too many pages; what is asked for with a key is counted where the key is looked at, and whether
/// the service lives may be asked at any time.
fn throttled_at_root(request: &ServiceRequest, state: &State) -> Option<Failure> {
    let elsewhere = is_probe(request.path()) || request.path() == "/metrics" || request.path().starts_with(API_ROOT);
    if elsewhere || state.is_open() {
        return None;
    }
    state.throttle().take_of_address(request, state.metrics()).err()
}

/// Whether a path stands for text: the framework would put a mark in the place of bytes that do not.
fn is_text(path: &str) -> bool {
    percent_encoding::percent_decode_str(path).decode_utf8().is_ok()
}

fn no_text() -> Failure {
    let fault = Fault::error("path.not_utf8", "路径不是 UTF-8", "the path is not UTF-8");
    Failure::malformed(fault.hint("请以 UTF-8 对路径中的代码做百分号编码", "percent-encode the codes in the path as UTF-8"))
}

/// Runs the request; what comes back is an answer, whatever happens.
async fn guarded(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    context: &RequestContext,
    limit: Duration,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let running = AssertUnwindSafe(next.call(request)).catch_unwind();
    let response = match tokio::time::timeout(limit, running).await {
        Ok(Ok(Ok(response))) => response.map_into_boxed_body(),
        Ok(Ok(Err(error))) => {
            return Err(match error.as_error::<Failure>() {
                Some(failure) => lost(failure, context),
                None => lost(&failure_of(&error), context),
            });
        }
        Ok(Err(panic)) => {
            let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            return Err(lost(&Failure::internal(format!("a handler panicked: {said}")), context));
        }
        Err(_) => return Err(lost(&Failure::Unavailable("the request took too long".into()), context)),
    };
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_problem(response.headers()) {
        return Ok(response);
    }
    let rendered = match response.response().error().map(|error| (error, error.as_error::<Failure>())) {
        Some((_, Some(failure))) => noted(failure, context),
        Some((error, None)) => noted(&failure_of(error), context),
        None => noted(&failure_of_status(status), context),
    };
    Ok(response.into_response(rendered))
}

/// The answer to a request that is gone.
fn lost(failure: &Failure, context: &RequestContext) -> Error {
    let mut response = noted(failure, context);
    headers::finish(response.headers_mut(), context, "");
    Rendered::from(response).into()
}

fn noted(failure: &Failure, context: &RequestContext) -> HttpResponse {
    match failure {
        Failure::Internal(reason) => error!(request.id = %context.id, "the service made a mistake: {reason:?}"),
        Failure::Artifact { digest, is_lost } => {
            let how = if *is_lost { "lost" } else { "damaged" };
            error!(request.id = %context.id, artifact.digest = digest, "the artifact {digest} is {how}");
        }
        Failure::Unavailable(reason) => warn!(request.id = %context.id, "not now: {reason}"),
        Failure::NotReady(faults) => warn!(request.id = %context.id, "not ready: {faults}"),
        _ => {}
    }
    render(failure, context)
}

/// A failure of the framework in our own words.
fn failure_of(error: &Error) -> Failure {
    failure_of_status(error.as_response_error().status_code())
}

fn failure_of_status(status: StatusCode) -> Failure {
    match status {
        StatusCode::NOT_FOUND => Failure::absent("没有这个路径", "there is no such path"),
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge { limit_bytes: 0 },
        status if status.is_client_error() => Failure::malformed(Fault::error(
            "request.invalid",
            format!("请求有误（{status}）"),
            format!("the request is malformed ({status})"),
        )),
        status => Failure::internal(format!("the framework answered {status}")),
    }
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get("content-type").is_some_and(|kind| kind.as_bytes() == PROBLEM_JSON.as_bytes())
}

/// The identifier that a caller or a proxy gives the request, where it is short and plain: it stands in the log and in answers.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let given = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_plain = given.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    (is_plain && (1..=64).contains(&given.len())).then(|| given.to_owned())
}

/// The better liked of the two languages; English where nothing is said.
fn preferred(headers: &HeaderMap) -> Language {
    let liked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (Language::En, 0.0_f32);
    for range in liked.split(',') {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let quality = parameters.trim().strip_prefix("q=").map_or(Some(1.0), |quality| quality.trim().parse().ok());
        let tag = tag.trim();
        let language = Language::from_tag(tag);
        let known = language == Language::Zh || tag.to_ascii_lowercase().starts_with("en");
        if let Some(quality) = quality.filter(|quality| known && *quality > best.1) {
            best = (language, quality);
        }
    }
    best.0
}

/// Answers what no operation takes: another method of a known path, or a path that nobody knows.
pub async fn unmatched(
    request: actix_web::HttpRequest,
    described: web::Data<crate::app::Paths>,
) -> Result<HttpResponse, Failure> {
    match described.methods(request.path()) {
        Some(allow) if request.method() == Method::OPTIONS => {
            Ok(HttpResponse::NoContent().insert_header(("allow", allow)).finish())
        }
        Some(allow) => Err(Failure::MethodNotAllowed { allow }),
        None => Err(Failure::Absent(Text::both("没有这个路径；见 /docs", "there is no such path; see /docs"))),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn an_identifier_that_is_short_and_plain_is_taken_over() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(value.as_bytes()).expect("a header"));
            given_id(&headers)
        };
        assert_eq!(of("proxy-7.a_B").as_deref(), Some("proxy-7.a_B"));
        for refused in ["", "a b", "a\"b", "a/../b", "城", &"x".repeat(65)] {
            assert_eq!(of(refused), None, "{refused}");
        }
    }

    #[test]
    fn the_better_liked_language_wins() {
        let of = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(value));
            preferred(&headers)
        };
        assert_eq!(of("zh-CN,zh;q=0.9,en;q=0.8"), Language::Zh);
        assert_eq!(of("en-GB;q=0.9, zh;q=0.2"), Language::En);
        assert_eq!(of("de, zh;q=0.1"), Language::Zh);
        assert_eq!(of("zh;q=x"), Language::En);
        assert_eq!(of(""), Language::En);
    }
}
