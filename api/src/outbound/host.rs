//! Which hosts may be asked.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// A host of the configuration: exactly one, or every name below one, on one port or on all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    host: Named,
    port: Port,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Named {
    Exactly(Host),
    /// Every name that ends in this one and a dot before it.
    Below(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    /// That of the scheme.
    Usual,
    One(u16),
    Any,
}

/// Why a text is no [`HostPattern`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a host such as data.example.cn, data.example.cn:8443, data.example.cn:* or *.example.cn")]
pub struct BadHost;

impl HostPattern {
    /// Whether the host and the port of an address are meant.
    #[must_use]
    pub fn admits(&self, url: &Url) -> bool {
        let Some(host) = url.host() else { return false };
        let named = match (&self.host, host) {
            (Named::Exactly(wanted), host) => *wanted == host.to_owned(),
            (Named::Below(parent), Host::Domain(name)) => {
                name.strip_suffix(parent.as_str()).is_some_and(|child| child.len() > 1 && child.ends_with('.'))
            }
            (Named::Below(_), Host::Ipv4(_) | Host::Ipv6(_)) => false,
        };
        named
            && match self.port {
                // `Url` leaves out the usual port of its scheme.
                Port::Usual => url.port().is_none(),
                Port::One(port) => url.port_or_known_default() == Some(port),
                Port::Any => true,
            }
    }
}

impl FromStr for HostPattern {
    type Err = BadHost;

    fn from_str(text: &str) -> Result<Self, BadHost> {
        let (host, port) = match text.rsplit_once(':') {
            // Within brackets the colons belong to an IPv6 address.
            Some((_, rest)) if rest.ends_with(']') => (text, Port::Usual),
            Some((host, "*")) => (host, Port::Any),
            Some((host, port)) => (host, Port::One(port.parse().ok().filter(|port| *port > 0).ok_or(BadHost)?)),
            None => (text, Port::Usual),
        };
        let named = match host.strip_prefix("*.") {
            None if host.contains('*') => return Err(BadHost),
            None => Named::Exactly(Host::parse(host).map_err(|_| BadHost)?),
            Some(parent) => match Host::parse(parent) {
                // A whole country's names are no choice of hosts.
                Ok(Host::Domain(parent)) if parent.contains('.') => Named::Below(parent),
                _ => return Err(BadHost),
            },
        };
        Ok(Self { host: named, port })
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Named::Exactly(host) => write!(f, "{host}")?,
            Named::Below(parent) => write!(f, "*.{parent}")?,
        }
        match self.port {
            Port::Usual => Ok(()),
            Port::One(port) => write!(f, ":{port}"),
            Port::Any => write!(f, ":*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(pattern: &str, url: &str) -> bool {
        let pattern: HostPattern = pattern.parse().expect(pattern);
        pattern.admits(&Url::parse(url).expect(url))
    }

    #[test]
    fn a_host_is_meant_with_its_port() {
        for (pattern, url, expected) in [
            ("data.example.cn", "https://data.example.cn/x", true),
            ("Data.Example.cn", "https://DATA.example.cn:443/", true),
            ("data.example.cn", "https://data.example.cn:8443/", false),
            ("data.example.cn:8443", "https://data.example.cn:8443/", true),
            ("data.example.cn:443", "https://data.example.cn/", true),
            ("data.example.cn:*", "https://data.example.cn:9/", true),
            ("data.example.cn", "https://data.example.cn.evil.org/", false),
            ("data.example.cn", "https://evil-data.example.cn/", false),
            ("*.example.cn", "https://a.b.example.cn/", true),
            ("*.example.cn", "https://example.cn/", false),
            ("*.example.cn", "https://badexample.cn/", false),
            ("*.example.cn", "https://a.example.cn:81/", false),
            ("*.example.cn:81", "https://a.example.cn:81/", true),
            ("数据.example.cn", "https://数据.example.cn/", true),
            ("127.0.0.1:*", "http://2130706433:8080/", true),
            ("127.0.0.1", "http://127.1/", true),
            ("[::1]:80", "http://[0:0::1]/", true),
            ("[::1]", "http://[::1]/", true),
        ] {
            assert_eq!(admits(pattern, url), expected, "{pattern} {url}");
        }
    }

    #[test]
    fn what_names_no_host_is_refused() {
        for text in [
            "",
            "*",
            "a*.example.cn",
            "*.cn",
            "*.10.0.0.1",
            "a b",
            "https://a.cn",
            "a.cn/x",
            "a.cn:0",
            "a.cn:x",
            "a.cn:70000",
            "u@a.cn",
            "::1",
        ] {
            assert_eq!(text.parse::<HostPattern>(), Err(BadHost), "{text}");
        }
    }

    #[test]
    fn a_pattern_is_written_as_it_is_read() {
        for text in ["data.example.cn", "data.example.cn:8443", "*.example.cn:*", "[::1]:80"] {
            assert_eq!(text.parse::<HostPattern>().expect(text).to_string(), text);
        }
    }
}
