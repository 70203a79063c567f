//! Tells a receiver something: one POST, no redirect followed, little of the answer read.
//!
//! A receiver may be any public host over https. Networks inside, plain http in them, and this machine are opened in the
//! configuration (section `webhooks`); the address is checked after the name was resolved, as for everything that leaves.

use std::time::Duration;

use citygauge_indicators::{Fault, Faults};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response};
use tracing::Instrument;
use url::Url;

use super::error::causes;
use super::guard::{literal, shown};
use super::reach::{Loopback, Reach};
use super::resolve::{BarredName, Guarded, Lookup};
use super::retry_after::retry_after;
use super::{OutboundError, client};
use crate::config::Webhooks;
use crate::telemetry::traces;

/// The most bytes of an answer that are read.
const READ: usize = 1_024;

/// Tells receivers; part of [`Outbound`](super::Outbound).
pub(super) struct Receivers {
    https: Client,
    plain: Client,
    reach: Reach,
    /// What plain http reaches; none where it is not allowed.
    plain_reach: Option<Reach>,
    timeout: Duration,
}

/// What a receiver answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The status.
    pub status: u16,
    /// How the body began, on one line.
    pub answer: String,
    /// The pause that it asked for, at most a day.
    pub retry_after: Option<Duration>,
}

/// Why no receiver has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unanswered {
    /// It is at an address that may not be reached, or its address is not allowed any more.
    Barred(String),
    /// It kept silent for too long.
    Timeout,
    /// It cannot be connected to.
    Unreachable(String),
    /// It broke off.
    BrokenOff(String),
}

impl Unanswered {
    /// The word by which it is kept.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Barred(_) => "barred",
            Self::Timeout => "timeout",
            Self::Unreachable(_) => "unreachable",
            Self::BrokenOff(_) => "broken_off",
        }
    }

    /// What was said of it.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Barred(reason) | Self::Unreachable(reason) | Self::BrokenOff(reason) => Some(reason),
            Self::Timeout => None,
        }
    }
}

impl Receivers {
    pub(super) fn new(
        config: &Webhooks,
        connect_timeout_ms: u64,
        lookup: impl Fn() -> std::sync::Arc<dyn Lookup>,
    ) -> Result<Self, OutboundError> {
        let opened: Vec<_> = config
            .private_networks
            .iter()
            .map(|network| network.parse())
            .collect::<Result<_, _>>()
            .map_err(OutboundError::Receivers)?;
        let loopback = if config.allow_loopback { Loopback::Admitted } else { Loopback::Refused };
        let reach = Reach { opened, loopback, public: true };
        let inside = Reach { public: false, ..reach.clone() };
        let timeout = config.timeout_ms;
        let with = |reach: &Reach| client(connect_timeout_ms, timeout, Guarded { lookup: lookup(), reach: reach.clone() });
        Ok(Self {
            https: with(&reach)?,
            plain: with(&inside)?,
            plain_reach: config.allow_http.then_some(inside),
            reach,
            timeout: Duration::from_millis(timeout),
        })
    }

    /// Reads the address of a receiver, or says everything that is wrong with it.
    pub(super) fn read(&self, text: &str) -> Result<Url, Faults> {
        let mut url = Url::parse(text).map_err(|error| {
            Fault::error("webhook.url", format!("地址无法解析：{error}"), format!("the address cannot be understood: {error}"))
                .value(text)
                .expected("https://host/path")
                .hint("请填写完整地址", "write the whole address")
        })?;
        let mut faults = Faults::default();
        let reach = match url.scheme() {
            "https" => Some(&self.reach),
            "http" => self.plain_reach.as_ref(),
            _ => None,
        };
        if reach.is_none() {
            let fault = Fault::error(
                "webhook.scheme",
                format!("不允许 {} 地址", url.scheme()),
                format!("{} addresses are not allowed", url.scheme()),
            );
            faults.push(fault.value(shown(&url)).expected("https").hint(
                "只通过 https 通知；内部网络可由管理员在配置中开放（webhooks.private_networks、webhooks.allow_http）",
                "receivers are told over https; networks inside are opened in the configuration (webhooks.private_networks, webhooks.allow_http)",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let fault = Fault::error("webhook.userinfo", "地址中含有用户名或密码", "the address holds a name or a password");
            faults.push(fault.value(shown(&url)).hint(
                "请去掉 @ 之前的部分；接收方以签名识别本服务",
                "leave out what stands before the @; a receiver knows the service by its signature",
            ));
        }
        if let Some(address) = literal(&url)
            && let Err((zh, en)) = reach.unwrap_or(&self.reach).check(address)
        {
            let fault = Fault::error(
                "webhook.address",
                format!("地址 {address} 不可访问：{zh}"),
                format!("the address {address} may not be reached: it is {en}"),
            );
            faults.push(fault.value(shown(&url)).hint(
                "若接收方确在内部网络，请管理员在配置 webhooks.private_networks 中加入其网段",
                "where the receiver is inside on purpose, have its network listed in the configuration under webhooks.private_networks",
            ));
        }
        url.set_fragment(None);
        if faults.is_empty() { Ok(url) } else { Err(faults) }
    }

    /// Posts a body, once; no longer than the configured time.
    pub(super) async fn post(&self, to: &str, headers: HeaderMap, body: Vec<u8>) -> Result<Received, Unanswered> {
        let url = self.read(to).map_err(|faults| Unanswered::Barred(faults.to_string()))?;
        let client = if url.scheme() == "https" { &self.https } else { &self.plain };
        let span = traces::outgoing("POST", url.host_str().unwrap_or_default());
        let sending = client.post(url).headers(headers).body(body).send();
        let asking = async {
            let response = sending.await.map_err(|error| unanswered(&error))?;
            let (status, retry_after) = (response.status().as_u16(), retry_after(response.headers()));
            Ok((status, retry_after, response))
        };
        let deadline = tokio::time::Instant::now() + self.timeout;
        let answered = tokio::time::timeout_at(deadline, asking).instrument(span.clone()).await;
        let answered = answered.unwrap_or(Err(Unanswered::Timeout));
        traces::came_back(&span, answered.as_ref().ok().map(|(status, ..)| *status));
        let (status, retry_after, response) = answered?;
        // What was decided is decided by the status; a body that does not come is not waited for much longer.
        let answer = tokio::time::timeout_at(deadline, beginning(response)).await.unwrap_or_default();
        Ok(Received { status, answer, retry_after })
    }
}

/// The headers of a message; a value that cannot be one is left out.
pub(super) fn header_map(headers: impl IntoIterator<Item = (&'static str, String)>) -> HeaderMap {
    let header =
        |(name, value): (&'static str, String)| Some((HeaderName::from_static(name), HeaderValue::from_str(&value).ok()?));
    headers.into_iter().filter_map(header).collect()
}

/// How a body begins, without control characters.
async fn beginning(mut response: Response) -> String {
    let mut body = Vec::new();
    while body.len() < READ
        && let Ok(Some(bytes)) = response.chunk().await
    {
        body.extend_from_slice(&bytes[..bytes.len().min(READ - body.len())]);
    }
    let text = String::from_utf8_lossy(&body);
    text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn unanswered(error: &reqwest::Error) -> Unanswered {
    if let Some(barred) = causes(error).find_map(|cause| cause.downcast_ref::<BarredName>()) {
        return Unanswered::Barred(barred.to_string());
    }
    if error.is_timeout() {
        return Unanswered::Timeout;
    }
    let reason = causes(error).last().map(ToString::to_string).unwrap_or_default();
    if error.is_connect() { Unanswered::Unreachable(reason) } else { Unanswered::BrokenOff(reason) }
}
