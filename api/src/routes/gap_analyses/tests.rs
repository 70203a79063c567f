use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, Reply};

/// Cities a, b and c with a result, and three analyses: a to its peers, a to b, b to the full mark.
struct Assessed {
    harness: Harness,
    assessment: String,
    to_peers: String,
    to_b: String,
    of_b: String,
}

impl Assessed {
    async fn new() -> Self {
        let harness = Harness::observed().await;
        let new = json!({"set": {"code": "small", "version": "1"}});
        let accepted = harness.post("/api/v1/assessments", &new).await.json();
        let job = harness.work(accepted["job"].as_str().expect("a job")).await;
        assert_eq!(job["state"], "succeeded", "{job}");
        let assessment = accepted["id"].as_str().expect("an id").to_owned();
        let mut ids = Vec::new();
        for (city, against) in [("a", "peer_median"), ("a", "city:b"), ("b", "full_mark")] {
            let new = json!({"assessment": assessment, "city": city, "against": against});
            let made = harness.post("/api/v1/gap-analyses", &new).await;
            assert_eq!(made.status.as_u16(), 201, "{made:?}");
            ids.push(made.json()["id"].as_str().expect("an id").to_owned());
        }
        let [to_peers, to_b, of_b] = ids.try_into().expect("three analyses");
        Self { harness, assessment, to_peers, to_b, of_b }
    }

    async fn get(&self, token: &str, path: &str) -> Reply {
        self.harness.send(self.harness.request_as(token, Method::GET, &format!("/api/v1{path}"))).await
    }

    async fn status(&self, token: &str, path: &str) -> u16 {
        self.get(token, path).await.status.as_u16()
    }

    async fn listed(&self, token: &str) -> Vec<String> {
        let page = self.get(token, "/gap-analyses").await.json();
        let ids = page["items"].as_array().expect("a page").iter();
        ids.map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
    }
}

#[actix_web::test]
async fn a_reporter_reads_the_results_of_its_own_city() {
    let assessed = Assessed::new().await;
    let token = assessed.harness.key(Role::Reporter, &["a"]).await;
    let Assessed { assessment, to_peers, .. } = &assessed;
    let card = assessed.get(&token, &format!("/assessments/{assessment}/cities/a")).await.json();
    assert_eq!((&card["city"], &card["nodes"][0]["score"], &card["nodes"][0]["rank"]), (&json!("a"), &json!(10.0), &json!(3)));
    let explained = assessed.get(&token, &format!("/assessments/{assessment}/cities/a/explain?node=G")).await.json();
    assert_eq!(explained["node"]["score"], json!(10.0));
    let analysis = assessed.get(&token, &format!("/gap-analyses/{to_peers}")).await.json();
    let gap = |node: &str| -> Value {
        let rows = analysis["gaps"].as_array().expect("rows");
        rows.iter().find(|row| row["node"] == node).expect("every node has a row")["gap_score"].clone()
    };
    assert_eq!(gap("G"), json!(20.0));
    assert_eq!(assessed.listed(&token).await, [to_peers.as_str()]);
    // It has to find out which assessments there are.
    let listed = assessed.get(&token, "/assessments").await.json();
    assert_eq!(listed["items"][0]["id"], json!(assessment));
    assert_eq!(assessed.status(&token, &format!("/assessments/{assessment}")).await, 200);
}

#[actix_web::test]
async fn a_reporter_reads_nothing_of_the_cities_of_others() {
    let assessed = Assessed::new().await;
    let token = assessed.harness.key(Role::Reporter, &["a"]).await;
    let Assessed { assessment, to_b, of_b, .. } = &assessed;
    for path in [
        format!("/assessments/{assessment}/cities/b"),
        format!("/assessments/{assessment}/cities/b/explain"),
        format!("/assessments/{assessment}/cities/nowhere"),
        format!("/assessments/{assessment}/ranking"),
        format!("/assessments/{assessment}/scores"),
        format!("/assessments/{assessment}/scores?city=a"),
        format!("/gap-analyses/{of_b}"),
        format!("/gap-analyses/{to_b}"),
        "/releases".to_owned(),
    ] {
        assert_eq!(assessed.get(&token, &path).await.problem(), (403, "forbidden".into()), "{path}");
    }
    for (path, new) in [
        ("/gap-analyses", json!({"assessment": assessment, "city": "a", "against": "full_mark"})),
        ("/assessments", json!({"set": {"code": "small", "version": "1"}})),
    ] {
        let request = assessed.harness.request_as(&token, Method::POST, &format!("/api/v1{path}")).set_json(&new);
        assert_eq!(assessed.harness.send(request).await.status.as_u16(), 403, "{path}");
    }
}

#[actix_web::test]
async fn a_reporter_of_two_cities_reads_how_they_compare_and_a_viewer_reads_all() {
    let assessed = Assessed::new().await;
    let both = assessed.harness.key(Role::Reporter, &["a", "b"]).await;
    let viewer = assessed.harness.key(Role::Viewer, &[]).await;
    let Assessed { assessment, to_peers, to_b, of_b, .. } = &assessed;
    assert_eq!(assessed.listed(&both).await, [of_b.as_str(), to_b, to_peers]);
    assert_eq!(assessed.listed(&viewer).await, [of_b.as_str(), to_b, to_peers]);
    for city in ["a", "b"] {
        assert_eq!(assessed.status(&both, &format!("/assessments/{assessment}/cities/{city}")).await, 200);
    }
    assert_eq!(assessed.status(&both, &format!("/assessments/{assessment}/cities/c")).await, 403);
    for path in ["cities/c", "cities/c/explain", "ranking", "scores"] {
        assert_eq!(assessed.status(&viewer, &format!("/assessments/{assessment}/{path}")).await, 200, "{path}");
    }
}

#[actix_web::test]
async fn scores_name_their_set_in_every_form() {
    let assessed = Assessed::new().await;
    let viewer = assessed.harness.key(Role::Viewer, &[]).await;
    for format in ["json", "csv", "xlsx", "parquet"] {
        let reply = assessed.get(&viewer, &format!("/assessments/{}/scores?format={format}", assessed.assessment)).await;
        assert!(reply.header("citygauge-set").starts_with("small@1; digest="), "{format}: {reply:?}");
        if format == "json" {
            assert_eq!(reply.json()["set"]["code"], json!("small"));
        } else {
            assert!(reply.header("content-disposition").contains("scores-small@1-"), "{format}");
        }
    }
}
