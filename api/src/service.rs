//! The running service: from a configuration to a listener, a database that is up to date, and workers.

use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use citygauge_indicators::Text;
use serde_json::json;
use tokio::sync::Notify;
use tracing::{info, warn};
use utoipa_actix_web::AppExt;

use crate::app::{self, Description, Paths};
use crate::artifacts::{ArtifactError, Artifacts};
use crate::auth::{Caller, Oidc, Token};
use crate::clock::Sources;
use crate::config::{Config, ConfigError};
use crate::connections::Connections;
use crate::envelope::{envelope, unmatched};
use crate::jobs;
use crate::keys::{self, Issue};
use crate::outbound::{Outbound, OutboundError};
use crate::signing::SigningError;
use crate::state::State;
use crate::store::keys::{KeyScope, Role};
use crate::store::{Store, StoreError, audit};
use crate::tls::{Certificate, Watch};
use crate::upgrade::{UpgradeError, upgrade};

/// A service that is ready to run: it listens already, so its address is known.
#[derive(Debug)]
pub struct Service {
    state: web::Data<State>,
    listener: TcpListener,
    address: SocketAddr,
    certificate: Option<(Arc<Certificate>, Watch)>,
    first_key: Option<Token>,
}

/// Connections that each thread holds beyond its share of those that are served, so that the next are told why they are not; those beyond wait in
/// the system's queue.
const BEYOND: usize = 128;

/// Why a service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration makes no sense.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Address {
        /// The address.
        address: String,
        /// Why not.
        reason: io::Error,
    },
    /// The data folder cannot be used.
    #[error("cannot use the data folder {folder}: {reason}")]
    Folder {
        /// The folder.
        folder: String,
        /// Why not.
        reason: io::Error,
    },
    /// The database cannot be used.
    #[error("cannot use the database: {0}")]
    Store(#[from] StoreError),
    /// The database is of another version, and the configuration forbids to change it.
    #[error("the database lacks {0} migrations; run `citygauge migrate up`, or set database.migrate")]
    Behind(usize),
    /// The database cannot be brought up to date.
    #[error("{0}")]
    Upgrade(#[from] UpgradeError),
    /// The artifact store cannot be used.
    #[error("cannot use the artifact store: {0}")]
    Artifacts(#[from] ArtifactError),
    /// Nothing can be fetched by the rules of the configuration.
    #[error("{0}")]
    Outbound(#[from] OutboundError),
    /// Nothing can be signed.
    #[error("{0}")]
    Signing(#[from] SigningError),
}

impl StartError {
    /// What happened, for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Upgrade(error) => error.text(),
            other => Text::both(other.to_string(), other.to_string()),
        }
    }
}

impl Service {
    /// Opens everything a service needs; the first start of a service that is not open issues an admin key.
    pub async fn build(config: Config) -> Result<Self, StartError> {
        Self::build_with(config, Sources::system()).await
    }

    /// As [`Service::build`], with other origins of time and identifiers.
    pub async fn build_with(config: Config, sources: Sources) -> Result<Self, StartError> {
        config.check()?;
        let certificate = Certificate::read(&config.tls, &sources)?;
        let listener = listen(&config.server.host, config.server.port)?;
        let address =
            listener.local_addr().map_err(|reason| StartError::Address { address: config.server.host.clone(), reason })?;
        if config.signing.key_file.is_none() {
            own_folder(&config)?;
        }
        let state = open(config, sources).await?;
        state.signer()?;
        let first_key = if state.is_open() { None } else { issue_first_key(&state).await? };
        Ok(Self { state: web::Data::new(state), listener, address, certificate, first_key })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address for those who call it, such as `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        format!("{}://{}", self.state.config().tls.scheme(), self.address)
    }

    /// Its parts, for those that work beside the requests.
    pub fn state(&self) -> web::Data<State> {
        self.state.clone()
    }

    /// The token of the admin key that this start has issued; it is nowhere else.
    pub fn first_key(&self) -> Option<String> {
        self.first_key.as_ref().map(Token::reveal)
    }

    /// Answers requests until the process is told to stop.
    pub async fn run(self) -> io::Result<()> {
        self.run_until(std::future::pending()).await
    }

    /// Answers requests until `stop`, or until the process is told to stop; what is under way may end.
    ///
    /// From then on `/readyz` says so and no job is begun. Requests are taken for `server.drain_s` more, and what has begun may go on for
    /// `server.shutdown_timeout_s` after that; jobs that take longer go back to the queue. Being told a second time ends the patience.
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let url = self.url();
        let Self { state, listener, address, certificate, .. } = self;
        let openapi = app::describe();
        let description = web::Data::new(Description::render(&openapi));
        let paths = web::Data::new(Paths::of(&openapi));
        let server = &state.config().server;
        let threads = match server.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        };
        let most = server.connections_at_once();
        let connections = Arc::new(Connections::new(most, Duration::from_secs(server.stall_timeout_s)));
        let (drain, patience) = (Duration::from_secs(server.drain_s), Duration::from_secs(server.shutdown_timeout_s));
        let header_timeout = Duration::from_secs(server.header_timeout_s);
        let workers = jobs::start(&state, address.port());
        let for_app = state.clone();
        let http = HttpServer::new(move || {
            App::new()
                .into_utoipa_app()
                .app_data(for_app.clone())
                .app_data(description.clone())
                .app_data(paths.clone())
                .configure(app::mount)
                .map(|app| app.default_service(web::route().to(unmatched)).wrap(from_fn(envelope)))
                .into_app()
        })
        .client_request_timeout(header_timeout)
        .tls_handshake_timeout(header_timeout)
        .on_connect(move |io, kept| connections.opened(io, kept))
        .max_connections(most.div_ceil(threads) + BEYOND)
        .disable_signals()
        .shutdown_timeout(patience.as_secs())
        .workers(threads);
        let (http, watching) = match certificate {
            None => (http.listen(listener)?, None),
            Some((certificate, watch)) => {
                let tls = certificate.server().map_err(io::Error::other)?;
                (http.listen_rustls_0_23(listener, tls)?, Some(tokio::spawn(watch.run())))
            }
        };
        let server = http.run();
        info!(%address, connections = most, "listening on {url}");
        // Logs are often kept where nobody who can change the database can change them.
        match audit::end(state.db()).await {
            Ok((place, digest)) => info!(place, digest, "the trail ends with line {place}"),
            Err(error) => warn!(%error, "the end of the trail cannot be read"),
        }
        let (handle, stopping, ends) = (server.handle(), state.clone(), Arc::new(Notify::new()));
        let asked = ends.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = stop => {}
                () = told_to_stop() => {}
            }
            info!("stopping");
            stopping.set_stopping();
            asked.notify_one();
            tokio::select! {
                () = async { tokio::time::sleep(drain).await; handle.stop(true).await } => {}
                () = told_to_stop() => handle.stop(false).await,
            }
        });
        let serving = async {
            let ended = server.await;
            // It may have ended without being asked to.
            ends.notify_one();
            ended
        };
        let working = async {
            ends.notified().await;
            workers.stop(drain + patience).await;
        };
        let (ended, ()) = tokio::join!(serving, working);
        if let Some(watching) = watching {
            watching.abort();
        }
        match tokio::time::timeout(patience, state.store().close()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => warn!("the database did not close: {error}"),
            Err(_) => warn!("statements are still running; the database finds out that nobody waits for them"),
        }
        info!("stopped");
        ended
    }
}

/// Waits until the process is told to stop: by SIGTERM or SIGINT, or by Ctrl-C.
async fn told_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Opens the database, brought up to date, and the artifacts, without listening: what the commands that need both call.
pub async fn open(config: Config, sources: Sources) -> Result<State, StartError> {
    if config.database.url.is_none() || config.objects.dir.is_none() {
        own_folder(&config)?;
    }
    let store = Store::connect(&config.database_url(), config.database.options()).await?;
    if config.database.migrate {
        upgrade(&config, &sources, &store, &Caller::service()).await?;
    } else {
        let behind = store.migration_status().await?.iter().filter(|migration| !migration.applied).count();
        if behind > 0 {
            return Err(StartError::Behind(behind));
        }
    }
    let artifacts = Artifacts::open(&config, sources.clone())?;
    if let Err(error) = artifacts.ping().await {
        // It may come back, and what does not need it can be done meanwhile.
        warn!("{error}");
    }
    let outbound = Outbound::new(&config.sources, &config.webhooks)?;
    let oidc = Oidc::new(&config)?;
    Ok(State::new(config, store, artifacts, sources, outbound, oidc))
}

/// The data folder, made where it is missing.
fn own_folder(config: &Config) -> Result<(), StartError> {
    let folder = &config.server.data_dir;
    make_private(folder).map_err(|reason| StartError::Folder { folder: folder.display().to_string(), reason })
}

/// Makes a folder and those above it; what is in it is for the service only.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn listen(host: &str, port: u16) -> Result<TcpListener, StartError> {
    let failed = |reason| StartError::Address { address: format!("{host}:{port}"), reason };
    let addresses: Vec<SocketAddr> = (host, port).to_socket_addrs().map_err(failed)?.collect();
    TcpListener::bind(addresses.as_slice()).map_err(failed)
}

/// Issues an admin key where there has never been a key.
async fn issue_first_key(state: &State) -> Result<Option<Token>, StoreError> {
    let transaction = state.store().begin().await?;
    if crate::store::keys::count(&transaction).await? > 0 {
        return Ok(None);
    }
    let issue = Issue { name: "first key".into(), role: Role::Admin, scope: KeyScope::default(), expires_at_ms: None };
    let (_, token) = keys::issue(&transaction, state, &Caller::service(), issue, json!({"first": true})).await?;
    transaction.commit().await?;
    Ok(Some(token))
}
