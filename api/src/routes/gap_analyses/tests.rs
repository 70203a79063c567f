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

#[actix_web::test]
async fn an_analysis_has_rates_the_four_outputs_and_a_file_of_every_form() {
    Harness::on_each_database(async |harness| {
        harness.observe().await;
        for period in ["2024", "2025"] {
            let rows = format!("city,period,item,value\na,{period},trees,90\nb,{period},trees,150\nc,{period},trees,160\n");
            harness.import("kind=observations&set_code=small&set_version=1", "text/csv", &rows).await;
        }
        let new = json!({"set": {"code": "small", "version": "1"}});
        let accepted = harness.post("/api/v1/assessments", &new).await.json();
        let job = harness.work(accepted["job"].as_str().expect("a job")).await;
        assert_eq!(job["state"], "succeeded", "{job}");
        let new = json!({"assessment": accepted["id"], "city": "a", "against": "city:b", "by": "2036", "rule": "u4ssc"});
        let made = harness.post("/api/v1/gap-analyses", &new).await;
        assert_eq!(made.status.as_u16(), 201, "{made:?}");
        let analysis = made.json();
        let id = analysis["id"].as_str().expect("an id");
        let outputs: Vec<&str> = analysis["outputs"].as_array().expect("four").iter().filter_map(|of| of["title"]["zh"].as_str()).collect();
        assert_eq!(
            outputs,
            ["智慧城市建设现状评估结果", "智慧城市建设基础", "智慧城市建设优劣势", "智慧城市建设重点提升方向"]
        );
        let row = analysis["gaps"].as_array().expect("rows").iter().find(|row| row["rate_of"] == "value").expect("a leaf with rates");
        assert!(row["required_rate"].is_number() && row["own_rate"].is_number() && row["verdict"].is_string(), "{row}");
        assert!(analysis["rule"].as_str().is_some_and(|rule| rule.contains("U4SSC")), "{analysis}");
        for format in ["csv", "xlsx", "parquet"] {
            let file = harness.get(&format!("/api/v1/gap-analyses/{id}?format={format}")).await;
            assert_eq!(file.status.as_u16(), 200, "{format}: {file:?}");
            assert!(file.header("content-disposition").contains(&format!("gaps-{id}.{format}")), "{format}");
            if format == "csv" {
                let text = String::from_utf8_lossy(&file.body).into_owned();
                let header = "city,period,node,against,reference,score,gap_score,gap_points,value,target_value,gap_value,unit,required_rate,\
                              own_rate,p50,p75,p90,verdict,note";
                assert!(text.starts_with(header), "{text}");
            }
        }
        let required = harness.get(&format!("/api/v1/gap-analyses/{id}/requirements")).await.json();
        let first = &required["items"][0];
        assert_eq!((&first["kind"], &first["code"]), (&json!("goal"), &json!("R001")), "{required}");
        assert_eq!(first["origins"][0], json!({"kind": "gap", "analysis": id, "node": analysis["priorities"][0]["node"]}));
        assert!(first["text"]["en"].as_str().is_some_and(|text| text.contains("by 2036")), "{first}");
        assert!(first["text"]["zh"].as_str().is_some_and(|text| text.contains("2036")), "{first}");
        for format in ["csv", "xlsx"] {
            let file = harness.get(&format!("/api/v1/gap-analyses/{id}/requirements?format={format}")).await;
            assert_eq!(file.status.as_u16(), 200, "{format}: {file:?}");
        }
        for (member, value, code, pointer) in [
            ("by", json!("2026"), "gap.deadline_past", "/by"),
            ("by", json!("2030-Q1"), "gap.deadline_kind", "/by"),
            ("against", json!("yesterday"), "gap.unknown_reference", "/against"),
        ] {
            let mut wrong = new.clone();
            wrong[member] = value;
            let refused = harness.post("/api/v1/gap-analyses", &wrong).await;
            assert_eq!(refused.status.as_u16(), 422, "{refused:?}");
            assert_eq!(refused.faults(), [(code.to_owned(), pointer.to_owned())], "{refused:?}");
        }
    })
    .await;
}

#[actix_web::test]
async fn what_if_says_what_moves_and_keeps_nothing() {
    let assessed = Assessed::new().await;
    let (harness, assessment) = (&assessed.harness, &assessed.assessment);
    let path = format!("/api/v1/assessments/{assessment}/what-if");
    let total = |reply: &Value, city: &str| -> Value {
        let rows = reply["results"].as_array().expect("rows");
        rows.iter().find(|row| row["city"] == city && row["node"] == "TOTAL").expect("every city has TOTAL").clone()
    };
    let kept = harness.post(&path, &json!({"changes": [{"city": "a", "item": "trees", "value": 950}]})).await.json();
    assert_eq!(kept["fits"], "kept", "{kept}");
    let row = total(&kept, "a");
    assert_eq!((&row["rank_before"], &row["rank_after"], &row["rank_change"]), (&json!(3), &json!(1), &json!(2)), "{kept}");
    assert_eq!(kept["summary"]["cities"], 1);
    let refitted = json!({"changes": [{"city": "a", "item": "trees", "value": 950}], "fits": "refitted"});
    let refitted = harness.post(&path, &refitted).await.json();
    assert_eq!((&refitted["fits"], &refitted["summary"]["cities"]), (&json!("refitted"), &json!(3)), "{refitted}");
    assert_eq!(total(&refitted, "a")["score_after"], row["score_after"]);
    assert_eq!(total(&refitted, "c")["rank_change"], -1, "{refitted}");
    let everybody = harness.post(&path, &json!({"changes": [{"item": "trees", "value": 7}]})).await.json();
    assert_eq!(everybody["fits"], "refitted");
    assert_eq!(total(&everybody, "b")["score_after"], total(&everybody, "c")["score_after"]);
    let overlay =
        json!({"code": "other", "version": "1", "title": {"en": "Other"}, "changes": {"set": {"rounding": {"places": 0}}}});
    let other = harness.post(&path, &json!({"overlay": overlay})).await;
    assert_eq!((other.status.as_u16(), &other.json()["set_after"]["code"]), (200, &json!("other")), "{other:?}");

    // Somebody who is limited to a city supposes and sees only that.
    let token = harness.key(Role::Reporter, &["a"]).await;
    let post = async |body: Value| harness.send(harness.request_as(&token, Method::POST, &path).set_json(&body)).await;
    let own = post(json!({"changes": [{"city": "a", "item": "trees", "value": 950}], "fits": "refitted"})).await.json();
    assert!(own["results"].as_array().expect("rows").iter().all(|row| row["city"] == "a"), "{own}");
    assert_eq!(own["summary"]["cities"], 1);
    assert_eq!(post(json!({"changes": [{"city": "b", "item": "trees", "value": 1}]})).await.status.as_u16(), 403);
    assert_eq!(post(json!({"changes": [{"item": "trees", "value": 1}]})).await.status.as_u16(), 403);

    for (body, code) in [
        (json!({}), "what_if.nothing"),
        (json!({"changes": [{"city": "a", "value": 1}]}), "what_if.change"),
        (json!({"changes": [{"city": "a", "indicator": "nothing", "value": 1}]}), "what_if.unknown_indicator"),
        (json!({"changes": [{"city": "a", "indicator": "G", "value": "good"}]}), "what_if.needs_number"),
        (json!({"changes": [{"city": "z", "item": "trees", "value": 1}]}), "what_if.unknown_city"),
        (json!({"changes": [{"city": "a", "item": "nothing", "value": 1}]}), "observation.unknown_item"),
        (json!({"changes": [{"item": "trees", "value": 1}], "fits": "kept"}), "what_if.fits"),
        (json!({"weights": {"nothing": 1}}), "what_if.unknown_node"),
        (json!({"weights": {"G": -1}}), "weight.negative"),
        (json!({"set": {"code": "s"}, "overlay": {}}), "what_if.set"),
        (json!({"period": "1999", "changes": [{"city": "a", "item": "trees", "value": 1}]}), "period.absent"),
        (json!({"changes": [{"city": "a", "item": "trees", "value": 1}], "nodes": ["nothing"]}), "what_if.unknown_node"),
    ] {
        let refused = harness.post(&path, &body).await;
        assert_eq!(refused.status.as_u16(), 422, "{body}: {refused:?}");
        assert!(refused.faults().iter().any(|(found, _)| found == code), "{body}: {refused:?}");
    }

    // Data in the request.
    let observations = json!([
        {"city": "p", "period": "2026", "item": "trees", "value": 1}, {"city": "q", "period": "2026", "item": "trees", "value": 2}
    ]);
    let new = json!({"set_ref": {"code": "small", "version": "1"}, "observations": observations,
                     "what_if": {"changes": [{"city": "p", "item": "trees", "value": 3}]}});
    let stateless = harness.post("/api/v1/what-if", &new).await;
    assert_eq!(stateless.status.as_u16(), 200, "{stateless:?}");
    assert_eq!(total(&stateless.json(), "p")["rank_change"], 1, "{stateless:?}");
}
