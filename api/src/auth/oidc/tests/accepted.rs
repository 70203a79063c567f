use jsonwebtoken::Algorithm;
use serde_json::json;

use super::*;
use crate::store::keys::Role;

#[actix_web::test]
async fn a_token_of_every_accepted_algorithm_lets_its_subject_in() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    let rsa = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"].map(|name| (name, &*RSA));
    for (name, key) in rsa.into_iter().chain([("ES256", &*P256), ("ES384", &*P384), ("EdDSA", &*ED)]) {
        let algorithm: Algorithm = name.parse().expect(name);
        let token = key.sign_as(algorithm, &idp.claims(json!({"sub": name})), |_| ());
        let caller = identify(&oidc, &token).await.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
        assert_eq!((caller.id(), caller.role()), (format!("{}#{name}", idp.issuer()).as_str(), Role::Viewer));
    }
    assert_eq!(idp.key_sets(), 1, "the keys are kept");
}

#[actix_web::test]
async fn only_the_algorithms_of_the_list_are_accepted() {
    let idp = Idp::start().await;
    let oidc = idp.oidc_with(|settings| settings.algorithms = vec!["ES256".into()]);
    assert!(identify(&oidc, &P256.sign(&idp.claims(json!({})))).await.is_ok());
    let refused = identify(&oidc, &RSA.sign(&idp.claims(json!({})))).await;
    assert_eq!(refused, Err(Refusal::Algorithm("RS256".into())));
}

#[actix_web::test]
async fn what_a_token_may_leave_out_and_what_it_may_have_besides() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    for more in [
        json!({"nbf": null, "iat": null}),
        json!({"aud": ["account", "gauge-test"]}),
        json!({"exp": 1_795_334_400.5}),
        // Within the leeway of a minute.
        json!({"exp": NOW_S - 59, "iat": NOW_S - 3_600}),
        json!({"nbf": NOW_S + 59, "iat": NOW_S + 59}),
        json!({"sub": "auth0|5f7c 8ec7"}),
    ] {
        assert!(identify(&oidc, &RSA.sign(&idp.claims(more.clone()))).await.is_ok(), "{more}");
    }
    for typ in [None, Some("JWT"), Some("jwt"), Some("at+jwt"), Some("application/at+JWT")] {
        let token = RSA.sign_as(Algorithm::RS256, &idp.claims(json!({})), |header| header.typ = typ.map(str::to_owned));
        assert!(identify(&oidc, &token).await.is_ok(), "{typ:?}");
    }
}

#[actix_web::test]
async fn a_token_without_a_kid_is_checked_where_one_key_alone_fits() {
    let idp = Idp::start().await;
    let oidc = idp.oidc();
    let nameless = |key: &Signing| key.sign_as(key.algorithm, &idp.claims(json!({})), |header| header.kid = None);
    assert!(identify(&oidc, &nameless(&RSA)).await.is_ok());
    idp.return_with(vec![RSA.published(), NEXT.published(), P256.published()]);
    let oidc = idp.oidc();
    assert_eq!(identify(&oidc, &nameless(&RSA)).await, Err(Refusal::Unnamed));
    assert!(identify(&oidc, &nameless(&P256)).await.is_ok());
}
