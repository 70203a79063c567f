//! What the service says of its work: the log, one line per event, to stderr; and traces, to a collector, where one is configured.

pub mod traces;

use std::io::{BufWriter, IsTerminal, stderr};
use std::time::Duration;

use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::warn;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::{FilterExt, ParseError, filter_fn};
use tracing_subscriber::prelude::*;
use tracing_subscriber::{EnvFilter, Registry, fmt};

use crate::config::{Log, LogFormat, Traces};

/// How long the collector may take for the last spans.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was started; it is stopped at the end, so that the last spans are sent and the last lines written.
#[derive(Debug)]
#[must_use]
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
    _lines: WorkerGuard,
}

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter of the log cannot be read.
    #[error("log.filter: {0}")]
    Filter(#[from] ParseError),
    /// Nothing can be sent to the collector.
    #[error("traces.endpoint: {0}")]
    Exporter(#[from] ExporterBuildError),
}

/// Starts the log and the traces of this process; a second call changes nothing.
pub fn start(log: &Log, traces: &Traces) -> Result<Telemetry, TelemetryError> {
    // The spans of the database driver hold the address that it connects to, with its password; no filter lets them out.
    let filter = EnvFilter::try_new(&log.filter)?.and(filter_fn(|of| !(of.is_span() && of.target().starts_with("sea_orm"))));
    let provider = traces::provider(traces)?;
    // A thread of its own writes the lines, so many at once as have come meanwhile; none is dropped where it cannot keep up.
    let (writer, writing) = NonBlockingBuilder::default().lossy(false).finish(BufWriter::new(stderr()));
    // Colours are for people; in a file they are noise.
    let lines = fmt::layer().with_writer(writer).with_ansi(stderr().is_terminal());
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let subscriber = Registry::default().with(provider.as_ref().map(traces::layer)).with(lines.with_filter(filter));
    // The only reason to fail is that a log has been started already, which tests do.
    let _started_before = subscriber.try_init();
    Ok(Telemetry { provider, _lines: writing })
}

impl Telemetry {
    /// Sends what has not been sent yet.
    pub async fn stop(self) {
        let Some(provider) = self.provider else { return };
        // It blocks its thread.
        let stopped = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(PATIENCE)).await;
        if let Ok(Err(error)) = stopped {
            warn!("the last traces could not be sent: {error}");
        }
    }
}
