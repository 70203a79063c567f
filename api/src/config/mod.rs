//! The configuration: read once at start from file, environment and flags, then checked as a whole.
//!
//! A key `section.key` of the TOML file is the variable `CITYGAUGE_SECTION_KEY` of the environment. Flags
//! win over the environment, the environment over the file, the file over the defaults; with none of them
//! the service runs on an embedded database. A key that nobody knows is refused.

mod database;
mod jobs;
mod limits;
mod log;
mod objects;
mod oidc;
mod reports;
mod server;
mod signing;
mod sources;
mod tls;
mod traces;
mod webhooks;

use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

pub use database::{BackupFrom, Database};
pub use jobs::Jobs;
pub use limits::Limits;
pub use log::{Log, LogFormat};
pub use objects::Objects;
pub use oidc::{Granted, Oidc, OidcClaims};
pub use reports::Reports;
pub use server::Server;
pub use signing::Signing;
pub use sources::{SourceSecret, Sources};
pub use tls::Tls;
pub use traces::Traces;
pub use webhooks::Webhooks;

/// Variables with our prefix that are no settings of the service.
const NOT_SETTINGS: [&str; 31] = [
    "config",
    "key",
    "token",
    "url",
    "lang",
    "test_database_url",
    "agreement_cases",
    "agreement_seed",
    "kills",
    "kill_seed",
    "kill_within_ms",
    "restarts",
    "restart_seed",
    "disk_fills",
    "disk_seed",
    "damage_ways",
    "leaps",
    "leap_seed",
    "away_s",
    "away_seed",
    "racers",
    "races",
    "replica_assessments",
    "replica_s3",
    "every_byte",
    "sql_engines",
    "sql_cases",
    "sql_folder",
    "clients",
    "clients_seconds",
    "clients_body_mib",
];

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the service listens and keeps its files.
    pub server: Server,
    /// With which certificate it answers.
    pub tls: Tls,
    /// Where it keeps what it knows.
    pub database: Database,
    /// Where it keeps uploads, releases and results.
    pub objects: Objects,
    /// With which key it signs.
    pub signing: Signing,
    /// How it works through its jobs.
    pub jobs: Jobs,
    /// What it accepts at most.
    pub limits: Limits,
    /// From where it fetches data.
    pub sources: Sources,
    /// How it tells others of what happens.
    pub webhooks: Webhooks,
    /// Whose tokens are accepted beside keys.
    pub oidc: Oidc,
    /// What it writes to its log.
    pub log: Log,
    /// How it writes reports.
    pub reports: Reports,
    /// To whom it tells what its work consists of.
    pub traces: Traces,
}

/// Why a configuration is refused; the message names the key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file, variable or flag has an unknown key or a value of the wrong kind.
    #[error("{0}")]
    Unreadable(Box<figment::Error>),
    /// A value makes no sense.
    #[error("{key}: {reason}")]
    Senseless {
        /// The key.
        key: &'static str,
        /// What is wrong with its value.
        reason: String,
    },
}

/// What was set on the command line; absent members leave the setting alone.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Flags {
    /// Members of `server`.
    pub server: ServerFlags,
    /// Members of `database`.
    pub database: DatabaseFlags,
}

/// Flags of the section `server`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ServerFlags {
    /// `--host`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// `--port`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// `--data-dir`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_dir: Option<PathBuf>,
    /// `--open`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<bool>,
}

/// Flags of the section `database`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DatabaseFlags {
    /// `--database-url`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Config {
    /// Reads and checks the configuration.
    pub fn read(file: Option<&Path>, flags: &Flags) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        let environment = Env::prefixed("CITYGAUGE_").ignore(&NOT_SETTINGS).map(|key| key.as_str().replacen('_', ".", 1).into());
        let config: Self = figment
            .merge(environment)
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(|error| ConfigError::Unreadable(Box::new(error)))?;
        config.check()?;
        Ok(config)
    }

    /// Refuses values that make no sense, alone or together.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.server.check()?;
        self.tls.check()?;
        self.database.check()?;
        self.jobs.check()?;
        self.database.check_for(self.jobs.workers)?;
        self.limits.check()?;
        self.objects.check()?;
        self.sources.check()?;
        self.webhooks.check()?;
        self.oidc.check()?;
        self.reports.check()?;
        self.traces.check()
    }

    /// The URL of the database: the configured one, or a file in the data folder.
    #[must_use]
    pub fn database_url(&self) -> String {
        self.database.url.clone().unwrap_or_else(|| sqlite_url(&self.server.data_dir.join("citygauge.db")))
    }

    /// The folder of the artifacts: the configured one, or one in the data folder. Where they are in a bucket, only what is on its way
    /// to them is there.
    #[must_use]
    pub fn objects_dir(&self) -> PathBuf {
        self.objects.dir.clone().unwrap_or_else(|| self.server.data_dir.join("objects"))
    }

    /// The file of the signing key: the configured one, or one in the data folder.
    #[must_use]
    pub fn signing_key_file(&self) -> PathBuf {
        self.signing.key_file.clone().unwrap_or_else(|| self.server.data_dir.join("signing-key.pem"))
    }
}

/// The URL of a file with an embedded database.
#[must_use]
pub fn sqlite_url(file: &Path) -> String {
    let path = file.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("sqlite://{path}?mode=rwc")
}

impl ConfigError {
    pub(crate) fn senseless(key: &'static str, reason: impl Into<String>) -> Self {
        Self::Senseless { key, reason: reason.into() }
    }

    /// Refuses a number outside its bounds.
    fn unless_within<T: PartialOrd + std::fmt::Display>(key: &'static str, value: T, least: T, most: T) -> Result<(), Self> {
        if least <= value && value <= most {
            Ok(())
        } else {
            Err(Self::senseless(key, format!("{value} is not within {least} to {most}")))
        }
    }
}

#[cfg(test)]
mod tests;
