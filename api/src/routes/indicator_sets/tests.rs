use actix_web::http::Method;
use citygauge_indicators::catalog::ENTRIES;
use serde_json::json;

use crate::store::keys::Role;
use crate::testing::{Harness, small_set};

const SETS: &str = "/api/v1/indicator-sets";
const SMALL: &str = "/api/v1/indicator-sets/small/versions/1";

#[actix_web::test]
async fn a_draft_changes_until_it_is_published_and_never_after() {
    let harness = Harness::new().await;
    let made = harness.post(SETS, &small_set()).await;
    assert_eq!((made.status.as_u16(), made.header("location")), (201, SMALL), "{made:?}");
    assert_eq!(made.json()["state"], "draft");
    assert_eq!(harness.post(SETS, &small_set()).await.problem(), (409, "conflict".into()));

    let mut changed = small_set();
    changed["nodes"][0]["weight"] = json!(3);
    assert_eq!(harness.put(SMALL, None, &changed).await.status.as_u16(), 428);
    let replaced = harness.put(SMALL, Some(made.header("etag")), &changed).await;
    assert_eq!(replaced.status.as_u16(), 200);
    assert_ne!(replaced.json()["digest"], made.json()["digest"]);

    let published = harness.post(&format!("{SMALL}/publish"), &json!({})).await;
    assert_eq!(published.json()["state"], "published", "{published:?}");
    assert_eq!(harness.post(&format!("{SMALL}/publish"), &json!({})).await.json(), published.json());
    assert_eq!(harness.put(SMALL, Some("*"), &small_set()).await.problem(), (409, "conflict".into()));
    assert_eq!(harness.delete(SMALL, Some("*")).await.status.as_u16(), 409);

    assert_eq!(harness.post(&format!("{SMALL}/retire"), &json!({})).await.json()["state"], "retired");
    assert_eq!(harness.post(&format!("{SMALL}/publish"), &json!({})).await.status.as_u16(), 409);
}

#[actix_web::test]
async fn every_fault_of_a_document_is_named_at_once_and_nothing_is_kept() {
    let harness = Harness::new().await;
    let mut faulty = small_set();
    faulty["colour"] = json!("red");
    faulty["nodes"][0]["indicator"]["formula"] = json!("shrubs");
    let reply = harness.post(SETS, &faulty).await;
    let codes: Vec<String> = reply.faults().into_iter().map(|(code, _)| code).collect();
    assert_eq!((reply.status.as_u16(), codes.len()), (422, 2), "{reply:?}");
    assert_eq!(harness.get(SMALL).await.status.as_u16(), 404);
    let checked = harness.post(&format!("{SETS}/check"), &faulty).await;
    assert_eq!((checked.status.as_u16(), checked.json()["ok"].clone()), (200, json!(false)));
    assert_eq!(checked.json()["faults"].as_array().map(Vec::len), Some(2));
}

#[actix_web::test]
async fn the_catalog_can_be_posted_as_it_is() {
    let harness = Harness::new().await;
    let catalog = harness.get(&format!("{SETS}/catalog")).await.json();
    for entry in catalog["items"].as_array().expect("items") {
        let document = harness.get(entry["document"].as_str().expect("a path")).await;
        let request = harness.request(Method::POST, SETS).insert_header(("content-type", "application/json"));
        let made = harness.send(request.set_payload(document.body)).await;
        assert_eq!(made.status.as_u16(), 201, "{}", entry["code"]);
        assert_eq!(made.json()["digest"], entry["digest"]);
    }
    assert_eq!(harness.get(&format!("{SETS}?state=draft")).await.json()["items"].as_array().map(Vec::len), Some(ENTRIES.len()));
}

#[actix_web::test]
async fn a_repeated_post_is_done_once_and_answered_alike() {
    let harness = Harness::new().await;
    let post = |key: &'static str, set: serde_json::Value| {
        harness.request(Method::POST, SETS).insert_header(("idempotency-key", key)).set_json(set)
    };
    let first = harness.send(post("k1", small_set())).await;
    let again = harness.send(post("k1", small_set())).await;
    assert_eq!((again.status, &again.body, again.header("etag")), (first.status, &first.body, first.header("etag")));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let mut other = small_set();
    other["version"] = json!("2");
    assert_eq!(harness.send(post("k1", other.clone())).await.problem(), (422, "idempotency-key-reused".into()));
    assert_eq!(harness.send(post("k2", small_set())).await.status.as_u16(), 409);
    assert_eq!(harness.send(post("k2", other)).await.status.as_u16(), 201, "a refused request is not remembered");
}

#[actix_web::test]
async fn a_draft_keeps_its_lineage() {
    let harness = Harness::new().await;
    harness.post(SETS, &small_set()).await;
    let mut local = small_set();
    local["code"] = json!("local");
    let path = format!("{SETS}?base_code=small&base_version=1");
    assert_eq!(harness.post(&path, &local).await.status.as_u16(), 409, "a draft cannot be derived from");
    harness.post(&format!("{SMALL}/publish"), &json!({})).await;
    let made = harness.post(&path, &local).await.json();
    assert_eq!(made["derived_from"], json!({"code": "small", "version": "1"}));
    assert_eq!(harness.post(&format!("{SETS}?base_code=small"), &local).await.status.as_u16(), 400);
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A harness with the small set published.
async fn published() -> Harness {
    let harness = Harness::new().await;
    harness.post(SETS, &small_set()).await;
    harness.post(&format!("{SMALL}/publish"), &json!({})).await;
    harness
}

#[actix_web::test]
async fn a_set_goes_out_as_a_workbook_and_comes_back_as_a_draft() {
    let harness = published().await;
    let book = harness.get(&format!("{SMALL}?format=xlsx")).await;
    assert_eq!((book.status.as_u16(), book.header("content-type")), (200, XLSX));
    assert_eq!(book.header("content-disposition"), "attachment; filename=\"small@1.xlsx\"");
    let by_accept = harness.send(harness.request(Method::GET, SMALL).insert_header(("accept", XLSX))).await;
    assert_eq!(by_accept.header("etag"), book.header("etag"));
    let known = harness.request(Method::GET, SMALL).insert_header(("accept", XLSX));
    let known = harness.send(known.insert_header(("if-none-match", book.header("etag")))).await;
    assert_eq!(known.status.as_u16(), 304);
    assert_ne!(harness.get(SMALL).await.header("etag"), book.header("etag"));

    let other = Harness::new().await;
    let post =
        |path: &str, body: Vec<u8>| other.request(Method::POST, path).insert_header(("content-type", XLSX)).set_payload(body);
    let checked = other.send(post(&format!("{SETS}/check"), book.body.to_vec())).await.json();
    assert_eq!(checked["ok"], true, "{checked}");
    let made = other.send(post(SETS, book.body.to_vec())).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    assert_eq!(made.json()["digest"], harness.get(SMALL).await.json()["digest"]);
    let text = other.request(Method::POST, SETS).insert_header(("content-type", "text/csv")).set_payload("a,b\n");
    assert_eq!(other.send(text).await.problem(), (415, "unsupported-media-type".into()));
}

#[actix_web::test]
async fn the_faults_of_a_workbook_are_told_by_cell() {
    let harness = Harness::new().await;
    let mut faulty = small_set();
    faulty["nodes"][1]["weight"] = json!(-1);
    let faulty = citygauge_indicators::SetDocument::from_value(&faulty).expect("its form is in order");
    let book = crate::authoring::workbook(&faulty, citygauge_indicators::Language::En).expect("written");
    let post = harness.request(Method::POST, SETS).insert_header(("content-type", XLSX)).set_payload(book);
    let refused = harness.send(post).await;
    assert_eq!(refused.status.as_u16(), 422);
    let fault = &refused.json()["errors"][0];
    assert_eq!((&fault["sheet"], &fault["row"], &fault["column"]), (&json!("nodes"), &json!(3), &json!("Weight")), "{fault}");
    let broken = harness.request(Method::POST, SETS).insert_header(("content-type", XLSX)).set_payload("PK");
    assert_eq!(harness.send(broken).await.status.as_u16(), 422);
}

#[actix_web::test]
async fn an_overlay_is_a_draft_that_names_its_base_and_all_before_it() {
    let harness = Harness::new().await;
    harness.post(SETS, &small_set()).await;
    let overlay =
        |version: &str| json!({"code": "local", "version": version, "changes": {"nodes": {"G": {"weight": version.len() + 1}}}});
    assert_eq!(harness.post(&format!("{SMALL}/overlay"), &overlay("1")).await.problem(), (409, "conflict".into()));
    harness.post(&format!("{SMALL}/publish"), &json!({})).await;
    let first = harness.post(&format!("{SMALL}/overlay"), &overlay("1")).await;
    assert_eq!((first.status.as_u16(), first.header("location")), (201, "/api/v1/indicator-sets/local/versions/1"), "{first:?}");
    let base = harness.get(SMALL).await.json();
    assert_eq!(first.json()["derived_from"], json!({"code": "small", "version": "1"}));
    assert_eq!(first.json()["document"]["derived_from"]["digest"], base["digest"]);
    assert_eq!(first.json()["document"]["nodes"][0]["weight"], 2);

    harness.post("/api/v1/indicator-sets/local/versions/1/publish", &json!({})).await;
    let second = harness.post("/api/v1/indicator-sets/local/versions/1/overlay", &overlay("22")).await.json();
    let lineage = &second["document"]["derived_from"];
    assert_eq!((&lineage["digest"], &lineage["derived_from"]["digest"]), (&first.json()["digest"], &base["digest"]));

    let unknown = json!({"code": "x", "version": "1", "changes": {"nodes": {"Q": {}}, "remove": {"items": ["r"]}}});
    let refused = harness.post(&format!("{SMALL}/overlay"), &unknown).await;
    assert_eq!(
        (refused.status.as_u16(), refused.faults()),
        (
            422,
            vec![
                ("overlay.unknown_code".to_owned(), "/changes/remove/items/0".to_owned()),
                ("overlay.unknown_code".to_owned(), "/changes/nodes/Q".to_owned()),
            ]
        )
    );
}

#[actix_web::test]
async fn a_lineage_that_the_service_does_not_know_is_refused() {
    let harness = published().await;
    let overlay = json!({"code": "local", "version": "1", "changes": {"items": {"trees": {"max": 5000}}}});
    let made = harness.post(&format!("{SMALL}/overlay"), &overlay).await.json();
    let mut document = made["document"].clone();
    document["version"] = json!("2");
    let sound = harness.post(SETS, &document).await;
    assert_eq!(sound.json()["derived_from"], json!({"code": "small", "version": "1"}), "{sound:?}");
    document["version"] = json!("3");
    let mut tampered = document.clone();
    tampered["derived_from"]["digest"] = json!("0".repeat(64));
    let mut ancestors = document.clone();
    ancestors["derived_from"]["derived_from"] = json!({"code": "z", "version": "1", "digest": "0".repeat(64)});
    let mut unknown = document.clone();
    unknown["derived_from"]["version"] = json!("7");
    for (document, code, at) in [
        (tampered, "lineage.other_digest", "/derived_from/digest"),
        (ancestors, "lineage.other_ancestors", "/derived_from/derived_from"),
        (unknown, "lineage.unknown_base", "/derived_from"),
    ] {
        assert_eq!(harness.post(SETS, &document).await.faults(), [(code.to_owned(), at.to_owned())]);
    }
    let elsewhere = harness.post(&format!("{SETS}?base_code=local&base_version=1"), &document).await;
    assert_eq!(elsewhere.status.as_u16(), 409, "a draft cannot be derived from");
}

#[actix_web::test]
async fn two_versions_are_compared_in_every_form() {
    let harness = published().await;
    let overlay = json!({"code": "a@b", "version": "2", "changes": {"nodes": {"G": {"weight": 3}}}});
    assert_eq!(harness.post(&format!("{SMALL}/overlay"), &overlay).await.status.as_u16(), 201);
    let diff = harness.get(&format!("{SMALL}/diff?to=a@b@2")).await.json();
    assert_eq!((&diff["before"]["code"], &diff["after"]["code"]), (&json!("small"), &json!("a@b")));
    assert_eq!(diff["after"]["lineage"][0]["code"], "small");
    let weight = json!({"of": "node", "code": "G", "title": {"en": "Green"}, "change": "changed", "member": "weight",
                        "before": 1, "after": 3, "share_before": 0.5, "share_after": 0.75});
    assert!(diff["changes"].as_array().expect("a list").contains(&weight), "{diff}");
    let csv = harness.get(&format!("{SMALL}/diff?to=a@b@2&format=csv")).await;
    let text = String::from_utf8(csv.body.to_vec()).expect("text");
    assert!(text.contains("\nnode,G,Green,changed,weight,1,3,0.5,0.75\n"), "{text}");
    assert_eq!(harness.get(&format!("{SMALL}/diff?to=small@1")).await.json()["changes"], json!([]));
    assert_eq!(harness.get(&format!("{SMALL}/diff?to=small@9")).await.status.as_u16(), 404);
    assert_eq!(harness.get(&format!("{SMALL}/diff?to=small")).await.status.as_u16(), 400);
}

const TEMPLATE: &str = "/api/v1/indicator-sets/small/versions/1/template.xlsx";

#[actix_web::test]
async fn a_template_shows_the_period_before_and_is_known_by_its_tag_until_that_changes() {
    let harness = Harness::observed().await;
    let path = format!("{TEMPLATE}?city=a&period=2027");
    let first = harness.get(&path).await;
    assert_eq!(first.status.as_u16(), 200, "{first:?}");
    assert_eq!(first.header("content-disposition"), "attachment; filename=\"small-a-2027.xlsx\"");
    let sheets = crate::intake::xlsx::grid::sheets(&first.body, &crate::intake::Limits::default()).expect("a workbook");
    let trees = sheets[1].rows.iter().find(|row| row.number == 5).expect("the first item");
    let shown: Vec<String> = trees.cells.iter().map(|(_, cell)| cell.as_ref().expect("sound").shown()).collect();
    assert_eq!(shown, ["trees", "trees", "count 0 – 1000", "100", "trees"]);
    let known = |tag: &str| harness.request(Method::GET, &path).insert_header(("if-none-match", tag));
    assert_eq!(harness.send(known(first.header("etag"))).await.status.as_u16(), 304);
    let corrected = "city,period,item,value\na,2026,trees,101\n";
    harness.import("kind=observations&set_code=small&set_version=1", "text/csv", corrected).await;
    assert_eq!(harness.send(known(first.header("etag"))).await.status.as_u16(), 200);
    let zh = harness.send(harness.request(Method::GET, &path).insert_header(("accept-language", "zh"))).await;
    let sheets = crate::intake::xlsx::grid::sheets(&zh.body, &crate::intake::Limits::default()).expect("a workbook");
    assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["说明", "未分部门"]);
}

#[actix_web::test]
async fn a_template_is_for_a_city_that_is_known_and_open_to_the_caller() {
    let harness = Harness::observed().await;
    let status = async |query: &str| harness.get(&format!("{TEMPLATE}?{query}")).await.status.as_u16();
    assert_eq!(status("city=zz&period=2027").await, 404);
    assert_eq!(status("city=a&period=soon").await, 400);
    assert_eq!(status("city=a").await, 400);
    assert_eq!(status("city=a&period=2027&department=nobody").await, 400);
    let reporter = harness.key(Role::Reporter, &["a"]).await;
    let of = |city: &str| harness.request_as(&reporter, Method::GET, &format!("{TEMPLATE}?city={city}&period=2027"));
    assert_eq!(harness.send(of("a")).await.status.as_u16(), 200);
    assert_eq!(harness.send(of("b")).await.status.as_u16(), 403);
}

/// Every text of a set stands in quotation marks, and what is asked for too.
#[actix_web::test]
async fn the_sql_of_a_version_is_for_a_named_engine_and_nothing_in_it_ends_a_literal() {
    let harness = Harness::new().await;
    let hostile = "a'); DROP TABLE x; --";
    let mut set = small_set();
    set["title"] = json!({"en": "first */ SELECT 1; --"});
    let text = set.to_string().replace("\"trees\"", &format!("\"{hostile}\""));
    let set: serde_json::Value = serde_json::from_str(&text).expect("a document");
    let formula = set["nodes"][0]["indicator"]["formula"].as_str().expect("a formula").replace("trees", &format!("`{hostile}`"));
    let mut set = set;
    set["nodes"][0]["indicator"]["formula"] = json!(formula);
    let made = harness.post(SETS, &set).await;
    assert_eq!(made.status.as_u16(), 201, "{made:?}");
    let reply = harness.get(&format!("{SMALL}/sql?dialect=duckdb&from=r%27%29%3B%20DROP%20TABLE%20x.parquet")).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/sql; charset=utf-8"), "{reply:?}");
    let query = String::from_utf8(reply.body.to_vec()).expect("text");
    assert!(query.contains("FROM read_parquet('r''); DROP TABLE x.parquet')"), "{query}");
    assert!(query.contains("item = 'a''); DROP TABLE x; --'"), "{query}");
    assert!(!query.contains("\nSELECT 1"), "{query}");
    let plain = format!("{SMALL}/sql?dialect=duckdb");
    let tag = harness.get(&plain).await.header("etag").to_owned();
    let again = harness.request(Method::GET, &plain).insert_header(("if-none-match", tag));
    assert_eq!(harness.send(again).await.status.as_u16(), 304);
    for wrong in [
        "",
        "?dialect=oracle",
        "?dialect=postgres&from=a/b.parquet",
        "?dialect=spark&from=a..b",
        "?dialect=spark&from=%24%7Benv:X%7D",
    ] {
        assert_eq!(harness.get(&format!("{SMALL}/sql{wrong}")).await.status.as_u16(), 400, "{wrong}");
    }
    set["version"] = json!("2");
    set["imputation"] = json!({"method": "mean"});
    assert_eq!(harness.post(SETS, &set).await.status.as_u16(), 201);
    let refused = harness.get("/api/v1/indicator-sets/small/versions/2/sql?dialect=duckdb").await;
    assert_eq!(refused.status.as_u16(), 422, "{refused:?}");
    assert!(refused.faults().iter().all(|(code, pointer)| code == "sql.unsupported" && pointer == "/imputation"), "{refused:?}");
}
