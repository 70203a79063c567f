//! What a provider says of itself: its description (OpenID Connect Discovery 1.0), and the key set (RFC 7517) that it names.

use citygauge_indicators::Fault;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::jwk::{Jwk, Unusable};
use crate::outbound::Provider;

/// The most keys of a provider.
const MOST: usize = 200;

/// What a provider says of itself.
#[derive(Debug, Clone)]
pub struct Published {
    /// Where its keys are.
    pub jwks_uri: String,
    /// The keys that are used.
    pub keys: Vec<Jwk>,
    /// Those that are not.
    pub unusable: Vec<Unusable>,
    /// The algorithms with which it signs identity tokens, where it says so.
    pub algorithms: Vec<String>,
}

#[derive(Deserialize)]
struct Description {
    issuer: String,
    jwks_uri: String,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

/// Asks the provider where its keys are, and for the keys.
pub(super) async fn fetch(provider: &Provider, issuer: &str, discovery: &str) -> Result<Published, Fault> {
    let described: Description = document(provider, discovery, "oidc.discovery", ("发现文档", "its description")).await?;
    if described.issuer != issuer {
        let fault = Fault::error("oidc.issuer", "发现文档属于另一身份提供方", "it describes another provider");
        let fault = fault.value(&described.issuer).expected(issuer);
        return Err(fault.hint("请按其文档填写 oidc.issuer，逐字一致", "set oidc.issuer exactly as the provider writes it"));
    }
    let set: KeySet = document(provider, &described.jwks_uri, "oidc.keys", ("密钥集", "its key set")).await?;
    if set.keys.len() > MOST {
        let fault = Fault::error("oidc.keys", "密钥过多", "it publishes too many keys");
        return Err(fault.value(set.keys.len().to_string()).expected(format!("<= {MOST}")));
    }
    let (mut keys, mut unusable) = (Vec::new(), Vec::new());
    for key in &set.keys {
        match Jwk::read(key) {
            Ok(key) => keys.push(key),
            Err(key) => unusable.push(key),
        }
    }
    let algorithms = described.id_token_signing_alg_values_supported;
    Ok(Published { jwks_uri: described.jwks_uri, keys, unusable, algorithms })
}

async fn document<T: DeserializeOwned>(
    provider: &Provider,
    address: &str,
    code: &'static str,
    (zh, en): (&str, &str),
) -> Result<T, Fault> {
    let document = provider.document(address).await?;
    serde_json::from_slice(&document).map_err(|error| {
        let fault = Fault::error(code, format!("{zh}无法识别：{error}"), format!("{en} cannot be understood: {error}"));
        fault.value(address).hint("请核对 oidc.issuer 和 oidc.discovery", "check oidc.issuer and oidc.discovery")
    })
}
