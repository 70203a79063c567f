//! The section `oidc`.

use std::collections::BTreeMap;
use std::str::FromStr;

use ipnet::IpNet;
use jsonwebtoken::{Algorithm, AlgorithmFamily};
use serde::{Deserialize, Deserializer, Serialize};
use url::{Host, Url};

use super::ConfigError;
use crate::store::Word;
use crate::store::keys::Role;

/// Whose tokens are accepted beside keys. Without an issuer no token is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Oidc {
    /// The identity provider, exactly as its tokens name it in `iss`, such as `https://id.example/realms/city`.
    pub issuer: Option<String>,
    /// For whom a token has to be meant (`aud`): one name or several, one of which is enough.
    #[serde(deserialize_with = "one_or_several")]
    pub audience: Vec<String>,
    /// The algorithms that tokens may be signed with: RS256 to RS512, PS256 to PS512, ES256, ES384, EdDSA.
    pub algorithms: Vec<String>,
    /// Where the provider describes itself; `<issuer>/.well-known/openid-configuration` unless given.
    pub discovery: Option<String>,
    /// Where a token says what its holder may do.
    pub claims: OidcClaims,
    /// Which role a word of the provider stands for; `province` is an evaluator that has to be limited to cities.
    pub roles: BTreeMap<String, String>,
    /// How far the provider's clock may be from ours, in seconds.
    pub leeway_s: u32,
    /// After how many seconds the provider's keys are fetched again.
    pub keys_ttl_s: u32,
    /// For how many seconds more they go on working while the provider is away.
    pub keys_stale_s: u32,
    /// Networks inside where the provider may be although they are not public, such as `10.20.0.0/16`.
    pub private_networks: Vec<String>,
    /// Lets the provider be on this machine and there be asked without TLS; for tests.
    pub allow_loopback: bool,
}

/// The claims that are read, each by its name, by names with dots between them (`realm_access.roles`), or as a JSON pointer
/// (`/https:~1~1gauge.example~1roles`) where a name has a dot itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OidcClaims {
    /// The words of the provider that `oidc.roles` translates.
    pub roles: String,
    /// The codes of the cities that the caller is limited to.
    pub cities: Option<String>,
    /// The names of the departments that a reporter is limited to.
    pub departments: Option<String>,
    /// The codes of the data items that a reporter is limited to.
    pub items: Option<String>,
}

impl Default for OidcClaims {
    fn default() -> Self {
        Self { roles: "roles".into(), cities: None, departments: None, items: None }
    }
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: None,
            audience: Vec::new(),
            algorithms: vec!["RS256".into(), "ES256".into()],
            discovery: None,
            claims: OidcClaims::default(),
            roles: BTreeMap::new(),
            leeway_s: 60,
            keys_ttl_s: 3_600,
            keys_stale_s: 86_400,
            private_networks: Vec::new(),
            allow_loopback: false,
        }
    }
}

/// What a word of the provider stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    /// The role.
    pub role: Role,
    /// Whether the token has to name cities.
    pub needs_cities: bool,
}

impl Granted {
    /// What a word of the configuration means. The expert of a panel is a key, so no token is one.
    fn parse(word: &str) -> Option<Self> {
        match word {
            "province" => Some(Self { role: Role::Evaluator, needs_cities: true }),
            word => Role::parse(word).filter(|role| *role != Role::Expert).map(|role| Self { role, needs_cities: false }),
        }
    }
}

impl Oidc {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let Some(issuer) = &self.issuer else {
            if *self == Self::default() {
                return Ok(());
            }
            return Err(ConfigError::senseless("oidc.issuer", "is missing, while other settings of the provider are given"));
        };
        self.check_address("oidc.issuer", issuer)?;
        if let Some(discovery) = &self.discovery {
            self.check_address("oidc.discovery", discovery)?;
        }
        if self.audience.is_empty() || self.audience.iter().any(|name| name.trim().is_empty()) {
            let reason = "name for whom tokens have to be meant; without it a token for another service would be taken";
            return Err(ConfigError::senseless("oidc.audience", reason));
        }
        self.check_algorithms()?;
        self.check_claims()?;
        self.check_roles()?;
        ConfigError::unless_within("oidc.leeway_s", self.leeway_s, 0, 300)?;
        ConfigError::unless_within("oidc.keys_ttl_s", self.keys_ttl_s, 60, 86_400)?;
        ConfigError::unless_within("oidc.keys_stale_s", self.keys_stale_s, 0, 604_800)?;
        match self.private_networks.iter().find(|network| network.parse::<IpNet>().is_err()) {
            None => Ok(()),
            Some(network) => {
                let reason = format!("'{network}' is no network; write 10.20.0.0/16 or fd12::/16");
                Err(ConfigError::senseless("oidc.private_networks", reason))
            }
        }
    }

    fn check_address(&self, key: &'static str, text: &str) -> Result<(), ConfigError> {
        let refused = |reason: &str| Err(ConfigError::senseless(key, reason));
        let Ok(url) = Url::parse(text) else { return refused("is no address; write https://id.example/realms/city") };
        if !url.username().is_empty() || url.password().is_some() {
            return refused("holds a name or a password; leave out what stands before the @");
        }
        let here = self.allow_loopback && is_loopback(&url);
        if url.scheme() != "https" && !(url.scheme() == "http" && here) {
            return refused("is not asked over https");
        }
        if !url.has_host() || url.query().is_some() || url.fragment().is_some() {
            return refused("is an address without ? and #");
        }
        Ok(())
    }

    fn check_algorithms(&self) -> Result<(), ConfigError> {
        if self.algorithms.is_empty() {
            return Err(ConfigError::senseless("oidc.algorithms", "at least one is needed, such as RS256"));
        }
        for name in &self.algorithms {
            let reason = match Algorithm::from_str(name) {
                _ if name.eq_ignore_ascii_case("none") => "'none' is refused: a token without a signature proves nothing".into(),
                Ok(algorithm) if algorithm.family() != AlgorithmFamily::Hmac => continue,
                Ok(_) => format!("'{name}' is refused: whoever can check such a token can make one"),
                Err(_) => {
                    format!("'{name}' is not known; RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA are")
                }
            };
            return Err(ConfigError::senseless("oidc.algorithms", reason));
        }
        Ok(())
    }

    fn check_claims(&self) -> Result<(), ConfigError> {
        let OidcClaims { roles, cities, departments, items } = &self.claims;
        let paths = [
            ("oidc.claims.roles", Some(roles)),
            ("oidc.claims.cities", cities.as_ref()),
            ("oidc.claims.departments", departments.as_ref()),
            ("oidc.claims.items", items.as_ref()),
        ];
        for (key, path) in paths {
            if path.is_some_and(|path| path.trim_start_matches('/').split(['.', '/']).any(str::is_empty)) {
                return Err(ConfigError::senseless(key, "is no claim; write groups, realm_access.roles or /a.b~1c"));
            }
        }
        Ok(())
    }

    fn check_roles(&self) -> Result<(), ConfigError> {
        if self.roles.is_empty() {
            let reason = "say which words of the provider stand for which role, such as { cg-readers = \"viewer\" }";
            return Err(ConfigError::senseless("oidc.roles", reason));
        }
        match self.roles.iter().find(|(_, role)| Granted::parse(role).is_none()) {
            None => Ok(()),
            Some((word, role)) if role == Role::Expert.as_str() => Err(ConfigError::senseless(
                "oidc.roles",
                format!("'{word}' cannot be an expert: the experts of a panel are named by their keys"),
            )),
            Some((word, role)) => Err(ConfigError::senseless(
                "oidc.roles",
                format!("'{word}' is '{role}'; write admin, evaluator, province, methodologist, reporter or viewer"),
            )),
        }
    }

    /// Where the provider describes itself.
    #[must_use]
    pub fn discovery_address(&self) -> Option<String> {
        let usual = |issuer: &String| format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        self.discovery.clone().or_else(|| self.issuer.as_ref().map(usual))
    }

    /// The algorithms that are accepted.
    #[must_use]
    pub fn accepted(&self) -> Vec<Algorithm> {
        self.algorithms.iter().filter_map(|name| name.parse().ok()).collect()
    }

    /// What a word of the provider stands for here, if anything.
    #[must_use]
    pub fn granted(&self, word: &str) -> Option<Granted> {
        self.roles.get(word).and_then(|role| Granted::parse(role))
    }
}

/// Whether an address names this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Given::deserialize(deserializer)? {
        Given::One(name) => vec![name],
        Given::Several(names) => names,
    })
}

#[cfg(test)]
mod tests;
