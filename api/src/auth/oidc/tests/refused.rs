use citygauge_indicators::Language;
use jsonwebtoken::Algorithm;
use serde_json::json;

use super::*;

#[actix_web::test]
async fn claims_that_do_not_hold_let_nobody_in() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    for (more, refusal) in [
        (json!({"iss": "https://elsewhere.example"}), Refusal::Issuer),
        (json!({"iss": format!("{}/", idp.issuer())}), Refusal::Issuer),
        (json!({"iss": [idp.issuer()]}), Refusal::Issuer),
        (json!({"iss": null}), Refusal::Issuer),
        (json!({"aud": "account"}), Refusal::Audience),
        (json!({"aud": ["account", "Gauge"]}), Refusal::Audience),
        (json!({"aud": []}), Refusal::Audience),
        (json!({"aud": null}), Refusal::Audience),
        (json!({"exp": NOW_S - 60}), Refusal::Expired),
        (json!({"exp": 0}), Refusal::Expired),
        (json!({"exp": null}), Refusal::Claim("exp")),
        (json!({"exp": "1795334500"}), Refusal::Claim("exp")),
        (json!({"exp": 1e300}), Refusal::Claim("exp")),
        (json!({"exp": -1}), Refusal::Claim("exp")),
        (json!({"nbf": NOW_S + 61}), Refusal::NotYet),
        (json!({"nbf": "soon"}), Refusal::Claim("nbf")),
        (json!({"iat": NOW_S + 61}), Refusal::NotYet),
        (json!({"iat": NOW_S + 10, "exp": NOW_S + 5}), Refusal::Claim("iat")),
        (json!({"sub": null}), Refusal::Claim("sub")),
        (json!({"sub": ""}), Refusal::Claim("sub")),
        (json!({"sub": "a\nb"}), Refusal::Claim("sub")),
        (json!({"sub": "x".repeat(256)}), Refusal::Claim("sub")),
        (json!({"cnf": {"jkt": "x"}}), Refusal::Bound),
        (json!({"realm_access": {"roles": ["others"]}}), Refusal::NoRole("realm_access.roles".into())),
        (json!({"realm_access": null}), Refusal::NoRole("realm_access.roles".into())),
        (json!({"cities": [7]}), Refusal::Limits("cities".into())),
    ] {
        let refused = identify(&oidc, &RSA.sign(&idp.claims(more.clone()))).await;
        assert_eq!(refused.expect_err("refused"), refusal, "{more}");
    }
    let absent = |name: &str| {
        let mut claims = idp.claims(json!({}));
        claims.as_object_mut().expect("an object").remove(name);
        RSA.sign(&claims)
    };
    assert_eq!(identify(&oidc, &absent("exp")).await, Err(Refusal::Claim("exp")));
    assert_eq!(identify(&oidc, &absent("iss")).await, Err(Refusal::Issuer));
    assert_eq!(identify(&oidc, &absent("aud")).await, Err(Refusal::Audience));
}

#[actix_web::test]
async fn a_token_without_a_signature_or_with_one_of_a_shared_secret_lets_nobody_in() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    let claims = idp.claims(json!({}));
    for none in ["none", "None", "NONE", "nOnE"] {
        for signature in ["", "AAAA"] {
            let refused = identify(&oidc, &raw(&json!({"alg": none, "kid": "rsa"}), &claims, signature)).await;
            assert_eq!(refused, Err(Refusal::Algorithm(none.into())));
        }
    }
    // The confusion: what everybody can read is taken for the secret.
    let public = RSA.published();
    for secret in [public.to_string(), public["n"].as_str().expect("a modulus").to_owned()] {
        let shared = Signing {
            kid: "rsa",
            key: EncodingKey::from_secret(secret.as_bytes()).expect("a secret"),
            algorithm: Algorithm::HS256,
            public: Value::Null,
        };
        assert_eq!(identify(&oidc, &shared.sign(&claims)).await, Err(Refusal::Algorithm("HS256".into())));
    }
    assert_eq!(idp.asked(), 0, "for neither is the provider asked");
    let other = Signing { kid: "rsa", key: NEXT.key.clone(), algorithm: Algorithm::RS256, public: Value::Null };
    assert_eq!(identify(&oidc, &other.sign(&claims)).await, Err(Refusal::Signature));
}

#[actix_web::test]
async fn an_algorithm_that_does_not_fit_the_key_is_refused_before_the_signature_is_looked_at() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    for (kid, key, algorithm) in [
        ("p256", &*RSA, Algorithm::RS256),
        ("rsa", &*P256, Algorithm::ES256),
        ("p384", &*P256, Algorithm::ES256),
        ("ed", &*P256, Algorithm::ES256),
        ("rsa", &*ED, Algorithm::EdDSA),
    ] {
        let token = key.sign_as(algorithm, &idp.claims(json!({})), |header| header.kid = Some(kid.to_owned()));
        assert_eq!(identify(&oidc, &token).await, Err(Refusal::UnfitKey), "{kid} {algorithm:?}");
    }
    let mut only = RSA.published();
    only["alg"] = json!("PS256");
    idp.return_with(vec![only]);
    let oidc = idp.oidc();
    assert_eq!(identify(&oidc, &RSA.sign(&idp.claims(json!({})))).await, Err(Refusal::UnfitKey));
    assert!(identify(&oidc, &RSA.sign_as(Algorithm::PS256, &idp.claims(json!({})), |_| ())).await.is_ok());
}

#[actix_web::test]
async fn keys_that_a_token_brings_or_points_to_are_not_looked_at() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    let own: Parsed = serde_json::from_value(NEXT.published()).expect("a key");
    let elsewhere = format!("{}/elsewhere", idp.issuer());
    for kid in ["rsa", "next"] {
        let token = NEXT.sign_as(Algorithm::RS256, &idp.claims(json!({})), |header| {
            header.kid = Some(kid.to_owned());
            header.jwk = Some(own.clone());
            header.jku = Some(elsewhere.clone());
            header.x5u = Some(elsewhere.clone());
            header.x5c = Some(vec!["MIIB".into()]);
        });
        let refusal = if kid == "rsa" { Refusal::Signature } else { Refusal::UnknownKey };
        assert_eq!(identify(&oidc, &token).await, Err(refusal), "{kid}");
    }
    // The same beside a signature that is right changes nothing.
    let token = RSA.sign_as(Algorithm::RS256, &idp.claims(json!({})), |header| {
        header.jwk = Some(own.clone());
        header.jku = Some(elsewhere.clone());
    });
    assert!(identify(&oidc, &token).await.is_ok());
}

#[actix_web::test]
async fn what_is_no_access_token_or_was_changed_is_refused() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    for typ in ["logout+jwt", "dpop+jwt", "secevent+jwt", "JWE", ""] {
        let token = RSA.sign_as(Algorithm::RS256, &idp.claims(json!({})), |header| header.typ = Some(typ.to_owned()));
        assert_eq!(identify(&oidc, &token).await, Err(Refusal::Type), "{typ}");
    }
    let sound = RSA.sign(&idp.claims(json!({})));
    let parts: Vec<&str> = sound.split('.').collect();
    let changed = raw(&json!({}), &idp.claims(json!({"sub": "u-2"})), "");
    let claims = changed.split('.').nth(1).expect("claims");
    assert_eq!(identify(&oidc, &format!("{}.{claims}.{}", parts[0], parts[2])).await, Err(Refusal::Signature));
    let with = |header: Value| raw(&header, &idp.claims(json!({})), parts[2]);
    for bad in [
        ".".to_owned(),
        "..".to_owned(),
        "a.b".to_owned(),
        "a.b.c".to_owned(),
        format!("{sound}."),
        format!("{sound}.x.y"),
        format!("{sound}="),
        format!("{}.{}", parts[0], parts[1]),
        with(json!("RS256")),
        with(json!({"kid": "rsa"})),
        with(json!({"alg": "RS256", "kid": 7})),
        with(json!({"alg": "RS256", "kid": "rsa", "crit": ["exp"], "exp": 1})),
        raw(&json!({"alg": "RS256", "kid": "rsa"}), &json!([]), parts[2]),
    ] {
        let refused = identify(&oidc, &bad).await.expect_err("refused");
        assert!(matches!(refused, Refusal::Malformed | Refusal::Signature), "{bad}: {refused:?}");
    }
    for cut in (0..sound.len()).step_by(7) {
        assert!(identify(&oidc, &sound[..cut]).await.is_err(), "{cut}");
    }
}

#[actix_web::test]
async fn a_token_that_is_too_long_is_not_read() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    let token = RSA.sign(&idp.claims(json!({"more": "x".repeat(20_000)})));
    assert_eq!(identify(&oidc, &token).await, Err(Refusal::TooLong));
    assert_eq!(idp.asked(), 0);
    assert!(identify(&oidc, &RSA.sign(&idp.claims(json!({"more": "x".repeat(9_000)})))).await.is_ok());
}

#[test]
fn every_refusal_is_said_in_both_languages_and_explained_in_the_documentation() {
    let page = include_str!("../../../../../docs/oidc.md");
    let unsuited = crate::keys::scope_faults(crate::store::keys::Role::Reporter, &Default::default());
    for refusal in [
        Refusal::TooLong,
        Refusal::Malformed,
        Refusal::Algorithm("HS256".into()),
        Refusal::Type,
        Refusal::Unnamed,
        Refusal::UnknownKey,
        Refusal::UnfitKey,
        Refusal::Signature,
        Refusal::Issuer,
        Refusal::Audience,
        Refusal::Expired,
        Refusal::NotYet,
        Refusal::Claim("exp"),
        Refusal::Bound,
        Refusal::NoRole("groups".into()),
        Refusal::Limits("cities".into()),
        Refusal::NoCities,
        Refusal::Unsuited(unsuited),
        Refusal::Away,
    ] {
        let text = refusal.text();
        let (zh, en) = (text.get(Language::Zh), text.get(Language::En));
        assert!(zh.starts_with("令牌") || zh.starts_with("身份提供方"), "{zh}");
        // What depends on the token stands in the page as `…`, and what is said of limits ends there.
        let row = en.split(": the cities").next().expect("a sentence");
        let row = row
            .replace("HS256", "…")
            .replace("claim exp", "claim …")
            .replace("claim groups", "claim …")
            .replace("claim cities", "claim …");
        assert!(page.contains(&format!("| {row}")), "docs/oidc.md has no row | {row}");
    }
}
