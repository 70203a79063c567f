//! Where a server points to is held to the rules that hold for what a person gives.

use serde_json::{Value, json};

use super::server::{Asked, Server, Step, ok, reply};
use super::{Desk, FetchError};

async fn to(location: impl Into<String>) -> Server {
    let location = location.into();
    Server::of(reply("302 Found", &[("Location", &location)], "")).await
}

fn file(server: &Server) -> Value {
    json!({"kind": "url", "url": server.url("/t.csv")})
}

#[tokio::test]
async fn a_redirect_on_the_spot_is_followed_three_times() {
    let server = Server::start(|asked: &Asked| {
        let answer = match asked.path() {
            "/t.csv" => reply("301 Moved Permanently", &[("Location", "b")], ""),
            "/b" => reply("302 Found", &[("Location", "/c?x=1")], ""),
            "/c" => reply("307 Temporary Redirect", &[("Location", "//127.0.0.1:PORT/d")], ""),
            "/long" => reply("308 Permanent Redirect", &[("Location", "/t.csv")], ""),
            _ => ok("text/csv", "a,b\n"),
        };
        let port = asked.header("host").and_then(|host| host.split(':').nth(1)).expect("a port");
        vec![Step::Send(String::from_utf8(answer).expect("ASCII").replace("PORT", port).into_bytes())]
    })
    .await;
    let desk = Desk::new();
    assert_eq!(desk.content(file(&server)).await.name, "d.csv");
    let targets: Vec<String> = server.asked().into_iter().map(|asked| asked.target).collect();
    assert_eq!(targets, ["/t.csv", "/b", "/c?x=1", "/d"]);
    assert_eq!(desk.refused(json!({"kind": "url", "url": server.url("/long")})).await, ["source.redirects"]);
}

#[tokio::test]
async fn a_redirect_inward_is_refused_and_nobody_is_asked_there() {
    let inside = Server::of(ok("text/csv", "secret\n")).await;
    let outside = to(inside.url("/admin")).await;
    // Only the name is listed, so this machine's own number is not.
    let desk = Desk::resolving(&[("data.example.cn", &["127.0.0.1"])], |_| {});
    let kind = json!({"kind": "url", "url": format!("http://data.example.cn:{}/t.csv", outside.address.port())});
    let answer = desk.fetch(kind).await;
    let Err(FetchError::Refused(faults)) = &answer else { panic!("{answer:?}") };
    assert_eq!(super::codes(faults), ["source.redirect", "source.host"]);
    let target = format!("http://{}/admin", inside.address);
    assert!(faults.0[0].message.get(citygauge_indicators::Language::En).contains(&target), "{faults}");
    assert_eq!(outside.asked()[0].header("host"), Some(format!("data.example.cn:{}", outside.address.port()).as_str()));
    assert!(inside.asked().is_empty());
}

#[tokio::test]
async fn a_redirect_to_an_address_that_is_not_public_is_refused() {
    let desk = Desk::with(|config| config.hosts.extend(["169.254.169.254", "10.0.0.1", "[fd00:ec2::254]"].map(String::from)));
    for (location, expected) in [
        ("http://169.254.169.254/latest/meta-data/", &["source.redirect", "source.scheme", "source.address"][..]),
        ("https://169.254.169.254/latest/meta-data/", &["source.redirect", "source.address"]),
        ("https://0xa9fea9fe/latest/", &["source.redirect", "source.address"]),
        ("https://[fd00:ec2::254]/", &["source.redirect", "source.address"]),
        ("https://10.0.0.1/", &["source.redirect", "source.address"]),
        ("https://evil.example.org/", &["source.redirect", "source.host"]),
        ("https://u:p@127.0.0.1/", &["source.redirect", "source.userinfo"]),
        ("file:///etc/passwd", &["source.redirect", "source.scheme"]),
        ("gopher://127.0.0.1/", &["source.redirect", "source.scheme"]),
        ("http://", &["source.redirect"]),
        ("", &["source.redirect"]),
    ] {
        let server = to(location).await;
        assert_eq!(desk.refused(file(&server)).await, expected, "{location}");
    }
    let nowhere = Server::of(reply("302 Found", &[], "")).await;
    assert_eq!(desk.refused(file(&nowhere)).await, ["source.redirect"]);
}

#[tokio::test]
async fn a_page_of_a_service_may_not_lead_away_either() {
    let desk = Desk::new();
    let server = to("https://evil.example.org/api").await;
    for kind in [
        json!({"kind": "ckan", "url": server.url("/"), "resource": "r"}),
        json!({"kind": "ngsi_ld", "url": server.url("/")}),
        json!({"kind": "sdmx", "url": server.url("/"), "version": "2.1", "flow": "F"}),
    ] {
        assert_eq!(desk.refused(kind).await, ["source.redirect", "source.host"]);
    }
}
