//! `citygauge migrate`: the database's schema.

use citygauge_indicators::Language;
use clap::{Args, Subcommand};

use super::output::say;
use super::{Failed, Settings};
use crate::auth::Caller;
use crate::clock::Sources;
use crate::config::{BackupFrom, Config};
use crate::service::make_private;
use crate::store::Store;
use crate::upgrade::{Taken, Upgraded, upgrade};

/// Bring the database up to date, or show how far it is.
#[derive(Debug, Subcommand)]
pub(super) enum Migrate {
    /// Bring the database up to date: all pending migrations or none, after a backup that is checked.
    Up(Up),
    /// List the migrations, each with whether it is applied. Changes nothing.
    Status(Settings),
}

#[derive(Debug, Args)]
pub(super) struct Up {
    /// Where the backup of a database that holds something comes from: `first` makes one before and checks it, `elsewhere` says that
    /// you have made one by other means [default: first].
    #[arg(long, value_name = "FROM", hide_possible_values = true)]
    backup: Option<BackupFrom>,
    #[command(flatten)]
    settings: Settings,
}

impl Migrate {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::Up(up) => up.run(language).await,
            Self::Status(settings) => status(&settings, language).await,
        }
    }
}

impl Up {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let mut config = self.settings.read()?;
        config.database.backup = self.backup.unwrap_or(config.database.backup);
        let store = connect(&config).await?;
        let upgraded = upgrade(&config, &Sources::system(), &store, &Caller::command()).await;
        store.close().await.map_err(Failed::other)?;
        let Upgraded { applied, backup } = upgraded.map_err(|error| Failed::Other(error.text().get(language).to_owned()))?;
        if let Some(taken) = backup {
            say(backed_up(&taken, language))?;
        }
        for migration in &applied {
            say(state(migration, true, language))?;
        }
        say(done(applied.len(), language))
    }
}

async fn status(settings: &Settings, language: Language) -> Result<(), Failed> {
    let store = connect(&settings.read()?).await?;
    for migration in store.migration_status().await.map_err(Failed::other)? {
        say(state(&migration.name, migration.applied, language))?;
    }
    store.close().await.map_err(Failed::other)
}

async fn connect(config: &Config) -> Result<Store, Failed> {
    if config.database.url.is_none() {
        make_private(&config.server.data_dir).map_err(Failed::other)?;
    }
    Store::connect(&config.database_url(), config.database.options()).await.map_err(Failed::other)
}

/// Where the backup of before is.
fn backed_up(taken: &Taken, language: Language) -> String {
    match (taken, language) {
        (Taken::Here(file), Language::Zh) => format!("已备份并检查  {}", file.display()),
        (Taken::Here(file), Language::En) => format!("backed up and checked  {}", file.display()),
        (Taken::Elsewhere, Language::Zh) => "未作备份：已声明另有备份".into(),
        (Taken::Elsewhere, Language::En) => "no backup was made: there is one elsewhere, as was said".into(),
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
