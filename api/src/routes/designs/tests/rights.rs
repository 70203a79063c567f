use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Ground, Role, header, link};

#[actix_web::test]
async fn a_reporter_of_another_city_sees_and_changes_nothing() {
    Ground::on_each_database(async |ground| {
        ground.put_all(&ground.chain()).await;
        let (own, other) = (ground.harness.key(Role::Reporter, &["a"]).await, ground.harness.key(Role::Reporter, &["b"]).await);
        let status = async |token: &str, method: Method, path: &str, body: Option<Value>| {
            let request = ground.harness.request_as(token, method, path).insert_header(("if-match", "*"));
            let request = match body {
                Some(body) => request.set_json(body),
                None => request,
            };
            ground.harness.send(request).await.status.as_u16()
        };
        for path in [
            "",
            "/elements",
            "/elements/F",
            "/elements/F/history",
            "/recheck",
            "/trace?from=P",
            "/dossier",
            "/business-architecture",
            "/conformance?standard=gbt36333-2018",
        ] {
            let path = format!("{}{path}", ground.design);
            assert_eq!(status(&other, Method::GET, &path, None).await, 403, "{path}");
            assert_eq!(status(&own, Method::GET, &path, None).await, 200, "{path}");
        }
        let design = &ground.design;
        let mut dossier = header("a");
        dossier["elements"] = json!([]);
        for (method, path, body) in [
            (Method::PUT, design.clone(), Some(header("a"))),
            (Method::PUT, format!("{design}/dossier"), Some(dossier)),
            (Method::PUT, format!("{design}/elements/F"), Some(ground.chain()[0].clone())),
            (Method::POST, format!("{design}/elements"), Some(json!({"elements": []}))),
            (Method::POST, format!("{design}/elements/F/rechecked"), Some(json!({"reason": "x"}))),
            (Method::DELETE, format!("{design}/elements/P"), None),
            (Method::POST, "/api/v1/designs".to_owned(), Some(header("a"))),
        ] {
            assert_eq!(status(&other, method.clone(), &path, body).await, 403, "{method} {path}");
        }
        let listed = async |token: &str, query: &str| {
            let path = format!("/api/v1/designs{query}");
            ground.harness.send(ground.harness.request_as(token, Method::GET, &path)).await
        };
        assert_eq!(listed(&other, "").await.json()["items"], json!([]));
        assert_eq!(listed(&own, "").await.json()["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(listed(&other, "?city=a").await.status.as_u16(), 403);
        let viewer = ground.harness.key(Role::Viewer, &[]).await;
        assert_eq!(status(&viewer, Method::GET, design, None).await, 200);
        assert_eq!(status(&viewer, Method::PUT, design, Some(header("a"))).await, 403);
        let expert = ground.harness.key(Role::Expert, &[]).await;
        assert_eq!(status(&expert, Method::GET, design, None).await, 403);
    })
    .await;
}

#[actix_web::test]
async fn nobody_links_to_what_is_not_theirs_to_see() {
    let ground = Ground::new().await;
    let analysis = json!({"assessment": ground.assessment, "city": "a", "against": "city:b"});
    let against_b = ground.harness.post("/api/v1/gap-analyses", &analysis).await.json()["id"].clone();
    let of_b = json!({"assessment": ground.assessment, "city": "b", "against": "full_mark"});
    let of_b = ground.harness.post("/api/v1/gap-analyses", &of_b).await.json()["id"].clone();
    let own = ground.harness.key(Role::Reporter, &["a"]).await;
    let put = async |token: &str, to: Value| {
        let element = json!({"kind": "task", "document": {"code": "T", "title": {"en": "t"}, "priority": 1},
            "links": [link("addresses", to)]});
        let request = ground.harness.request_as(token, Method::PUT, &format!("{}/elements/T", ground.design));
        let reply = ground.harness.send(request.set_json(element)).await;
        (reply.status.as_u16(), reply)
    };
    for analysis in [&against_b, &of_b] {
        let (status, reply) = put(&own, json!({"gap": {"analysis": analysis, "node": "G"}})).await;
        assert_eq!((status, reply.faults()[0].0.as_str()), (422, "design.unknown_target"));
    }
    // A methodologist reads no evidence, and so points to none.
    let methodologist = ground.harness.key(Role::Methodologist, &[]).await;
    let (status, _) = put(&methodologist, json!({"evidence": ground.evidence})).await;
    assert_eq!(status, 422);
    let (status, reply) = put(&own, json!({"evidence": ground.evidence})).await;
    assert_eq!(status, 201, "{reply:?}");
}
