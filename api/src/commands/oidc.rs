//! `citygauge oidc`: whether the identity provider of the configuration is understood, and whom a token would let in.

use std::io::Read;

use citygauge_indicators::{Fault, Language};
use clap::{Args, Subcommand};

use super::output::say;
use super::{Failed, Settings};
use crate::auth::oidc::{Jwk, Published, Refusal};
use crate::auth::{Caller, Oidc as Provider};
use crate::clock::Sources;
use crate::config::Config;

/// The most characters of a token that are read.
const TOKEN: u64 = 64 << 10;

/// Check the identity provider whose tokens are accepted beside keys.
#[derive(Debug, Subcommand)]
pub(super) enum Oidc {
    /// Fetch what the provider publishes and say what is used of it; with a token, say whom it would let in, or why nobody.
    Check(Check),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// A token to try, - to read it from standard input; better given in the variable or so, which other users of the machine do not see.
    #[arg(long, value_name = "TOKEN", env = "CITYGAUGE_TOKEN", hide_env_values = true)]
    token: Option<String>,
    #[command(flatten)]
    settings: Settings,
}

impl Oidc {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        let Self::Check(check) = self;
        check.run(language).await
    }
}

impl Check {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let config = self.settings.read()?;
        let Some(provider) = Provider::new(&config).map_err(Failed::other)? else {
            return Err(Failed::Usage(
                language.pick("未配置身份提供方（oidc.issuer）", "no identity provider is configured (oidc.issuer)").into(),
            ));
        };
        let published = provider.published().await.map_err(|fault| Failed::Input(fault.into()))?;
        for line in described(&config, &published, language) {
            say(line)?;
        }
        if !published.keys.iter().any(|key| is_used(&config, key)) {
            let fault = Fault::error("oidc.unusable", "没有可用的密钥", "no key can be used");
            let fault = fault.expected(config.oidc.algorithms.join(", "));
            return Err(Failed::Input(fault.hint("请核对 oidc.algorithms", "check oidc.algorithms").into()));
        }
        match self.token()? {
            None => Ok(()),
            Some(token) => said(provider.identify(&token, Sources::system().now_ms()).await, language),
        }
    }

    fn token(&self) -> Result<Option<String>, Failed> {
        match self.token.as_deref() {
            Some("-") => {
                let mut token = String::new();
                std::io::stdin().take(TOKEN).read_to_string(&mut token).map_err(Failed::other)?;
                Ok(Some(token.trim().to_owned()))
            }
            token => Ok(token.map(|token| token.trim().to_owned())),
        }
    }
}

/// What the provider publishes, one thing a line.
fn described(config: &Config, published: &Published, language: Language) -> Vec<String> {
    let mut lines = vec![
        format!("{} {}", language.pick("身份提供方：", "issuer:"), config.oidc.issuer.as_deref().unwrap_or_default()),
        format!("{} {}", language.pick("发现文档：", "discovery:"), config.oidc.discovery_address().unwrap_or_default()),
        format!("{} {}", language.pick("密钥集：", "key set:"), published.jwks_uri),
    ];
    if !published.algorithms.is_empty() {
        lines.push(format!("{} {}", language.pick("其签名算法：", "signs with:"), published.algorithms.join(", ")));
    }
    let name = |kid: &Option<String>| kid.clone().unwrap_or_else(|| language.pick("（无名）", "(no kid)").to_owned());
    for key in &published.keys {
        let algorithms: Vec<String> = key.algorithms.iter().map(|algorithm| format!("{algorithm:?}")).collect();
        let used = if is_used(config, key) {
            ""
        } else {
            language.pick("，不在 oidc.algorithms 之列", ", none of which is in oidc.algorithms")
        };
        lines.push(format!("{} {}: {}, {}{used}", language.pick("密钥", "key"), name(&key.kid), key.kind, algorithms.join(" ")));
    }
    for key in &published.unusable {
        let (word, why) = (language.pick("不用的密钥", "not used, key"), key.reason.get(language));
        lines.push(format!("{word} {}: {why}", name(&key.kid)));
    }
    lines
}

fn is_used(config: &Config, key: &Jwk) -> bool {
    let accepted = config.oidc.accepted();
    key.algorithms.iter().any(|algorithm| accepted.contains(algorithm))
}

/// Whom a token lets in, or why nobody.
fn said(found: Result<Caller, Refusal>, language: Language) -> Result<(), Failed> {
    let caller = found.map_err(|refusal| {
        let text = refusal.text();
        let fault = Fault::error("oidc.token", text.get(Language::Zh), text.get(Language::En));
        Failed::Input(fault.into())
    })?;
    let scope = caller.key_scope();
    say(format!("{} {}", language.pick("令牌的持有者：", "the token is of:"), caller.id()))?;
    say(format!("{} {}", language.pick("角色：", "role:"), caller.role()))?;
    for (zh, en, list) in [
        ("城市：", "cities:", &scope.cities),
        ("部门：", "departments:", &scope.departments),
        ("数据项：", "items:", &scope.items),
    ] {
        if !list.is_empty() {
            say(format!("{} {}", language.pick(zh, en), list.join(" ")))?;
        }
    }
    Ok(())
}
