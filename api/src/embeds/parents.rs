//! The pages that may show a view, by their origins.

use citygauge_indicators::{Fault, Faults};
use url::{Host, Url};

/// So many origins may be named.
const MOST: usize = 20;

/// The origins as they stand in `frame-ancestors`; all that is wrong with them.
///
/// # Errors
/// None or too many, what is no origin, and `http` for anything but this machine.
pub fn parents(given: &[String]) -> Result<Vec<String>, Faults> {
    let mut faults = Faults::default();
    if given.is_empty() || given.len() > MOST {
        faults.push(
            Fault::error("embed.parents", "请列出允许嵌入的页面来源", "name the origins of the pages that may show it")
                .at("/parents")
                .value(given.len().to_string())
                .expected(format!("1..{MOST}"))
                .hint("例如 https://city.example", "such as https://city.example"),
        );
    }
    let mut origins = Vec::with_capacity(given.len());
    for (place, text) in given.iter().enumerate().take(MOST) {
        match origin(text) {
            Some(origin) if !origins.contains(&origin) => origins.push(origin),
            Some(_) => {}
            None => faults.push(
                Fault::error("embed.parent", format!("“{text}”不是页面来源"), format!("'{text}' is no origin"))
                    .at(format!("/parents/{place}"))
                    .value(text)
                    .expected("https://HOST[:PORT]")
                    .hint(
                        "给出协议、主机与端口，不带路径与通配符；http 仅限本机",
                        "give scheme, host and port without a path or wildcard; http is for this machine only",
                    ),
            ),
        }
    }
    if faults.is_empty() { Ok(origins) } else { Err(faults) }
}

fn origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_here = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let fits = match url.scheme() {
        "https" => true,
        "http" => is_here,
        _ => false,
    };
    let bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    // A wildcard, a blank or a semicolon would be read as more than one source.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'*' | b';' | b',' | b'\'' | b'"'));
    (fits && bare && is_plain).then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_taken_as_they_stand_in_a_policy() {
        let given = ["https://city.example", "https://City.example:443/", "https://a.example:8443", "http://localhost:3000"];
        let given: Vec<String> = given.map(str::to_owned).to_vec();
        let known = parents(&given).expect("origins");
        assert_eq!(known, ["https://city.example", "https://a.example:8443", "http://localhost:3000"]);
    }

    #[test]
    fn what_is_no_origin_is_refused_with_its_place() {
        for bad in [
            "*",
            "https://*.example",
            "http://city.example",
            "https://city.example/path",
            "https://a.example; script-src *",
            "https://user@a.example",
            "javascript:alert(1)",
            "city.example",
            "",
        ] {
            let faults = parents(&["https://ok.example".to_owned(), bad.to_owned()]).expect_err(bad);
            assert_eq!(faults.0[0].pointer.as_deref(), Some("/parents/1"), "{bad}");
        }
        assert!(parents(&[]).is_err());
        assert!(parents(&vec!["https://a.example".to_owned(); 21]).is_err());
    }
}
