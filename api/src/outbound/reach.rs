//! Which addresses may be connected to: what is public, and what was opened by name.
//!
//! Sources: the IANA registries of special-purpose addresses, IPv4 (RFC 6890) and IPv6, as of 2025.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// The rules by which an address is reached or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reach {
    /// Networks that are not public and may be reached all the same.
    pub opened: Vec<IpNet>,
    pub loopback: Loopback,
    /// Whether public addresses are reached; they are, unless what is said would be readable on the way.
    pub public: bool,
}

/// Whether addresses of this machine are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loopback {
    Refused,
    Admitted,
    /// No other is.
    Only,
}

/// Why an address is not reached: what it is, in Chinese and English.
pub(super) type Barred = (&'static str, &'static str);

impl Reach {
    /// Answers with the reason where an address may not be connected to.
    pub fn check(&self, address: IpAddr) -> Result<(), Barred> {
        match self.loopback {
            Loopback::Only if !address.is_loopback() => return Err(("不是本机地址", "not an address of this machine")),
            Loopback::Only | Loopback::Admitted if address.is_loopback() => return Ok(()),
            _ => {}
        }
        match kind(address) {
            Kind::Public if self.public => Ok(()),
            Kind::Public => Err(("公网地址，须使用 https", "a public address, which is spoken to over https only")),
            Kind::Inside(_) if self.opened.iter().any(|network| network.contains(&address)) => Ok(()),
            Kind::Inside(what) | Kind::Never(what) => Err(what),
        }
    }
}

enum Kind {
    Public,
    /// Somebody's own network, which the configuration can open.
    Inside(Barred),
    /// Nothing that a source could be.
    Never(Barred),
}

const METADATA: Barred = ("云主机元数据地址", "an address where clouds keep their metadata");

fn kind(address: IpAddr) -> Kind {
    match address {
        IpAddr::V4(address) => kind_of_v4(address),
        IpAddr::V6(address) => kind_of_v6(address),
    }
}

fn kind_of_v4(address: Ipv4Addr) -> Kind {
    match address.octets() {
        [0, ..] => Kind::Never(("“本网络”地址", "an address of \"this network\"")),
        // Where Alibaba Cloud keeps its metadata; a network that is opened does not open this.
        [100, 100, 100, 200] => Kind::Never(METADATA),
        [127, ..] => Kind::Never(("本机（环回）地址", "a loopback address")),
        [169, 254, ..] => {
            Kind::Never(("链路本地地址（云主机元数据也在此）", "a link-local address, where clouds keep their metadata"))
        }
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Kind::Inside(("内网地址", "a private address")),
        [100, 64..=127, ..] => Kind::Inside(("运营商级 NAT 地址", "an address of carrier-grade NAT")),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Kind::Never(("文档示例地址", "an address for documentation")),
        [198, 18..=19, ..] => Kind::Inside(("测试网络地址", "an address for benchmarks")),
        [192, 0, 0, _] | [192, 88, 99, _] => Kind::Never(("协议保留地址", "an address of protocols")),
        [224..=239, ..] => Kind::Never(("多播地址", "a multicast address")),
        [240..=255, ..] => Kind::Never(("保留地址", "a reserved address")),
        _ => Kind::Public,
    }
}

fn kind_of_v6(address: Ipv6Addr) -> Kind {
    const CARRIER: Barred = ("内含 IPv4 地址的 IPv6 地址", "an IPv6 address that stands for an IPv4 address");
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Kind::Never(("未指定地址", "the unspecified address")),
        [0, 0, 0, 0, 0, 0, 0, 1] => Kind::Never(("本机（环回）地址", "a loopback address")),
        // ::a.b.c.d, ::ffff:a.b.c.d, ::ffff:0:a.b.c.d, 64:ff9b::/96, 64:ff9b:1::/48, Teredo, 6to4.
        [0, 0, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0, 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, ..] => {
            Kind::Never(CARRIER)
        }
        [0x2001, 0, ..] | [0x2002, ..] => Kind::Never(CARRIER),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Kind::Never(("文档示例地址", "an address for documentation")),
        [0x2001, 0..=0x1ff, ..] => Kind::Never(("协议保留地址", "an address of protocols")),
        [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254] => Kind::Never(METADATA),
        [0xfc00..=0xfdff, ..] => Kind::Inside(("内网地址", "a private address (unique local)")),
        [0xfe80..=0xfebf, ..] => Kind::Never(("链路本地地址", "a link-local address")),
        [0xfec0..=0xfeff, ..] => Kind::Never(("已废止的站点本地地址", "a site-local address")),
        [0xff00..=0xffff, ..] => Kind::Never(("多播地址", "a multicast address")),
        // What is given out for the public lies in 2000::/3.
        [0x2000..=0x3fff, ..] => Kind::Public,
        _ => Kind::Never(("保留地址", "a reserved address")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(opened: &[&str], loopback: Loopback) -> Reach {
        Reach { opened: opened.iter().map(|network| network.parse().expect(network)).collect(), loopback, public: true }
    }

    fn reached(reach: &Reach, address: &str) -> bool {
        reach.check(address.parse().expect(address)).is_ok()
    }

    #[test]
    fn only_public_addresses_are_reached() {
        let reach = reach(&[], Loopback::Refused);
        for address in ["1.1.1.1", "114.114.114.114", "172.32.0.1", "100.128.0.1", "2400:3200::1", "2606:4700::1111"] {
            assert!(reached(&reach, address), "{address}");
        }
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b:1::a00:1",
            "2001::1",
            "2001:0:4136:e378::1",
            "2001:2::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
            "100::1",
            "5f00::1",
        ] {
            assert!(!reached(&reach, address), "{address}");
        }
    }

    #[test]
    fn a_network_inside_is_reached_where_it_was_opened() {
        let reach = reach(
            &["10.20.0.0/16", "fd12::/16", "169.254.0.0/16", "100.64.0.0/10", "fd00::/8", "127.0.0.0/8", "::/0"],
            Loopback::Refused,
        );
        assert!(reached(&reach, "10.20.3.4") && reached(&reach, "fd12::5"));
        for address in [
            "10.21.0.1",
            "169.254.169.254",
            "127.0.0.1",
            "::1",
            "::ffff:10.20.3.4",
            "fe80::1",
            "100.100.100.200",
            "fd00:ec2::254",
        ] {
            assert!(!reached(&reach, address), "{address}");
        }
    }

    #[test]
    fn this_machine_is_reached_where_that_is_allowed() {
        assert!(reached(&reach(&[], Loopback::Admitted), "127.0.0.1") && reached(&reach(&[], Loopback::Admitted), "1.1.1.1"));
        assert!(reached(&reach(&[], Loopback::Only), "::1") && !reached(&reach(&[], Loopback::Only), "1.1.1.1"));
        assert!(!reached(&reach(&[], Loopback::Admitted), "::ffff:127.0.0.1"));
    }
}
