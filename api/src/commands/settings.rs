//! The flags that stand for settings, and how they become a configuration.

use std::path::PathBuf;

use clap::Args;

use super::Failed;
use crate::config::{Config, DatabaseFlags, Flags, ServerFlags};

/// Where the service keeps its things: for every command that touches them.
#[derive(Debug, Clone, Default, Args)]
pub struct Settings {
    /// A TOML file with settings.
    #[arg(long, value_name = "FILE", env = "CITYGAUGE_CONFIG")]
    pub config: Option<PathBuf>,
    /// The folder for the embedded database and the artifacts [default: citygauge-data].
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// A database of your own: postgres://user:password@host/database
    #[arg(long, value_name = "URL")]
    pub database_url: Option<String>,
}

/// Where the service listens besides.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeSettings {
    #[command(flatten)]
    #[expect(missing_docs, reason = "see the type")]
    pub settings: Settings,
    /// The address to listen on [default: 127.0.0.1].
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// The port to listen on, 0 for any [default: 8080].
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Let anyone on this machine in as admin, without a key.
    #[arg(long)]
    pub open: bool,
}

impl Settings {
    /// Reads the configuration.
    pub fn read(&self) -> Result<Config, Failed> {
        ServeSettings { settings: self.clone(), ..ServeSettings::default() }.read()
    }
}

impl ServeSettings {
    /// Reads the configuration.
    pub fn read(&self) -> Result<Config, Failed> {
        let flags = Flags {
            server: ServerFlags {
                host: self.host.clone(),
                port: self.port,
                data_dir: self.settings.data_dir.clone(),
                open: self.open.then_some(true),
            },
            database: DatabaseFlags { url: self.settings.database_url.clone() },
        };
        Config::read(self.settings.config.as_deref(), &flags).map_err(|error| Failed::Usage(error.to_string()))
    }
}
