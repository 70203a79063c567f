//! What identifies the service is sent to its own hosts and told to nobody else.

use std::path::PathBuf;

use serde_json::json;

use super::server::{Asked, Server, Step, ok, reply};
use super::{Desk, Validators, kind};
use crate::config::{SourceSecret, Sources, Webhooks};
use crate::outbound::{Fetched, Outbound};

const VALUE: &str = "Bearer 7f3a-only-for-the-broker";

fn secret(file: &str, hosts: &[&str]) -> SourceSecret {
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    SourceSecret { hosts, header: "Authorization".into(), file: PathBuf::from(file) }
}

#[tokio::test]
async fn a_secret_is_sent_to_its_own_hosts_only() {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), format!("{VALUE}\n")).expect("it is ours");
    let names: &[(&str, &[&str])] = &[("broker.example.cn", &["127.0.0.1"]), ("other.example.cn", &["127.0.0.1"])];
    let desk = Desk::resolving(names, |config| {
        let path = file.path().to_str().expect("a path");
        config.secrets.insert("broker".into(), secret(path, &["broker.example.cn:*"]));
    });
    let server = Server::start(|asked: &Asked| {
        let port = asked.header("host").and_then(|host| host.split(':').nth(1)).expect("a port");
        let elsewhere = format!("http://other.example.cn:{port}/moved.csv");
        let answer = if asked.path() == "/moved.csv" {
            ok("text/csv", "a,b\n")
        } else {
            reply("302 Found", &[("Location", &elsewhere)], "")
        };
        vec![Step::Send(answer)]
    })
    .await;
    let url = |name: &str| json!({"kind": "url", "url": format!("http://{name}:{}/t.csv", server.address.port())});
    let found = desk.outbound.secret("broker").expect("it is configured");
    assert!(!format!("{found:?} {:?}", desk.outbound).contains("7f3a"));
    let fetched =
        desk.outbound.fetch(&kind(url("broker.example.cn")), &Validators::default(), Some(found), desk.folder.path()).await;
    assert!(matches!(fetched, Ok(Fetched::Content(_))), "{fetched:?}");
    let asked = server.asked();
    assert_eq!((asked[0].header("authorization"), asked[1].header("authorization")), (Some(VALUE), None));
    assert_eq!(desk.outbound.check_secret(&kind(url("broker.example.cn")), "broker"), None);
    let fault = |name: &str, secret: &str| desk.outbound.check_secret(&kind(url(name)), secret).expect("a fault").code;
    assert_eq!((fault("other.example.cn", "broker"), fault("broker.example.cn", "x")), ("source.secret_host", "source.secret"));
}

#[test]
fn a_secret_that_cannot_be_used_stops_the_start_without_being_told() {
    let start = |text: &str| {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), text).expect("it is ours");
        let mut config = Sources::default();
        config.secrets.insert("broker".into(), secret(file.path().to_str().expect("a path"), &["x.cn"]));
        Outbound::new(&config, &Webhooks::default()).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(start("Bearer x\n"), Ok(()));
    for text in ["", " \n", "7f3a\nsecond", &"7f3a".repeat(10_000)] {
        let error = start(text).expect_err("no header");
        assert!(error.starts_with("sources.secrets.broker: ") && !error.contains("7f3a"), "{error}");
    }
    let mut absent = Sources::default();
    absent.secrets.insert("broker".into(), secret("/nowhere/at/all", &["x.cn"]));
    assert!(Outbound::new(&absent, &Webhooks::default()).expect_err("no file").to_string().contains("/nowhere/at/all"));
}
