//! The section `webhooks`.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// How others are told of what happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Webhooks {
    /// Deliveries that this process makes at once; where `jobs.workers` is 0, none.
    pub senders: usize,
    /// The longest that one attempt may take, in milliseconds.
    pub timeout_ms: u64,
    /// The pauses between attempts, in seconds; there is one attempt more than pauses. Up to a tenth of it is added to each by chance.
    pub retry_s: Vec<u32>,
    /// After how many hours of nothing but failures a webhook is disabled.
    pub disable_after_hours: u32,
    /// How long the former secret of a webhook is used beside a new one unless the caller says otherwise, in hours.
    pub rotation_hours: u32,
    /// How long events and their deliveries are kept, in days.
    pub keep_days: u32,
    /// The most webhooks.
    pub most: u32,
    /// Networks inside where receivers may be although they are not public, such as `10.20.0.0/16`.
    pub private_networks: Vec<String>,
    /// Lets receivers in `private_networks` (and on this machine, where that is allowed) be told over plain http.
    pub allow_http: bool,
    /// Lets receivers be on this machine; for tests.
    pub allow_loopback: bool,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            senders: 4,
            timeout_ms: 15_000,
            // The schedule that Standard Webhooks 1.0.0 gives: ten attempts within some 75 hours.
            retry_s: vec![5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
            disable_after_hours: 120,
            rotation_hours: 24,
            keep_days: 30,
            most: 100,
            private_networks: Vec::new(),
            allow_http: false,
            allow_loopback: false,
        }
    }
}

impl Webhooks {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        ConfigError::unless_within("webhooks.senders", self.senders, 1, 256)?;
        ConfigError::unless_within("webhooks.timeout_ms", self.timeout_ms, 100, 60_000)?;
        ConfigError::unless_within("webhooks.retry_s", self.retry_s.len(), 0, 50)?;
        for pause in &self.retry_s {
            ConfigError::unless_within("webhooks.retry_s", *pause, 0, 604_800)?;
        }
        ConfigError::unless_within("webhooks.disable_after_hours", self.disable_after_hours, 1, 8_760)?;
        ConfigError::unless_within("webhooks.rotation_hours", self.rotation_hours, 0, 720)?;
        ConfigError::unless_within("webhooks.keep_days", self.keep_days, 1, 3_650)?;
        ConfigError::unless_within("webhooks.most", self.most, 1, 1_000)?;
        match self.private_networks.iter().find(|network| network.parse::<IpNet>().is_err()) {
            None => Ok(()),
            Some(network) => {
                let reason = format!("'{network}' is no network; write 10.20.0.0/16 or fd12::/16");
                Err(ConfigError::senseless("webhooks.private_networks", reason))
            }
        }
    }
}
