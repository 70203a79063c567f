//! Rounds whose cities report for different sets.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{ROUND, step, step_round, submission};
use crate::store::keys::Role;
use crate::testing::{Harness, Reply};

/// A set of leaves that are their own scores; each item stands with its department.
fn set(code: &str, items: &[(&str, &str)]) -> Value {
    let scaled = json!({"rule": "scaled", "range": [0, 100]});
    let leaf = |item: &str| json!({"code": item.to_uppercase(), "title": {"en": item}, "indicator": {"formula": item, "scoring": scaled}});
    json!({
        "code": code, "version": "1", "title": {"en": code, "zh": code},
        "items": items.iter().map(|(item, department)| json!({"code": item, "department": {"zh": department}})).collect::<Vec<_>>(),
        "nodes": items.iter().map(|(item, _)| leaf(item)).collect::<Vec<_>>()
    })
}

async fn publish(harness: &Harness, set: &Value) {
    assert_eq!(harness.post("/api/v1/indicator-sets", set).await.status.as_u16(), 201);
    let path = format!("/api/v1/indicator-sets/{}/versions/1/publish", set["code"].as_str().expect("a code"));
    assert_eq!(harness.post(&path, &json!({})).await.status.as_u16(), 200);
}

/// Two cities and three counties, with a set each.
pub async fn prepare(harness: &Harness) {
    publish(harness, &set("city", &[("trees", "园林局"), ("parks", "园林局"), ("crimes", "公安局")])).await;
    publish(harness, &set("county", &[("trees", "园林局"), ("roads", "交通局")])).await;
    let cities = "code,name,class\na,A,city\nb,B,city\nx,X,county\ny,Y,county\nz,Z,county\n";
    assert_eq!(harness.import("kind=cities", "text/csv", cities).await["state"], "succeeded");
}

pub fn profile() -> Value {
    json!({"title_en": "Both", "periods": ["2026"], "classes": [
        {"code": "city", "title_zh": "市", "set": {"code": "city", "version": "1"}, "cities": ["b", "a"]},
        {"code": "county", "title_zh": "县", "set": {"code": "county", "version": "1"}, "cities": {"attribute": "class", "in": ["county"]}},
    ]})
}

/// What all cities have: the counties more of it than the cities.
pub async fn observe(harness: &Harness) {
    let of_cities = "city,period,item,value\na,2026,trees,10\na,2026,parks,20\na,2026,crimes,30\nb,2026,trees,40\nb,2026,parks,40\nb,2026,crimes,40\n";
    let of_counties = "city,period,item,value\nx,2026,trees,90\nx,2026,roads,90\ny,2026,trees,30\ny,2026,roads,50\nz,2026,trees,50\nz,2026,roads,30\n";
    for (set, file) in [("city", of_cities), ("county", of_counties)] {
        let query = format!("kind=observations&set_code={set}&set_version=1");
        assert_eq!(harness.import(&query, "text/csv", file).await["state"], "succeeded");
    }
}

/// Opens a round and publishes it; gives it once its assessments are made.
pub async fn published(harness: &Harness, round: &str, profile: &Value) -> Value {
    let path = format!("/api/v1/rounds/{round}");
    let made = harness.put(&path, None, profile).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let said = json!({"incomplete": true, "comment": "only for the test"});
    for (action, body, status) in [("open", json!({}), 200), ("publish", said, 202)] {
        let tag = harness.get(&path).await.header("etag").to_owned();
        let request = harness.request(Method::POST, &format!("{path}/{action}"));
        let done = harness.send(request.insert_header(("if-match", tag)).set_json(&body)).await;
        assert_eq!(done.status.as_u16(), status, "{done:?}");
    }
    computed(harness, &path).await
}

/// The round, once its assessments are made.
async fn computed(harness: &Harness, path: &str) -> Value {
    let round = harness.get(path).await.json();
    for id in round["assessments"].as_array().expect("a list") {
        let made = harness.get(&format!("/api/v1/assessments/{}", id.as_str().expect("an id"))).await.json();
        assert_eq!(harness.work(made["job"].as_str().expect("a job")).await["state"], "succeeded");
    }
    round
}

async fn opened() -> Harness {
    let harness = Harness::new().await;
    prepare(&harness).await;
    assert_eq!(harness.put(ROUND, None, &profile()).await.status.as_u16(), 201);
    let opened = step_round(&harness, &harness.token, "open", &json!({})).await;
    assert_eq!(opened.status.as_u16(), 200, "{opened:?}");
    harness
}

fn rows(reply: &Reply, keys: [&str; 4]) -> Vec<String> {
    let ranking = reply.json();
    let items = ranking["items"].as_array().unwrap_or_else(|| panic!("{reply:?}")).clone();
    let text = |row: &Value, key: &str| row[key].as_str().map_or_else(|| row[key].to_string(), str::to_owned);
    items.iter().map(|row| keys.map(|key| text(row, key)).join(" ")).collect()
}

#[actix_web::test]
async fn everything_that_is_wrong_with_classes_is_told_at_once() {
    let harness = Harness::new().await;
    prepare(&harness).await;
    let mut other = set("other", &[("trees", "园林局")]);
    other["items"][0]["unit"] = json!("ha");
    other["full_mark"] = json!(10);
    publish(&harness, &other).await;
    harness.post("/api/v1/indicator-sets", &set("draft", &[("trees", "园林局")])).await;
    let class = |code: &str, set: &str, cities: Value| json!({"code": code, "title_en": code, "set": {"code": set, "version": "1"}, "cities": cities});
    let mut wrong = json!({
        "title_en": "Wrong", "periods": ["2026"], "set": {"code": "city", "version": "1"}, "cohort": ["a", "b", "x", "y"],
        "public_from": "2026-01-01T00:00:00Z",
        "classes": [
            class("city", "city", json!(["a", "q", "a", "z"])),
            class("city", "other", json!({"attribute": "class", "in": ["county"]})),
            class("third", "draft", json!({"peer_group": "none"})),
            class("fourth", "nowhere", json!(["x"])),
            class("fifth", "county", json!({"attribute": "class", "in": ["village"]})),
        ],
    });
    wrong["classes"][2].as_object_mut().expect("an object").remove("title_en");
    let refused = harness.put(ROUND, None, &wrong).await;
    assert_eq!(refused.problem().0, 422);
    let told: Vec<String> = refused.faults().into_iter().map(|(code, at)| format!("{code} {at}")).collect();
    let expected = [
        "round.set /set",
        "round.class_twice /classes/1/code",
        "round.class_title /classes/2",
        "round.set /classes/2/set",
        "round.set /classes/3/set",
        "round.full_mark /classes/1/set",
        "round.item_conflict /classes/1/set",
        "observation.unknown_city /classes/0/cities/1",
        "city.duplicate /classes/0/cities/2",
        "round.class_city_outside /classes/0/cities/3",
        "round.unknown_peer_group /classes/2/cities/peer_group",
        "round.class_empty /classes/4/cities",
        "round.city_without_class /classes",
        "round.city_in_two_classes /classes",
        "round.public_from /public_from",
    ];
    assert_eq!(told, expected);
    assert_eq!(harness.get(ROUND).await.status.as_u16(), 404);
    let neither = harness.put(ROUND, None, &json!({"title_en": "R", "periods": ["2026"]})).await;
    assert_eq!(neither.faults(), [("round.set".to_owned(), "/set".to_owned())]);
}

#[actix_web::test]
async fn the_classes_are_divided_when_the_round_opens_and_everybody_reports_for_its_own_set() {
    let harness = opened().await;
    let round = harness.get(ROUND).await.json();
    assert_eq!((&round["set"], &round["cities"]), (&Value::Null, &json!(["a", "b", "x", "y", "z"])));
    assert_eq!(round["classes"][0]["cities"], json!(["a", "b"]));
    assert_eq!(
        round["classes"][1]["departments"],
        json!([{"department": "交通局", "items": ["roads"]}, {"department": "园林局", "items": ["trees"]}])
    );
    let union = json!([
        {"department": "交通局", "items": ["roads"]}, {"department": "公安局", "items": ["crimes"]},
        {"department": "园林局", "items": ["trees", "parks"]},
    ]);
    assert_eq!(round["departments"], union);
    let submissions = harness.get(&format!("{ROUND}/submissions")).await.json();
    let pairs: Vec<String> =
        submissions["items"].as_array().expect("a list").iter().map(|it| format!("{}{}", it["city"], it["department"])).collect();
    assert_eq!(pairs.len(), 2 * 2 + 3 * 2);
    assert!(pairs.contains(&"\"x\"\"交通局\"".to_owned()) && !pairs.contains(&"\"x\"\"公安局\"".to_owned()));

    observe(&harness).await;
    let counts = async |by: &str| harness.get(&format!("{ROUND}/completeness?by={by}")).await.json()["items"].clone();
    let totals = |rows: &Value| -> Vec<String> {
        rows.as_array()
            .expect("a list")
            .iter()
            .map(|row| format!("{} {}/{}", row["key"].as_str().expect("a key"), row["reported"], row["total"]))
            .collect()
    };
    assert_eq!(totals(&counts("city").await), ["a 3/3", "b 3/3", "x 2/2", "y 2/2", "z 2/2"]);
    assert_eq!(totals(&counts("department").await), ["交通局 3/3", "公安局 2/2", "园林局 7/7"]);
    assert_eq!(totals(&counts("item").await), ["crimes 2/2", "parks 2/2", "roads 3/3", "trees 5/5"]);
    assert_eq!(counts("item").await[0]["submissions"], json!([{"state": "draft", "count": 2}]));

    // The gardens of a county report trees and no parks; what they submitted is locked, the roads are not.
    let gardens = harness.key(Role::Reporter, &["x"]).await;
    let path = submission(&harness, "x", "园林局").await;
    assert_eq!(harness.get(&format!("{path}/template.xlsx")).await.status.as_u16(), 200);
    assert_eq!(step(&harness, &gardens, &path, json!({"action": "submit"})).await.json()["state"], "submitted");
    let query = "kind=observations&set_code=county&set_version=1";
    let locked = harness.import_as(&gardens, query, "text/csv", "city,period,item,value\nx,2026,trees,1\n").await;
    assert_eq!(locked["faults"]["items"][0]["code"], "observation.locked", "{locked}");
    let free = harness.import_as(&gardens, query, "text/csv", "city,period,item,value\nx,2026,roads,91\n").await;
    assert_eq!(free["state"], "succeeded");
}

#[actix_web::test]
async fn a_city_that_came_without_a_class_keeps_the_round_from_opening_but_not_from_opening_again() {
    let harness = Harness::new().await;
    prepare(&harness).await;
    harness.put(ROUND, None, &profile()).await;
    harness.import("kind=cities", "text/csv", "code,name\nn,N\n").await;
    let refused = step_round(&harness, &harness.token, "open", &json!({})).await;
    assert_eq!(refused.faults(), [("round.city_without_class".to_owned(), "/classes".to_owned())]);
    let tag = harness.get("/api/v1/cities/n").await.header("etag").to_owned();
    assert_eq!(harness.delete("/api/v1/cities/n", Some(&tag)).await.status.as_u16(), 204);
    assert_eq!(step_round(&harness, &harness.token, "open", &json!({})).await.status.as_u16(), 200);
    step_round(&harness, &harness.token, "close", &json!({})).await;
    harness.import("kind=cities", "text/csv", "code,name\nn,N\n").await;
    let again = step_round(&harness, &harness.token, "open", &json!({})).await;
    assert_eq!((again.status.as_u16(), &again.json()["cities"]), (200, &json!(["a", "b", "x", "y", "z"])));
}

#[actix_web::test]
async fn every_class_has_its_ranking_and_one_over_the_classes_is_made_on_request_and_marked() {
    Harness::on_each_database(async |harness| {
        prepare(&harness).await;
        observe(&harness).await;
        let round = published(&harness, "r26", &profile()).await;
        let ids = [&round["classes"][0]["assessment"], &round["classes"][1]["assessment"]];
        assert_eq!(round["assessments"], json!(ids));
        assert_eq!(round["assessment"], Value::Null);
        let county = harness.get(&format!("/api/v1/assessments/{}", ids[1].as_str().expect("an id"))).await.json();
        assert_eq!(
            (&county["round"], &county["class"], &county["cities"]),
            (&json!("r26"), &json!("county"), &json!(["x", "y", "z"]))
        );
        assert!(county["release"].is_string() && county["as_of"].is_string() && county["engine_version"].is_string(), "{county}");
        assert_eq!(county["set"], json!({"code": "county", "version": "1"}));

        let path = format!("{ROUND}/ranking");
        let ranking = harness.get(&path).await;
        let keys = ["class", "rank", "city", "shown"];
        assert_eq!(
            rows(&ranking, keys),
            ["city 1 b 40.00", "city 2 a 20.00", "county 1 x 90.00", "county 2 y 40.00", "county 2 z 40.00"]
        );
        let json = ranking.json();
        assert_eq!((&json["across_classes"], &json["note"], &json["publication"]), (&json!(false), &Value::Null, &json!(1)));
        assert_eq!(json["parts"][1]["assessment"], *ids[1]);
        assert_eq!(rows(&harness.get(&format!("{path}?class=county&limit=1")).await, keys), ["county 1 x 90.00"]);

        let across = harness.get(&format!("{path}?across_classes=true")).await;
        let keys = ["rank", "class", "class_rank", "city"];
        assert_eq!(rows(&across, keys), ["1 county 1 x", "2 city 1 b", "2 county 2 y", "2 county 2 z", "5 city 2 a"]);
        let note = across.json()["note"].clone();
        assert!(note["en"].as_str().is_some_and(|text| text.contains("not the same measure")), "{note}");
        assert!(note["zh"].as_str().is_some_and(|text| text.contains("不是同一种度量")), "{note}");
        let first = harness.get(&format!("{path}?across_classes=true&limit=3")).await.json();
        let rest = format!("{path}?across_classes=true&limit=3&cursor={}", first["next"].as_str().expect("more follow"));
        assert_eq!(rows(&harness.get(&rest).await, keys), ["2 county 2 z", "5 city 2 a"]);

        let csv = harness.get(&format!("{path}?across_classes=true&format=csv")).await;
        let text = String::from_utf8(csv.body.to_vec()).expect("UTF-8");
        assert!(text.starts_with("period,node,class,rank_across_classes,class_rank,city,name,score,"), "{text}");
        assert!(text.contains("\n2026,TOTAL,county,2,2,y,Y,40,"), "{text}");
        let csv = harness.get(&format!("{path}?format=csv")).await;
        assert!(csv.body.starts_with(b"period,node,class,rank,city,name,score,"), "{csv:?}");
        let workbook = harness.get(&format!("{path}?across_classes=true&format=xlsx")).await;
        assert!(workbook.body.starts_with(b"PK") && workbook.header("content-disposition").contains("ranking-r26.xlsx"));

        // A node that one class lacks is ranked in the other, and not over both.
        assert_eq!(
            rows(&harness.get(&format!("{path}?node=PARKS")).await, ["class", "rank", "city", "score"]),
            ["city 1 b 40.0", "city 2 a 20.0"]
        );
        let refused = harness.get(&format!("{path}?node=PARKS&across_classes=true")).await;
        assert_eq!((refused.status.as_u16(), refused.faults()[0].0.as_str()), (422, "ranking.node_absent"));
        for (query, status) in [
            ("class=none", 404),
            ("node=NONE", 404),
            ("period=2020", 404),
            ("publication=2", 404),
            ("publication=0", 404),
            ("class=city&across_classes=true", 400),
            ("format=pdf", 400),
            ("across_classes=perhaps", 400),
        ] {
            assert_eq!(harness.get(&format!("{path}?{query}")).await.status.as_u16(), status, "{query}");
        }
    })
    .await;
}

#[actix_web::test]
async fn classes_that_count_in_another_way_are_not_ranked_together() {
    let harness = Harness::new().await;
    prepare(&harness).await;
    observe(&harness).await;
    let mut points = set("points", &[("trees", "园林局"), ("parks", "园林局")]);
    points["arithmetic"] = json!("points");
    let mut fitted = set("fitted", &[("trees", "园林局"), ("roads", "交通局")]);
    fitted["nodes"][0]["indicator"]["scoring"] = json!({"rule": "min_max"});
    for set in [&points, &fitted] {
        publish(&harness, set).await;
    }
    let mut profile = profile();
    profile["classes"][0]["set"]["code"] = json!("points");
    profile["classes"][1]["set"]["code"] = json!("fitted");
    published(&harness, "r26", &profile).await;
    assert_eq!(harness.get(&format!("{ROUND}/ranking")).await.status.as_u16(), 200);
    let refused = harness.get(&format!("{ROUND}/ranking?across_classes=true")).await;
    let codes: Vec<String> = refused.faults().into_iter().map(|(code, _)| code).collect();
    assert_eq!((refused.status.as_u16(), codes), (422, vec!["ranking.arithmetic".to_owned(), "ranking.relative".to_owned()]));
    assert!(refused.json()["errors"][0]["message"].as_str().is_some_and(|text| text.contains("county")), "{refused:?}");
}

#[actix_web::test]
async fn a_round_published_again_shows_the_former_publication_until_the_new_one_is_made() {
    let harness = Harness::new().await;
    prepare(&harness).await;
    observe(&harness).await;
    let former = published(&harness, "r26", &profile()).await;
    let file =
        "city,period,item,value,note\na,2026,trees,100,corrected\na,2026,parks,100,corrected\na,2026,crimes,100,corrected\n";
    harness.import("kind=observations&set_code=city&set_version=1", "text/csv", file).await;
    let again = step_round(&harness, &harness.token, "publish", &json!({"comment": "a was wrong"})).await;
    assert_eq!(again.status.as_u16(), 202, "{again:?}");
    let ranking = harness.get(&format!("{ROUND}/ranking")).await;
    assert_eq!(ranking.json()["publication"], 1);
    assert_eq!(harness.get(&format!("{ROUND}/ranking?publication=2")).await.status.as_u16(), 409);
    let round = computed(&harness, ROUND).await;
    assert_eq!(round["assessments"].as_array().map(Vec::len), Some(4));
    let latest = harness.get(&format!("{ROUND}/ranking")).await;
    assert_eq!(rows(&latest, ["class", "rank", "city", "score"])[0], "city 1 a 100.0");
    let earlier = harness.get(&format!("{ROUND}/ranking?publication=1")).await;
    assert_eq!(earlier.json()["items"], ranking.json()["items"], "what was published does not change");
    let county =
        harness.get(&format!("/api/v1/assessments/{}", round["classes"][1]["assessment"].as_str().expect("an id"))).await.json();
    assert_eq!(county["supersedes"], json!({"assessment": former["classes"][1]["assessment"], "reason": "a was wrong"}));
}

#[actix_web::test]
async fn the_bundle_of_a_class_holds_nothing_of_another_class() {
    let harness = Harness::new().await;
    prepare(&harness).await;
    observe(&harness).await;
    let round = published(&harness, "r26", &profile()).await;
    let county = round["classes"][1]["assessment"].as_str().expect("an id").to_owned();
    let release = harness.get(&format!("/api/v1/assessments/{county}")).await.json()["release"].clone();
    let release = harness.get(&format!("/api/v1/releases/{}", release.as_str().expect("an id"))).await.json();
    assert_eq!((&release["rows"], &release["cities"], &release["items"]), (&json!(6), &json!(3), &json!(2)));
    let bundle = harness.get(&format!("/api/v1/assessments/{county}/bundle")).await;
    assert_eq!(bundle.status.as_u16(), 200);
    let options = String::from_utf8_lossy(&bundle.body).into_owned();
    for told in ["\"engine_version\"", "\"code\": \"county\"", "\"as_of_ms\"", "\"x\""] {
        assert!(options.contains(told), "{told}");
    }
}
