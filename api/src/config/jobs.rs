//! The section `jobs`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ConfigError;

/// How the service works through its jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Jobs {
    /// Jobs that this process works on at once; 0 leaves all of them to others.
    pub workers: usize,
    /// Sources that this process fetches from at once, beside its workers: a slow host keeps other hosts waiting and no import.
    /// At least 1; where `workers` is 0, none.
    pub fetchers: usize,
    /// What this process is called among those that share a database; the machine's name and the port unless
    /// given. Two processes must not share a name; one that restarts under its name takes its jobs up at once.
    pub name: Option<String>,
    /// How often to look for work that another process enqueued, in milliseconds.
    pub poll_ms: u64,
    /// How long a worker may be silent before its job goes to another one, in milliseconds.
    pub lease_ms: u64,
    /// How often a job is tried.
    pub attempts: u32,
    /// The pause before the second try, in milliseconds; it doubles with every further one.
    pub backoff_ms: u64,
    /// The longest pause between two tries, in milliseconds.
    pub backoff_limit_ms: u64,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            workers: 2,
            fetchers: 2,
            name: None,
            poll_ms: 1_000,
            lease_ms: 30_000,
            attempts: 5,
            backoff_ms: 1_000,
            backoff_limit_ms: 300_000,
        }
    }
}

impl Jobs {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        ConfigError::unless_within("jobs.workers", self.workers, 0, 256)?;
        ConfigError::unless_within("jobs.fetchers", self.fetchers, 1, 256)?;
        ConfigError::unless_within("jobs.poll_ms", self.poll_ms, 10, 600_000)?;
        ConfigError::unless_within("jobs.lease_ms", self.lease_ms, 1_000, 3_600_000)?;
        ConfigError::unless_within("jobs.attempts", self.attempts, 1, 1_000)?;
        ConfigError::unless_within("jobs.backoff_ms", self.backoff_ms, 1, 3_600_000)?;
        ConfigError::unless_within("jobs.backoff_limit_ms", self.backoff_limit_ms, self.backoff_ms, 86_400_000)
    }

    /// The pause after this many tries.
    #[must_use]
    pub fn backoff(&self, tries: u32) -> Duration {
        let doubled = 1_u64.checked_shl(tries.saturating_sub(1)).unwrap_or(u64::MAX);
        Duration::from_millis(self.backoff_ms.saturating_mul(doubled).min(self.backoff_limit_ms))
    }
}
