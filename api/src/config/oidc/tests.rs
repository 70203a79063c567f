use figment::Figment;
use figment::providers::{Format, Serialized, Toml};

use super::*;

const SOUND: &str = "issuer = 'https://id.example/realms/city'\naudience = 'gauge'\nroles = { readers = 'viewer' }\n";

fn read(more: &str) -> Result<Oidc, String> {
    let text = format!("{SOUND}{more}");
    let last = toml_of(&text);
    let figment = Figment::from(Serialized::defaults(Oidc::default())).merge(Toml::string(&last));
    let oidc: Oidc = figment.extract().map_err(|error| error.to_string())?;
    oidc.check().map_err(|error| error.to_string()).map(|()| oidc)
}

/// The lines, of which the last with a name counts.
fn toml_of(text: &str) -> String {
    let mut lines = BTreeMap::new();
    for line in text.lines() {
        lines.insert(line.split(['.', ' ']).next().unwrap_or_default(), line);
    }
    lines.into_values().collect::<Vec<_>>().join("\n")
}

#[test]
fn a_sound_section_is_read_and_says_where_the_provider_describes_itself() {
    let oidc = read("").expect("sound");
    assert_eq!(oidc.audience, ["gauge"]);
    assert_eq!(oidc.accepted(), [Algorithm::RS256, Algorithm::ES256]);
    let usual = "https://id.example/realms/city/.well-known/openid-configuration";
    assert_eq!(oidc.discovery_address().as_deref(), Some(usual));
    assert_eq!(read("audience = ['a', 'b']").expect("sound").audience, ["a", "b"]);
    assert_eq!(read("roles = { x = 'province' }").expect("sound").granted("x").map(|given| given.needs_cities), Some(true));
    assert!(read("algorithms = ['RS384','RS512','PS256','PS384','PS512','ES384','EdDSA']").is_ok());
}

#[test]
fn what_would_let_in_too_much_is_refused_at_start_by_its_key() {
    for (more, words) in [
        ("algorithms = ['none']", "oidc.algorithms: 'none' is refused"),
        ("algorithms = ['None']", "oidc.algorithms: 'none' is refused"),
        ("algorithms = ['RS256', 'HS256']", "oidc.algorithms: 'HS256' is refused"),
        ("algorithms = ['ES512']", "oidc.algorithms: 'ES512' is not known"),
        ("algorithms = []", "oidc.algorithms: at least one"),
        ("audience = []", "oidc.audience"),
        ("audience = ' '", "oidc.audience"),
        ("issuer = 'http://id.example'", "oidc.issuer: is not asked over https"),
        ("issuer = 'http://127.0.0.1:1'", "oidc.issuer: is not asked over https"),
        ("issuer = 'https://id.example/?x=1'", "oidc.issuer"),
        ("issuer = 'https://me:hidden@id.example'", "oidc.issuer: holds a name or a password"),
        ("issuer = 'id.example'", "oidc.issuer: is no address"),
        ("discovery = 'http://id.example/x'", "oidc.discovery"),
        ("roles = {}", "oidc.roles"),
        ("roles = { x = 'chief' }", "oidc.roles: 'x' is 'chief'"),
        ("roles = { x = 'expert' }", "oidc.roles: 'x' cannot be an expert"),
        ("claims = { roles = '' }", "oidc.claims.roles"),
        ("claims = { roles = 'a..b' }", "oidc.claims.roles"),
        ("leeway_s = 301", "oidc.leeway_s"),
        ("keys_ttl_s = 0", "oidc.keys_ttl_s"),
        ("keys_stale_s = 604801", "oidc.keys_stale_s"),
        ("private_networks = ['x']", "oidc.private_networks"),
        ("secret = 'x'", "secret"),
    ] {
        let told = read(more).expect_err(more);
        assert!(told.contains(words), "{more}: {told}");
        assert!(!told.contains("hidden"), "{told}");
    }
    assert!(read("allow_loopback = true\nissuer = 'http://127.0.0.1:1'").is_ok());
    let alone = Oidc { roles: [("x".to_owned(), "viewer".to_owned())].into(), ..Oidc::default() };
    assert!(alone.check().expect_err("no issuer").to_string().starts_with("oidc.issuer"));
}
