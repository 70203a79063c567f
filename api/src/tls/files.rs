//! The files of a certificate and its key.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, Error, RootCertStore};

use crate::config::{ConfigError, Tls};

const CERTIFICATE: &str = "tls.certificate_file";
const KEY: &str = "tls.key_file";

/// Where certificate and key are.
#[derive(Debug)]
pub(super) struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What the two files hold; shown to nobody.
#[derive(PartialEq, Eq)]
pub(super) struct Pem {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl std::fmt::Debug for Pem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pem")
    }
}

impl Files {
    pub(super) fn of(config: &Tls) -> Option<Self> {
        Some(Self { certificate: config.certificate_file.clone()?, key: config.key_file.clone()? })
    }

    pub(super) fn read(&self) -> Result<Pem, ConfigError> {
        let read = |setting, file: &Path| {
            std::fs::read(file)
                .map_err(|reason| ConfigError::senseless(setting, format!("{} cannot be read: {reason}", file.display())))
        };
        Ok(Pem { certificate: read(CERTIFICATE, &self.certificate)?, key: read(KEY, &self.key)? })
    }
}

impl Pem {
    /// The certificate with its key. What is told of a fault never repeats what the files hold.
    pub(super) fn certified(&self) -> Result<CertifiedKey, ConfigError> {
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&self.certificate)
            .collect::<Result<_, PemError>>()
            .map_err(|_| ConfigError::senseless(CERTIFICATE, "is not PEM throughout; a section is broken"))?;
        if chain.is_empty() {
            return Err(ConfigError::senseless(CERTIFICATE, "holds no certificate: expected PEM with BEGIN CERTIFICATE"));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|error| match error {
            PemError::NoItemsFound => {
                ConfigError::senseless(KEY, "holds no private key: expected PEM with BEGIN PRIVATE KEY, not encrypted")
            }
            _ => ConfigError::senseless(KEY, "is not PEM throughout; a section is broken"),
        })?;
        CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(|error| match error {
            Error::InconsistentKeys(_) => {
                ConfigError::senseless(KEY, "is not the key of the first certificate in tls.certificate_file")
            }
            Error::InvalidCertificate(_) => {
                ConfigError::senseless(CERTIFICATE, "begins with something that is no X.509 certificate")
            }
            other => ConfigError::senseless(KEY, format!("is of a kind that is not used with TLS: {other}")),
        })
    }
}

/// Why a certificate is not valid at a moment, where it is not: what a client that trusts it would say.
pub(super) fn not_valid(shown: &CertifiedKey, now_ms: i64) -> Option<&'static str> {
    let (own, others) = shown.cert.split_first()?;
    let mut roots = RootCertStore::empty();
    roots.add(own.clone()).ok()?;
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(aws_lc_rs::default_provider())).build().ok()?;
    let now = UnixTime::since_unix_epoch(Duration::from_millis(u64::try_from(now_ms).unwrap_or_default()));
    let name = ServerName::try_from("localhost").ok()?;
    match verifier.verify_server_cert(own, others, &name, &[], now) {
        Err(Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. })) => {
            Some("has expired")
        }
        Err(Error::InvalidCertificate(CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. })) => {
            Some("is not valid yet")
        }
        _ => None,
    }
}
