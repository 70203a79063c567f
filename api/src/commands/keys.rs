//! `citygauge keys`: who may use the service.
//!
//! It works on the service's database, so whoever may read and write that may issue keys; the service may
//! run meanwhile.

use citygauge_indicators::Language;
use citygauge_openapi::{Code, Line, Moment};
use clap::{Args, Subcommand};
use comfy_table::Table;
use comfy_table::presets::NOTHING;

use super::output::{say, tell};
use super::{Failed, Settings};
use crate::auth::{Caller, role_of_word};
use crate::clock::Sources;
use crate::keys::{Issue, issue, revoke, scope_faults};
use crate::service;
use crate::state::State;
use crate::store::keys;
use crate::store::keys::KeyScope;

/// Issue, list and revoke keys.
#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Issue a key and print its token, which is shown this once.
    Create(Create),
    /// List the keys, the newest first.
    List(Settings),
    /// Revoke a key.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// Who or what will use it.
    name: String,
    /// What it is for: admin, methodologist, evaluator, reporter, viewer or expert.
    #[arg(long)]
    role: String,
    /// A city it is limited to; to be repeated. A reporter needs one, an evaluator may have some, those
    /// of an expert are its own and not scored by it, other roles take none.
    #[arg(long = "city", value_name = "CODE")]
    cities: Vec<String>,
    /// A department that a reporter is limited to, by its name in the set; to be repeated.
    #[arg(long = "department", value_name = "NAME")]
    departments: Vec<String>,
    /// A data item that a reporter is limited to; to be repeated.
    #[arg(long = "item", value_name = "CODE")]
    items: Vec<String>,
    /// A right that it has of those of its role, such as read_scores; to be repeated. All unless given.
    #[arg(long = "right", value_name = "NAME")]
    rights: Vec<String>,
    /// A network from which it works, such as 10.1.0.0/16; to be repeated. Everywhere unless given.
    #[arg(long = "address", value_name = "NETWORK")]
    addresses: Vec<String>,
    /// When it ends to be valid, such as 2027-01-01T00:00:00Z.
    #[arg(long, value_name = "MOMENT")]
    expires: Option<String>,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Args)]
pub(super) struct Revoke {
    /// The identifier of the key, as the list shows it.
    id: String,
    #[command(flatten)]
    settings: Settings,
}

impl Keys {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::Create(create) => create.run(language).await,
            Self::List(settings) => list(&settings, language).await,
            Self::Revoke(revoke) => revoke.run(language).await,
        }
    }
}

async fn open(settings: &Settings) -> Result<State, Failed> {
    service::open(settings.read()?, Sources::system()).await.map_err(Failed::other)
}

impl Create {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let wanted = self.wanted(language)?;
        let state = open(&self.settings).await?;
        let detail = wanted.detail();
        let transaction = state.store().begin().await.map_err(Failed::other)?;
        let (key, token) = issue(&transaction, &state, &Caller::command(), wanted, detail).await.map_err(Failed::other)?;
        transaction.commit().await.map_err(Failed::other)?;
        tell(match language {
            Language::Zh => format!("密钥 {}，只显示这一次：", key.id),
            Language::En => format!("key {}, shown this once:", key.id),
        });
        say(token.reveal())
    }

    fn wanted(&self, language: Language) -> Result<Issue, Failed> {
        let usage = |zh: &str, en: &str| Failed::Usage(language.pick(zh, en).to_owned());
        let name: Line = self.name.parse().map_err(|bad| Failed::Usage(format!("NAME: {bad}")))?;
        let role = role_of_word(&self.role).ok_or_else(|| {
            usage(
                "--role：应为 admin、methodologist、evaluator、reporter、viewer 或 expert",
                "--role: admin, methodologist, evaluator, reporter, viewer or expert",
            )
        })?;
        let cities: Result<Vec<Code>, _> = self.cities.iter().map(|city| city.parse()).collect();
        let cities = cities.map_err(|bad| Failed::Usage(format!("--city: {bad}")))?;
        let departments: Result<Vec<Line>, _> = self.departments.iter().map(|department| department.parse()).collect();
        let departments = departments.map_err(|bad| Failed::Usage(format!("--department: {bad}")))?;
        let items: Result<Vec<Code>, _> = self.items.iter().map(|item| item.parse()).collect();
        let items = items.map_err(|bad| Failed::Usage(format!("--item: {bad}")))?;
        let scope = KeyScope {
            cities: cities.into_iter().map(String::from).collect(),
            departments: departments.into_iter().map(String::from).collect(),
            items: items.into_iter().map(String::from).collect(),
            rights: self.rights.clone(),
            addresses: self.addresses.clone(),
        };
        let faults = scope_faults(role, &scope);
        if !faults.is_empty() {
            let lines: Vec<String> = faults.0.iter().map(|fault| fault.line(language)).collect();
            return Err(Failed::Usage(lines.join("\n")));
        }
        let expires: Option<Moment> = match &self.expires {
            None => None,
            Some(text) => Some(text.parse().map_err(|bad| Failed::Usage(format!("--expires: {bad}")))?),
        };
        Ok(Issue { name: name.into(), role, scope, expires_at_ms: expires.map(Moment::as_ms) })
    }
}

fn headings(language: Language) -> [&'static str; 11] {
    match language {
        Language::Zh => ["标识", "名称", "角色", "城市", "部门", "数据项", "权利", "网络", "前缀", "签发时间", "状态"],
        Language::En => {
            ["id", "name", "role", "cities", "departments", "items", "rights", "networks", "prefix", "created", "state"]
        }
    }
}

async fn list(settings: &Settings, language: Language) -> Result<(), Failed> {
    let state = open(settings).await?;
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(headings(language));
    let mut before: Option<String> = None;
    loop {
        let page = keys::page(state.db(), before.as_deref(), 1_000).await.map_err(Failed::other)?;
        for key in page.items {
            let valid = match (key.revoked_at_ms, key.is_valid(state.now_ms())) {
                (Some(_), _) => language.pick("已吊销", "revoked"),
                (None, true) => language.pick("有效", "valid"),
                (None, false) => language.pick("已过期", "expired"),
            };
            table.add_row([
                key.id,
                key.name,
                key.role.to_string(),
                key.scope.cities.join(" "),
                key.scope.departments.join(" "),
                key.scope.items.join(" "),
                key.scope.rights.join(" "),
                key.scope.addresses.join(" "),
                format!("cg_{}", key.prefix),
                Moment::from_ms(key.created_at_ms).to_string(),
                valid.to_owned(),
            ]);
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    say(table)
}

impl Revoke {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let state = open(&self.settings).await?;
        let transaction = state.store().begin().await.map_err(Failed::other)?;
        let key = revoke(&transaction, &state, &Caller::command(), &self.id).await.map_err(Failed::other)?;
        transaction.commit().await.map_err(Failed::other)?;
        let (id, name) = (key.id, key.name);
        say(match language {
            Language::Zh => format!("已撤销密钥 {id} {name}；正在运行的服务在一秒内不再接受它"),
            Language::En => format!("revoked key {id} {name}; a running service refuses it within a second"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reporter_without_a_city_is_refused_in_the_language_of_the_terminal() {
        let create = Create {
            name: "x".into(),
            role: "reporter".into(),
            cities: Vec::new(),
            departments: Vec::new(),
            items: Vec::new(),
            rights: Vec::new(),
            addresses: Vec::new(),
            expires: None,
            settings: Settings::default(),
        };
        let said = |language| match create.wanted(language) {
            Err(Failed::Usage(message)) => message,
            other => panic!("{other:?}"),
        };
        assert!(said(Language::Zh).contains("城市范围与角色不符"));
        assert!(said(Language::En).contains("a reporter needs"));
        assert_eq!(headings(Language::Zh)[10], "状态");
    }
}
