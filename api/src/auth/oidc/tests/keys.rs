use serde_json::json;

use super::*;
use crate::auth::oidc::keys::{AGAIN_MS, RETRY_MS};
use crate::outbound::tests::server::{head, reply};

const HOUR_MS: i64 = 3_600_000;

/// A token that lasts for a week.
fn lasting(idp: &Idp, key: &Signing) -> String {
    key.sign(&idp.claims(json!({"exp": NOW_S + 604_800})))
}

#[actix_web::test]
async fn names_of_keys_that_nobody_has_heard_of_cost_one_fetch_and_no_more() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    assert!(identify(&oidc, &lasting(&idp, &RSA)).await.is_ok());
    let later_ms = NOW_MS + AGAIN_MS;
    for n in 0..100 {
        let token = NEXT.sign_as(NEXT.algorithm, &idp.claims(json!({})), |header| header.kid = Some(format!("made-up-{n}")));
        assert_eq!(oidc.identify(&token, later_ms + n).await, Err(Refusal::UnknownKey));
    }
    assert_eq!(idp.key_sets(), 2, "the first time, and once for a hundred names");
    let token = NEXT.sign_as(NEXT.algorithm, &idp.claims(json!({})), |header| header.kid = Some("another".into()));
    assert_eq!(oidc.identify(&token, later_ms + AGAIN_MS).await, Err(Refusal::UnknownKey));
    assert_eq!(idp.key_sets(), 3);
}

#[actix_web::test]
async fn a_hundred_callers_at_once_cause_one_fetch() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    let tokens: Vec<String> = (0..100).map(|n| P256.sign(&idp.claims(json!({"sub": format!("u-{n}")})))).collect();
    let all = futures_util::future::join_all(tokens.iter().map(|token| identify(&oidc, token))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(idp.asked(), 2, "the description and the keys");
}

#[actix_web::test]
async fn whoever_leaves_before_the_keys_have_come_does_not_keep_others_from_them() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    let token = lasting(&idp, &RSA);
    let mut first = Box::pin(oidc.identify(&token, NOW_MS));
    assert!(futures_util::FutureExt::now_or_never(&mut first).is_none(), "the keys have to be fetched");
    drop(first);
    assert!(oidc.identify(&token, NOW_MS).await.is_ok());
    assert_eq!(idp.key_sets(), 1);
}

#[actix_web::test]
async fn a_new_key_is_found_by_its_name_and_one_that_was_taken_back_ends_with_the_next_fetch() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    let (old, new) = (lasting(&idp, &RSA), lasting(&idp, &NEXT));
    assert!(oidc.identify(&old, NOW_MS).await.is_ok());
    idp.return_with(vec![NEXT.published()]);
    assert!(oidc.identify(&old, NOW_MS + HOUR_MS - 1).await.is_ok(), "until the keys are an hour old");
    assert!(oidc.identify(&new, NOW_MS + HOUR_MS - 1).await.is_ok(), "it is asked for at once");
    assert!(oidc.knows(&old));
    assert_eq!(oidc.identify(&old, NOW_MS + HOUR_MS - 1).await, Err(Refusal::UnknownKey), "it was accepted before, and is gone");
    assert!(!oidc.knows(&old));
    assert_eq!(idp.key_sets(), 2);
    idp.return_with(Vec::new());
    assert_eq!(
        oidc.identify(&new, NOW_MS + 2 * HOUR_MS).await,
        Err(Refusal::UnknownKey),
        "an hour later without being asked for"
    );
}

#[actix_web::test]
async fn while_the_provider_is_away_its_keys_go_on_for_the_time_that_is_configured() {
    let idp = Idp::start().await;
    let oidc = idp.oidc_with(|settings| settings.keys_stale_s = 7_200);
    let token = lasting(&idp, &RSA);
    let fresh = |n: i64| RSA.sign(&idp.claims(json!({"exp": NOW_S + 604_800, "sub": format!("u-{n}")})));
    assert!(oidc.identify(&token, NOW_MS).await.is_ok());
    idp.leave();
    assert!(oidc.identify(&token, NOW_MS + HOUR_MS).await.is_ok());
    let tried = idp.asked();
    for n in 0..20 {
        assert!(oidc.identify(&fresh(n), NOW_MS + HOUR_MS + n).await.is_ok(), "tokens that were never seen too");
    }
    assert_eq!(idp.asked(), tried, "it is left alone for a while");
    assert_eq!(oidc.identify(&lasting(&idp, &NEXT), NOW_MS + HOUR_MS + 20).await, Err(Refusal::Away), "it may be a new one");
    assert!(oidc.identify(&token, NOW_MS + 3 * HOUR_MS - 1).await.is_ok());
    assert_eq!(oidc.identify(&token, NOW_MS + 3 * HOUR_MS + RETRY_MS).await, Err(Refusal::Away));
    idp.return_with(vec![RSA.published()]);
    assert_eq!(oidc.identify(&token, NOW_MS + 3 * HOUR_MS + RETRY_MS + 1).await, Err(Refusal::Away));
    assert!(oidc.identify(&token, NOW_MS + 3 * HOUR_MS + 2 * RETRY_MS).await.is_ok(), "it is back");
}

#[actix_web::test]
async fn a_token_that_was_accepted_ends_with_its_time() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    let token = RSA.sign(&idp.claims(json!({})));
    assert!(!oidc.knows(&token));
    assert!(identify(&oidc, &token).await.is_ok());
    assert!(oidc.knows(&token));
    assert!(oidc.identify(&token, NOW_MS + 359_999).await.is_ok());
    assert_eq!(oidc.identify(&token, NOW_MS + 360_000).await, Err(Refusal::Expired));
    assert!(!oidc.knows(&token));
}

#[actix_web::test]
async fn what_the_provider_must_not_answer_is_not_followed_and_not_read_to_its_end() {
    let idp = Idp::start().await;
    let ok = |body: Value| Some(crate::outbound::tests::server::ok("application/json", body.to_string()));
    let (issuer, keys) = (idp.issuer(), format!("{}/keys", idp.issuer()));
    let elsewhere = |to: &str| Some(reply("302 Found", &[("Location", to)], ""));
    let described = |jwks_uri: &str| ok(json!({"issuer": issuer, "jwks_uri": jwks_uri}));
    let huge = [head("200 OK", &[], ""), vec![b' '; 2 << 20]].concat();
    let announced = head("200 OK", &[], "Content-Length: 99999999999\r\n");
    for (discovery, key_set, code) in [
        (Some(huge.clone()), None, "oidc.too_large"),
        (Some(announced), None, "oidc.too_large"),
        (None, Some(huge), "oidc.too_large"),
        (elsewhere(&keys), None, "oidc.status"),
        (None, elsewhere(&format!("{issuer}/elsewhere")), "oidc.status"),
        (Some(reply("500 Internal Server Error", &[], "")), None, "oidc.status"),
        (ok(json!({"issuer": "https://elsewhere.example", "jwks_uri": keys})), None, "oidc.issuer"),
        (ok(json!({"issuer": format!("{issuer}/"), "jwks_uri": keys})), None, "oidc.issuer"),
        (ok(json!({"issuer": issuer})), None, "oidc.discovery"),
        (Some(reply("200 OK", &[], "<html>")), None, "oidc.discovery"),
        (described("http://10.0.0.1/keys"), None, "oidc.scheme"),
        (described("https://10.0.0.1/keys"), None, "oidc.barred"),
        (described("https://169.254.169.254/latest"), None, "oidc.barred"),
        (described("file:///etc/passwd"), None, "oidc.scheme"),
        (described("https://me:hidden@id.example/keys"), None, "oidc.userinfo"),
        (described("keys"), None, "oidc.address"),
        (None, ok(json!({"keys": {}})), "oidc.keys"),
        (None, ok(json!({"keys": vec![json!({"kty": "new"}); 201]})), "oidc.keys"),
        (Some(Vec::new()), None, "oidc.unreachable"),
    ] {
        idp.change(|answers| (answers.discovery, answers.key_set) = (discovery, key_set));
        let oidc = idp.oidc();
        let fault = oidc.published().await.expect_err(code);
        assert_eq!(fault.code, code, "{fault:?}");
        assert!(!fault.line(citygauge_indicators::Language::En).contains("hidden"), "{fault:?}");
        assert_eq!(identify(&oidc, &lasting(&idp, &RSA)).await, Err(Refusal::Away), "{code}");
    }
}

#[actix_web::test]
async fn this_machine_is_not_asked_unless_that_is_allowed() {
    let idp = Idp::start().await;
    let mut config = Config { oidc: idp.settings(), ..Config::default() };
    config.oidc.allow_loopback = false;
    assert!(config.check().is_err(), "it is refused at start");
    let oidc = Oidc::new(&config).expect("a client").expect("a provider");
    assert_eq!(oidc.published().await.expect_err("refused").code, "oidc.scheme");
    config.oidc.discovery = Some(format!("{}/x", idp.issuer().replace("http:", "https:")));
    let oidc = Oidc::new(&config).expect("a client").expect("a provider");
    assert_eq!(oidc.published().await.expect_err("refused").code, "oidc.barred");
    assert_eq!(idp.asked(), 0);
}

#[actix_web::test]
async fn keys_that_are_not_used_are_told_with_the_reason() {
    let idp = Idp::start().await;
    idp.return_with(vec![RSA.published(), json!({"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}), json!(1)]);
    let published = idp.oidc().published().await.expect("it answers");
    assert_eq!((published.keys.len(), published.unusable.len()), (1, 2));
    assert_eq!(published.unusable[0].kid.as_deref(), Some("shared"));
    assert_eq!(published.jwks_uri, format!("{}/keys", idp.issuer()));
}
