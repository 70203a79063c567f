//! A small structure in all three messages.

use serde_json::Value;

use super::*;
use crate::export::{Cell, Table};

fn structure() -> Structure {
    let area = |id: &str, zh: &str, en: &str| Code { id: id.into(), name: Text::both(zh, en), parent: None };
    let areas = Codelist {
        id: "CL_AREA".into(),
        name: Text::both("城市", "Cities"),
        codes: vec![area("330100", "杭州", "Hangzhou"), area("1$2E10", "甲", "A")],
    };
    let levels =
        Codelist { id: "CL_LEVEL".into(), name: Text::both("等级", "Levels"), codes: vec![area("start", "起步", "Start")] };
    Structure {
        id: "SCORES".into(),
        version: "1.0.0",
        name: Text::both("得分", "Scores"),
        prepared: "2026-11-22T08:00:00Z".into(),
        components: vec![
            Component::new("REF_AREA", Role::Dimension, ("城市", "City"), Holds::Codes(areas)),
            Component::new("TIME_PERIOD", Role::Dimension, ("时期", "Period"), Holds::Period),
            Component::new("OBS_VALUE", Role::Measure, ("得分", "Score"), Holds::Number),
            Component::new("RANK", Role::Measure, ("名次", "Rank"), Holds::Integer),
            Component::new("LEVEL", Role::Attribute, ("等级", "Level"), Holds::Codes(levels)),
            Component::new("NOTE", Role::Attribute, ("说明", "Note"), Holds::Text),
        ],
    }
}

fn table(structure: &Structure) -> Table<'static> {
    let rows = vec![
        vec!["330100".into(), "2026".into(), 4.7.into(), 1_i64.into(), "start".into(), "=1".into()],
        vec!["1$2E10".into(), "2026".into(), Cell::Empty, Cell::Empty, Cell::Empty, Cell::Empty],
    ];
    Table::new("data", structure.columns(), rows)
}

#[test]
fn csv_says_what_a_row_is_about_and_guards_nothing() {
    let (structure, mut bytes) = (structure(), Vec::new());
    write_csv(&table(&structure), &structure, &mut bytes).expect("written");
    assert_eq!(
        String::from_utf8(bytes).expect("UTF-8"),
        "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,TIME_PERIOD,OBS_VALUE,RANK,LEVEL,NOTE\n\
         dataflow,CITYGAUGE:SCORES(1.0.0),I,330100,2026,4.7,1,start,=1\n\
         dataflow,CITYGAUGE:SCORES(1.0.0),I,1$2E10,2026,,,,\n"
    );
}

#[test]
fn a_data_message_names_values_by_their_places() {
    let (structure, mut bytes) = (structure(), Vec::new());
    write_json(&table(&structure), &structure, &mut bytes).expect("written");
    let read: Value = serde_json::from_slice(&bytes).expect("JSON");
    let observations = &read["data"]["dataSets"][0]["observations"];
    assert_eq!(observations["0:0"], serde_json::json!([4.7, 1, 0, "=1"]));
    assert_eq!(observations["1:0"], serde_json::json!([null, null, null, null]));
    let found = &read["data"]["structures"][0];
    assert_eq!(found["dimensions"]["observation"][0]["values"][1]["names"]["zh"], "甲");
    assert_eq!(found["dimensions"]["observation"][1]["keyPosition"], 1);
    assert_eq!(found["attributes"]["observation"][0]["values"][0]["id"], "start");
    assert_eq!(found["measures"]["observation"][0]["format"]["dataType"], "Double");
}

#[test]
fn a_structure_message_holds_everything_it_refers_to() {
    let read = message(&structure());
    let definition = &read["data"]["dataStructures"][0];
    let dimension = &definition["dataStructureComponents"]["dimensionList"]["dimensions"][0];
    assert_eq!(
        dimension["localRepresentation"]["enumeration"],
        "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=CITYGAUGE:CL_AREA(1.0.0)"
    );
    assert_eq!(
        dimension["conceptIdentity"],
        "urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=CITYGAUGE:CS_SCORES(1.0.0).REF_AREA"
    );
    assert_eq!(read["data"]["codelists"].as_array().map(Vec::len), Some(2));
    assert_eq!(read["data"]["conceptSchemes"][0]["concepts"][3]["names"]["zh"], "名次");
    assert_eq!(
        read["data"]["dataflows"][0]["structure"],
        "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=CITYGAUGE:SCORES(1.0.0)"
    );
}
