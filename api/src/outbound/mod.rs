//! Fetches data from elsewhere, and guards that it comes from where it may.
//!
//! An address that somebody typed in is an address that this machine will connect to, from inside. So one type,
//! [`Outbound`], makes every request, and no other part of the service has an HTTP client (Clippy refuses one):
//!
//! * only hosts that the configuration lists, over https; plain http only to this machine and only where that is allowed;
//! * the address of a host is checked after its name was resolved, and the connection goes to that very address; what is not
//!   public is reached only where the configuration opens its network, loopback, link-local and metadata addresses never;
//! * a redirect is followed by hand, three times at most, and each target is held to the same rules;
//! * no proxy from the environment, no cookies, no decompression;
//! * time is limited thrice (to connect, of silence, as a whole), bytes as they arrive, pages by size and number.
//!
//! ```text
//! SourceKind -> check (before it is stored) -> fetch: file | ckan | ngsi_ld -> ask (guard, redirects, status) -> Content
//! ```
//!
//! What is told to receivers ([`Outbound::post`]) goes the same way, by the rules of the section `webhooks`; what an identity provider
//! publishes ([`Provider`]) is asked for by those of the section `oidc`.
//!
//! To add a kind: a variant of [`SourceKind`], its faults in `check`, and a module that turns answers into a file which
//! [`crate::intake`] reads. What identifies the service to a host is a [`Secret`], which only that host is sent.

mod ask;
mod check;
mod ckan;
mod error;
mod fetched;
mod file;
mod flat;
mod guard;
mod host;
mod name;
mod ngsi_ld;
mod pages;
mod post;
mod provider;
mod reach;
mod recognise;
mod resolve;
mod retry_after;
mod sdmx;
mod secret;
mod sink;
mod so_far;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use citygauge_indicators::Faults;
pub use citygauge_openapi::{SdmxVersion, SourceFormat, SourceKind};
use reqwest::Client;
use reqwest::redirect::Policy;
use tracing::{info, warn};
use url::Url;

use crate::config::{Sources, Webhooks};
pub use error::FetchError;
pub use fetched::{Content, Fetched, Validators};
use guard::Guard;
pub use host::{BadHost, HostPattern};
use post::Receivers;
pub use post::{Received, Unanswered};
pub use provider::Provider;
use reach::{Loopback, Reach};
use resolve::{Guarded, Lookup, OfMachine};
pub use secret::Secret;

/// Makes every request that leaves this service; cheap to clone.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

struct Inner {
    limits: Sources,
    guard: Guard,
    /// Asks with TLS.
    https: Client,
    /// Asks this machine without TLS.
    plain: Client,
    secrets: BTreeMap<String, Secret>,
    receivers: Receivers,
}

/// Why no requests can be made.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// A host of the configuration is none.
    #[error("sources.hosts: {0}")]
    Host(#[from] BadHost),
    /// A network of the configuration is none.
    #[error("sources.private_networks: {0}")]
    Network(#[from] ipnet::AddrParseError),
    /// A network of receivers is none.
    #[error("webhooks.private_networks: {0}")]
    Receivers(#[source] ipnet::AddrParseError),
    /// A network of the identity provider is none.
    #[error("oidc.private_networks: {0}")]
    Provider(#[source] ipnet::AddrParseError),
    /// A secret cannot be used.
    #[error("sources.secrets.{name}: {reason}")]
    Secret {
        /// The name of the secret.
        name: String,
        /// Why not.
        reason: String,
    },
    /// The certificates of this machine cannot be used.
    #[error("no HTTP client can be made: {0}")]
    Client(#[from] reqwest::Error),
}

impl Outbound {
    /// Puts the rules together and reads the secrets.
    pub fn new(config: &Sources, webhooks: &Webhooks) -> Result<Self, OutboundError> {
        Self::with_lookup(config, webhooks, Arc::new(OfMachine))
    }

    fn with_lookup(config: &Sources, webhooks: &Webhooks, lookup: Arc<dyn Lookup>) -> Result<Self, OutboundError> {
        if config.allow_loopback {
            warn!(
                "sources.allow_loopback is set: listed hosts may be on this machine and are asked without TLS there; it is for tests"
            );
        }
        let loopback = if config.allow_loopback { Loopback::Admitted } else { Loopback::Refused };
        let opened = config.private_networks.iter().map(|network| network.parse()).collect::<Result<_, _>>()?;
        let reach = Reach { opened, loopback, public: true };
        let guard = Guard {
            hosts: config.hosts.iter().map(|host| host.parse()).collect::<Result<_, _>>()?,
            reach: reach.clone(),
            allow_loopback: config.allow_loopback,
        };
        let (connect_ms, read_ms) = (config.connect_timeout_ms, config.read_timeout_ms);
        let secrets = config.secrets.iter().map(|(name, secret)| Ok((name.clone(), Secret::read(name, secret)?)));
        Ok(Self(Arc::new(Inner {
            guard,
            receivers: Receivers::new(webhooks, config.connect_timeout_ms, || lookup.clone())?,
            https: client(connect_ms, read_ms, Guarded { lookup: lookup.clone(), reach })?,
            plain: client(connect_ms, read_ms, Guarded { lookup, reach: Reach::of_this_machine() })?,
            secrets: secrets.collect::<Result<_, OutboundError>>()?,
            limits: config.clone(),
        })))
    }

    /// Whether any host may be asked at all.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.0.guard.hosts.is_empty()
    }

    /// The secret with this name.
    #[must_use]
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.0.secrets.get(name)
    }

    /// Fetches to a temporary file in `folder`: never more than the configured bytes, never longer than the configured
    /// time. What a source is said to be is checked first, as [`Outbound::check`] does, since the configuration may have
    /// changed. A secret is sent only to its own hosts.
    ///
    /// Files and SDMX are asked conditionally. CKAN and NGSI-LD come in pages whose validators say nothing of the whole:
    /// they are fetched, and unchanged where the digest is.
    ///
    /// # Errors
    ///
    /// [`FetchError::Transient`] where another try may help, [`FetchError::Refused`] where it will not.
    pub async fn fetch(
        &self,
        kind: &SourceKind,
        known: &Validators,
        secret: Option<&Secret>,
        folder: &Path,
    ) -> Result<Fetched, FetchError> {
        let limit_ms = self.limits().total_timeout_ms;
        let fetching = self.fetch_kind(kind, known, secret, folder);
        let fetched = tokio::time::timeout(Duration::from_millis(limit_ms), fetching).await;
        let fetched = fetched.unwrap_or_else(|_elapsed| Err(FetchError::of_total_time(limit_ms)));
        // Addresses may hold what is secret; the host says enough.
        let host = Url::parse(kind.url().as_str()).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        match &fetched {
            Ok(Fetched::Unchanged) => info!(source.host = host, "nothing has changed at {host}"),
            Ok(Fetched::Content(content)) => {
                info!(
                    source.host = host,
                    bytes = content.bytes,
                    pages = content.pages,
                    "fetched {} bytes from {host}",
                    content.bytes
                );
            }
            Err(error) => {
                let codes: Vec<&str> = error.faults().0.iter().map(|fault| fault.code).collect();
                info!(source.host = host, "nothing was fetched from {host}: {}", codes.join(", "));
            }
        }
        fetched
    }

    /// Says everything that is wrong with the address of a receiver.
    ///
    /// # Errors
    ///
    /// What is wrong with it; a name is resolved when something is sent, and no earlier.
    pub fn check_receiver(&self, url: &str) -> Result<(), Faults> {
        self.0.receivers.read(url).map(|_| ())
    }

    /// Posts a body to a receiver, once, and follows no redirect.
    ///
    /// # Errors
    ///
    /// [`Unanswered`] where no answer came; a failure that the receiver tells by its status is an answer.
    pub async fn post(
        &self,
        to: &str,
        headers: impl IntoIterator<Item = (&'static str, String)>,
        body: Vec<u8>,
    ) -> Result<Received, Unanswered> {
        self.0.receivers.post(to, post::header_map(headers), body).await
    }

    async fn fetch_kind(
        &self,
        kind: &SourceKind,
        known: &Validators,
        secret: Option<&Secret>,
        folder: &Path,
    ) -> Result<Fetched, FetchError> {
        let faults = self.check(kind);
        if faults.has_errors() {
            return Err(FetchError::Refused(faults));
        }
        let root = self.guard().read(kind.url().as_str()).map_err(FetchError::Refused)?;
        match kind {
            SourceKind::Url { format, .. } => {
                let wanted = file::Wanted { url: root, accept: file::ANY_TABLE, format: *format, name: None, known, secret };
                self.file(wanted, folder).await
            }
            SourceKind::Sdmx { version, flow, key, start_period, end_period, .. } => {
                let flow = sdmx::Flow {
                    version: *version,
                    flow,
                    key: key.as_ref(),
                    start: start_period.as_ref(),
                    end: end_period.as_ref(),
                };
                let format = Some(SourceFormat::SdmxCsv);
                let (url, accept, name) = (flow.url(&root), flow.accept(), Some(flow.name()));
                self.file(file::Wanted { url, accept, format, name, known, secret }, folder).await
            }
            SourceKind::Ckan { resource, filters, .. } => {
                self.pages(ckan::Store { resource, filters }, &root, known, secret, folder).await
            }
            SourceKind::NgsiLd { tenant, context, query, .. } => {
                let broker = ngsi_ld::Broker { tenant: tenant.as_ref(), context: context.as_ref(), query: query.as_ref() };
                self.pages(broker, &root, known, secret, folder).await
            }
        }
    }

    fn guard(&self) -> &Guard {
        &self.0.guard
    }

    fn limits(&self) -> &Sources {
        &self.0.limits
    }

    /// The client for an address that was admitted.
    fn client(&self, url: &Url) -> &Client {
        if url.scheme() == "https" { &self.0.https } else { &self.0.plain }
    }
}

/// A client that connects to what its resolver hands out, and goes nowhere by itself.
#[expect(clippy::disallowed_methods, reason = "this is the guarded client")]
fn client(connect_timeout_ms: u64, read_timeout_ms: u64, resolver: Guarded) -> Result<Client, reqwest::Error> {
    Client::builder()
        .user_agent(concat!("citygauge/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(Arc::new(resolver))
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(Duration::from_millis(connect_timeout_ms))
        .read_timeout(Duration::from_millis(read_timeout_ms))
        .pool_idle_timeout(Duration::from_secs(10))
        .build()
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").field("hosts", &self.0.guard.hosts).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
