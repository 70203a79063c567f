//! Whether an address may be asked at all; the same rules hold for what is configured and for where a server points to.

use std::net::IpAddr;

use citygauge_indicators::{Fault, Faults};
use url::{Host, Url};

use super::host::HostPattern;
use super::reach::{Barred, Loopback, Reach};

/// The rules.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    pub hosts: Vec<HostPattern>,
    /// What is reached with TLS.
    pub reach: Reach,
    /// Whether this machine may be asked without TLS.
    pub allow_loopback: bool,
}

impl Guard {
    /// Reads an address that may be asked, or says everything that is wrong with it.
    pub fn read(&self, text: &str) -> Result<Url, Faults> {
        let url = Url::parse(text).map_err(|error| {
            Fault::error("source.url", format!("地址无法解析：{error}"), format!("the address cannot be understood: {error}"))
                .value(text)
                .expected("https://host/path")
                .hint("请填写完整地址", "write the whole address")
        })?;
        self.admit(url)
    }

    /// Answers with the address where it may be asked, or with everything that is wrong with it.
    pub fn admit(&self, mut url: Url) -> Result<Url, Faults> {
        let mut faults = Faults::default();
        let is_http = matches!(url.scheme(), "http" | "https");
        if !is_http || (url.scheme() == "http" && !self.may_be_plain(&url)) {
            faults.push(
                Fault::error(
                    "source.scheme",
                    format!("不允许 {} 地址", url.scheme()),
                    format!("{} addresses are not allowed", url.scheme()),
                )
                .value(shown(&url))
                .expected("https")
                .hint("只通过 https 获取数据", "data are fetched over https only"),
            );
        }
        if !url.username().is_empty() || url.password().is_some() {
            faults.push(
                Fault::error("source.userinfo", "地址中含有用户名或密码", "the address holds a name or a password")
                    .value(shown(&url))
                    .hint(
                        "请去掉 @ 之前的部分；凭证写在配置 sources.secrets 中",
                        "leave out what stands before the @; what identifies the service is configured under sources.secrets",
                    ),
            );
        }
        if is_http {
            self.check_host(&url, &mut faults);
        }
        url.set_fragment(None);
        if faults.is_empty() { Ok(url) } else { Err(faults) }
    }

    /// Whether an address could be on this machine; its name is resolved later and held to that.
    fn may_be_plain(&self, url: &Url) -> bool {
        self.allow_loopback && literal(url).is_none_or(|address| address.is_loopback())
    }

    fn check_host(&self, url: &Url, faults: &mut Faults) {
        if !self.hosts.iter().any(|host| host.admits(url)) {
            let listed = self.hosts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
            faults.push(
                Fault::error("source.host", "不在允许的主机之列", "the host is not among those that may be asked")
                    .value(shown(url))
                    .expected(listed)
                    .hint(
                        "请管理员在配置 sources.hosts 中加入该主机",
                        "have the host listed in the configuration under sources.hosts",
                    ),
            );
        }
        if let Some(address) = literal(url)
            && let Err(what) = self.reach.check(address)
        {
            faults.push(barred_address(url, &address.to_string(), what));
        }
    }
}

/// The address of this machine's network that a URL names instead of a host; no name is resolved for it.
pub(super) fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
    }
}

/// The fault of a host whose address may not be reached.
pub(super) fn barred_address(url: &Url, address: &str, (zh, en): Barred) -> Fault {
    let host = url.host_str().unwrap_or_default();
    Fault::error(
        "source.address",
        format!("主机 {host} 的地址 {address} 不可访问：{zh}"),
        format!("the address {address} of the host {host} may not be reached: it is {en}"),
    )
    .value(shown(url))
    .hint(
        "若确为内部数据源，请管理员在配置 sources.private_networks 中加入其网段",
        "where the source is inside on purpose, have its network listed in the configuration under sources.private_networks",
    )
}

/// An address as it is repeated: without what might be secret in it.
pub(super) fn shown(url: &Url) -> String {
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{}://{host}:{port}{}", url.scheme(), url.path()),
        (Some(host), None) => format!("{}://{host}{}", url.scheme(), url.path()),
        (None, _) => format!("{}:{}", url.scheme(), url.path()),
    }
}

impl Reach {
    /// The rules for what is asked without TLS.
    pub fn of_this_machine() -> Self {
        Self { opened: Vec::new(), loopback: Loopback::Only, public: false }
    }
}
