//! The section `signing`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// With which key the service signs bundles.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signing {
    /// The file of the key: Ed25519 in PEM (PKCS#8); `signing-key.pem` in the data folder unless given. The service makes one
    /// where there is none. Replicas of one service have to share it.
    pub key_file: Option<PathBuf>,
}
