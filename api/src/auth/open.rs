//! The guard of a service that is open to its own machine: a web page elsewhere must not reach it.
//!
//! A page can make a browser send requests to 127.0.0.1, directly or by a name that resolves there. Such a
//! request carries the page's `Origin`, or the page's name as `Host`; both must be this machine's.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HOST, ORIGIN};
use citygauge_indicators::Text;

use crate::error::Failure;

/// Refuses requests that a web page elsewhere may have caused.
pub fn check(request: &ServiceRequest) -> Result<(), Failure> {
    let (port, over_tls) = (request.app_config().local_addr().port(), request.app_config().secure());
    let is_here = |authority: &str| is_here(authority, port, if over_tls { 443 } else { 80 });
    let scheme = if over_tls { "https://" } else { "http://" };
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
    let host = header(HOST).or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    if !host.is_some_and(is_here) {
        return Err(refused("Host"));
    }
    match header(ORIGIN) {
        None => Ok(()),
        Some(origin) if origin.strip_prefix(scheme).is_some_and(is_here) => Ok(()),
        Some(_) => Err(refused("Origin")),
    }
}

/// Whether an authority is a loopback name with the service's own port; `usual` is the one that is not written.
fn is_here(authority: &str, port: u16, usual: u16) -> bool {
    let (name, given) = match authority.rsplit_once(':') {
        Some((name, given)) if !given.contains(']') => (name, given.parse().ok()),
        _ => (authority, Some(usual)),
    };
    given == Some(port) && ["127.0.0.1", "localhost", "[::1]"].iter().any(|here| name.eq_ignore_ascii_case(here))
}

fn refused(header: &str) -> Failure {
    Failure::Forbidden(Text::both(
        format!("开放模式只接受来自本机的请求（{header}）"),
        format!("an open service takes requests of this machine only ({header})"),
    ))
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn only_loopback_names_with_the_own_port_are_here() {
        for here in ["127.0.0.1:8080", "localhost:8080", "[::1]:8080", "LOCALHOST:8080"] {
            assert!(is_here(here, 8080, 80), "{here}");
        }
        for elsewhere in ["evil.example:8080", "127.0.0.1:9", "127.0.0.1", "127.0.0.1.evil.example:8080", "null", ""] {
            assert!(!is_here(elsewhere, 8080, 80), "{elsewhere}");
        }
        assert!(is_here("localhost", 80, 80) && is_here("localhost", 443, 443));
    }
}
