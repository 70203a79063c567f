//! The section `limits`.

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
    /// How long answers are kept for a repeated `Idempotency-Key`, in hours.
    pub idempotency_hours: u32,
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
            idempotency_hours: 24,
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
        ConfigError::unless_within("limits.idempotency_hours", self.idempotency_hours, 1, 8_760)
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
