//! What is fetched is read by an import: from the server to the observation.

use citygauge_indicators::{SetDocument, Value};
use serde_json::{Value as Json, json};

use super::server::{Asked, Server, Step, ok, reply};
use super::{Content, Desk};
use crate::intake::is_sdmx;
use crate::intake::mapping::{CityNames, Mapping};
use crate::intake::observations::{self, ObservationOptions};

/// City, period, item, value and unit of an observation.
type Seen = (String, String, usize, Option<f64>, Option<String>);

/// What an import reads of some content.
fn imported(content: &Content, mapping: Json) -> Vec<Seen> {
    let set = SetDocument::check_value(&json!({
        "code": "s", "version": "1", "title": {"en": "S", "zh": "集"},
        "items": [{"code": "gdp", "title": {"zh": "产值"}}, {"code": "green", "title": {"zh": "绿地率"}}],
        "nodes": [{"code": "N", "title": {"en": "N", "zh": "节"}, "indicator": {"formula": "gdp", "scoring": {"rule": "ratio"}}}]
    }))
    .unwrap_or_else(|faults| panic!("{faults}"));
    let mapping = Mapping::read_value(mapping).unwrap_or_else(|faults| panic!("{faults}"));
    let mut names = CityNames::default();
    names.add("330100", ["杭州市", "杭州"]);
    let options = ObservationOptions {
        city_names: Some(&names),
        mapping: Some(&mapping),
        sdmx: is_sdmx(&content.media_type),
        ..ObservationOptions::default()
    };
    let bytes = std::fs::read(content.file.path()).expect("the file is ours");
    let read = observations::read(&bytes, content.format, &set, &options);
    assert!(read.is_sound(), "{}", read.faults);
    let value = |value: &Option<Value>| if let Some(Value::Number(number)) = value { Some(*number) } else { None };
    read.rows
        .iter()
        .map(|row| {
            let unit = row.annotations.as_ref().and_then(|annotations| annotations.unit.clone());
            (row.city.to_string(), row.period.to_string(), row.item, value(&row.value), unit.map(|unit| unit.to_string()))
        })
        .collect()
}

fn row(period: &str, item: usize, value: f64, unit: Option<&str>) -> Seen {
    ("330100".into(), period.into(), item, Some(value), unit.map(str::to_owned))
}

#[tokio::test]
async fn indicators_of_a_broker_are_observations() {
    let entity = |id: &str, name: &str, value: f64| {
        json!({
            "id": format!("urn:ngsi-ld:KeyPerformanceIndicator:{id}"), "type": "KeyPerformanceIndicator",
            "name": {"type": "Property", "value": name},
            "kpiValue": {"type": "Property", "value": value, "unitCode": "P1", "observedAt": "2026-12-31T00:00:00Z"},
            "address": {"type": "Property", "value": {"type": "PostalAddress", "addressLocality": "杭州"}},
            "calculatedBy": {"type": "Property", "value": "统计局"},
            "@context": ["https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld"]
        })
    };
    let body = json!([entity("1", "GreenRate", 41.5), entity("2", "Output", 7.25)]).to_string();
    let server = Server::of(reply("200 OK", &[("Content-Type", "application/json"), ("NGSILD-Results-Count", "2")], body)).await;
    let desk = Desk::new();
    let content = desk.content(json!({"kind": "ngsi_ld", "url": server.url("/")})).await;
    let mapping = json!({
        "kind": "observations",
        "columns": {"name": "item", "kpiValue": "value", "kpiValue.unitCode": "unit", "kpiValue.observedAt": "period",
            "address.addressLocality": "city", "calculatedBy": "source"},
        "items": {"GreenRate": "green", "Output": "gdp"}, "city_by": "name",
        "period": {"patterns": ["{year}-{any}"]}, "ignore_others": true
    });
    assert_eq!(imported(&content, mapping), [row("2026", 1, 41.5, Some("P1")), row("2026", 0, 7.25, Some("P1"))]);
}

#[tokio::test]
async fn rows_of_a_ckan_data_store_are_observations() {
    let body = json!({"success": true, "result": {"total": 2, "records": [
        {"_id": 1, "城市": "杭州市", "日期": "2025-06-30T00:00:00", "产值": "1,024.5", "绿地率": 40},
        {"_id": 2, "城市": "杭州市", "日期": "2026-06-30T00:00:00", "产值": "2,048", "绿地率": null}
    ]}});
    let server = Server::of(ok("application/json", body.to_string())).await;
    let desk = Desk::new();
    let content = desk.content(json!({"kind": "ckan", "url": server.url("/"), "resource": "r"})).await;
    let mapping = json!({
        "kind": "observations", "columns": {"城市": "city_name", "日期": "period"}, "items": {"产值": "gdp", "绿地率": "green"},
        "period": {"patterns": ["{year}-{month}-{any}"]}, "numbers": {"thousands": ","}
    });
    assert_eq!(
        imported(&content, mapping),
        [row("2025-06", 0, 1_024.5, None), row("2025-06", 1, 40.0, None), row("2026-06", 0, 2_048.0, None)]
    );
}

#[tokio::test]
async fn a_dataflow_of_either_version_is_observations() {
    let server = Server::start(|asked: &Asked| {
        let accept = asked.header("accept").unwrap_or_default();
        let first = "DATAFLOW,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\nA:F(1.0),A,330100,gdp,2025,5.5,A\n";
        let second = "STRUCTURE;STRUCTURE_ID;ACTION;FREQ;REF_AREA;INDICATOR;TIME_PERIOD;OBS_VALUE;UNIT_MULT\n\
                      dataflow;A:F(1.0.0);I;A;330100;gdp;2026;6.5;3\n";
        let answer = match (asked.path(), accept) {
            ("/rest/data/A,F,1.0/A.330100.", "application/vnd.sdmx.data+csv;version=1.0.0") => ok(accept, first),
            ("/rest/data/dataflow/A/F/1.0.0/A.330100", "application/vnd.sdmx.data+csv;version=2.0.0") => ok(accept, second),
            _ => reply("406 Not Acceptable", &[], ""),
        };
        vec![Step::Send(answer)]
    })
    .await;
    let desk = Desk::new();
    let old = json!({"kind": "sdmx", "url": server.url("/rest/"), "version": "2.1", "flow": "A,F,1.0", "key": "A.330100.",
        "start_period": "2020", "end_period": "2025"});
    let content = desk.content(old).await;
    assert_eq!((content.name.as_str(), content.media_type.as_str()), ("A_F_1.0.csv", "application/vnd.sdmx.data+csv"));
    assert_eq!(imported(&content, json!({"kind": "observations"})), [row("2025", 0, 5.5, None)]);
    let new = json!({"kind": "sdmx", "url": server.url("/rest"), "version": "3.0", "flow": "A,F,1.0.0", "key": "A.330100",
        "start_period": "2020", "end_period": "2026"});
    assert_eq!(imported(&desk.content(new).await, json!({"kind": "observations"})), [row("2026", 0, 6_500.0, None)]);
    let asked = server.asked();
    let periods =
        |asked: &Asked| (asked.parameter("startPeriod"), asked.parameter("endPeriod"), asked.parameter("c[TIME_PERIOD]"));
    assert_eq!(periods(&asked[0]), (Some("2020".into()), Some("2025".into()), None));
    assert_eq!(periods(&asked[1]), (None, None, Some("ge:2020+le:2026".into())));
    let none = json!({"kind": "sdmx", "url": server.url("/rest"), "version": "3.0", "flow": "A,X"});
    assert_eq!(desk.refused(none).await, ["source.not_acceptable"]);
}
