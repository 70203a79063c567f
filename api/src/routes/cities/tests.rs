use serde_json::json;

use crate::testing::Harness;

const PATH: &str = "/api/v1/cities/330100";

#[actix_web::test]
async fn a_city_changes_only_for_whoever_has_seen_it() {
    let harness = Harness::new().await;
    let made = harness.put(PATH, None, &json!({"name": "Hangzhou", "attributes": {"region": "east"}})).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, PATH));
    let tag = made.header("etag").to_owned();
    assert_eq!(harness.put(PATH, None, &json!({"name": "X"})).await.problem(), (428, "precondition-required".into()));
    assert_eq!(harness.put(PATH, Some("\"0-0\""), &json!({"name": "X"})).await.problem(), (412, "stale".into()));
    let changed = harness.put(PATH, Some(&tag), &json!({"name": "Hangzhou", "name_zh": "杭州"})).await;
    assert_eq!(changed.status.as_u16(), 200);
    assert_eq!(changed.json()["attributes"], json!({}));
    assert_eq!(harness.put(PATH, Some(&tag), &json!({"name": "X"})).await.status.as_u16(), 412);
    assert_eq!(harness.get(PATH).await.header("etag"), changed.header("etag"));
}

#[actix_web::test]
async fn a_city_that_the_caller_has_seen_is_304() {
    let harness = Harness::new().await;
    let made = harness.put(PATH, None, &json!({"name": "Hangzhou"})).await;
    let request = harness.request(actix_web::http::Method::GET, PATH).insert_header(("if-none-match", made.header("etag")));
    let reply = harness.send(request).await;
    assert_eq!((reply.status.as_u16(), reply.body.len()), (304, 0));
}

#[actix_web::test]
async fn a_removed_city_is_gone_and_its_tag_does_not_come_back() {
    let harness = Harness::new().await;
    let made = harness.put(PATH, None, &json!({"name": "Hangzhou"})).await;
    assert_eq!(harness.delete(PATH, None).await.status.as_u16(), 428);
    assert_eq!(harness.delete(PATH, Some(made.header("etag"))).await.status.as_u16(), 204);
    assert_eq!(harness.get(PATH).await.problem(), (404, "absent".into()));
    assert_eq!(harness.delete(PATH, Some("*")).await.status.as_u16(), 404);
    assert_eq!(harness.put(PATH, Some("*"), &json!({"name": "Hangzhou"})).await.status.as_u16(), 412);
}

#[actix_web::test]
async fn a_list_is_read_page_by_page() {
    let harness = Harness::new().await;
    for code in ["c", "a", "b"] {
        harness.put(&format!("/api/v1/cities/{code}"), None, &json!({"name": code})).await;
    }
    let first = harness.get("/api/v1/cities?limit=2").await;
    let codes = |page: &serde_json::Value| {
        page["items"].as_array().expect("items").iter().map(|city| city["code"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&first.json()), ["a", "b"]);
    let link = first.header("link").split('>').next().expect("a link").trim_start_matches('<').to_owned();
    let second = harness.get(&link).await.json();
    assert_eq!((codes(&second), second["next"].is_null()), (vec![json!("c")], true));
}

#[actix_web::test]
async fn what_is_wrong_in_a_body_is_pointed_at() {
    let harness = Harness::new().await;
    let reply = harness.put(PATH, None, &json!({"name": "Hangzhou", "attributes": {"region": 7}})).await;
    assert_eq!(reply.problem(), (422, "invalid".into()));
    assert_eq!(reply.faults(), [("body.wrong".into(), "/attributes/region".into())]);
    let unknown = harness.put(PATH, None, &json!({"name": "Hangzhou", "nmae": "x"})).await;
    assert_eq!(unknown.status.as_u16(), 422);
    let nul = harness.put(PATH, None, &json!({"name": "a\u{0}b"})).await;
    assert_eq!(nul.faults(), [("body.wrong".into(), "/name".into())]);
    let text = harness.request(actix_web::http::Method::PUT, PATH).set_payload("name=x");
    assert_eq!(harness.send(text).await.problem(), (415, "unsupported-media-type".into()));
}

#[actix_web::test]
async fn every_write_leaves_a_line_in_the_trail() {
    let harness = Harness::new().await;
    let made = harness.put(PATH, None, &json!({"name": "Hangzhou"})).await;
    harness.put(PATH, Some(made.header("etag")), &json!({"name": "H"})).await;
    harness.delete(PATH, Some("*")).await;
    let trail = harness.get(&format!("/api/v1/audit-events?subject={PATH}")).await.json();
    let actions: Vec<_> = trail["items"].as_array().expect("items").iter().map(|event| event["action"].clone()).collect();
    assert_eq!(actions, ["remove_city", "replace_city", "create_city"]);
}

#[actix_web::test]
async fn a_change_of_an_attribute_keeps_what_it_was() {
    let harness = Harness::new().await;
    let made = harness.put(PATH, None, &json!({"name": "H", "attributes": {"tier": "small", "region": "east"}})).await;
    let said = json!({"name": "H", "attributes": {"tier": "big", "region": "east"}, "attributes_from": "2020-06-01"});
    let changed = harness.put(PATH, Some(made.header("etag")), &said).await;
    assert_eq!(changed.json()["attributes"], json!({"tier": "big", "region": "east"}), "{changed:?}");
    // What is said of an earlier day holds up to the change that is recorded.
    let said = json!({"name": "H", "attributes": {"tier": "medium"}, "attributes_from": "2010-01-01"});
    let changed = harness.put(PATH, Some(changed.header("etag")), &said).await;
    assert_eq!(changed.json()["attributes"], json!({"tier": "big"}));
    assert_eq!(harness.get(PATH).await.header("etag"), changed.header("etag"));
    let at = async |moment: &str| harness.get(&format!("{PATH}?valid_at={moment}")).await.json()["attributes"].clone();
    assert_eq!(at("2009").await, json!({"tier": "small", "region": "east"}));
    assert_eq!(at("2010-Q1").await, json!({"tier": "medium"}));
    assert_eq!(at("2020-05-31").await, json!({"tier": "medium"}));
    assert_eq!(at("2020-06-01").await, json!({"tier": "big"}));
    assert_eq!(harness.get(&format!("{PATH}?valid_at=lately")).await.status.as_u16(), 400);
    let history = harness.get(&format!("{PATH}/attributes")).await.json();
    let tiers: Vec<_> =
        history["items"].as_array().expect("it is there").iter().filter(|item| item["name"] == "tier").cloned().collect();
    assert_eq!(
        tiers,
        [
            json!({"name": "tier", "value": "small", "valid_to": "2009-12-31"}),
            json!({"name": "tier", "value": "medium", "valid_from": "2010-01-01", "valid_to": "2020-05-31"}),
            json!({"name": "tier", "value": "big", "valid_from": "2020-06-01"}),
        ]
    );
}

#[actix_web::test]
async fn a_file_of_cities_says_since_when_their_attributes_are_so() {
    let harness = Harness::new().await;
    harness.import("kind=cities", "text/csv", "code,name,tier\na,A,small\n").await;
    harness.import("kind=cities", "text/csv", "code,name,attributes_from,tier\na,A,2015-01-01,big\nb,B,2016-01-01,big\n").await;
    let at = async |city: &str, moment: &str| {
        harness.get(&format!("/api/v1/cities/{city}?valid_at={moment}")).await.json()["attributes"]["tier"].clone()
    };
    assert_eq!((at("a", "2014").await, at("a", "2015").await), (json!("small"), json!("big")));
    assert_eq!((at("b", "2015").await, at("b", "2016").await), (json!(null), json!("big")));
}

#[actix_web::test]
async fn everything_that_is_wrong_with_aliases_is_said_at_once() {
    let harness = Harness::new().await;
    harness.put("/api/v1/cities/a", None, &json!({"name": "A"})).await;
    let aliases = json!([
        {"kind": "code", "alias": "a"},
        {"kind": "name", "alias": "Old", "valid_from": "2020-01-01", "valid_to": "2019-01-01"},
        {"kind": "name", "alias": "Old"},
    ]);
    let said = json!({"name": "H", "aliases": aliases, "attributes_from": "2999-01-01", "valid_from": "2020-01-01", "valid_to": "2019-01-01"});
    let reply = harness.put(PATH, None, &said).await;
    let codes: Vec<String> = reply.faults().into_iter().map(|(code, _)| code).collect();
    assert_eq!(
        codes,
        ["city.attributes_from_future", "city.span", "city.alias_taken", "city.span", "city.alias_twice"],
        "{reply:?}"
    );
    assert_eq!(harness.get(PATH).await.status.as_u16(), 404);
}

#[actix_web::test]
async fn a_scheme_is_adopted_with_former_codes_and_old_files_are_read() {
    let harness = Harness::new().await;
    harness.observe().await;
    harness.put("/api/v1/cities/650400", None, &json!({"name": "Turpan", "attributes": {"own": "1"}})).await;
    let adopted = harness.post("/api/v1/cities/adopt", &json!({"scheme": "gbt-2260", "provinces": ["65", "340000"]})).await;
    assert_eq!(adopted.status.as_u16(), 200, "{adopted:?}");
    assert_eq!(adopted.json()["known"], json!(["650400"]));
    assert_eq!(adopted.json()["registered"].as_array().expect("it is there").len(), 14 + 16 - 1);
    let turpan = harness.get("/api/v1/cities/650400").await.json();
    assert_eq!((&turpan["name"], &turpan["attributes"]), (&json!("Turpan"), &json!({"own": "1"})), "what was said stays");
    assert_eq!(
        turpan["aliases"],
        json!([
            {"kind": "code", "alias": "652100", "valid_to": "2014-12-31"},
            {"kind": "name", "alias": "吐鲁番地区", "valid_to": "2014-12-31"},
        ])
    );
    let hefei = harness.get("/api/v1/cities/340100").await.json();
    let expected = json!({"class": "prefecture_city", "province": "安徽省", "region": "central"});
    assert_eq!((&hefei["name_zh"], &hefei["name_en"], &hefei["attributes"]), (&json!("合肥市"), &json!("Hefei"), &expected));
    let again = harness.post("/api/v1/cities/adopt", &json!({"scheme": "gbt-2260", "provinces": ["65"]})).await.json();
    assert_eq!(
        (again["registered"].as_array().expect("it is there").len(), again["known"].as_array().expect("it is there").len()),
        (0, 14)
    );

    let file = "city,period,item,value\n652100,2014,trees,1\n652100,2020,trees,2\n650400,2020,trees,2\n341400,2009,trees,3\n";
    let import = harness.import("kind=observations&set_code=small&set_version=1&on_fault=skip_rows", "text/csv", file).await;
    let faults: Vec<_> =
        import["faults"]["items"].as_array().expect("it is there").iter().map(|fault| fault["code"].clone()).collect();
    assert_eq!(faults, ["observation.duplicate", "city.code_ambiguous"], "{import}");
    assert_eq!(import["faults"]["items"][1]["expected"], "340100 | 340200 | 340500");
    let warning = &import["warnings"]["items"][0];
    assert_eq!(
        (&warning["code"], &warning["row"], &warning["expected"]),
        (&json!("city.code_expired"), &json!(3), &json!("650400"))
    );
    let kept = harness.get("/api/v1/observations?city=650400").await.json();
    let kept: Vec<_> =
        kept["items"].as_array().expect("it is there").iter().map(|row| (row["period"].clone(), row["value"].clone())).collect();
    assert_eq!(kept, [(json!("2014"), json!(1.0)), (json!("2020"), json!(2.0))]);

    let file = "city,period,item,value\n652100,2021,trees,2\n";
    let import = harness.import("kind=observations&set_code=small&set_version=1", "text/csv", file).await;
    assert_eq!((&import["state"], &import["accepted"]), (&json!("succeeded"), &json!(1)), "a warning refuses nothing: {import}");
}

#[actix_web::test]
async fn a_choice_of_codes_that_are_none_is_refused_whole() {
    let harness = Harness::new().await;
    let wanted = json!({"scheme": "gbt-2260", "valid_at": 2020, "provinces": ["99"], "codes": ["652100", "330100"]});
    let reply = harness.post("/api/v1/cities/adopt", &wanted).await;
    let codes: Vec<(String, String)> = reply.faults();
    assert_eq!(codes, [("adoption.province".into(), "/provinces/0".into()), ("adoption.code".into(), "/codes/0".into())]);
    assert_eq!(harness.get("/api/v1/cities").await.json()["items"], json!([]));
    let earlier = json!({"scheme": "gbt-2260", "valid_at": 2014, "codes": ["652100"]});
    assert_eq!(harness.post("/api/v1/cities/adopt", &earlier).await.json()["registered"], json!(["652100"]));
    assert_eq!(harness.get("/api/v1/cities/652100").await.json()["valid_to"], "2014-12-31");
}
