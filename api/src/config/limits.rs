//! The section `limits`.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::ConfigError;

/// What the service accepts at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The largest JSON body, in bytes.
    pub json_bytes: usize,
    /// The largest upload, in bytes.
    pub upload_bytes: u64,
    /// The largest file of evidence, in bytes; it is held in memory while its content is looked at.
    pub evidence_bytes: usize,
    /// The most files of evidence of one observation, withdrawn ones included.
    pub evidence_files: u32,
    /// Members of a page unless the client asks for another number, which may be up to 1,000.
    pub page: u32,
    /// The most cells of a table in one answer; larger ones are exported as files.
    pub table_cells: u64,
    /// The most exports that are kept at once.
    pub exports: u32,
    /// How long the file of an export is kept, in hours.
    pub export_hours: u32,
    /// The largest file of an export, in bytes.
    pub export_bytes: u64,
    /// Computations that run at once; 0 takes one per processor and one more, so that a small one need not wait
    /// for the large ones.
    pub engines: usize,
    /// Computations that wait for their turn before further ones are answered with 503.
    pub engines_waiting: usize,
    /// The memory for answers that never change, in MiB: rankings and score cards that were asked for lately. 0 keeps none.
    pub answers_mib: u32,
    /// How long answers are kept for a repeated `Idempotency-Key`, in hours.
    pub idempotency_hours: u32,
    /// Requests that one key may make in a second, on average; 0 for as many as it likes. Each process counts for itself.
    pub requests_per_s: u32,
    /// Requests that one key may make at once, when it has made none for a while.
    pub requests_burst: u32,
    /// Requests that one address may make in a second without a key that is known to work; 0 for as many as it likes.
    pub address_requests_per_s: u32,
    /// Such requests that one address may make at once.
    pub address_requests_burst: u32,
    /// Requests of one key that are worked on at once, until their answers have left; 0 for as many as it likes.
    pub key_requests_at_once: u32,
    /// Requests that one address makes without a key that works and that are worked on at once; 0 for as many as it likes.
    pub address_requests_at_once: u32,
    /// Networks of proxies in front of the service, such as `10.0.0.0/8`, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            json_bytes: 32 << 20,
            upload_bytes: 1 << 30,
            evidence_bytes: 20 << 20,
            evidence_files: 20,
            page: 100,
            table_cells: 5_000_000,
            exports: 100,
            export_hours: 72,
            export_bytes: 16 << 30,
            engines: 0,
            engines_waiting: 100,
            answers_mib: 32,
            idempotency_hours: 24,
            requests_per_s: 100,
            requests_burst: 500,
            address_requests_per_s: 20,
            address_requests_burst: 100,
            key_requests_at_once: 100,
            address_requests_at_once: 50,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        ConfigError::unless_within("limits.json_bytes", self.json_bytes, 1_024, 1 << 30)?;
        ConfigError::unless_within("limits.upload_bytes", self.upload_bytes, 1_024, 1 << 40)?;
        ConfigError::unless_within("limits.evidence_bytes", self.evidence_bytes, 1_024, 1 << 30)?;
        ConfigError::unless_within("limits.evidence_files", self.evidence_files, 1, 1_000)?;
        ConfigError::unless_within("limits.page", self.page, 1, 1_000)?;
        ConfigError::unless_within("limits.table_cells", self.table_cells, 1, 1_000_000_000)?;
        ConfigError::unless_within("limits.exports", self.exports, 1, 100_000)?;
        ConfigError::unless_within("limits.export_hours", self.export_hours, 1, 8_760)?;
        ConfigError::unless_within("limits.export_bytes", self.export_bytes, 1_024, 1 << 40)?;
        ConfigError::unless_within("limits.engines", self.engines, 0, 1_024)?;
        ConfigError::unless_within("limits.engines_waiting", self.engines_waiting, 0, 1_000_000)?;
        ConfigError::unless_within("limits.answers_mib", self.answers_mib, 0, 65_536)?;
        ConfigError::unless_within("limits.idempotency_hours", self.idempotency_hours, 1, 8_760)?;
        ConfigError::unless_within("limits.requests_per_s", self.requests_per_s, 0, 1_000_000)?;
        ConfigError::unless_within("limits.requests_burst", self.requests_burst, 1, 1_000_000)?;
        ConfigError::unless_within("limits.address_requests_per_s", self.address_requests_per_s, 0, 1_000_000)?;
        ConfigError::unless_within("limits.address_requests_burst", self.address_requests_burst, 1, 1_000_000)?;
        ConfigError::unless_within("limits.key_requests_at_once", self.key_requests_at_once, 0, 1_000_000)?;
        ConfigError::unless_within("limits.address_requests_at_once", self.address_requests_at_once, 0, 1_000_000)?;
        match self.trusted_proxies.iter().find(|network| network.parse::<IpNet>().is_err()) {
            None => Ok(()),
            Some(network) => {
                let reason = format!("'{network}' is no network; write 10.0.0.0/8 or fd12::/16");
                Err(ConfigError::senseless("limits.trusted_proxies", reason))
            }
        }
    }

    /// How long the file of an export is kept, in milliseconds.
    #[must_use]
    pub fn export_ms(&self) -> i64 {
        i64::from(self.export_hours) * 3_600_000
    }

    /// How many computations run at once on this machine.
    #[must_use]
    pub fn engines_at_once(&self) -> usize {
        match self.engines {
            0 => std::thread::available_parallelism().map_or(2, |processors| processors.get() + 1),
            engines => engines,
        }
    }
}
