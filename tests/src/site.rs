//! A service in this process, which can be stopped and started again on what it has kept.

use std::net::SocketAddr;
use std::thread::JoinHandle;

use citygauge_api::clock::Sources;
use citygauge_api::config::{Config, Jobs, Limits, Server};
use citygauge_api::service::Service;
use citygauge_indicators::Language;
use citygauge_openapi::client::Client;
use tokio::sync::oneshot;

use crate::Place;

/// A place and the service that runs there.
#[derive(Debug)]
pub struct Site {
    place: Place,
    change: fn(&mut Config),
    sources: Sources,
    running: Option<Running>,
    key: String,
}

/// A service on a thread of its own, with its own runtime, as in its own process.
#[derive(Debug)]
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Site {
    /// Starts a service on a place that has never seen one.
    pub async fn open(place: Place) -> Self {
        Self::open_with(place, |_| ()).await
    }

    /// Starts a service with a configuration that is changed first.
    pub async fn open_with(place: Place, change: fn(&mut Config)) -> Self {
        Self::open_at(place, change, Sources::system()).await
    }

    /// As [`Site::open_with`], with other origins of time and identifiers.
    pub async fn open_at(place: Place, change: fn(&mut Config), sources: Sources) -> Self {
        let (running, key) = start(&place, change, sources.clone()).await;
        Self { place, change, sources, running: Some(running), key: key.expect("the first start issues a key") }
    }

    /// A client that may do everything.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_with(&self.key)
    }

    /// A client with another key.
    #[must_use]
    pub fn client_with(&self, key: &str) -> Client {
        self.client_of(Some(key.to_owned()))
    }

    /// A client without a key.
    #[must_use]
    pub fn stranger(&self) -> Client {
        self.client_of(None)
    }

    fn client_of(&self, key: Option<String>) -> Client {
        let address = self.running.as_ref().expect("the service runs").address;
        Client::new(&format!("http://{address}"), key, Language::En).expect("a client")
    }

    /// The command, with this service and the key that may do everything in its environment.
    #[must_use]
    pub fn command(&self, binary: &str) -> std::process::Command {
        let address = self.running.as_ref().expect("the service runs").address;
        let mut command = crate::command(binary);
        command.env("CITYGAUGE_URL", format!("http://{address}")).env("CITYGAUGE_KEY", &self.key);
        command
    }

    /// Stops the service and starts it again on the same place.
    pub async fn restart(&mut self) {
        self.stop().await;
        let (running, key) = start(&self.place, self.change, self.sources.clone()).await;
        assert_eq!(key, None, "only the very first start issues a key");
        self.running = Some(running);
    }

    /// Stops the service and removes what it has kept.
    pub async fn close(mut self) {
        self.stop().await;
        self.place.clear().await;
    }

    async fn stop(&mut self) {
        let Some(running) = self.running.take() else { return };
        let _ = running.stop.send(());
        let joined = tokio::task::spawn_blocking(|| running.thread.join()).await.expect("a thread can be waited for");
        joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }
}

async fn start(place: &Place, change: fn(&mut Config), sources: Sources) -> (Running, Option<String>) {
    let mut config = Config {
        server: Server { port: 0, data_dir: place.data_dir(), threads: 2, shutdown_timeout_s: 2, ..Server::default() },
        database: place.database(),
        jobs: Jobs { name: Some("test".into()), poll_ms: 50, ..Jobs::default() },
        // A test asks as fast as it can.
        limits: Limits {
            requests_per_s: 0,
            address_requests_per_s: 0,
            key_requests_at_once: 0,
            address_requests_at_once: 0,
            ..Limits::default()
        },
        ..Config::default()
    };
    change(&mut config);
    let (stop, stopped) = oneshot::channel::<()>();
    let (started, start) = oneshot::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let service = Service::build_with(config, sources).await;
            let service = service.unwrap_or_else(|error| panic!("the service does not start: {error}"));
            let _ = started.send((service.address(), service.first_key()));
            let until = async move {
                let _ = stopped.await;
            };
            service.run_until(until).await.expect("the service ends in order");
        });
    });
    let (address, key) = start.await.expect("the service starts; its thread says above why not");
    (Running { address, stop, thread }, key)
}
