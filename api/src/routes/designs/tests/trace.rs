use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Ground, Role, link, text};

fn ids(trace: &Value) -> Vec<String> {
    trace["nodes"].as_array().expect("nodes").iter().map(|node| text(&node["id"])).collect()
}

#[actix_web::test]
async fn a_project_is_traced_back_to_the_evidence() {
    Ground::on_each_database(async |ground| {
        ground.put_all(&ground.chain()).await;
        let trace = ground.get("/trace?from=P").await;
        let (gap, assessment) = (format!("gap:{}/G", ground.gap), format!("assessment:{}", ground.assessment));
        let evidence = format!("evidence:{}", ground.evidence);
        let mut found = ids(&trace);
        assert_eq!(found[0], "element:P");
        found.sort();
        let mut expected = vec![
            "element:F",
            "element:P",
            "element:R",
            "element:T",
            "indicator:small@1/G",
            "observation:a/2026/trees",
            &gap,
            &assessment,
            &evidence,
        ];
        expected.sort_unstable();
        assert_eq!(found, expected);
        let edges = trace["edges"].as_array().expect("edges");
        for (from, to, relation) in [
            ("element:P", "element:T", "realises"),
            ("element:T", gap.as_str(), "addresses"),
            (gap.as_str(), "indicator:small@1/G", "of"),
            (gap.as_str(), assessment.as_str(), "of"),
            ("indicator:small@1/G", "observation:a/2026/trees", "reads"),
            ("observation:a/2026/trees", evidence.as_str(), "evidence"),
            ("element:F", "observation:a/2026/trees", "based_on"),
        ] {
            assert!(edges.contains(&json!({"from": from, "to": to, "relation": relation})), "{from} {to} {relation}: {edges:#?}");
        }
        assert_eq!(trace["truncated"], false);
        // Every place that a node names is one.
        for node in trace["nodes"].as_array().expect("nodes") {
            let path = text(&node["path"]);
            assert_eq!(ground.harness.get(&path).await.status.as_u16(), 200, "{path}");
        }
        let forward = ground.get("/trace?from=F&direction=forward").await;
        assert_eq!(ids(&forward), ["element:F", "element:R", "element:T", "element:P"]);
        assert_eq!(forward["edges"][0], json!({"from": "element:R", "to": "element:F", "relation": "origin"}));
        assert_eq!(ground.harness.get(&format!("{}/trace?from=none", ground.design)).await.status.as_u16(), 404);
    })
    .await;
}

#[actix_web::test]
async fn evidence_is_traced_for_those_who_may_read_it_only_and_circles_end() {
    let ground = Ground::new().await;
    ground.put_all(&ground.chain()).await;
    let viewer = ground.harness.key(Role::Viewer, &[]).await;
    let path = format!("{}/trace?from=P", ground.design);
    let trace = ground.harness.send(ground.harness.request_as(&viewer, Method::GET, &path)).await.json();
    assert!(!ids(&trace).iter().any(|id| id.starts_with("evidence:")), "{trace}");
    assert!(ids(&trace).iter().any(|id| id.starts_with("observation:")));
    let task = |code: &str, other: &str| {
        json!({"kind": "task", "document": {"code": code, "title": {"en": code}, "priority": 1},
            "links": [link("depends_on", json!({"element": other}))]})
    };
    let tag = ground.harness.get(&ground.design).await.header("etag").to_owned();
    let request = ground.harness.request(Method::POST, &format!("{}/elements", ground.design)).insert_header(("if-match", tag));
    let both = ground.harness.send(request.set_json(json!({"elements": [task("X", "Y"), task("Y", "X")]}))).await;
    assert_eq!(both.status.as_u16(), 200, "{both:?}");
    assert_eq!(ids(&ground.get("/trace?from=X").await), ["element:X", "element:Y"]);
}

#[actix_web::test]
async fn a_trace_ends_after_five_hundred() {
    let ground = Ground::new().await;
    let task = |number: usize| {
        let links =
            if number == 0 { json!([]) } else { json!([link("depends_on", json!({"element": format!("T{}", number - 1)}))]) };
        json!({"kind": "task", "document": {"code": format!("T{number}"), "title": {"en": "t"}, "priority": 1}, "links": links})
    };
    let tasks: Vec<Value> = (0..700).map(task).collect();
    let tag = ground.harness.get(&ground.design).await.header("etag").to_owned();
    let request = ground.harness.request(Method::POST, &format!("{}/elements", ground.design)).insert_header(("if-match", tag));
    let put = ground.harness.send(request.set_json(json!({"elements": tasks}))).await;
    assert_eq!((put.status.as_u16(), &put.json()["put"]), (200, &json!(700)), "{put:?}");
    let trace = ground.get("/trace?from=T699").await;
    assert_eq!((ids(&trace).len(), &trace["truncated"]), (500, &json!(true)));
}
