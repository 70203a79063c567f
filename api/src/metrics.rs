//! What is measured of the running service, in the text format of OpenMetrics that Prometheus reads.
//!
//! Names follow Prometheus's conventions; the table stands in `docs/operations.md`. Labels have few values: an operation is named
//! by its path with placeholders, never by what a caller wrote.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use citygauge_assessment::ENGINE_VERSION;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::store::jobs::{Pending, WorkState};

/// The media type of the text format.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The limits of the histograms of requests, in seconds.
const REQUEST_SECONDS: [f64; 12] = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// The limits of the histograms of jobs, in seconds.
const JOB_SECONDS: [f64; 10] = [0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0];

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;
type Seconds = Gauge<f64, AtomicU64>;

/// The measurements of one service.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    request_seconds: Histograms<Operation>,
    in_flight: Gauge,
    ended: Family<Ended, Counter>,
    job_seconds: Histograms<OfKind>,
    deliveries: Family<Delivered, Counter>,
    limited: Family<Limited, Counter>,
    jobs: Family<InState, Gauge>,
    waiting: Seconds,
    engines_running: Gauge,
    engines_waiting: Gauge,
}

/// A request by what it asked for and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    operation: String,
    status: u16,
}

/// A request by what it asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    method: String,
    operation: String,
}

/// A job by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: String,
}

/// An attempt at a job by how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    kind: String,
    outcome: &'static str,
}

/// An attempt to deliver to a webhook by what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Delivered {
    outcome: &'static str,
}

/// A request that was one too many, by whose bucket was empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Limited {
    by: &'static str,
}

/// Jobs by how far they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let of_requests: fn() -> Histogram = || Histogram::new(REQUEST_SECONDS);
        let of_jobs: fn() -> Histogram = || Histogram::new(JOB_SECONDS);
        let mut metrics = Self {
            registry: Registry::with_prefix("citygauge"),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(of_requests),
            in_flight: Gauge::default(),
            ended: Family::default(),
            job_seconds: Family::new_with_constructor(of_jobs),
            deliveries: Family::default(),
            limited: Family::default(),
            jobs: Family::default(),
            waiting: Seconds::default(),
            engines_running: Gauge::default(),
            engines_waiting: Gauge::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let build = Info::new([("version", env!("CARGO_PKG_VERSION")), ("engine", ENGINE_VERSION)]);
        let registry = &mut self.registry;
        registry.register("build", "The versions of the service and of its engine", build);
        registry.register("http_requests", "Requests that were answered", self.requests.clone());
        let (name, help) = ("http_request_duration", "How long requests took until their answer began");
        registry.register_with_unit(name, help, Unit::Seconds, self.request_seconds.clone());
        registry.register("http_requests_in_flight", "Requests that are being answered", self.in_flight.clone());
        registry.register("job_attempts", "Attempts at jobs that have ended in this process", self.ended.clone());
        registry.register_with_unit("job_duration", "How long attempts at jobs took", Unit::Seconds, self.job_seconds.clone());
        let help = "Attempts of this process to deliver to webhooks";
        registry.register("webhook_attempts", help, self.deliveries.clone());
        registry.register("requests_limited", "Requests that were refused because there were too many", self.limited.clone());
        registry.register("jobs", "Jobs that have not ended, of all processes", self.jobs.clone());
        let help = "How long the job has waited that has waited longest for a worker";
        registry.register_with_unit("jobs_waiting", help, Unit::Seconds, self.waiting.clone());
        registry.register("engines_running", "Computations that are running", self.engines_running.clone());
        registry.register("engines_waiting", "Computations that wait for their turn", self.engines_waiting.clone());
    }

    /// Notes that a request began; it is over when what comes back is given to [`Metrics::answered`] or dropped.
    pub fn begun(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// Notes an answer; `operation` is the path with placeholders, none where nothing is served.
    pub fn answered(&self, method: &str, operation: Option<&str>, status: u16, took: Duration) {
        let (method, operation) = (known(method).to_owned(), operation.unwrap_or("none").to_owned());
        let of = Operation { method: method.clone(), operation: operation.clone() };
        self.requests.get_or_create(&Answered { method, operation, status }).inc();
        self.request_seconds.get_or_create(&of).observe(took.as_secs_f64());
    }

    /// Notes the end of an attempt at a job.
    pub fn attempted(&self, kind: &str, outcome: &'static str, took: Duration) {
        self.ended.get_or_create(&Ended { kind: kind.to_owned(), outcome }).inc();
        self.job_seconds.get_or_create(&OfKind { kind: kind.to_owned() }).observe(took.as_secs_f64());
    }

    /// Notes that a request was one too many.
    pub fn limited(&self, by: &'static str) {
        self.limited.get_or_create(&Limited { by }).inc();
    }

    /// Notes what came of an attempt to deliver to a webhook.
    pub fn delivered(&self, outcome: &'static str) {
        self.deliveries.get_or_create(&Delivered { outcome }).inc();
    }

    /// Everything that is measured, with what the database and the engines say at this moment.
    pub fn render(&self, pending: &[Pending], engines: (usize, usize), now_ms: i64) -> String {
        for state in [WorkState::Queued, WorkState::Running] {
            let count = pending.iter().find(|pending| pending.state == state).map_or(0, |pending| pending.count);
            let word = if state == WorkState::Queued { "queued" } else { "running" };
            self.jobs.get_or_create(&InState { state: word }).set(count);
        }
        let due = pending.iter().filter(|pending| pending.state == WorkState::Queued).filter_map(|pending| pending.earliest_ms);
        self.waiting.set(due.map(|due| (now_ms - due).max(0) as f64 / 1e3).fold(0.0, f64::max));
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.engines_running.set(count(engines.0));
        self.engines_waiting.set(count(engines.1));
        let mut text = String::new();
        // A text takes everything.
        let _written = encode(&mut text, &self.registry);
        text
    }
}

/// A caller may write any word as a method.
fn known(method: &str) -> &str {
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    methods.into_iter().find(|known| *known == method).unwrap_or("other")
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// A request that is being answered.
#[must_use]
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}
