use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, Reply};

/// An assessment of a, b and c, whose total is a tenth of their trees.
async fn assessed(harness: &Harness) -> String {
    let accepted = harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await.json();
    let job = harness.work(accepted["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    accepted["id"].as_str().expect("an id").to_owned()
}

fn document(assessment: &str, city: &str) -> Value {
    json!({"title": {"en": "Trees", "zh": "树"}, "assessment": assessment, "city": city, "first_year": 2027, "years": 2,
    "budget": [5.0, 5.0], "projects": [
        {"code": "P", "title": {"en": "Plant"}, "duration_years": 1, "cost": 4.0, "effects": [{"node": "G", "change": 0.05}]},
        {"code": "Q", "title": {"en": "Grow"}, "duration_years": 1, "cost": 5.0, "effects": [{"node": "G", "change": 0.02}],
            "depends_on": ["P"]},
        {"code": "R", "title": {"en": "Rent"}, "duration_years": 1, "cost": 50.0, "effects": [{"node": "G", "change": 0.5}]}
    ]})
}

async fn send(harness: &Harness, token: &str, method: Method, path: &str, body: Option<&Value>) -> Reply {
    let request = harness.request_as(token, method, &format!("/api/v1{path}"));
    harness
        .send(match body {
            Some(body) => request.set_json(body),
            None => request,
        })
        .await
}

#[actix_web::test]
async fn a_roadmap_is_made_shown_listed_written_and_removed() {
    Harness::on_each_database(async |harness| {
        harness.observe().await;
        let assessment = assessed(&harness).await;
        let made = harness.post("/api/v1/roadmaps", &document(&assessment, "a")).await;
        assert_eq!(made.status.as_u16(), 201, "{made:?}");
        let roadmap = made.json();
        let place = format!("/api/v1/roadmaps/{}", roadmap["id"].as_str().expect("an id"));
        assert_eq!(made.header("location"), place);
        assert_eq!(roadmap["optimal"], json!(true));
        let starts: Vec<&Value> = roadmap["schedule"].as_array().expect("projects").iter().map(|it| &it["start"]).collect();
        assert_eq!(starts, [&json!(2027), &json!(2028), &Value::Null]);
        assert_eq!(roadmap["schedule"][2]["dropped"], json!("budget"));
        // Plant works in 2028 and 2029, Grow in 2029: 5 + 7 points.
        assert!((roadmap["points"].as_f64().expect("points") - 12.0).abs() < 1e-9, "{}", roadmap["points"]);
        let scores: Vec<f64> =
            roadmap["years"].as_array().expect("years").iter().map(|it| it["score"].as_f64().expect("a score")).collect();
        assert_eq!(scores, [10.0, 15.0, 17.0]);
        assert_eq!(roadmap["critical_path"], json!(["P", "Q"]));
        let shown = harness.get(&place).await;
        assert_eq!(shown.json(), roadmap);
        assert_eq!(shown.header("etag"), made.header("etag"));
        let page = harness.get("/api/v1/roadmaps?city=a").await.json();
        assert_eq!((&page["items"][0]["id"], &page["items"][0]["title"]["zh"]), (&roadmap["id"], &json!("树")));
        assert_eq!(harness.get("/api/v1/roadmaps?city=b").await.json()["items"], json!([]));
        for (table, rows) in [("schedule", 4), ("spend", 3), ("expected", 10)] {
            let csv = harness.get(&format!("{place}/tables/{table}?format=csv")).await;
            assert_eq!((csv.status.as_u16(), String::from_utf8_lossy(&csv.body).lines().count()), (200, rows), "{table}");
            let workbook = harness.get(&format!("{place}/tables/{table}?format=xlsx")).await;
            assert!(workbook.status.as_u16() == 200 && workbook.body.starts_with(b"PK"), "{table}");
        }
        assert_eq!(harness.get(&format!("{place}/tables/nothing")).await.status.as_u16(), 400);
        let tag = made.header("etag").to_owned();
        assert_eq!(harness.delete(&place, None).await.status.as_u16(), 428);
        assert_eq!(harness.delete(&place, Some("\"other\"")).await.status.as_u16(), 412);
        assert_eq!(harness.delete(&place, Some(&tag)).await.status.as_u16(), 204);
        assert_eq!(harness.get(&place).await.status.as_u16(), 404);
    })
    .await;
}

#[actix_web::test]
async fn what_is_wrong_with_a_roadmap_is_named_and_nothing_is_kept() {
    let harness = Harness::observed().await;
    let assessment = assessed(&harness).await;
    let told = async |change: &dyn Fn(&mut Value)| {
        let mut document = document(&assessment, "a");
        change(&mut document);
        let reply = harness.post("/api/v1/roadmaps", &document).await;
        assert_eq!(reply.status.as_u16(), 422, "{reply:?}");
        reply.faults()
    };
    let pair = |code: &str, pointer: &str| (code.to_owned(), pointer.to_owned());
    let circle = told(&|it| it["projects"][0]["depends_on"] = json!(["Q"])).await;
    assert_eq!(circle, [pair("roadmap.dependency_cycle", "/projects/0/depends_on")]);
    assert_eq!(told(&|it| it["must"] = json!(["R"])).await, [pair("roadmap.infeasible_budget", "/budget")]);
    let no_effect =
        told(&|it| it["projects"][0]["effects"] = json!([{"node": "O", "change": 1.0}, {"node": "X", "change": 1.0}])).await;
    assert_eq!(
        no_effect,
        [pair("roadmap.no_value", "/projects/0/effects/0/node"), pair("roadmap.unknown_indicator", "/projects/0/effects/1/node"),]
    );
    let nameless = told(&|it| it["city"] = Value::Null).await;
    assert_eq!(nameless, [pair("set.missing_key", "")]);
    assert_eq!(told(&|it| it["city"] = json!("nowhere")).await[0].0, "roadmap.unknown_city");
    assert_eq!(harness.get("/api/v1/roadmaps").await.json()["items"], json!([]));
    let absent = harness.post("/api/v1/roadmaps", &document("0190a000-0000-7000-8000-000000000000", "a")).await;
    assert_eq!(absent.status.as_u16(), 404);
}

#[actix_web::test]
async fn a_key_of_one_city_makes_and_reads_roadmaps_of_that_city_alone() {
    let harness = Harness::observed().await;
    let assessment = assessed(&harness).await;
    let reporter = harness.key(Role::Reporter, &["a"]).await;
    let viewer = harness.key(Role::Viewer, &[]).await;
    let of_b = harness.post("/api/v1/roadmaps", &document(&assessment, "b")).await;
    let of_b_id = of_b.json()["id"].as_str().expect("an id").to_owned();
    let own = send(&harness, &reporter, Method::POST, "/roadmaps", Some(&document(&assessment, "a"))).await;
    assert_eq!(own.status.as_u16(), 201, "{own:?}");
    for (method, path, body) in [
        (Method::POST, "/roadmaps".to_owned(), Some(document(&assessment, "b"))),
        (Method::GET, format!("/roadmaps/{of_b_id}"), None),
        (Method::GET, format!("/roadmaps/{of_b_id}/tables/schedule"), None),
        (Method::GET, "/roadmaps?city=b".to_owned(), None),
        (Method::DELETE, format!("/roadmaps/{of_b_id}"), None),
    ] {
        let reply = send(&harness, &reporter, method.clone(), &path, body.as_ref()).await;
        assert_eq!(reply.status.as_u16(), 403, "{method} {path}");
    }
    let listed = send(&harness, &reporter, Method::GET, "/roadmaps", None).await.json();
    let cities: Vec<&Value> = listed["items"].as_array().expect("a page").iter().map(|it| &it["city"]).collect();
    assert_eq!(cities, [&json!("a")]);
    let all = send(&harness, &viewer, Method::GET, "/roadmaps", None).await.json();
    assert_eq!(all["items"].as_array().expect("a page").len(), 2);
    let refused = send(&harness, &viewer, Method::POST, "/roadmaps", Some(&document(&assessment, "a"))).await;
    assert_eq!(refused.status.as_u16(), 403);
}
