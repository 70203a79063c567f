//! `citygauge migrate`: the database's schema.

use clap::Subcommand;

use super::{Failed, Settings};
use crate::store::Store;

/// Bring the database up to date, or show how far it is.
#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    /// Bring the database up to date: all pending migrations or none.
    Up(Settings),
    /// List the migrations, each with whether it is applied. Changes nothing.
    Status(Settings),
}

impl Migrate {
    pub async fn run(self) -> Result<(), Failed> {
        let (Self::Up(settings) | Self::Status(settings)) = &self;
        let config = settings.read()?;
        if config.database.url.is_none() {
            std::fs::create_dir_all(&config.server.data_dir).map_err(Failed::other)?;
        }
        let store = Store::connect(&config.database_url(), config.database.options()).await.map_err(Failed::other)?;
        if matches!(self, Self::Up(_)) {
            store.migrate_up().await.map_err(Failed::other)?;
        }
        for migration in store.migration_status().await.map_err(Failed::other)? {
            println!("{:8} {}", if migration.applied { "applied" } else { "pending" }, migration.name);
        }
        store.close().await.map_err(Failed::other)
    }
}
