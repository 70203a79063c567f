//! `citygauge cities`: the register of cities, on the service's database.
//!
//! Whoever may read and write the database may change the register; the service may run meanwhile.

use std::collections::BTreeMap;

use citygauge_indicators::Language;
use citygauge_openapi as wire;
use clap::{Args, Subcommand, ValueEnum};
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::output::say;
use super::{Failed, Settings};
use crate::adoption::adopt;
use crate::auth::Caller;
use crate::clock::Sources;
use crate::error::Failure;
use crate::service;
use crate::state::State;
use crate::store::cities;

/// Register the cities of a published scheme of codes, and list the register.
#[derive(Debug, Subcommand)]
pub(super) enum Cities {
    /// Register the cities of a published scheme, with the codes and names that they had before.
    Adopt(Adopt),
    /// List the register, by code.
    List(Settings),
}

#[derive(Debug, Args)]
pub(super) struct Adopt {
    /// The scheme.
    #[arg(long, value_enum)]
    scheme: Scheme,
    /// The year whose codes are wanted, as of its end; those in force today unless given.
    #[arg(long, value_name = "YEAR")]
    valid_at: Option<i32>,
    /// A province, by the code of six digits or its first two; to be repeated. All unless given.
    #[arg(long = "province", value_name = "CODE")]
    provinces: Vec<wire::Code>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scheme {
    #[value(name = "gbt-2260")]
    Gbt2260,
}

impl Cities {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::Adopt(adopt) => adopt.run(language).await,
            Self::List(settings) => list(&settings, language).await,
        }
    }
}

async fn open(settings: &Settings) -> Result<State, Failed> {
    service::open(settings.read()?, Sources::system()).await.map_err(Failed::other)
}

impl Adopt {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let Scheme::Gbt2260 = self.scheme;
        let wanted = wire::CityAdoption {
            scheme: wire::CodeScheme::Gbt2260,
            valid_at: self.valid_at,
            provinces: self.provinces,
            codes: Vec::new(),
        };
        let state = open(&self.settings).await?;
        let transaction = state.store().begin().await.map_err(Failed::other)?;
        let adopted = adopt(&transaction, &state, &Caller::command(), &wanted).await.map_err(|failure| match failure {
            Failure::Invalid(faults) => Failed::Input(faults),
            other => Failed::Other(format!("{other:?}")),
        })?;
        transaction.commit().await.map_err(Failed::other)?;
        let (registered, known) = (adopted.registered.len(), adopted.known.len());
        say(match language {
            Language::Zh => format!("新登记 {registered} 个城市，{known} 个此前已登记"),
            Language::En => format!("registered {registered} cities; {known} were registered already"),
        })
    }
}

async fn list(settings: &Settings, language: Language) -> Result<(), Failed> {
    let state = open(settings).await?;
    let cities = cities::all(state.db()).await.map_err(Failed::other)?;
    let mut aliases = cities::aliases::all(state.db()).await.map_err(Failed::other)?;
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(match language {
        Language::Zh => ["代码", "名称", "属性", "曾用代码和名称"],
        Language::En => ["code", "name", "attributes", "former codes and names"],
    });
    for city in cities {
        let had = aliases.remove(&city.profile.code).unwrap_or_default();
        let had: Vec<String> = had.into_iter().map(|alias| alias.alias).collect();
        let name = language.pick(city.profile.name_zh, city.profile.name_en).unwrap_or(city.profile.name);
        table.add_row([city.profile.code, name, shown(&city.profile.attributes), had.join(" ")]);
    }
    say(table)
}

fn shown(attributes: &BTreeMap<String, String>) -> String {
    attributes.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}
