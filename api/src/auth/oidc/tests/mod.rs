//! A small provider on loopback, and tokens of it and of others.

mod accepted;
mod keys;
mod refused;
mod service;

use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk as Parsed;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};

use super::{Oidc, Refusal};
use crate::auth::Caller;
use crate::config::{Config, Oidc as Settings, OidcClaims};
use crate::outbound::tests::server::{Server, ok};

/// The moment of all tests, as the clock of the harness has it.
pub const NOW_S: i64 = 1_795_334_400;
pub const NOW_MS: i64 = NOW_S * 1_000;

/// A key of a provider.
pub struct Signing {
    kid: &'static str,
    key: EncodingKey,
    algorithm: Algorithm,
    public: Value,
}

impl Signing {
    fn rsa(kid: &'static str) -> Self {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).expect("a key");
        // Within PKCS #8 the key stands as PKCS #1 after a head of 26 bytes.
        Self::of(kid, EncodingKey::from_rsa_der(&pair.serialize_der()[26..]), Algorithm::RS256)
    }

    fn ec(kid: &'static str, algorithm: Algorithm) -> Self {
        let curve = if algorithm == Algorithm::ES256 { &PKCS_ECDSA_P256_SHA256 } else { &PKCS_ECDSA_P384_SHA384 };
        let pair = KeyPair::generate_for(curve).expect("a key");
        Self::of(kid, EncodingKey::from_ec_der(&pair.serialize_der()), algorithm)
    }

    fn ed(kid: &'static str) -> Self {
        let pair = KeyPair::generate_for(&PKCS_ED25519).expect("a key");
        let public = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(pair.public_key_raw())});
        Self { kid, key: EncodingKey::from_ed_der(&pair.serialize_der()), algorithm: Algorithm::EdDSA, public }
    }

    fn of(kid: &'static str, key: EncodingKey, algorithm: Algorithm) -> Self {
        let mut public = json!(Parsed::from_encoding_key(&key, algorithm).expect("a key"));
        public.as_object_mut().expect("an object").remove("alg");
        Self { kid, key, algorithm, public }
    }

    /// What is published of it; for which algorithm it is, its type says.
    pub fn published(&self) -> Value {
        let mut public = self.public.clone();
        public.as_object_mut().expect("an object").extend([("kid".into(), json!(self.kid)), ("use".into(), json!("sig"))]);
        public
    }

    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(self.algorithm, claims, |_| ())
    }

    pub fn sign_as(&self, algorithm: Algorithm, claims: &Value, change: impl FnOnce(&mut Header)) -> String {
        let mut header = Header::new(algorithm);
        header.kid = Some(self.kid.to_owned());
        change(&mut header);
        encode(&header, claims, &self.key).expect("a token")
    }
}

pub static RSA: LazyLock<Signing> = LazyLock::new(|| Signing::rsa("rsa"));
pub static NEXT: LazyLock<Signing> = LazyLock::new(|| Signing::rsa("next"));
pub static P256: LazyLock<Signing> = LazyLock::new(|| Signing::ec("p256", Algorithm::ES256));
pub static P384: LazyLock<Signing> = LazyLock::new(|| Signing::ec("p384", Algorithm::ES384));
pub static ED: LazyLock<Signing> = LazyLock::new(|| Signing::ed("ed"));

/// What a provider answers; each test may change it.
#[derive(Default)]
pub struct Answers {
    keys: Vec<Value>,
    /// In place of the description.
    discovery: Option<Vec<u8>>,
    /// In place of the key set.
    key_set: Option<Vec<u8>>,
}

pub struct Idp {
    server: Server,
    answers: Arc<Mutex<Answers>>,
}

impl Idp {
    /// With all keys but `NEXT`.
    pub async fn start() -> Self {
        let keys = [&RSA, &P256, &P384, &ED].map(|key| key.published()).to_vec();
        let answers = Arc::new(Mutex::new(Answers { keys, ..Answers::default() }));
        let given = answers.clone();
        let server = Server::start(move |asked| {
            let answers = given.lock().expect("no test panicked");
            let host = asked.header("host").expect("a host").to_owned();
            let (told, usual) = match asked.path() {
                "/.well-known/openid-configuration" => {
                    (&answers.discovery, json!({"issuer": format!("http://{host}"), "jwks_uri": format!("http://{host}/keys")}))
                }
                "/keys" => (&answers.key_set, json!({"keys": answers.keys})),
                other => panic!("nobody asks for {other}"),
            };
            let usual = || ok("application/json", usual.to_string());
            vec![crate::outbound::tests::server::Step::Send(told.clone().unwrap_or_else(usual))]
        })
        .await;
        Self { server, answers }
    }

    pub fn change(&self, change: impl FnOnce(&mut Answers)) {
        change(&mut self.answers.lock().expect("no test panicked"));
    }

    /// Breaks off whatever is asked, until it is back.
    pub fn leave(&self) {
        self.change(|answers| answers.discovery = Some(Vec::new()));
    }

    pub fn return_with(&self, keys: Vec<Value>) {
        self.change(|answers| *answers = Answers { keys, ..Answers::default() });
    }

    pub fn issuer(&self) -> String {
        self.server.url("")
    }

    /// How often the key set was asked for.
    pub fn key_sets(&self) -> usize {
        self.server.asked().iter().filter(|asked| asked.path() == "/keys").count()
    }

    /// How often anything was.
    pub fn asked(&self) -> usize {
        self.server.asked().len()
    }

    pub fn settings(&self) -> Settings {
        let named = |name: &str| Some(name.to_owned());
        let roles = [
            ("heads", "admin"),
            ("methods", "methodologist"),
            ("office", "evaluator"),
            ("province", "province"),
            ("city", "reporter"),
            ("guests", "viewer"),
        ];
        Settings {
            issuer: Some(self.issuer()),
            audience: vec!["gauge".into(), "gauge-test".into()],
            algorithms: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
                .map(str::to_owned)
                .to_vec(),
            claims: OidcClaims {
                roles: "realm_access.roles".into(),
                cities: named("cities"),
                departments: named("departments"),
                items: named("items"),
            },
            roles: roles.map(|(word, role)| (word.to_owned(), role.to_owned())).into(),
            allow_loopback: true,
            ..Settings::default()
        }
    }

    pub fn oidc(&self) -> Oidc {
        self.oidc_with(|_| ())
    }

    pub fn oidc_with(&self, change: impl FnOnce(&mut Settings)) -> Oidc {
        let mut config = Config { oidc: self.settings(), ..Config::default() };
        change(&mut config.oidc);
        config.check().expect("a sound configuration");
        Oidc::new(&config).expect("a client").expect("a provider")
    }

    /// What a token of a viewer says, and what else.
    pub fn claims(&self, more: Value) -> Value {
        let mut claims = json!({
            "iss": self.issuer(), "aud": "gauge", "sub": "u-1", "iat": NOW_S - 10, "nbf": NOW_S - 10, "exp": NOW_S + 300,
            "realm_access": {"roles": ["offline_access", "guests"]}, "typ": "Bearer",
        });
        claims.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        claims
    }

    /// The token of somebody with this role, and what else it says.
    pub fn token(&self, word: &str, more: Value) -> String {
        let mut claims = self.claims(json!({"realm_access": {"roles": [word]}}));
        claims.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        RSA.sign(&claims)
    }
}

/// A token that is put together by hand.
pub fn raw(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

pub async fn identify(oidc: &Oidc, token: &str) -> Result<Caller, Refusal> {
    oidc.identify(token, NOW_MS).await
}
