//! TLS in the service itself: the certificate it shows, and a new one without a restart.
//!
//! rustls with the cryptography of aws-lc-rs, TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1. The files are looked at every `tls.check_s`: where their
//! content is another one and makes a certificate with its key, connections from then on are shown it; where it does not, the log says so and
//! the one before stays.

mod files;
#[cfg(test)]
mod tests;

use std::sync::{Arc, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use tracing::{error, info, warn};

use crate::clock::Sources;
use crate::config::{ConfigError, Tls};
use files::{Files, Pem};

/// The certificate that the service shows.
#[derive(Debug)]
pub struct Certificate {
    files: Files,
    shown: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// The certificate of the configuration; none where the service answers without TLS. Warns where it is not valid now.
    pub fn read(config: &Tls, sources: &Sources) -> Result<Option<(Arc<Self>, Watch)>, ConfigError> {
        let Some(files) = Files::of(config) else { return Ok(None) };
        let pem = files.read()?;
        let shown = pem.certified()?;
        warn_unless_valid(&shown, sources);
        let certificate = Arc::new(Self { files, shown: RwLock::new(Arc::new(shown)) });
        let watch = Watch {
            certificate: certificate.clone(),
            seen: Ok(pem),
            every: Duration::from_secs(config.check_s),
            sources: sources.clone(),
        };
        Ok(Some((certificate, watch)))
    }

    /// What the server shakes hands with.
    pub fn server(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_protocol_versions(&[&TLS13, &TLS12])?;
        Ok(builder.with_no_client_auth().with_cert_resolver(self.clone()))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.shown.read().expect(UNBROKEN).clone())
    }
}

const UNBROKEN: &str = "nothing panics while it holds the certificate";

/// Looks for a new certificate from time to time.
#[derive(Debug)]
pub struct Watch {
    certificate: Arc<Certificate>,
    /// What the files held or what was wrong with them, so that nothing is told twice.
    seen: Result<Pem, String>,
    every: Duration,
    sources: Sources,
}

impl Watch {
    /// Looks until it is dropped.
    pub async fn run(mut self) {
        loop {
            tokio::time::sleep(self.every).await;
            self.look();
        }
    }

    fn look(&mut self) {
        let read = self.certificate.files.read().map_err(|error| error.to_string());
        if read == self.seen {
            return;
        }
        self.seen = read;
        let certified = match &self.seen {
            Ok(pem) => pem.certified().map_err(|error| error.to_string()),
            Err(reason) => Err(reason.clone()),
        };
        match certified {
            Ok(shown) => {
                warn_unless_valid(&shown, &self.sources);
                *self.certificate.shown.write().expect(UNBROKEN) = Arc::new(shown);
                info!("a new certificate is shown from now on");
            }
            Err(reason) => error!("the new certificate is not taken, and the one before stays: {reason}"),
        }
    }
}

fn warn_unless_valid(shown: &CertifiedKey, sources: &Sources) {
    if let Some(reason) = files::not_valid(shown, sources.now_ms()) {
        warn!("tls.certificate_file: the certificate {reason}; clients will refuse it");
    }
}
