//! `citygauge migrate`: the database's schema.

use citygauge_indicators::Language;
use clap::Subcommand;

use super::output::say;
use super::{Failed, Settings};
use crate::store::{MigrationState, Store};

/// Bring the database up to date, or show how far it is.
#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    /// Bring the database up to date: all pending migrations or none.
    Up(Settings),
    /// List the migrations, each with whether it is applied. Changes nothing.
    Status(Settings),
}

impl Migrate {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let (Self::Up(settings) | Self::Status(settings)) = &self;
        let config = settings.read()?;
        if config.database.url.is_none() {
            std::fs::create_dir_all(&config.server.data_dir).map_err(Failed::other)?;
        }
        let store = Store::connect(&config.database_url(), config.database.options()).await.map_err(Failed::other)?;
        let known = store.migration_status().await.map_err(Failed::other)?;
        match self {
            Self::Up(_) => {
                store.migrate_up().await.map_err(Failed::other)?;
                let pending: Vec<&MigrationState> = known.iter().filter(|migration| !migration.applied).collect();
                for migration in &pending {
                    say(state(migration.name.as_str(), true, language))?;
                }
                say(done(pending.len(), language))?;
            }
            Self::Status(_) => {
                for migration in &known {
                    say(state(migration.name.as_str(), migration.applied, language))?;
                }
            }
        }
        store.close().await.map_err(Failed::other)
    }
}

/// One migration and how far it is.
fn state(name: &str, applied: bool, language: Language) -> String {
    match (applied, language) {
        (true, Language::Zh) => format!("已应用  {name}"),
        (false, Language::Zh) => format!("待应用  {name}"),
        (true, Language::En) => format!("applied  {name}"),
        (false, Language::En) => format!("pending  {name}"),
    }
}

/// What `migrate up` has done.
fn done(applied: usize, language: Language) -> String {
    match (applied, language) {
        (0, Language::Zh) => "数据库已是最新，无需迁移".into(),
        (0, Language::En) => "the database was up to date already".into(),
        (_, Language::Zh) => format!("已应用 {applied} 个迁移，数据库已是最新"),
        (1, Language::En) => "1 migration applied; the database is up to date".into(),
        (_, Language::En) => format!("{applied} migrations applied; the database is up to date"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_says_how_far_it_is_in_both_languages() {
        assert_eq!(state("m1", false, Language::En), "pending  m1");
        assert_eq!(state("m1", true, Language::Zh), "已应用  m1");
    }
}
