//! The section `tls`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// With which certificate the service answers over TLS. Without one it answers without TLS, and a proxy in front of it may have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// A PEM file with the certificate, followed by those between it and its authority.
    pub certificate_file: Option<PathBuf>,
    /// A PEM file with the private key of the certificate.
    pub key_file: Option<PathBuf>,
    /// After how many seconds the files are looked at again, so that a new certificate is taken without a restart.
    pub check_s: u64,
}

impl Default for Tls {
    fn default() -> Self {
        Self { certificate_file: None, key_file: None, check_s: 60 }
    }
}

impl Tls {
    /// Whether the service answers over TLS.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.certificate_file.is_some()
    }

    /// The scheme of the service's addresses.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.is_on() { "https" } else { "http" }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        ConfigError::unless_within("tls.check_s", self.check_s, 1, 86_400)?;
        match (&self.certificate_file, &self.key_file) {
            (Some(_), None) => {
                Err(ConfigError::senseless("tls.key_file", "is missing: name the private key of tls.certificate_file"))
            }
            (None, Some(_)) => {
                Err(ConfigError::senseless("tls.certificate_file", "is missing: name the certificate of tls.key_file"))
            }
            _ => Ok(()),
        }
    }
}
