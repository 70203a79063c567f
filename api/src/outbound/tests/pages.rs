//! Services that give their records in pages.

use serde_json::{Value, json};

use super::server::{Asked, Server, Step, ok, reply};
use super::{Desk, Fetched, text};
use crate::intake::Format;

/// A CKAN site with so many rows, which gives at most seven at a time.
async fn ckan(rows: usize) -> Server {
    Server::start(move |asked: &Asked| {
        let offset = asked.offset();
        let records: Vec<Value> = (offset..rows.min(offset + 7))
            .map(|n| json!({"_id": n + 1, "城市": format!("c{n}"), "value": n as f64 / 4.0, "note": null}))
            .collect();
        let result = json!({"records": records, "total": rows, "fields": [{"id": "_id", "type": "int"}], "_links": {}});
        vec![Step::Send(ok("application/json", json!({"help": "", "success": true, "result": result}).to_string()))]
    })
    .await
}

/// A broker with so many indicators, which may keep their number to itself.
async fn broker(entities: usize, counts: bool) -> Server {
    Server::start(move |asked: &Asked| {
        let offset = asked.offset();
        let page: Vec<Value> = (offset..entities.min(offset + 50))
            .map(|n| json!({"id": format!("urn:{n}"), "type": "KeyPerformanceIndicator", "kpiValue": {"type": "Property", "value": n}}))
            .collect();
        let (count, body) = (entities.to_string(), json!(page).to_string());
        let headers = [("Content-Type", "application/json"), ("NGSILD-Results-Count", count.as_str())];
        vec![Step::Send(reply("200 OK", if counts { &headers } else { &headers[..1] }, body))]
    })
    .await
}

#[tokio::test]
async fn the_pages_of_a_ckan_data_store_become_rows() {
    let (desk, server) = (Desk::new(), ckan(16).await);
    let kind = json!({"kind": "ckan", "url": server.url("/portal"), "resource": "r-1", "filters": {"year": ["2025", "2026"], "城市": ["a"]}});
    let content = desk.content(kind.clone()).await;
    let lines: Vec<String> = text(&content).lines().map(str::to_owned).collect();
    assert_eq!((lines.len(), content.rows, content.pages), (16, Some(16), 3));
    assert_eq!(lines[1], r#"{"城市":"c1","value":0.25,"note":null}"#);
    assert_eq!(
        (content.name.as_str(), content.format, content.media_type.as_str()),
        ("r-1.ndjson", Format::NdJson, "application/x-ndjson")
    );
    let asked = server.asked();
    let offsets: Vec<usize> = asked.iter().map(Asked::offset).collect();
    assert_eq!((asked[0].path(), offsets), ("/portal/api/3/action/datastore_search", vec![0, 7, 14]));
    assert_eq!(asked[0].parameter("resource_id").as_deref(), Some("r-1"));
    assert_eq!(asked[0].parameter("sort").as_deref(), Some("_id"));
    let filters: Value = serde_json::from_str(&asked[2].parameter("filters").expect("filters")).expect("JSON");
    assert_eq!(filters, json!({"year": ["2025", "2026"], "城市": "a"}));
    assert!(matches!(desk.fetch_again(kind, &content.validators).await, Ok(Fetched::Unchanged)));
}

#[tokio::test]
async fn the_pages_of_a_broker_become_rows_whether_it_counts_or_not() {
    let desk = Desk::new();
    for counts in [true, false] {
        let server = broker(120, counts).await;
        let content = desk
            .content(json!({"kind": "ngsi_ld", "url": server.url("/"), "tenant": "hz", "context": "https://example.org/c.jsonld",
                "query": "kpiValue>1;name==\"x\""}))
            .await;
        assert_eq!((content.rows, content.pages), (Some(120), if counts { 3 } else { 4 }));
        assert_eq!(text(&content).lines().last(), Some(r#"{"id":"urn:119","type":"KeyPerformanceIndicator","kpiValue":119}"#));
        assert_eq!(content.name, "KeyPerformanceIndicator.ndjson");
        let asked = &server.asked()[1];
        assert_eq!((asked.path(), asked.offset()), ("/ngsi-ld/v1/entities", 50));
        assert_eq!(asked.parameter("type").as_deref(), Some("KeyPerformanceIndicator"));
        assert_eq!(asked.parameter("q").as_deref(), Some("kpiValue>1;name==\"x\""));
        assert_eq!(asked.header("ngsild-tenant"), Some("hz"));
        let link = "<https://example.org/c.jsonld>; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\"";
        assert_eq!((asked.header("link"), asked.header("accept")), (Some(link), Some("application/json")));
    }
}

#[tokio::test]
async fn there_is_an_end_where_a_server_always_says_that_there_is_more() {
    let desk = Desk::with(|config| config.pages = 5);
    let endless = ckan(usize::MAX / 2).await;
    let kind = |server: &Server| json!({"kind": "ckan", "url": server.url("/"), "resource": "r"});
    assert_eq!(desk.refused(kind(&endless)).await, ["source.too_many_pages"]);
    assert_eq!(endless.asked().len(), 5);
    let same = Server::of(ok("application/json", r#"{"success": true, "result": {"records": [{"a": 1}], "total": 1000}}"#)).await;
    assert_eq!(desk.refused(kind(&same)).await, ["source.same_page"]);
    assert_eq!(same.asked().len(), 2);
    let same = Server::of(ok("application/json", r#"[{"id": "urn:1", "type": "KeyPerformanceIndicator"}]"#)).await;
    assert_eq!(desk.refused(json!({"kind": "ngsi_ld", "url": same.url("/")})).await, ["source.same_page"]);
    let large = Desk::with(|config| config.bytes = 2_000);
    assert_eq!(large.refused(kind(&endless)).await, ["source.too_large"]);
    assert!(desk.left().is_empty() && large.left().is_empty());
}

#[tokio::test]
async fn records_that_change_while_they_are_read_are_fetched_again_later() {
    let desk = Desk::new();
    for (records, total) in [("[]", "9"), (r#"[{"a": 2}]"#, "10"), (r#"[{"a": 2}, {"a": 3}]"#, "2")] {
        let (records, total) = (records.to_owned(), total.to_owned());
        let server = Server::start(move |asked: &Asked| {
            let first = asked.offset() == 0;
            let (records, total) =
                if first { (r#"[{"a": 1}]"#, if total == "2" { "2" } else { "9" }) } else { (&*records, &*total) };
            let body = format!(r#"{{"success": true, "result": {{"records": {records}, "total": {total}}}}}"#);
            vec![Step::Send(ok("application/json", body))]
        })
        .await;
        assert_eq!(desk.transient(json!({"kind": "ckan", "url": server.url("/"), "resource": "r"})).await, ["source.changed"]);
    }
}

#[tokio::test]
async fn a_record_on_two_pages_means_that_another_one_was_left_out() {
    let desk = Desk::new();
    let server = Server::start(|asked: &Asked| {
        let ids = if asked.offset() == 0 { ["urn:1", "urn:2"] } else { ["urn:2", "urn:3"] };
        let page: Vec<Value> = ids.iter().map(|id| json!({"id": id, "type": "KeyPerformanceIndicator"})).collect();
        let headers = [("Content-Type", "application/json"), ("NGSILD-Results-Count", "4")];
        vec![Step::Send(reply("200 OK", &headers, json!(page).to_string()))]
    })
    .await;
    assert_eq!(desk.transient(json!({"kind": "ngsi_ld", "url": server.url("/")})).await, ["source.changed"]);
}

#[tokio::test]
async fn more_records_than_an_import_reads_are_not_fetched_to_their_end() {
    let desk = Desk::with(|config| config.pages = 100);
    let server = Server::start(|asked: &Asked| {
        // Each page holds one more, so that no two are the same.
        let records = vec!["{}"; 300_000 + asked.offset() % 7].join(",");
        let body = format!(r#"{{"success": true, "result": {{"records": [{records}], "total": 9000000}}}}"#);
        vec![Step::Send(ok("application/json", body))]
    })
    .await;
    assert_eq!(desk.refused(json!({"kind": "ckan", "url": server.url("/"), "resource": "r"})).await, ["source.too_many_records"]);
}

#[tokio::test]
async fn an_estimated_total_is_no_promise() {
    let desk = Desk::new();
    let server = Server::start(|asked: &Asked| {
        let records = if asked.offset() == 0 { r#"[{"a": 1}]"# } else { "[]" };
        let body =
            format!(r#"{{"success": true, "result": {{"records": {records}, "total": 1000, "total_was_estimated": true}}}}"#);
        vec![Step::Send(ok("application/json", body))]
    })
    .await;
    assert_eq!(desk.content(json!({"kind": "ckan", "url": server.url("/"), "resource": "r"})).await.rows, Some(1));
}

#[tokio::test]
async fn what_no_such_service_answers_is_refused_with_the_row_where_there_is_one() {
    let desk = Desk::new();
    for (body, code) in [
        (r#"{"success": false, "error": {"message": "Not found", "__type": "Not Found Error"}}"#, "source.ckan"),
        (r#"{"success": true}"#, "source.ckan"),
        (r#"{"success": true, "result": {"records": [], "total": 0}}"#, "source.no_records"),
        (r#"{"success": true, "result": {"records": {"a": 1}}}"#, "source.json"),
        (r#"{"success": true, "result": {"records": [1], "total": 1}}"#, "source.json"),
        (r#"{"success": true, "result": {"records": [{"a": "#, "source.json"),
        ("[]", "source.json"),
        ("", "source.json"),
        ("<html>log in</html>", "source.web_page"),
    ] {
        let server = Server::of(ok("application/json", body)).await;
        assert_eq!(desk.refused(json!({"kind": "ckan", "url": server.url("/"), "resource": "r"})).await, [code], "{body}");
    }
    let deep = format!(r#"[{{"id": "1"}}, {{"id": {}1{}}}]"#, "{\"a\":".repeat(50_000), "}".repeat(50_000));
    for (body, code) in [("[]", "source.no_records"), ("{}", "source.json"), (deep.as_str(), "source.too_deep")] {
        let server = Server::of(ok("application/json", body)).await;
        let answer = desk.fetch(json!({"kind": "ngsi_ld", "url": server.url("/")})).await;
        let Err(crate::outbound::FetchError::Refused(faults)) = answer else { panic!("{answer:?}") };
        assert_eq!(super::codes(&faults), [code]);
        assert_eq!(faults.0[0].row, (code == "source.too_deep").then_some(2));
    }
    let server = Server::of(ok("application/json", [b'"', 0xFF, b'"'])).await;
    assert_eq!(desk.refused(json!({"kind": "ngsi_ld", "url": server.url("/")})).await, ["source.json"]);
}
