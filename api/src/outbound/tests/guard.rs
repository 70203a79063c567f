//! What may be asked at all.

use citygauge_indicators::Language;
use serde_json::{Value, json};

use super::server::{Server, ok};
use super::{Desk, codes};
use crate::config::{Config, Sources, Webhooks};
use crate::outbound::Outbound;

fn url(url: &str) -> Value {
    json!({"kind": "url", "url": url})
}

/// A client for the outside world, as it is by default but for its hosts.
fn outward(hosts: &[&str]) -> Desk {
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    Desk::of(Outbound::new(&Sources { hosts, ..Sources::default() }, &Webhooks::default()).expect("a sound configuration"))
}

#[test]
fn without_hosts_nothing_may_be_asked() {
    let desk = Desk::of(Outbound::new(&Sources::default(), &Webhooks::default()).expect("the default"));
    assert!(!desk.outbound.is_open() && Desk::new().outbound.is_open());
    assert_eq!(codes(&desk.check(url("https://data.example.cn/"))), ["source.host"]);
}

#[test]
fn an_address_is_held_to_every_rule_at_once() {
    let desk = outward(&["data.example.cn", "*.gov.cn"]);
    for (address, expected) in [
        ("https://data.example.cn/2026.csv", &[][..]),
        ("https://stats.hangzhou.gov.cn/a", &[]),
        ("http://data.example.cn/2026.csv", &["source.scheme"]),
        ("ftp://data.example.cn/2026.csv", &["source.scheme"]),
        ("file:///etc/passwd", &["source.scheme"]),
        ("data:text/csv,a", &["source.scheme"]),
        ("https://user:secret@data.example.cn/", &["source.userinfo"]),
        ("http://user@evil.example.org/", &["source.scheme", "source.userinfo", "source.host"]),
        ("https://data.example.cn@evil.example.org/", &["source.userinfo", "source.host"]),
        ("https://data.example.cn:8443/", &["source.host"]),
        ("https://data.example.cn./", &["source.host"]),
        ("https://gov.cn/", &["source.host"]),
        ("data.example.cn/2026.csv", &["source.url"]),
        ("https://", &["source.url"]),
        ("//data.example.cn", &["source.url"]),
    ] {
        let faults = desk.check(url(address));
        assert_eq!(codes(&faults), expected, "{address}");
        assert!(faults.0.iter().all(|fault| fault.pointer.as_deref() == Some("/url")), "{faults}");
        assert!(!faults.to_string().contains("secret@") && !faults.to_string().contains("user:"), "{faults}");
    }
}

#[test]
fn a_number_is_an_address_in_whatever_form_it_is_written() {
    let desk = outward(&["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "[64:ff9b::a00:1]"]);
    for address in [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://0177.0.0.1/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[0:0:0:0:0:ffff:7f00:0001]/",
        "https://169.254.169.254/",
        "https://2852039166/",
        "https://0xa9.254.0251.254/",
        "https://10.0.0.1/",
        "https://167772161/",
        "https://[64:ff9b::10.0.0.1]/",
        "https://１２７.0.0.1/",
        "https://127。0。0。1/",
    ] {
        assert_eq!(codes(&desk.check(url(address))), ["source.address"], "{address}");
    }
    let faults = desk.check(url("https://2852039166/"));
    assert!(faults.0[0].message.get(Language::En).contains("169.254.169.254"), "{faults}");
    assert!(faults.0[0].message.get(Language::Zh).contains("元数据"), "{faults}");
}

#[tokio::test]
async fn a_name_that_resolves_inward_is_refused_before_anything_is_sent() {
    let names: &[(&str, &[&str])] = &[
        ("private.example.cn", &["10.1.2.3"]),
        ("metadata.example.cn", &["169.254.169.254"]),
        ("mapped.example.cn", &["::ffff:10.0.0.1"]),
        ("both.example.cn", &["1.1.1.1", "192.168.0.1"]),
        ("self.example.cn", &["127.0.0.1"]),
    ];
    let desk = Desk::resolving(names, |config| config.allow_loopback = false);
    for (name, addresses) in names {
        let answer = desk.fetch(url(&format!("https://{name}/t.csv"))).await;
        let Err(crate::outbound::FetchError::Refused(faults)) = answer else { panic!("{answer:?}") };
        assert_eq!(codes(&faults), ["source.address"], "{name}");
        let last = addresses.last().expect("an address");
        assert!(faults.0[0].message.get(Language::En).contains(last), "{faults}");
    }
    let server = Server::of(ok("text/csv", "a,b\n")).await;
    let port = server.address.port();
    assert_eq!(desk.refused(url(&format!("https://self.example.cn:{port}/"))).await, ["source.address"]);
    assert!(server.asked().is_empty());
    assert_eq!(desk.transient(url("https://nobody.example.cn/")).await, ["source.unreachable"]);
}

#[tokio::test]
async fn without_tls_only_this_machine_is_asked() {
    let names: &[(&str, &[&str])] = &[("here.example.cn", &["127.0.0.1"]), ("there.example.cn", &["1.1.1.1"])];
    let desk = Desk::resolving(names, |_| {});
    let server = Server::of(ok("text/csv", "a,b\n")).await;
    let port = server.address.port();
    // The name is not one that the machine knows: what the resolver handed out is what was connected to.
    assert_eq!(desk.content(url(&format!("http://here.example.cn:{port}/t.csv"))).await.bytes, 4);
    assert_eq!(server.asked()[0].header("host"), Some(format!("here.example.cn:{port}").as_str()));
    assert_eq!(desk.refused(url("http://there.example.cn/t.csv")).await, ["source.address"]);
    let closed = Desk::resolving(names, |config| config.allow_loopback = false);
    assert_eq!(closed.refused(url(&format!("http://here.example.cn:{port}/"))).await, ["source.scheme"]);
}

#[tokio::test]
async fn a_network_inside_is_asked_where_it_was_opened() {
    let names: &[(&str, &[&str])] = &[("broker.example.cn", &["10.255.255.1"])];
    let open = |config: &mut Sources| {
        config.private_networks = vec!["10.0.0.0/8".into()];
        config.connect_timeout_ms = 50;
    };
    // Nothing listens there, or nothing that speaks TLS; that it was tried is the point.
    let tried = Desk::resolving(names, open).transient(url("https://broker.example.cn/")).await;
    assert!(tried == ["source.timeout"] || tried == ["source.unreachable"], "{tried:?}");
    assert_eq!(Desk::resolving(names, |_| {}).refused(url("https://broker.example.cn/")).await, ["source.address"]);
}

#[test]
fn each_kind_tells_all_that_is_wrong_with_it() {
    let desk = outward(&["data.example.cn"]);
    let filters: serde_json::Map<String, Value> = (0..21)
        .map(|n| (format!("c{n:02}"), json!(["x"])))
        .chain([("a/b".to_owned(), json!([])), ("b".to_owned(), json!(["", "x"]))])
        .collect();
    let found = |kind: Value| -> Vec<(&'static str, Option<String>)> {
        let faults = desk.check(kind);
        codes(&faults);
        faults.0.into_iter().map(|fault| (fault.code, fault.pointer)).collect()
    };
    let at = |code, pointer: &str| (code, Some(pointer.to_owned()));
    assert_eq!(
        found(json!({"kind": "ckan", "url": "https://data.example.cn/?a=1", "resource": "a/../b", "filters": filters})),
        [
            at("source.root", "/url"),
            at("source.ckan_resource", "/resource"),
            at("source.ckan_filter", "/filters"),
            at("source.ckan_filter", "/filters/a~1b"),
            at("source.ckan_filter", "/filters/b/0"),
        ]
    );
    assert_eq!(
        found(json!({"kind": "sdmx", "url": "http://x.org", "version": "3.0", "flow": "F", "key": "a b", "start_period": "2026",
            "end_period": "2020"})),
        [
            at("source.scheme", "/url"),
            at("source.host", "/url"),
            at("source.sdmx_flow", "/flow"),
            at("source.sdmx_key", "/key"),
            at("source.periods", "/start_period"),
        ]
    );
    assert_eq!(
        found(json!({"kind": "ngsi_ld", "url": "https://data.example.cn", "tenant": "城 市", "context": "file:///x"})),
        [at("source.tenant", "/tenant"), at("source.context", "/context")]
    );
}

#[test]
fn a_configuration_that_makes_no_sense_names_its_key() {
    let refused = |change: fn(&mut Sources)| {
        let mut config = Config::default();
        change(&mut config.sources);
        config.check().expect_err("it makes no sense").to_string()
    };
    assert!(refused(|sources| sources.hosts = vec!["https://x.cn".into()]).starts_with("sources.hosts"));
    assert!(refused(|sources| sources.private_networks = vec!["10.0.0.0/33".into()]).starts_with("sources.private_networks"));
    assert!(refused(|sources| sources.pages = 0).starts_with("sources.pages"));
    assert!(refused(|sources| sources.bytes = 0).starts_with("sources.bytes"));
    assert!(refused(|sources| sources.total_timeout_ms = 0).starts_with("sources.total_timeout_ms"));
}
