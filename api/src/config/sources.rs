//! The section `sources`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::outbound::HostPattern;

/// From where data may be fetched, and how much at most. Without hosts nothing is fetched from anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sources {
    /// The hosts that may be asked: `data.example.cn` on the usual port, `data.example.cn:8443` on another,
    /// `data.example.cn:*` on any; `*.example.cn` is every name below `example.cn`, not itself.
    pub hosts: Vec<String>,
    /// Networks inside that may be reached although they are not public, such as `10.20.0.0/16`; the hosts in them have
    /// to be listed too. Loopback and link-local addresses cannot be opened in this way.
    pub private_networks: Vec<String>,
    /// Lets listed hosts be on this machine and there be asked without TLS; for tests.
    pub allow_loopback: bool,
    /// The most bytes of one fetch, all its pages together. An import takes no more than `limits.upload_bytes`.
    pub bytes: u64,
    /// The most bytes of one page of a CKAN data store or a context broker; it is held in memory.
    pub page_bytes: usize,
    /// The most pages of one fetch.
    pub pages: u32,
    /// The longest that a connection may take to be made, in milliseconds.
    pub connect_timeout_ms: u64,
    /// The longest that a server may be silent, in milliseconds.
    pub read_timeout_ms: u64,
    /// The longest that one fetch may take, all its pages together, in milliseconds.
    pub total_timeout_ms: u64,
    /// The least number of seconds between two moments of a schedule.
    pub shortest_interval_s: u32,
    /// What sources send to identify themselves, by name.
    pub secrets: BTreeMap<String, SourceSecret>,
}

/// A header that only some hosts are sent. Its value never leaves the file but for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSecret {
    /// The hosts that are sent it, written as in `sources.hosts`.
    pub hosts: Vec<String>,
    /// The name of the header.
    #[serde(default = "authorization")]
    pub header: String,
    /// The file whose only line is the value of the header, such as `Bearer abc…`; it is read at start.
    pub file: PathBuf,
}

fn authorization() -> String {
    "Authorization".into()
}

impl Default for Sources {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            private_networks: Vec::new(),
            allow_loopback: false,
            bytes: 256 << 20,
            page_bytes: 8 << 20,
            pages: 10_000,
            connect_timeout_ms: 10_000,
            read_timeout_ms: 30_000,
            total_timeout_ms: 600_000,
            shortest_interval_s: 300,
            secrets: BTreeMap::new(),
        }
    }
}

impl Sources {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        check_hosts("sources.hosts", &self.hosts)?;
        if let Some(network) = self.private_networks.iter().find(|network| network.parse::<IpNet>().is_err()) {
            let reason = format!("'{network}' is no network; write 10.20.0.0/16 or fd12::/16");
            return Err(ConfigError::senseless("sources.private_networks", reason));
        }
        for secret in self.secrets.values() {
            check_hosts("sources.secrets", &secret.hosts)?;
            if secret.hosts.is_empty() {
                return Err(ConfigError::senseless("sources.secrets", "a secret without hosts is sent to nobody; list them"));
            }
        }
        ConfigError::unless_within("sources.bytes", self.bytes, 1_024, 1 << 40)?;
        ConfigError::unless_within("sources.page_bytes", self.page_bytes, 1_024, 64 << 20)?;
        ConfigError::unless_within("sources.pages", self.pages, 1, 1_000_000)?;
        ConfigError::unless_within("sources.connect_timeout_ms", self.connect_timeout_ms, 10, 600_000)?;
        ConfigError::unless_within("sources.read_timeout_ms", self.read_timeout_ms, 10, 600_000)?;
        ConfigError::unless_within("sources.total_timeout_ms", self.total_timeout_ms, 10, 86_400_000)?;
        ConfigError::unless_within("sources.shortest_interval_s", self.shortest_interval_s, 60, 86_400)
    }
}

fn check_hosts(key: &'static str, hosts: &[String]) -> Result<(), ConfigError> {
    let bad = |host: &&String| host.parse::<HostPattern>().is_err();
    match hosts.iter().find(bad) {
        None => Ok(()),
        Some(host) => {
            let reason = format!("'{host}' names no host; write data.example.cn, data.example.cn:8443 or *.example.cn");
            Err(ConfigError::senseless(key, reason))
        }
    }
}
