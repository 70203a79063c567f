//! Asks an identity provider for what it publishes: one GET, no redirect followed, a small JSON document.
//!
//! A provider is asked over https, at a public address or in a network that the configuration opens (section `oidc`); this machine is
//! asked, without TLS, only where that is allowed. What a provider names (`jwks_uri`) is held to the same rules.

use std::sync::Arc;
use std::time::Duration;

use citygauge_indicators::Fault;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING};
use reqwest::{Client, Response};
use tracing::Instrument;
use url::Url;

use super::error::causes;
use super::guard::{literal, shown};
use super::reach::{Barred, Loopback, Reach};
use super::resolve::{BarredName, Guarded, Lookup, OfMachine};
use super::{OutboundError, client};
use crate::config::Oidc;
use crate::telemetry::traces;

/// The longest that one document may take, in milliseconds.
const TIME_MS: u64 = 5_000;

/// The most bytes of one document.
const BYTES: usize = 512 << 10;

/// Asks one provider.
pub struct Provider {
    https: Client,
    plain: Client,
    reach: Reach,
    allow_loopback: bool,
}

impl Provider {
    /// Puts the rules together.
    ///
    /// # Errors
    ///
    /// [`OutboundError`] where a network of the configuration is none, or no client can be made.
    pub fn new(config: &Oidc) -> Result<Self, OutboundError> {
        let opened = config.private_networks.iter().map(|network| network.parse());
        let opened = opened.collect::<Result<_, _>>().map_err(OutboundError::Provider)?;
        let loopback = if config.allow_loopback { Loopback::Admitted } else { Loopback::Refused };
        let reach = Reach { opened, loopback, public: true };
        let lookup: Arc<dyn Lookup> = Arc::new(OfMachine);
        let with = |reach: Reach| client(TIME_MS, TIME_MS, Guarded { lookup: lookup.clone(), reach });
        Ok(Self {
            https: with(reach.clone())?,
            plain: with(Reach::of_this_machine())?,
            reach,
            allow_loopback: config.allow_loopback,
        })
    }

    /// The document at an address.
    ///
    /// # Errors
    ///
    /// What kept it from coming, as a fault for whoever looks after the service.
    pub async fn document(&self, address: &str) -> Result<Vec<u8>, Fault> {
        let url = self.admit(address)?;
        let client = if url.scheme() == "https" { &self.https } else { &self.plain };
        let span = traces::outgoing("GET", url.host_str().unwrap_or_default());
        let asking = async {
            let sending = client.get(url.clone()).header(ACCEPT, "application/json").header(ACCEPT_ENCODING, "identity").send();
            let answered = sending.await;
            traces::came_back(&span, answered.as_ref().ok().map(|response| response.status().as_u16()));
            body(answered.map_err(|error| of_transport(&error, &url))?, &url).await
        };
        let asked = tokio::time::timeout(Duration::from_millis(TIME_MS), asking.instrument(span.clone())).await;
        asked.unwrap_or_else(|_elapsed| Err(too_slow(&url)))
    }

    /// Reads an address that may be asked.
    fn admit(&self, address: &str) -> Result<Url, Fault> {
        let url = Url::parse(address).map_err(|error| {
            let fault = Fault::error("oidc.address", "地址无法解析", format!("the address cannot be understood: {error}"));
            fault.value(address).expected("https://host/path")
        })?;
        let own = literal(&url);
        let may_be_plain = self.allow_loopback && own.is_none_or(|address| address.is_loopback());
        if url.scheme() != "https" && !(url.scheme() == "http" && may_be_plain) {
            let fault = Fault::error("oidc.scheme", "身份提供方只通过 https 访问", "a provider is asked over https only");
            return Err(fault.value(shown(&url)).expected("https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let fault = Fault::error("oidc.userinfo", "地址中含有用户名或密码", "the address holds a name or a password");
            return Err(fault.value(shown(&url)));
        }
        match own.map(|address| (address, self.reach.check(address))) {
            Some((address, Err(what))) => Err(barred(&url, &address.to_string(), what)),
            _ => Ok(url),
        }
    }
}

/// A whole answer, where it is one.
async fn body(mut response: Response, url: &Url) -> Result<Vec<u8>, Fault> {
    let status = response.status();
    if status.as_u16() != 200 {
        let fault = Fault::error(
            "oidc.status",
            format!("身份提供方答复 {}", status.as_u16()),
            format!("the provider answers {}", status.as_u16()),
        );
        let fault = fault.value(shown(url)).expected("200");
        return Err(if status.is_redirection() {
            fault.hint("不跟随重定向：请填写最终地址", "redirects are not followed: configure the address that it leads to")
        } else {
            fault.hint("请核对 oidc.issuer 和 oidc.discovery", "check oidc.issuer and oidc.discovery")
        });
    }
    let mut body = Vec::new();
    let announced = response.content_length().unwrap_or_default();
    while announced <= BYTES as u64
        && let Some(bytes) = response.chunk().await.map_err(|error| of_transport(&error, url))?
    {
        body.extend_from_slice(&bytes);
        if body.len() > BYTES {
            break;
        }
    }
    if announced > BYTES as u64 || body.len() > BYTES {
        let fault = Fault::error("oidc.too_large", format!("文档超过 {BYTES} 字节"), format!("it is larger than {BYTES} bytes"));
        return Err(fault.value(shown(url)).expected(format!("<= {BYTES}")));
    }
    Ok(body)
}

fn of_transport(error: &reqwest::Error, url: &Url) -> Fault {
    if let Some(name) = causes(error).find_map(|cause| cause.downcast_ref::<BarredName>()) {
        return barred(url, &name.address.to_string(), name.what);
    }
    if error.is_timeout() {
        return too_slow(url);
    }
    let reason = causes(error).last().map(ToString::to_string).unwrap_or_default();
    let fault = Fault::error(
        "oidc.unreachable",
        format!("无法连接身份提供方，或连接中断：{reason}"),
        format!("the provider cannot be reached, or broke off: {reason}"),
    );
    fault.value(shown(url)).hint("请检查主机名、端口、证书和防火墙", "check the host, the port, the certificate and the firewall")
}

fn too_slow(url: &Url) -> Fault {
    let fault = Fault::error(
        "oidc.too_slow",
        format!("身份提供方在 {TIME_MS} 毫秒内没有答复"),
        format!("the provider has not answered within {TIME_MS} ms"),
    );
    fault.value(shown(url))
}

fn barred(url: &Url, address: &str, (zh, en): Barred) -> Fault {
    let fault = Fault::error(
        "oidc.barred",
        format!("地址 {address} 不可访问：{zh}"),
        format!("the address {address} may not be reached: it is {en}"),
    );
    fault.value(shown(url)).hint(
        "若身份提供方确在内部网络，请将其网段加入 oidc.private_networks",
        "where the provider is inside on purpose, list its network under oidc.private_networks",
    )
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("reach", &self.reach).finish_non_exhaustive()
    }
}
