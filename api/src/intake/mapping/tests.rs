//! What a mapping makes of a file, and what is wrong with one.

use citygauge_indicators::{Faults, Language, SetDocument, Status, Value};
use serde_json::{Value as Json, json};

use super::{CityNames, Mapping};
use crate::intake::cities::{self, CityOptions, ReadCity};
use crate::intake::observations::{self, ObservationOptions, ReadObservation};
use crate::intake::{Format, Reading, Shape};

fn set() -> citygauge_indicators::IndicatorSet {
    let document = json!({
        "code": "s", "version": "1", "title": {"en": "S", "zh": "集"},
        "items": [
            {"code": "gdp", "title": {"zh": "地区生产总值", "en": "GDP"}},
            {"code": "open", "title": {"zh": "开放数据", "en": "Open data"}, "kind": "boolean"},
            {"code": "a", "title": {"zh": "同名"}}, {"code": "b", "title": {"zh": "同名"}}
        ],
        "nodes": [{"code": "N", "title": {"en": "N", "zh": "节"}, "indicator": {"formula": "gdp", "scoring": {"rule": "ratio"}}}]
    });
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

fn names() -> CityNames {
    let mut names = CityNames::default();
    names.add("330100", ["杭州市", "杭州", "Hangzhou"]);
    names.add("652100", ["吐鲁番市"]);
    names.add("1", ["朝阳"]);
    names.add("2", ["朝阳"]);
    names
}

fn mapping(json: Json) -> Mapping {
    Mapping::read_value(json).unwrap_or_else(|faults| panic!("{faults}"))
}

fn read_with(text: &str, mapping: Option<Json>, format: Format) -> Reading<ReadObservation> {
    let (set, names, mapping) = (set(), names(), mapping.map(self::mapping));
    let known = ["330100", "652100", "1", "2"].map(String::from).into_iter().collect();
    let options = ObservationOptions {
        known_cities: Some(&known),
        city_names: Some(&names),
        mapping: mapping.as_ref(),
        ..ObservationOptions::default()
    };
    observations::read(text.as_bytes(), format, &set, &options)
}

fn read(text: &str, mapping: Json) -> Reading<ReadObservation> {
    read_with(text, Some(mapping), Format::Csv)
}

/// Code and row of each finding.
fn found<T>(read: &Reading<T>) -> Vec<(&'static str, Option<u64>)> {
    read.faults.0.iter().map(|fault| (fault.code, fault.row)).collect()
}

/// City, period, item and value of each row.
fn rows(read: &Reading<ReadObservation>) -> Vec<(String, String, usize, Option<f64>)> {
    let number = |value: &Option<Value>| match value {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    read.rows.iter().map(|row| (row.city.to_string(), row.period.to_string(), row.item, number(&row.value))).collect()
}

fn row(city: &str, period: &str, item: usize, value: f64) -> (String, String, usize, Option<f64>) {
    (city.into(), period.into(), item, Some(value))
}

#[test]
fn the_usual_chinese_headers_and_titles_are_understood_without_a_mapping() {
    let long = read_with("城市代码,年份,数据项,数值,备注\n330100,2018,地区生产总值,5,甲\n", None, Format::Csv);
    assert_eq!((found(&long), rows(&long)), (vec![], vec![row("330100", "2018", 0, 5.0)]));
    assert_eq!(long.rows[0].annotations.as_ref().expect("a note").note.as_deref(), Some("甲"));
    let wide = read_with("城市,年度,GDP,open\n杭州,2018,5,是\nHangzhou,2019,6,否\n", None, Format::Csv);
    assert_eq!(found(&wide), []);
    assert_eq!(rows(&wide)[2..], [row("330100", "2019", 0, 6.0), row("330100", "2019", 1, 0.0)]);
    assert_eq!(wide.shape, Some(Shape::Wide));
    let json = read_with(r#"[{"城市": "杭州", "年份": 2018, "GDP": 5}]"#, None, Format::Json);
    assert_eq!((found(&json), rows(&json)), (vec![], vec![row("330100", "2018", 0, 5.0)]));
}

#[test]
fn what_may_mean_two_things_means_none() {
    let columns = read_with("城市代码,时期,年份,gdp\n330100,2018,2018,5\n", None, Format::Csv);
    assert_eq!(found(&columns), [("file.duplicate_column", Some(1))]);
    assert_eq!(found(&read_with("city,period,同名\n1,2018,5\n", None, Format::Csv)), [("file.header", Some(1))]);
    let named = read_with("城市,年份,gdp\n朝阳,2018,5\n火星,2018,5\n", None, Format::Csv);
    assert_eq!(found(&named), [("city.ambiguous_name", Some(2)), ("observation.unknown_city", Some(3))]);
    assert_eq!(named.faults.0[0].expected.as_deref(), Some("1 | 2"));
}

#[test]
fn a_wide_file_is_read_below_its_titles_by_declared_rules() {
    let text =
        "某市统计\n\"制表：甲,乙\"\n名称,年,产值,产值2,多余\n,,万元,,\n杭州市,2018年,\"1,234.5\",—,x\n杭州市,2019年,１２％,3,y\n";
    let document = json!({
        "kind": "observations", "header_row": 3, "skip_below": 1, "city_by": "name",
        "columns": {"名称": "city", "年": "period"},
        "items": {"产值": {"item": "gdp", "unit": "万元", "numbers": {"times": "0.0001", "percent": "fraction"}}, "产值2": "a"},
        "ignore": ["多余"],
        "period": {"patterns": ["{year}年"]},
        "numbers": {"thousands": ",", "blank": ["—"], "full_width": true}
    });
    let read = self::read(text, document.clone());
    assert_eq!(found(&read), []);
    let expected = [row("330100", "2018", 0, 0.12345), row("330100", "2019", 0, 0.000012), row("330100", "2019", 2, 3.0)];
    assert_eq!(rows(&read), expected);
    assert_eq!(read.rows[0].annotations.as_ref().expect("a unit").unit.as_deref(), Some("万元"));
    assert_eq!(read.rows[2].annotations, None);

    let mut without = document;
    without["numbers"] = json!({});
    without["ignore"] = json!([]);
    let codes: Vec<_> = self::read(text, without).faults.0.iter().map(|fault| fault.code).collect();
    assert_eq!(codes.iter().filter(|code| **code == "observation.not_a_number").count(), 3, "{codes:?}");
    assert!(codes.contains(&"observation.unknown_item"), "{codes:?}");
}

#[test]
fn a_long_file_has_its_own_words_for_items_and_status() {
    let text = "code;t;what;v;s\n330100;2018;产值(万元);1.5;好\n330100;2018;开放;1;好\n330100;2019;产值(万元);;无\n";
    let read = self::read(
        text,
        json!({
            "kind": "observations", "delimiter": ";",
            "columns": {"code": "city", "t": "period", "what": "item", "v": "value", "s": "status"},
            "items": {"产值(万元)": {"item": "gdp", "numbers": {"times": 10000}}, "开放": "open"},
            "statuses": {"好": "reported", "无": "missing"},
            "numbers": {"times": 3}
        }),
    );
    assert_eq!(found(&read), []);
    assert_eq!(rows(&read)[..2], [row("330100", "2018", 0, 15_000.0), row("330100", "2018", 1, 1.0)]);
    assert_eq!(read.rows[2].status, Status::Missing);
}

#[test]
fn a_name_that_contradicts_its_code_is_a_warning_and_told_once() {
    let text = "城市代码,城市,年份,gdp\n652100,吐鲁番地区,2018,5\n652100,吐鲁番地区,2019,6\n652100,吐鲁番市,2020,7\n";
    let read = read_with(text, None, Format::Csv);
    assert_eq!(found(&read), [("city.name_mismatch", Some(2))]);
    assert_eq!((read.is_sound(), read.warnings_total, read.rows.len(), read.refused), (true, 1, 3, false));
    let fault = &read.faults.0[0];
    assert_eq!((fault.city.as_deref(), fault.expected.as_deref()), (Some("652100"), Some("吐鲁番市")));
}

#[test]
fn a_constant_period_and_absent_columns_are_told() {
    let document = json!({
        "kind": "observations", "period": {"constant": "2018"}, "columns": {"id": "city", "gone": "note"},
        "items": {"x": "gdp", "y": "open"}, "ignore_others": true
    });
    let read = self::read("id,x,z\n330100,5,9\n", document.clone());
    assert_eq!(found(&read), [("mapping.column_absent", None), ("mapping.column_absent", None)]);
    assert_eq!((read.is_sound(), rows(&read)), (true, vec![row("330100", "2018", 0, 5.0)]));
    let strange = self::read("id,x\n330100,5\n", json!({"kind": "observations", "items": {"x": "gpd"}}));
    assert_eq!((found(&strange)[0].0, strange.refused), ("mapping.unknown_item", true));
    let json = read_with("[]", Some(json!({"kind": "observations", "header_row": 2})), Format::Json);
    assert_eq!(found(&json)[0].0, "mapping.no_rows_to_skip");
}

#[test]
fn sdmx_csv_is_known_by_its_header() {
    let text = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE,UNIT_MULT\n\
                dataflow,X:Y(1.0),I,A,330100,gdp,2018,1.15,A,CNY,6\n\
                dataflow,X:Y(1.0),A,A,330100,gdp,2019,2,E,CNY,0\n\
                dataflow,X:Y(1.0),R,A,330100,gdp,2020,NaN,M,,\n\
                dataflow,X:Y(1.0),D,A,330100,gdp,2021,2,A,,\n\
                dataflow,X:Y(1.0),Z,A,330100,gdp,2022,2,?,,x\n";
    let read = read_with(text, None, Format::Csv);
    let expected = [
        ("sdmx.flag_not_kept", Some(3)),
        ("sdmx.delete", Some(5)),
        ("sdmx.action", Some(6)),
        ("observation.unknown_status", Some(6)),
        ("sdmx.unit_mult", Some(6)),
    ];
    assert_eq!(found(&read), expected);
    assert_eq!(rows(&read)[..2], [row("330100", "2018", 0, 1_150_000.0), row("330100", "2019", 0, 2.0)]);
    assert_eq!((read.rows[2].status, read.shape), (Status::Missing, Some(Shape::SdmxCsv)));
    assert_eq!(read.rows[0].annotations.as_ref().expect("a unit").unit.as_deref(), Some("CNY"));

    let labelled = "STRUCTURE[,];STRUCTURE_ID;ACTION;GEO: Area;INDICATOR: What;TIME_PERIOD: When;OBS_VALUE: Value\n\
                    dataflow;X:Y(1.0): Z;M;330100: Hangzhou;gdp: GDP;2018;1.5\n";
    let read = self::read(labelled, json!({"kind": "observations", "columns": {"GEO": "city"}}));
    assert_eq!((found(&read), rows(&read)), (vec![], vec![row("330100", "2018", 0, 1.5)]));

    // The mark after the first term separates the columns, whatever stands in the labels.
    let tabs = "STRUCTURE[;]\tSTRUCTURE_ID\tREF_AREA: Area, part; of\tINDICATOR\tTIME_PERIOD\tOBS_VALUE\tOBS_COMMENT[en;fr]\n\
                dataflow\tX:Y\t330100: Hangzhou, CN\tgdp\t2018\t1.5\ten:a;fr:b\n";
    let quoted = "\"STRUCTURE\";\"STRUCTURE_ID\";\"REF_AREA: Area, part\";INDICATOR;TIME_PERIOD;OBS_VALUE\n\
                  dataflow;X:Y;330100: Hangzhou;gdp;2018;1.5\n";
    for text in [tabs, quoted] {
        let read = read_with(text, None, Format::Csv);
        assert_eq!((found(&read), rows(&read)), (vec![], vec![row("330100", "2018", 0, 1.5)]), "{text}");
    }

    let partial = "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,NOTE\n\
                   dataflow,X:Y(1.0),I,330100,gdp,2018,5,\n\
                   dataflow,X:Y(1.0),I,,gdp,,,revised\n\
                   dataflow,X:Y(1.0),I,330100,,,,x\n\
                   dataflow,X:Y(1.0),I,,gdp,2018,7,\n\
                   dataflow,X:Y(1.0),D,,gdp,,,\n";
    let read = read_with(partial, None, Format::Csv);
    assert_eq!(found(&read)[0], ("sdmx.partial_key", Some(3)));
    assert!(found(&read).contains(&("sdmx.delete", Some(6))));
    assert_eq!((read.warnings_total, read.rows_faulty, rows(&read)), (1, 2, vec![row("330100", "2018", 0, 5.0)]));

    let first = "DATAFLOW,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),330100,gdp,2018,5\n";
    assert_eq!(rows(&read_with(first, None, Format::Csv)), [row("330100", "2018", 0, 5.0)]);

    let set = set();
    let options = ObservationOptions { sdmx: true, ..ObservationOptions::default() };
    let plain = observations::read(b"city,period,gdp\nx,2018,1\n", Format::Csv, &set, &options);
    assert_eq!(found(&plain)[0].0, "sdmx.header");
}

#[test]
fn rows_of_one_city_are_one_where_that_is_declared() {
    let text = "year,id,name,class\n2000,652100,吐鲁番地区,x\n2001,652100,吐鲁番市,x\n2001,1,甲,x\n2002,1,甲,y\n";
    let document = json!({
        "kind": "cities", "distinct": true, "columns": {"id": "code"}, "attributes": {"class": "city_class"}, "ignore": ["year"]
    });
    let read = |document: Json| -> Reading<ReadCity> {
        let mapping = mapping(document);
        cities::read(text.as_bytes(), Format::Csv, &CityOptions { mapping: Some(&mapping), ..CityOptions::default() })
    };
    let distinct = read(document.clone());
    assert_eq!(found(&distinct), [("city.name_mismatch", Some(3)), ("city.attribute_mismatch", Some(5))]);
    let kept: Vec<_> = distinct.rows.iter().map(|city| (&*city.code, &*city.name, &*city.attributes["city_class"])).collect();
    assert_eq!((kept, distinct.is_sound()), (vec![("652100", "吐鲁番市", "x"), ("1", "甲", "y")], true));
    let mut each = document;
    each["distinct"] = json!(false);
    assert_eq!(found(&read(each)), [("city.duplicate", Some(3)), ("city.duplicate", Some(5))]);
}

#[test]
fn every_fault_of_a_document_is_told_with_its_pointer() {
    let faults: Faults = Mapping::read_value(json!({
        "kind": "observations", "colums": {}, "header_row": "x", "distinct": true,
        "columns": {"a": "city", "b": "city", "c": "town", "i": "note"},
        "items": {"p": {"item": "x", "unit": "km"}, "q": {"item": "x"}, "a": "y", "r": {"item": "z", "typo": 1}},
        "ignore": ["i", ""],
        "period": {"constant": "2018", "patterns": ["{year}年", "{yr}"]},
        "statuses": {"ok": "fine"},
        "numbers": {"thousands": ".", "times": "0", "blank": [""], "percent": "half"}
    }))
    .expect_err("it is full of faults");
    let mut found: Vec<_> = faults.0.iter().map(|fault| (fault.code, fault.pointer.as_deref().unwrap_or("?"))).collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("mapping.blank", "/numbers/blank/0"),
            ("mapping.marks", "/numbers/thousands"),
            ("mapping.name", "/ignore/1"),
            ("mapping.not_of_kind", "/distinct"),
            ("mapping.pattern", "/period/patterns/1"),
            ("mapping.times", "/numbers/times"),
            ("mapping.two_columns", "/columns/b"),
            ("mapping.two_meanings", "/columns/i"),
            ("mapping.two_meanings", "/items/a"),
            ("mapping.two_periods", "/period/constant"),
            ("mapping.two_units", "/items/q/unit"),
            ("mapping.unknown_column", "/columns/c"),
            ("mapping.unknown_status", "/statuses/ok"),
            ("mapping.wrong", "/colums"),
            ("mapping.wrong", "/header_row"),
            ("mapping.wrong", "/items/r"),
            ("mapping.wrong", "/numbers/percent"),
        ]
    );
    for fault in &faults.0 {
        assert!(fault.hint.is_some() && fault.message.get(Language::Zh) != fault.message.get(Language::En), "{fault:?}");
    }
    assert_eq!(Mapping::read(b"{}").expect_err("nothing").0[0].code, "mapping.wrong");
    let long = format!(r#"{{"kind": "cities", "ignore": ["{}"]}}"#, "x".repeat(300_000));
    assert_eq!(Mapping::read(long.as_bytes()).expect_err("long").0[0].code, "mapping.too_long");
}

#[test]
fn a_document_has_one_canonical_form() {
    let one = mapping(json!({"kind": "observations", "items": {"b": "x", "a": {"item": "y"}}}));
    let other = mapping(json!({"items": {"a": "y", "b": {"item": "x"}}, "kind": "observations", "ignore": []}));
    assert_eq!((one.canonical(), one.digest()), (other.canonical(), other.digest()));
    assert_eq!(Mapping::read(one.canonical().as_bytes()).expect("it reads back"), one);
}
