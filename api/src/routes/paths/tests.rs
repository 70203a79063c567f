use actix_web::http::Method;
use serde_json::{Value, json};

use crate::store::keys::Role;
use crate::testing::{Harness, Reply};

/// Eight cities over three years, assessed under a set of two indicators with two levels: a1 scores 33.5, the best of them 60.
struct Assessed {
    harness: Harness,
    assessment: String,
}

impl Assessed {
    async fn new() -> Self {
        let harness = Harness::new().await;
        let scaled = json!({"rule": "scaled", "range": [0, 100]});
        let leaf = |code: &str| {
            json!({"code": code, "title": {"zh": format!("指标{code}"), "en": format!("indicator {code}")},
                "indicator": {"formula": code.to_lowercase(), "unit": "km", "scoring": scaled}})
        };
        let set = json!({"code": "two", "version": "1", "title": {"en": "Two"}, "items": [{"code": "x"}, {"code": "y"}, {"code": "z"}],
            "nodes": [leaf("X"), leaf("Y"), leaf("Z")],
            "levels": {"bands": [{"code": "start", "from": 0}, {"code": "growth", "from": 40}]}});
        assert_eq!(harness.post("/api/v1/indicator-sets", &set).await.status.as_u16(), 201);
        harness.post("/api/v1/indicator-sets/two/versions/1/publish", &json!({})).await;
        let (mut cities, mut observations) = ("code,name\n".to_owned(), "city,period,item,value\n".to_owned());
        for city in 1..=8_u32 {
            cities.push_str(&format!("a{city},A{city}\n"));
            for year in 0..3_u32 {
                let (x, y) = (30 + 4 * (city - 1) + city * year, 30 + 4 * (city - 1) + 2 * year);
                observations.push_str(&format!("a{city},{},x,{x}\na{city},{},y,{y}\n", 2024 + year, 2024 + year));
            }
        }
        observations.push_str("a2,2026,z,50\n");
        harness.import("kind=cities", "text/csv", &cities).await;
        let report = harness.import("kind=observations&set_code=two&set_version=1", "text/csv", &observations).await;
        assert_eq!(report["rejected"], 0, "{report}");
        let new = json!({"set": {"code": "two", "version": "1"}});
        let accepted = harness.post("/api/v1/assessments", &new).await.json();
        let job = harness.work(accepted["job"].as_str().expect("a job")).await;
        assert_eq!(job["state"], "succeeded", "{job}");
        let assessment = accepted["id"].as_str().expect("an id").to_owned();
        Self { harness, assessment }
    }

    fn new_path(&self, city: &str, goal: &str, members: Value) -> Value {
        let mut new = json!({"assessment": self.assessment, "city": city, "goal": goal, "by": "2030"});
        for (key, value) in members.as_object().expect("members") {
            new[key] = value.clone();
        }
        new
    }

    async fn post(&self, token: &str, new: &Value) -> Reply {
        self.harness.send(self.harness.request_as(token, Method::POST, "/api/v1/paths").set_json(new)).await
    }

    async fn get(&self, token: &str, path: &str) -> Reply {
        self.harness.send(self.harness.request_as(token, Method::GET, &format!("/api/v1{path}"))).await
    }
}

#[actix_web::test]
async fn a_path_to_the_next_level_is_kept_as_it_was_answered() {
    let assessed = Assessed::new().await;
    let made = assessed.harness.post("/api/v1/paths", &assessed.new_path("a1", "level", json!({}))).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let path = made.json();
    assert_eq!((&path["outcome"], &path["node"], &path["wanted"]), (&json!("path"), &json!("TOTAL"), &json!(40.0)));
    assert_eq!((&path["before"]["level"], &path["after"]["level"]), (&json!("start"), &json!("growth")));
    assert_eq!(path["after"]["score"], json!(40.0));
    // Both indicators weigh the same, peers move X by 2 to 8 a year and Y by 2: X is the cheaper one. It stands at 32, Y at 34.
    assert_eq!(path["changes"].as_array().map(Vec::len), Some(1), "{path}");
    let change = &path["changes"][0];
    assert_eq!((&change["value"], &change["target"], &change["unit"]), (&json!(32.0), &json!(46.0), &json!("km")));
    assert_eq!((&change["required_rate"], &change["own_rate"]), (&json!(3.5), &json!(1.0)));
    assert_eq!((&change["p50"], &change["verdict"]), (&json!(5.0), &json!("attainable")));
    assert_eq!(change["steps"].as_array().map(Vec::len), Some(4));
    assert_eq!(
        (&change["steps"][0], &change["steps"][3]),
        (&json!({"period": "2027", "value": 35.5}), &json!({"period": "2030", "value": 46.0}))
    );
    // A share belongs to the set: Z has one too although it has no score.
    let points = change["indicators"][0]["points_gained"].as_f64().expect("points");
    assert!((points - 14.0 / 3.0).abs() < 1e-9, "{points}");
    // Fourteen at 7.4 a year, the 90th percentile of 2 to 8.
    let effort = path["effort"].as_f64().expect("an effort");
    assert!((effort - 14.0 / 7.4).abs() < 1e-9, "{effort}");
    assert_eq!(
        path["unmoved"],
        json!([{"node": "Z", "reason": "no_data", "message": "has no data in the period from which the path starts"}])
    );
    assert_eq!(path["curve_is_exact"], true);
    let location = made.header("location");
    let shown = assessed.harness.get(location).await;
    assert_eq!((shown.json(), shown.header("etag")), (path.clone(), made.header("etag")));
    let chinese = assessed.harness.request(Method::GET, location).insert_header(("Accept-Language", "zh"));
    let chinese = assessed.harness.send(chinese).await.json();
    assert_eq!(
        (&chinese["changes"][0]["indicators"][0]["title"], &chinese["unmoved"][0]["message"]),
        (&json!("指标X"), &json!("起始时期没有数据"))
    );
    let listed = assessed.harness.get("/api/v1/paths").await.json();
    assert_eq!(listed["items"], json!([path]));
    let trail = assessed.harness.get("/api/v1/audit-events?limit=1").await.json();
    assert_eq!(trail["items"][0]["action"], "create_path");
}

#[actix_web::test]
async fn what_cannot_be_reached_says_when_and_what_is_reached_costs_nothing() {
    let assessed = Assessed::new().await;
    let ask = async |goal: &str, by: &str| {
        let made = assessed.harness.post("/api/v1/paths", &assessed.new_path("a1", goal, json!({"by": by}))).await;
        assert_eq!(made.status.as_u16(), 201, "{made:?}");
        made.json()
    };
    let late = ask("score:60", "2028").await;
    assert_eq!((&late["outcome"], &late["after"], &late["changes"]), (&json!("not_reachable"), &Value::Null, &json!([])));
    let earliest = late["earliest"].as_str().expect("a year").to_owned();
    assert_eq!(ask("score:60", &earliest).await["outcome"], "path");
    let never = ask("score:101", "2030").await;
    assert_eq!((&never["outcome"], &never["earliest"]), (&json!("never"), &Value::Null));
    let reached = ask("level:start", "2030").await;
    assert_eq!((&reached["outcome"], &reached["effort"], &reached["changes"]), (&json!("reached"), &json!(0.0), &json!([])));
    let ranked = ask("rank:3", "2040").await;
    assert_eq!((&ranked["outcome"], &ranked["after"]["rank"]), (&json!("path"), &json!(3)));
}

#[actix_web::test]
async fn every_bad_request_is_a_named_fault() {
    let assessed = Assessed::new().await;
    let cases = [
        ("a1", "summit", json!({}), "path.unknown_goal", "/goal"),
        ("a1", "level:summit", json!({}), "path.unknown_level", "/goal"),
        ("a1", "score:50", json!({"by": "2026"}), "path.deadline", "/by"),
        ("a1", "score:50", json!({"by": "soon"}), "body.wrong", "/by"),
        ("a1", "score:50", json!({"node": "N"}), "path.unknown_node", "/node"),
        ("a1", "score:50", json!({"node": "Z"}), "path.no_data", "/node"),
        ("nowhere", "score:50", json!({}), "path.unknown_city", ""),
        (
            "a1",
            "score:50",
            json!({"fixed": ["X"], "costs": [{"node": "X", "per_unit": 2}]}),
            "path.contradictory_limits",
            "/costs/0",
        ),
        (
            "a1",
            "score:50",
            json!({"bounds": [{"node": "X", "least": 50, "greatest": 40}]}),
            "path.contradictory_limits",
            "/bounds/0",
        ),
        ("a1", "score:50", json!({"limits": {"percentile": 0.2}}), "path.out_of_range", "/limits/percentile"),
        ("a1", "score:50", json!({"fixed": vec!["X"; 1001]}), "path.too_many", "/fixed"),
    ];
    for (city, goal, members, code, pointer) in cases {
        let refused = assessed.harness.post("/api/v1/paths", &assessed.new_path(city, goal, members)).await;
        assert_eq!(refused.status.as_u16(), 422, "{code}: {refused:?}");
        let faults = refused.faults();
        assert!(faults.contains(&(code.to_owned(), pointer.to_owned())), "{code}: {faults:?}");
    }
    // What does not depend on each other is told together.
    let refused =
        assessed.harness.post("/api/v1/paths", &assessed.new_path("nowhere", "level:summit", json!({"fixed": ["N"]}))).await;
    let mut codes: Vec<String> = refused.faults().into_iter().map(|(code, _)| code).collect();
    codes.sort();
    assert_eq!(codes, ["path.unknown_city", "path.unknown_level", "path.unknown_node"], "{refused:?}");
    assert_eq!(assessed.harness.get("/api/v1/paths").await.json()["items"], json!([]));
}

#[actix_web::test]
async fn a_reporter_looks_for_paths_of_its_own_city_and_learns_of_no_other() {
    let assessed = Assessed::new().await;
    let reporter = assessed.harness.key(Role::Reporter, &["a1"]).await;
    let viewer = assessed.harness.key(Role::Viewer, &[]).await;
    let made = assessed.post(&reporter, &assessed.new_path("a1", "score:40", json!({}))).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    // A rank tells how many others score more, so it could be felt for.
    assert_eq!((&made.json()["before"]["rank"], &made.json()["after"]["rank"]), (&Value::Null, &Value::Null));
    let own = made.json()["id"].as_str().expect("an id").to_owned();
    assert_eq!(assessed.get(&viewer, &format!("/paths/{own}")).await.json()["before"]["rank"], json!(8));
    for (city, goal, members) in [
        ("a2", "score:40", json!({})),
        ("nowhere", "score:40", json!({})),
        ("a1", "rank:3", json!({})),
        ("a1", "percentile:0.5", json!({})),
        ("a1", "score:40", json!({"limits": {"basis": "peer_level", "percentile": 1}})),
    ] {
        let refused = assessed.post(&reporter, &assessed.new_path(city, goal, members)).await;
        assert_eq!(refused.problem(), (403, "forbidden".into()), "{city} {goal}");
    }
    assert_eq!(assessed.post(&viewer, &assessed.new_path("a1", "score:40", json!({}))).await.status.as_u16(), 403);
    let mut hidden = Vec::new();
    for (city, goal) in [("a2", "score:50"), ("a1", "rank:3")] {
        let made = assessed.harness.post("/api/v1/paths", &assessed.new_path(city, goal, json!({}))).await.json();
        hidden.push(made["id"].as_str().expect("an id").to_owned());
    }
    for id in &hidden {
        assert_eq!(assessed.get(&reporter, &format!("/paths/{id}")).await.problem(), (403, "forbidden".into()));
    }
    let listed = |page: Value| page["items"].as_array().map_or(0, Vec::len);
    assert_eq!(listed(assessed.get(&reporter, "/paths").await.json()), 1);
    assert_eq!(listed(assessed.get(&viewer, "/paths").await.json()), 3);
}
