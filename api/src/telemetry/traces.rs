//! Traces by OpenTelemetry: the spans of the service, and how they leave.
//!
//! They are spans of a target of their own and below the level of the log, so that no line of the log is longer for them, and nothing is
//! made of them where nobody traces. Attributes bear the names of the semantic conventions where there is one
//! (<https://opentelemetry.io/docs/specs/semconv/http/http-spans/>); no value, no query and no header is in them.

use actix_web::http::header::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{TraceContextExt, TracerProvider};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::field::Empty;
use tracing::{Level, Span, Subscriber, debug_span};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::config::Traces;

/// The target of the spans that are traced.
const TARGET: &str = "citygauge::traces";

/// Where the log of the service comes from: of its lines, those within a span are events of the span.
const LOG: &str = "citygauge_api";

/// What sends spans, where a collector is configured: in batches, from a thread of its own. What the collector does not take in time is
/// dropped, and the log says so; nobody waits for it.
pub(super) fn provider(traces: &Traces) -> Result<Option<SdkTracerProvider>, ExporterBuildError> {
    let Some(address) = traces.address() else { return Ok(None) };
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).with_endpoint(address).build()?;
    let resource = Resource::builder().with_service_name("citygauge");
    let resource = resource.with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(traces.share)));
    let provider =
        SdkTracerProvider::builder().with_sampler(sampler).with_resource(resource.build()).with_batch_exporter(exporter);
    Ok(Some(provider.build()))
}

/// What makes spans of ours to spans that are sent.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    let is_told = filter_fn(|it| match it.is_span() {
        true => it.target() == TARGET,
        false => it.target().starts_with(LOG) && *it.level() <= Level::INFO,
    });
    let layer = OpenTelemetryLayer::new(provider.tracer("citygauge")).with_location(false).with_threads(false);
    layer.with_target(false).with_filter(is_told)
}

/// The span of a request; `headers` name the trace that it goes on with, where that is believed.
pub fn request(id: &str, (method, path): (&str, &str), headers: Option<&HeaderMap>) -> Span {
    let span = debug_span!(
        target: TARGET,
        "request",
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = Empty,
        http.response.status_code = Empty,
        url.path = path,
        request.id = id,
    );
    if let Some(headers) = headers.filter(|_| !span.is_disabled()) {
        let parent = TraceContextPropagator::new().extract(&Headers(headers));
        // The span has not begun, so it takes any parent.
        let _taken = span.set_parent(parent);
    }
    span
}

/// Tells the span of a request what was answered. Only what is our own mistake is an error of the service.
pub fn answered(span: &Span, (method, route): (&str, Option<&str>), status: u16) {
    if span.is_disabled() {
        return;
    }
    // What has begun is renamed where it is sent: a field would be too late.
    let name = route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
    span.context().span().update_name(name);
    span.record("http.response.status_code", i64::from(status));
    if let Some(route) = route {
        span.record("http.route", route);
    }
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
}

/// The identifier of the trace that a span belongs to, where it is one.
pub fn id(span: &Span) -> Option<String> {
    if span.is_disabled() {
        return None;
    }
    let context = span.context();
    let found = context.span().span_context().clone();
    found.is_sampled().then(|| found.trace_id().to_string())
}

/// The span of a job's attempt.
pub fn job(kind: &str, id: &str, attempt: i32, request_id: Option<&str>) -> Span {
    debug_span!(
        target: TARGET,
        "job",
        otel.name = format!("job {kind}"),
        otel.kind = "consumer",
        otel.status_code = Empty,
        job.kind = kind,
        job.id = id,
        job.attempt = attempt,
        job.outcome = Empty,
        request.id = request_id,
    )
}

/// Tells the span of a job's attempt how it ended.
pub fn ended(span: &Span, outcome: &str, has_failed: bool) {
    span.record("job.outcome", outcome);
    if has_failed {
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of a computation: from where it waits for its turn (`idle_ns`) to its end.
pub fn computation() -> Span {
    debug_span!(target: TARGET, "computation")
}

/// The span of work with an artifact: `get`, `open` or `put`.
pub fn artifact(work: &'static str, digest: Option<&str>) -> Span {
    debug_span!(target: TARGET, "artifact", otel.name = format!("artifact {work}"), artifact.digest = digest)
}

/// The span of a request that the service makes itself, to the host of a source or of a webhook.
pub fn outgoing(method: &str, host: &str) -> Span {
    debug_span!(
        target: TARGET,
        "outgoing",
        otel.kind = "client",
        otel.name = method,
        otel.status_code = Empty,
        http.request.method = method,
        server.address = host,
        http.response.status_code = Empty,
    )
}

/// Tells the span of such a request what came back, if anything did.
pub fn came_back(span: &Span, status: Option<u16>) {
    span.record("http.response.status_code", status.map(i64::from));
    if status.is_none_or(|status| status >= 400) {
        span.record("otel.status_code", "ERROR");
    }
}

struct Headers<'h>(&'h HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}
