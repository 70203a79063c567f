//! `citygauge demo`: the whole service on sample data, or on somebody's own, in a folder that goes away with it.

use std::io::ErrorKind;
use std::path::PathBuf;

use citygauge_indicators::Language;
use citygauge_openapi::client::{Client, ClientError};
use clap::Args;

use super::output::say;
use super::{Failed, remote};
use crate::config::{Config, Log, Server, Traces};
use crate::demo::{Sample, page, tour};
use crate::service::{Service, StartError};
use crate::telemetry;

/// Ports that are tried after the one asked for.
const NEXT_PORTS: u16 = 100;

/// Try it: sample data, or your own, imported, scored and served until Ctrl-C; nothing is left behind.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The indicator set of your data: a file, or the code of a set of the catalog.
    #[arg(long, value_name = "SET", requires = "data")]
    set: Option<String>,
    /// A folder with your data: observations.csv and, where you have it, cities.csv.
    #[arg(long, value_name = "DIR", requires = "set")]
    data: Option<PathBuf>,
    /// The period of your observations, where they name none.
    #[arg(long, value_name = "PERIOD", requires = "data")]
    period: Option<String>,
    /// The port to listen on, or the next free one; 0 for any.
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
}

impl Demo {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let sample = match (&self.set, &self.data) {
            (Some(set), Some(folder)) => Sample::of_folder(set, folder, self.period.as_deref(), language)?,
            _ => Sample::shipped()?,
        };
        let log = Log { filter: "warn".into(), ..Log::default() };
        let _untraced = telemetry::start(&log, &Traces::default()).map_err(Failed::other)?;
        // Removed when it leaves the scope, which is after the service has closed its files.
        let folder = tempfile::Builder::new().prefix("citygauge-demo-").tempdir().map_err(Failed::other)?;
        let service = self.start(folder.path().to_owned(), sample.is_invented, log).await?;
        let base = format!("http://{}", service.address());
        say(page::opening(&base, sample.is_invented, language))?;

        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let mut running = std::pin::pin!(service.run_until(async {
            // An error means that the other end is gone, which is a reason to stop as well.
            let _ = stopped.await;
        }));
        let client = Client::new(&base, None, language).map_err(|error| remote::refused(error, language))?;
        let toured = tokio::select! {
            ended = &mut running => return ended.map_err(Failed::other),
            toured = shown(&client, &sample, &base, language) => toured,
        };
        if toured.is_err() {
            drop(stop);
            running.await.map_err(Failed::other)?;
            return toured;
        }
        running.await.map_err(Failed::other)?;
        drop(stop);
        Ok(())
    }

    async fn start(&self, data_dir: PathBuf, is_invented: bool, log: Log) -> Result<Service, Failed> {
        let last = if self.port == 0 { 0 } else { self.port.saturating_add(NEXT_PORTS) };
        let mut port = self.port;
        loop {
            let data_dir = data_dir.clone();
            let server = Server { port, open: true, data_dir, shutdown_timeout_s: 1, is_invented, ..Server::default() };
            match Service::build(Config { server, log: log.clone(), ..Config::default() }).await {
                Err(StartError::Address { reason, .. }) if reason.kind() == ErrorKind::AddrInUse && port < last => port += 1,
                built => return built.map_err(Failed::other),
            }
        }
    }
}

async fn shown(client: &Client, sample: &Sample, base: &str, language: Language) -> Result<(), Failed> {
    let story = match tour::take(client, sample).await {
        Ok(story) => story,
        Err(tour::Stopped::Call(error)) => return Err(failed(error, language)),
        Err(tour::Stopped::Faults(faults)) => {
            remote::print(&faults, language);
            return Err(Failed::Input(citygauge_indicators::Faults::default()));
        }
        Err(tour::Stopped::Job(error)) => return Err(Failed::Other(error)),
    };
    say(page::render(&story, sample, base, language))
}

fn failed(error: ClientError, language: Language) -> Failed {
    remote::refused(error, language)
}
