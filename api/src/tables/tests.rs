use std::collections::HashSet;

use actix_web::http::Method;
use citygauge_indicators::Language;
use serde_json::{Value, json};

use super::*;
use crate::export::{Cell, Column, Format};
use crate::testing::{Harness, Reply, small_set};

fn numbers(rows: i64) -> Prepared {
    let columns = || vec![Column::text("city"), Column::number("score")];
    Prepared::new("numbers", Language::En, (usize::try_from(rows).expect("few"), 2), move |to| {
        let rows = (0..rows).map(|row| vec![Cell::from("a"), Cell::from(row as f64)]);
        to.table(Table::new("numbers", columns(), rows.collect()))
    })
}

#[actix_web::test]
async fn the_same_table_has_the_same_bytes_in_every_format() {
    let harness = Harness::new().await;
    for format in Format::TABLES {
        let form = Form { format, bom: false };
        let one = numbers(3).write_to(&harness.state, form, Vec::new()).await.expect("written");
        let other = numbers(3).write_to(&harness.state, form, Vec::new()).await.expect("written");
        assert!(!one.is_empty() && one == other, "{format:?}");
    }
}

#[test]
fn an_estimate_counts_cells_and_never_overflows() {
    let form = Form { format: Format::Csv, bom: false };
    let found = numbers(10).estimate(form);
    assert_eq!((found.rows, found.cells, found.bytes), (10, 20, 200));
    assert_eq!(Estimate::new(u64::MAX, 12, Format::Json).bytes, u64::MAX);
}

/// A service with an assessment of three cities, one of which has an observation only; gives the path of the assessment.
async fn assessed() -> (Harness, String) {
    let harness = Harness::observed().await;
    let path = assess(&harness).await;
    (harness, path)
}

/// Assesses what there is.
pub(crate) async fn assess(harness: &Harness) -> String {
    let accepted = harness.post("/api/v1/assessments", &json!({"set": {"code": "small", "version": "1"}})).await.json();
    let job = harness.work(accepted["job"].as_str().expect("a job")).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    format!("/api/v1/assessments/{}", accepted["id"].as_str().expect("an id"))
}

async fn get_in(harness: &Harness, path: &str, language: &str, known: Option<&str>) -> Reply {
    let mut request = harness.request(Method::GET, path).insert_header(("accept-language", language));
    if let Some(known) = known {
        request = request.insert_header(("if-none-match", known));
    }
    harness.send(request).await
}

#[actix_web::test]
async fn every_table_comes_in_every_format_and_a_repeated_read_costs_a_304() {
    let (harness, path) = assessed().await;
    let benchmark = json!({"title_en": "B", "editions": [{"period": "2026", "assessment": path.rsplit('/').next()}]});
    assert_eq!(harness.put("/api/v1/benchmarks/b", None, &benchmark).await.status.as_u16(), 201);
    let import = harness.import("kind=cities", "text/csv", "code,nam\na,A\n").await;
    let tables = [
        format!("{path}/scores"),
        format!("{path}/ranking"),
        format!("{path}/cities/a"),
        format!("{path}/weights"),
        format!("{path}/statistics?what=indicators"),
        format!("{path}/trends"),
        format!("{path}/diff?to={}", path.rsplit('/').next().expect("an id")),
        "/api/v1/observations".to_owned(),
        "/api/v1/benchmarks/b/series".to_owned(),
        "/api/v1/benchmarks/b/breaks".to_owned(),
        "/api/v1/benchmarks/b/distribution".to_owned(),
        "/api/v1/benchmarks/b/comparison?cities=a,b".to_owned(),
        "/api/v1/indicator-sets/small/versions/1/diff?to=small@1".to_owned(),
        format!("/api/v1/imports/{}/faults", import["id"].as_str().expect("an id")),
    ];
    for table in tables {
        let join = if table.contains('?') { '&' } else { '?' };
        let mut tags = HashSet::new();
        for format in Format::TABLES {
            let asked = format!("{table}{join}format={}", format.word());
            let reply = get_in(&harness, &asked, "en", None).await;
            assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, format.media_type()), "{asked}: {reply:?}");
            let tag = reply.header("etag").to_owned();
            assert!(tag.starts_with('"') && tags.insert(tag.clone()), "{asked}: {tag}");
            assert_eq!(get_in(&harness, &asked, "en", Some(&tag)).await.status.as_u16(), 304, "{asked}");
        }
        for (accept, format) in [("application/vnd.apache.arrow.file", Format::Arrow), ("application/x-ndjson", Format::NdJson)] {
            let request = harness.request(Method::GET, &table).insert_header(("accept", accept));
            assert_eq!(harness.send(request).await.header("content-type"), format.media_type(), "{table}");
        }
        let marked = harness.get(&format!("{table}{join}format=csv&bom=true")).await;
        assert!(marked.body.starts_with("\u{FEFF}".as_bytes()), "{table}");
        let refused = harness.get(&format!("{table}{join}format=parquet&bom=true")).await;
        assert_eq!((refused.status.as_u16(), refused.faults()[0].0.as_str()), (400, "query.bom"), "{table}");
        let unknown = harness.get(&format!("{table}{join}format=pdf")).await;
        assert_eq!(unknown.status.as_u16(), 400, "{table}");
        assert!(unknown.json().to_string().contains("arrow"), "{table}: {unknown:?}");
        let request = harness.request(Method::GET, &table).insert_header(("accept", "application/pdf"));
        let unknown = harness.send(request).await;
        assert!(unknown.status.as_u16() == 406 && unknown.json().to_string().contains("vnd.apache.arrow.file"), "{table}");
    }
}

#[actix_web::test]
async fn the_tag_of_a_file_knows_the_language() {
    let (harness, path) = assessed().await;
    let asked = format!("{path}/scores?format=csv");
    let (en, zh) = (get_in(&harness, &asked, "en", None).await, get_in(&harness, &asked, "zh", None).await);
    assert_ne!(en.header("etag"), zh.header("etag"));
    assert_eq!(get_in(&harness, &asked, "zh", Some(en.header("etag"))).await.status.as_u16(), 200);
}

#[actix_web::test]
async fn arrow_has_the_types_and_numbers_of_json() {
    use polars::prelude::{IpcReader, SerReader};
    let (harness, path) = assessed().await;
    let rows = harness.get(&format!("{path}/scores?format=ndjson")).await;
    let rows: Vec<Value> = std::str::from_utf8(&rows.body)
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    let bytes = harness.get(&format!("{path}/scores?format=arrow")).await.body;
    let frame = IpcReader::new(std::io::Cursor::new(bytes)).finish().expect("Arrow");
    assert_eq!((frame.height(), rows.len()), (9, 9));
    for (name, column) in frame.get_column_names().iter().zip(frame.columns()) {
        for (row, at) in rows.iter().zip(0..) {
            let value = &row[name.as_str()];
            match column.dtype() {
                dtype if dtype.is_float() => assert_eq!(column.f64().expect("numbers").get(at), value.as_f64(), "{name}"),
                dtype if dtype.is_integer() => assert_eq!(column.i64().expect("integers").get(at), value.as_i64(), "{name}"),
                _ => assert_eq!(column.str().expect("texts").get(at), value.as_str(), "{name}"),
            }
        }
    }
    assert!(rows.iter().any(|row| row["score"].is_null()), "open_data was not observed");
}

#[actix_web::test]
async fn scores_are_data_of_sdmx_with_a_structure_that_the_answer_links_to() {
    let (harness, path) = assessed().await;
    let id = path.rsplit('/').next().expect("an id");
    let csv = harness.get(&format!("{path}/scores?format=sdmx_csv&node=G")).await;
    let structure = format!("{path}/structure");
    assert!(csv.header("link").starts_with(&format!("<{structure}>; rel=\"describedby\"")), "{csv:?}");
    let text = std::str::from_utf8(&csv.body).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,RAW_VALUE,MARK,POINTS,LOW,HIGH,RANK,COVERAGE"
    );
    assert_eq!(lines[1], format!("dataflow,CITYGAUGE:SCORES_{id}(1.0.0),I,a,G,2026,10,0.1,,5,10,10,3,1"));

    let message = harness.get(&structure).await;
    assert_eq!(message.header("content-type"), "application/vnd.sdmx.structure+json;version=2.0.0");
    assert_eq!(get_in(&harness, &structure, "en", Some(message.header("etag"))).await.status.as_u16(), 304);
    let lists = message.json()["data"]["codelists"].clone();
    let node = lists[1]["codes"].as_array().expect("codes").iter().find(|code| code["id"] == "G").expect("it is there").clone();
    assert_eq!((&node["name"], &node["parent"]), (&json!("Green"), &json!("TOTAL")));

    let request = harness.request(Method::GET, &format!("{path}/scores?node=G"));
    let accept = "application/vnd.sdmx.data+json;version=2.0.0";
    let data = harness.send(request.insert_header(("accept", accept))).await;
    assert_eq!(data.header("content-type"), accept);
    let observations = &data.json()["data"]["dataSets"][0]["observations"];
    assert_eq!(observations["0:0:0"], json!([10, 0.1, null, 5, 10, 10, 3, 1]));
}

#[actix_web::test]
async fn scores_are_key_performance_indicators_where_there_is_a_score() {
    let (harness, path) = assessed().await;
    let reply = harness.get(&format!("{path}/scores?format=ngsi_ld")).await;
    assert_eq!(reply.header("content-type"), "application/ld+json");
    let entities = reply.json();
    let entities = entities.as_array().expect("entities");
    assert_eq!(entities.len(), 6, "three cities, TOTAL and G");
    let id = path.rsplit('/').next().expect("an id");
    let of_a = entities.iter().find(|entity| entity["id"] == format!("urn:ngsi-ld:KeyPerformanceIndicator:{id}:a:G:2026"));
    let of_a = of_a.expect("it is there");
    assert_eq!((&of_a["type"], &of_a["kpiValue"]["value"]), (&json!("KeyPerformanceIndicator"), &json!(10.0)));
    assert_eq!(of_a["calculationPeriod"]["value"], json!({"from": "2026-01-01", "to": "2026-12-31"}));
    assert_eq!(of_a["calculationFormula"]["value"], "trees / 1000");
    assert_eq!(of_a["kpiValue"]["rank"]["value"], 3);
    assert!(of_a["@context"].as_array().is_some_and(|context| context.len() == 2));
    let entities = get_in(&harness, &format!("{path}/scores?format=ngsi_ld"), "zh", None).await.json();
    assert!(entities.to_string().contains("Green"), "a title that there is in English alone");
}

#[actix_web::test]
async fn observations_are_key_performance_indicators_where_something_was_reported() {
    let harness = Harness::new().await;
    assert_eq!(harness.post("/api/v1/indicator-sets", &strange_set()).await.status.as_u16(), 201);
    harness.import("kind=cities", "text/csv", "code,name,name_zh\n甲.1,One,甲\n").await;
    let file = "city,period,item,value,status,source,unit\n\
                甲.1,2026-Q3,1.10,12.5,,census,km2\n甲.1,2026,stage,late one,,,\n甲.1,2026,1.10,,missing,,\n甲.1,2025,1.10,7,rejected,,\n";
    assert_eq!(harness.import("kind=observations&set_code=small&set_version=1", "text/csv", file).await["accepted"], 4);
    let reply = get_in(&harness, "/api/v1/observations?format=ngsi_ld", "zh", None).await;
    assert_eq!(reply.header("content-type"), "application/ld+json");
    let entities = reply.json();
    let entities = entities.as_array().expect("entities");
    assert_eq!(entities.len(), 2, "what is missing or was rejected is none: {entities:?}");
    let id = "urn:ngsi-ld:KeyPerformanceIndicator:observation:%E7%94%B2.1:1.10:2026-Q3";
    let number = entities.iter().find(|entity| entity["id"] == id).expect("it is there");
    assert_eq!((&number["kpiValue"]["value"], &number["kpiValue"]["unit"]["value"]), (&json!(12.5), &json!("km2")));
    assert_eq!((&number["description"]["value"], &number["organization"]["value"]), (&json!("绿地"), &json!("甲")));
    assert_eq!((&number["source"]["value"], &number["calculationFrequency"]["value"]), (&json!("census"), &json!("quarterly")));
    assert_eq!(number["calculationPeriod"]["value"], json!({"from": "2026-07-01", "to": "2026-09-30"}));
    let choice = entities.iter().find(|entity| entity["name"]["value"] == "stage").expect("it is there");
    assert_eq!(choice["kpiValue"]["value"], "late one");
    let known = get_in(&harness, "/api/v1/observations?format=ngsi_ld", "zh", Some(reply.header("etag"))).await;
    assert_eq!(known.status.as_u16(), 304);
}

/// A set with codes that SDMX does not know, and every kind of value.
fn strange_set() -> Value {
    let mut set = small_set();
    set["items"] = json!([
        {"code": "1.10", "title": {"zh": "绿地", "en": "Green space"}, "kind": "amount"},
        {"code": "杭州$项", "kind": "boolean"},
        {"code": "stage", "kind": "choice", "options": ["early", "late one"]}
    ]);
    set["nodes"] = json!([
        {"code": "G", "title": {"en": "Green"}, "indicator": {"formula": "`1.10`", "scoring": {"rule": "scaled", "range": [0, 100]}}}
    ]);
    set
}

#[actix_web::test]
async fn observations_that_leave_as_sdmx_csv_come_back_whole() {
    let (from, to) = (Harness::new().await, Harness::new().await);
    for harness in [&from, &to] {
        assert_eq!(harness.post("/api/v1/indicator-sets", &strange_set()).await.status.as_u16(), 201);
        harness.import("kind=cities", "text/csv", "code,name,name_zh\n甲.1,One,甲\nb,B,乙\n").await;
    }
    let query = "kind=observations&set_code=small&set_version=1";
    let file = "city,period,item,value,status,quality,source,note,method,provider,as_of,unit,sample_size,margin\n\
                甲.1,2026,1.10,12.5,,personal_estimate,\"a, b\",=not a formula,counted,city,2026-10-31,km2,40,0.5\n\
                甲.1,2026,杭州$项,yes,,,,,,,,,,\n\
                甲.1,2026-Q3,stage,late one,,,,,,,,,,\n\
                b,2026,1.10,,missing,,,,,,,,,\n\
                b,2026,stage,,not_applicable,,,no stages here,,,,,,\n\
                b,2025,1.10,1e-9,rejected,,,,,,,,,\n";
    let first = from.import(query, "text/csv", file).await;
    assert_eq!(first["accepted"], 6, "{first}");
    let exported = from.get("/api/v1/observations?format=sdmx_csv").await;
    let text = String::from_utf8(exported.body.to_vec()).expect("text");
    assert!(text.contains(",$E7$94$B2$2E1,1$2E10,2026,12.5,,A,km2,=not a formula,"), "{text}");
    let again = to.import(query, exported.header("content-type"), &text).await;
    assert_eq!((&again["accepted"], &again["faults"]["total"]), (&json!(6), &json!(0)), "{again}");
    let said = async |harness: &Harness| {
        let mut page = harness.get("/api/v1/observations").await.json();
        for item in page["items"].as_array_mut().expect("items") {
            for own in ["import", "recorded_at", "recorded_by"] {
                item.as_object_mut().expect("an object").remove(own);
            }
        }
        page
    };
    assert_eq!(said(&from).await, said(&to).await);

    let message = from.get("/api/v1/observations/structure").await.json();
    let items = message["data"]["codelists"][1]["codes"].as_array().expect("codes").clone();
    assert_eq!(items[0]["names"], json!({"en": "Green space", "zh": "绿地"}));
    let broken = text.replace(",1$2E10,", ",1.10,");
    let refused = to.import(query, exported.header("content-type"), &broken).await;
    assert_eq!(refused["faults"]["items"][0]["code"], "sdmx.identifier", "{refused}");
}

#[actix_web::test]
async fn whoever_is_limited_to_cities_gets_their_observations_in_every_form() {
    let harness = Harness::observed().await;
    let token = harness.key(crate::store::keys::Role::Reporter, &["b"]).await;
    for format in ["csv", "ndjson", "sdmx_csv", "sdmx_json", "ngsi_ld"] {
        let request = harness.request_as(&token, Method::GET, &format!("/api/v1/observations?format={format}"));
        let text = String::from_utf8(harness.send(request).await.body.to_vec()).expect("text");
        assert!(text.contains("200") && !text.contains("400") && !text.contains("100"), "{format}: {text}");
    }
    let request = harness.request_as(&token, Method::GET, "/api/v1/observations/structure");
    let areas = harness.send(request).await.json()["data"]["codelists"][0]["codes"].clone();
    assert_eq!(areas.as_array().map(Vec::len), Some(1));
}
