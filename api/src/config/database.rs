//! The section `database`.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::store::StoreOptions;

/// Where the service keeps what it knows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `postgres://user:password@host/database`, or `sqlite://path?mode=rwc`; an embedded SQLite file in the
    /// data folder unless given.
    pub url: Option<String>,
    /// The PostgreSQL schema to live in, instead of the role's own.
    pub schema: Option<String>,
    /// The most connections open at once. A job may hold two, writing requests on PostgreSQL at most half of them; a
    /// request that waits for a job (`?wait`) holds none. At least twice `jobs.workers` and one.
    pub max_connections: u32,
    /// How long a request waits for a free connection, in milliseconds.
    pub acquire_timeout_ms: u64,
    /// How long a request that writes waits for another writer before it is answered with 503, in milliseconds: for its
    /// turn, and on PostgreSQL also for a row (`lock_timeout`). Jobs wait as long as it takes.
    pub busy_timeout_ms: u64,
    /// The longest a statement of a request may take on PostgreSQL (`statement_timeout`), in milliseconds; 0 is for ever.
    pub statement_timeout_ms: u64,
    /// How long a transaction may do nothing before PostgreSQL undoes it (`idle_in_transaction_session_timeout`), in
    /// milliseconds: a process that was stopped gives up what it had locked; 0 is never.
    pub idle_transaction_timeout_ms: u64,
    /// Brings the schema up to date at start; without it a service whose schema is behind refuses to start.
    pub migrate: bool,
    /// Where the backup comes from that a database which holds something needs before its schema is changed: `first` makes one and
    /// checks it, first; `elsewhere` says that one was made by other means.
    pub backup: BackupFrom,
}

/// Where the backup of before a migration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum BackupFrom {
    /// It is made and checked first; without it nothing is migrated.
    #[default]
    First,
    /// The operator has made one by other means; none is made. The log and the trail say so.
    Elsewhere,
}

impl Default for Database {
    fn default() -> Self {
        let StoreOptions {
            max_connections,
            acquire_timeout_ms,
            busy_timeout_ms,
            statement_timeout_ms,
            idle_transaction_timeout_ms,
            schema,
        } = StoreOptions::default();
        Self {
            url: None,
            schema,
            max_connections,
            acquire_timeout_ms,
            busy_timeout_ms,
            statement_timeout_ms,
            idle_transaction_timeout_ms,
            migrate: true,
            backup: BackupFrom::First,
        }
    }
}

impl Database {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let known = |url: &String| ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme));
        if !self.url.as_ref().is_none_or(known) {
            return Err(ConfigError::senseless("database.url", "starts neither with sqlite: nor with postgres:"));
        }
        ConfigError::unless_within("database.max_connections", self.max_connections, 2, 1_000)?;
        ConfigError::unless_within("database.acquire_timeout_ms", self.acquire_timeout_ms, 1, 600_000)?;
        ConfigError::unless_within("database.busy_timeout_ms", self.busy_timeout_ms, 1, 600_000)?;
        ConfigError::unless_within("database.statement_timeout_ms", self.statement_timeout_ms, 0, 86_400_000)?;
        ConfigError::unless_within("database.idle_transaction_timeout_ms", self.idle_transaction_timeout_ms, 0, 86_400_000)
    }

    /// Refuses a pool that workers alone could use up: each holds its transaction and now and then says that it is alive.
    pub(super) fn check_for(&self, workers: usize) -> Result<(), ConfigError> {
        let least = 2 * workers + 1;
        if (self.max_connections as usize) < least {
            let reason = format!("{} are too few for {workers} workers (jobs.workers): at least {least}", self.max_connections);
            return Err(ConfigError::senseless("database.max_connections", reason));
        }
        Ok(())
    }

    /// What the store needs to know to open it.
    #[must_use]
    pub fn options(&self) -> StoreOptions {
        StoreOptions {
            max_connections: self.max_connections,
            acquire_timeout_ms: self.acquire_timeout_ms,
            busy_timeout_ms: self.busy_timeout_ms,
            statement_timeout_ms: self.statement_timeout_ms,
            idle_transaction_timeout_ms: self.idle_transaction_timeout_ms,
            schema: self.schema.clone(),
        }
    }
}

/// Leaves the URL out, which may hold a password.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("max_connections", &self.max_connections).finish_non_exhaustive()
    }
}
