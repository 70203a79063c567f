//! What a file of observations may hold and what each fault of it gets.

use citygauge_indicators::{Fault, IndicatorSet, Language, Provider, QualityGrade, SetDocument, Status, Value, catalog};

use super::*;

pub(crate) fn set() -> IndicatorSet {
    let document = serde_json::json!({
        "code": "s", "version": "1", "title": {"en": "S", "zh": "集"},
        "items": [
            {"code": "gdp", "kind": "amount"}, {"code": "share", "kind": "ratio", "min": 0, "max": 100},
            {"code": "open", "kind": "boolean"}, {"code": "tier", "kind": "choice", "options": ["A", "B"]}
        ],
        "nodes": [{"code": "N", "title": {"en": "N", "zh": "节"}, "indicator": {"formula": "gdp", "scoring": {"rule": "ratio"}}}]
    });
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

fn known() -> CityRegister {
    ["hz", "nb", "wz"].map(String::from).into_iter().collect()
}

pub(crate) fn read_as(bytes: &[u8], format: Format) -> Reading<ReadObservation> {
    let known = known();
    read(bytes, format, &set(), &ObservationOptions { known_cities: Some(&known), ..Default::default() })
}

fn read_csv(text: &str) -> Reading<ReadObservation> {
    read_as(text.as_bytes(), Format::Csv)
}

/// Each fault as its code, row and column.
pub(crate) fn places(faults: &[Fault]) -> Vec<(&str, u64, &str)> {
    faults.iter().map(|fault| (fault.code, fault.row.unwrap_or_default(), fault.column.as_deref().unwrap_or_default())).collect()
}

#[test]
fn a_file_with_one_of_each_fault_reports_each_of_them_once_in_its_order() {
    let long_line = "x".repeat(10 << 20);
    let text = format!(
        "city,period,item,value,status,note\n\
         hz,2026,gdp,1.5,,\n\
         xx,2026,gdp,1,,\n\
         hz,2026,gpd,1,,\n\
         hz,2025,gdp,many,,\n\
         hz,2025,share,101,,\n\
         hz,2024,share,NaN,,\n\
         hz,2023,share,1e999,,\n\
         hz,2026,gdp,2,,\n\
         {long_line}\n\
         hz,2026-13,gdp,1,,\n\
         hz,2022,gdp,1\n\
         hz,2022,open,maybe,,\n\
         hz,2022,tier,C,,\n\
         hz,2022,gdp,,not_applicable,\n\
         hz,2021,gdp,1,missing,\n\
         hz,2020,gdp,,reported,\n\
         hz,2019,gdp,1,draft,\n\
         hz,2018,gdp,\"1\"0,,\n\
         ,2017,gdp,1,,\n\
         hz,2016,,1,,\n\
         hz,2015,gdp,1\0,,\n\
         nb,2026,share,0,,\n"
    );
    let read = read_csv(&text);
    assert_eq!(
        places(&read.faults.0),
        [
            ("observation.unknown_city", 3, "city"),
            ("observation.unknown_item", 4, "item"),
            ("observation.not_a_number", 5, "value"),
            ("observation.out_of_range", 6, "value"),
            ("observation.not_finite", 7, "value"),
            ("observation.not_finite", 8, "value"),
            ("observation.duplicate", 9, "item"),
            ("file.line_too_long", 10, ""),
            ("period.invalid", 11, "period"),
            ("file.ragged_row", 12, ""),
            ("observation.not_a_boolean", 13, "value"),
            ("observation.not_an_option", 14, "value"),
            ("observation.no_reason", 15, "note"),
            ("observation.unexpected_value", 16, "value"),
            ("observation.no_value", 17, "value"),
            ("observation.unknown_status", 18, "status"),
            ("file.quote", 19, ""),
            ("observation.no_city", 20, "city"),
            ("observation.no_item", 21, "item"),
            ("cell.nul", 22, "value"),
        ]
    );
    assert_eq!(read.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 23]);
    assert_eq!((read.rows_total, read.rows_faulty, read.faults_total, read.refused), (22, 20, 20, false));
    let duplicate = &read.faults.0[6];
    assert!(duplicate.message.get(Language::En).ends_with("row 2") && duplicate.message.get(Language::Zh).contains("第 2 行"));
    let context = |fault: &Fault| (fault.city.clone(), fault.period.clone(), fault.node_or_item.clone());
    assert_eq!(context(&read.faults.0[3]), (Some("hz".into()), Some("2025".into()), Some("share".into())));
    assert!(read.faults.0.iter().all(|fault| fault.hint.is_some()));
}

#[test]
fn a_sound_long_file_gives_values_statuses_and_what_else_it_says() {
    let read = read_csv(
        "\u{FEFF}note,city,period,item,value,status,source\r\n,hz,2026,gdp,1.5,,\"NBS, 2026\"\r\n\r\nno coast,hz,2026-Q3,share,,not_applicable,\r\n\
         ,nb,2026,open,是,reported,\r\n,nb,2026,tier,A,rejected,\r\n,nb,2026,gdp,,,\r\n,,,,,,\r\n",
    );
    assert_eq!(read.faults.0, []);
    let rows: Vec<_> = read.rows.iter().map(|row| (row.row, &*row.city, row.item, row.value.clone(), row.status)).collect();
    assert_eq!(
        rows,
        [
            (2, "hz", 0, Some(Value::Number(1.5)), Status::Reported),
            (4, "hz", 1, None, Status::NotApplicable),
            (5, "nb", 2, Some(Value::Number(1.0)), Status::Reported),
            (6, "nb", 3, Some(Value::Choice("A".into())), Status::Rejected),
            (7, "nb", 0, None, Status::Missing),
        ]
    );
    assert_eq!(read.rows[0].annotations.as_ref().and_then(|a| a.source.as_deref()), Some("NBS, 2026"));
    assert_eq!(read.rows[1].annotations.as_ref().and_then(|a| a.note.as_deref()), Some("no coast"));
    assert_eq!((read.rows_total, read.shape, read.encoding), (5, Some(Shape::Long), Some(Encoding::Utf8)));
}

#[test]
fn a_long_row_says_where_its_value_comes_from() {
    let read = read_csv(
        "city,period,item,value,quality,method,provider,as_of,unit,sample_size,margin\n\
         hz,2026,gdp,1.5,survey_extrapolation,interviews,city,2026-10-31,亿元,1200,0.25\n\
         hz,2025,gdp,1.5,,,,,,,\n\
         hz,2024,share,,not_traceable,,,,,,\n",
    );
    assert_eq!(read.faults.0, []);
    let full = Annotations {
        quality: Some(QualityGrade::SurveyExtrapolation),
        method: Some("interviews".into()),
        provider: Some(Provider::City),
        as_of: Some(jiff::civil::date(2026, 10, 31)),
        unit: Some("亿元".into()),
        sample_size: Some(1200),
        margin: Some(0.25),
        ..Annotations::default()
    };
    assert_eq!(read.rows[0].annotations.as_deref(), Some(&full));
    assert_eq!(read.rows[0].value, Some(Value::Number(1.5)), "the original unit converts nothing");
    assert_eq!(read.rows[1].annotations, None);
    let json = br#"[{"city": "hz", "period": "2026", "item": "gdp", "value": 1, "sample_size": 30, "margin": 0}]"#;
    let read = read_as(json, Format::Json);
    assert_eq!(read.faults.0, []);
    let said = read.rows[0].annotations.as_deref().expect("a sample");
    assert_eq!((said.sample_size, said.margin), (Some(30), Some(0.0)));
}

#[test]
fn every_cell_of_provenance_that_cannot_be_is_a_fault_that_says_how_to_mend_it() {
    let read = read_csv(
        "city,period,item,value,status,quality,provider,as_of,sample_size,margin\n\
         hz,2026,gdp,1,,good,nobody,2026-02-30,0,-1\n\
         hz,2025,gdp,1,,,citizen,2026/1/2,1.5,wide\n\
         hz,2024,open,yes,,,,26-01-02,10,\n\
         hz,2023,gdp,,missing,,,,10,0.5\n\
         hz,2022,tier,A,,,,,,1e999\n\
         hz,2021,gdp,1,,,,,9007199254740992,1e999\n",
    );
    assert_eq!(
        places(&read.faults.0),
        [
            ("observation.unknown_quality", 2, "quality"),
            ("observation.unknown_provider", 2, "provider"),
            ("observation.not_a_day", 2, "as_of"),
            ("observation.invalid_sample_size", 2, "sample_size"),
            ("observation.invalid_margin", 2, "margin"),
            ("observation.wrong_provider", 3, "provider"),
            ("observation.not_a_day", 3, "as_of"),
            ("observation.invalid_sample_size", 3, "sample_size"),
            ("observation.not_a_number", 3, "margin"),
            ("observation.not_a_day", 4, "as_of"),
            ("observation.not_sampled", 4, "sample_size"),
            ("observation.sample_without_value", 5, "sample_size"),
            ("observation.sample_without_value", 5, "margin"),
            ("observation.not_sampled", 6, "margin"),
            ("observation.invalid_sample_size", 7, "sample_size"),
            ("observation.not_finite", 7, "margin"),
        ]
    );
    assert!(read.rows.is_empty());
    let all = |language| read.faults.0.iter().all(|fault| fault.hint.as_ref().is_some_and(|hint| !hint.get(language).is_empty()));
    assert!(all(Language::Zh) && all(Language::En));
    let grades = read.faults.0[0].expected.as_deref().unwrap_or_default();
    assert!(grades.starts_with("accurate_measurement | ") && grades.ends_with(" | not_traceable"), "{grades}");
    let other = read.faults.0[5].message.get(Language::En);
    assert!(other.contains("citizen") && other.contains("from city"), "it names both: {other}");
}

#[test]
fn a_wide_file_is_recognised_by_its_header_and_its_blanks_say_nothing_unless_asked() {
    let text = "city,period,share,gdp,open\nhz,2026,50,,yes\nnb,2026,,7,\n";
    let read = read_csv(text);
    let rows: Vec<_> = read.rows.iter().map(|row| (row.row, row.item, row.value.clone())).collect();
    assert_eq!(rows, [(2, 1, Some(Value::Number(50.0))), (2, 2, Some(Value::Number(1.0))), (3, 0, Some(Value::Number(7.0)))]);
    assert_eq!(read.shape, Some(Shape::Wide));
    let options = ObservationOptions { blanks: Blanks::Missing, ..Default::default() };
    let all = super::read(text.as_bytes(), Format::Csv, &set(), &options);
    assert_eq!((all.rows.len(), all.rows[1].status), (6, Status::Missing));
}

#[test]
fn a_wide_row_with_a_fault_names_its_column_and_is_withheld_as_a_whole() {
    let read = read_csv("city,period,share,gdp\nhz,2026,50,x\nhz,2025,400,y\nnb,2026,1,2\nnb,2026,1,2\n");
    assert_eq!(
        places(&read.faults.0),
        [
            ("observation.not_a_number", 2, "gdp"),
            ("observation.out_of_range", 3, "share"),
            ("observation.not_a_number", 3, "gdp"),
            ("observation.duplicate", 5, "city")
        ]
    );
    assert_eq!(read.rows.len(), 2);
    assert_eq!(read.faults.0[0].node_or_item.as_deref(), Some("gdp"));
}

#[test]
fn the_period_comes_from_the_column_or_from_beside_the_file() {
    let period = "2026".parse().expect("a period");
    let options = ObservationOptions { period: Some(period), ..Default::default() };
    let read = |text: &str| super::read(text.as_bytes(), Format::Csv, &set(), &options);
    assert_eq!(read("city,gdp\nhz,1\n").rows[0].period, period);
    assert_eq!(read("city,item,value\nhz,gdp,1\n").rows[0].period, period);
    assert_eq!(read("city,period,gdp\nhz,,1\n").faults.0[0].code, "period.invalid");
    let without = read_csv("city,gdp\nhz,1\n");
    assert_eq!((places(&without.faults.0), without.refused), (vec![("file.missing_column", 0, "period")], true));
}

#[test]
fn a_wrong_header_refuses_the_file_and_still_lets_its_rows_be_checked() {
    let header = |text: &str| {
        let read = read_csv(text);
        assert!(read.refused && read.rows.is_empty(), "{text}");
        read.faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>()
    };
    assert_eq!(header("name,score\nhz,1\n"), ["file.header"]);
    assert_eq!(header("city;period;item;value\nhz;2026;gdp;1\n"), ["file.header"]);
    assert_eq!(header("City,period,item,value\nhz,2026,gdp,1\n"), ["file.missing_column", "file.header"]);
    assert_eq!(header("city,period,item,value,extra\nhz,2026,gdp,x,\n"), ["file.header", "observation.not_a_number"]);
    assert_eq!(header("city,period,gdp,gpd\nhz,2026,1,1\n"), ["observation.unknown_item"]);
    assert_eq!(header("city,period,gdp,gdp\nhz,2026,1,1\n"), ["file.duplicate_column"]);
    assert_eq!(header("city,period,gdp,\nhz,2026,1,1\n"), ["file.header"]);
    assert_eq!(header("city,period,item\nhz,2026,gdp\n"), ["file.missing_column"]);
    assert_eq!(header(""), ["file.empty"]);
    assert_eq!(header("\n\n"), ["file.empty"]);
    assert_eq!(header("city,period,item,value\n"), ["file.no_rows"]);
    assert_eq!(header(&"x".repeat(10 << 20)), ["file.line_too_long"]);
    assert_eq!(header("city,period,item,value\nhz,2026,gdp,\"1\n"), ["file.unclosed_quote"]);
    assert_eq!(header("PK\u{3}\u{4}rest"), ["file.format"]);
}

#[test]
fn gb18030_is_read_where_utf_8_is_invalid_and_the_reading_says_so() {
    let text = encoding_rs::GB18030.encode("city,period,item,value,note\nhz,2026,gdp,1,统计局\n").0.into_owned();
    let read = read_as(&text, Format::Csv);
    assert_eq!(read.encoding, Some(Encoding::Gb18030));
    assert_eq!(read.rows[0].annotations.as_ref().and_then(|a| a.note.as_deref()), Some("统计局"));
    assert_eq!(read_as(&text, Format::Json).faults.0[0].code, "file.encoding");
}

#[test]
fn limits_are_kept_and_said() {
    let text = "city,period,item,value\nhz,2026,gdp,1\nhz,2025,gdp,x\nhz,2024,gdp,y\n";
    let limited = |limits: Limits| {
        let options = ObservationOptions { limits, ..Default::default() };
        let read = super::read(text.as_bytes(), Format::Csv, &set(), &options);
        (read.faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), read.faults_total, read.refused)
    };
    assert_eq!(limited(Limits { max_rows: 1, ..Limits::default() }), (vec!["file.too_many_rows"], 1, true));
    assert_eq!(limited(Limits { max_columns: 3, ..Limits::default() }), (vec!["file.too_many_columns"], 1, true));
    assert_eq!(
        limited(Limits { max_cells: 8, ..Limits::default() }),
        (vec!["observation.not_a_number", "file.too_many_cells"], 2, true)
    );
    assert_eq!(limited(Limits { max_observations: 0, ..Limits::default() }), (vec!["file.too_many_observations"], 1, true));
    let (codes, total, refused) = limited(Limits { max_faults: 1, ..Limits::default() });
    assert_eq!((codes, total, refused), (vec!["observation.not_a_number", "file.too_many_faults"], 2, false));
}

#[test]
fn json_and_ndjson_hold_the_same_tables() {
    let objects = [
        r#"{"city": "hz", "period": 2026, "item": "gdp", "value": 0.1}"#,
        r#"{"city": "hz", "period": "2026", "item": "open", "value": true, "note": "x\u4e2d"}"#,
        r#"{"city": "hz", "period": "2026", "item": "tier", "value": "B"}"#,
        r#"{"city": "hz", "period": "2026", "item": "share", "value": null, "status": "missing"}"#,
    ];
    for (text, format) in [
        (format!("[{}]", objects.join(",\n")), Format::Json),
        (format!("\u{FEFF}{{\"observations\": [{}]}}\n", objects.join(",")), Format::Json),
        (objects.join("\n"), Format::NdJson),
    ] {
        let read = read_as(text.as_bytes(), format);
        assert_eq!(read.faults.0, [], "{text}");
        let values: Vec<_> = read.rows.iter().map(|row| row.value.clone()).collect();
        assert_eq!(values, [Some(Value::Number(0.1)), Some(Value::Number(1.0)), Some(Value::Choice("B".into())), None]);
    }
    let wide = read_as(br#"[{"city": "hz", "period": "2026", "gdp": 1, "share": 2}]"#, Format::Json);
    assert_eq!((wide.rows.len(), wide.shape), (2, Some(Shape::Wide)));
}

#[test]
fn every_fault_of_a_json_document_is_reported_at_its_pointer() {
    let text = r#"{"observations": [
        {"city": "hz", "period": "2026", "item": "gdp", "value": 1e999},
        {"city": "hz", "period": "2025", "item": "gdp", "value": NaN},
        {"city": "hz", "period": "2024", "item": "gdp", "value": [1]},
        {"city": "hz", "city": "nb", "period": "2023", "item": "gdp", "value": 1},
        {"city": "hz", "period": "2022", "item": "gdp", "value": 01},
        7,
        {"city": "hz", "period": "2021", "item": "gdp", "value": 1},
        {"city": "hz", "period": "2021", "item": "gdp", "value": 1}
    ]}"#;
    let read = read_as(text.as_bytes(), Format::Json);
    let found: Vec<_> = read.faults.0.iter().map(|fault| (fault.code, fault.pointer.as_deref().unwrap_or_default())).collect();
    assert_eq!(
        found,
        [
            ("observation.not_finite", "/observations/0/value"),
            ("observation.not_finite", "/observations/1/value"),
            ("observation.not_a_number", "/observations/2/value"),
            ("json.duplicate_key", "/observations/3"),
            ("json.syntax", "/observations/4"),
            ("json.type", "/observations/5"),
            ("observation.duplicate", "/observations/7/item"),
        ]
    );
    assert!(read.faults.0[6].message.get(Language::En).ends_with("row /observations/6"));
    assert_eq!(read.rows.len(), 1);
}

#[test]
fn json_that_is_none_is_refused_with_its_place() {
    let codes = |text: &str, format| read_as(text.as_bytes(), format).faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>();
    assert_eq!(codes("", Format::Json), ["file.empty"]);
    assert_eq!(codes("[]", Format::Json), ["file.no_rows"]);
    assert_eq!(codes("[7, 8]", Format::Json), ["json.type", "json.type"]);
    assert_eq!(codes(&format!("[{{\"city\": \"{}\"}}]", "x".repeat(10 << 20)), Format::Json), ["file.line_too_long"]);
    assert_eq!(codes("{\"data\": []}", Format::Json), ["file.header"]);
    assert_eq!(codes("[{\"city\": \"hz\"", Format::Json), ["json.syntax"]);
    assert_eq!(codes(&"[".repeat(100_000), Format::Json), ["json.syntax"]);
    let unknown = read_as(br#"[{"city":"hz","period":"2026","item":"gdp","value":1,"valeu":2}]"#, Format::Json);
    assert_eq!((unknown.faults.0[0].code, unknown.faults.0[0].pointer.as_deref()), ("file.header", Some("/0/valeu")));
    let lines = read_as(b"{\"city\":\"hz\",\"period\":\"2026\",\"item\":\"gdp\",\"value\":1}\n\n{oops}\n", Format::NdJson);
    assert_eq!((lines.faults.0[0].code, lines.faults.0[0].row, lines.rows.len()), ("json.syntax", Some(3), 1));
}

fn data(file: &str) -> Option<Vec<u8>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/es-100-cities-sdg-2018").join(file);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("SKIPPED: {} is not there", path.display());
    }
    bytes
}

#[test]
fn the_published_observations_of_100_spanish_cities_are_sound() {
    let (Some(observations), Some(cities)) = (data("observations.csv"), data("cities.csv")) else { return };
    let set = catalog::find("es-sdg-cities-2018").expect("it is in the catalog").check().expect("it is sound");
    let cities = super::super::cities::read(&cities, Format::Csv, &Default::default());
    assert_eq!((cities.rows.len(), &cities.faults.0), (100, &vec![]));
    assert_eq!(cities.rows[1].name, "Alcalá de Henares");
    let known = cities.rows.iter().map(|city| city.code.clone()).collect();
    let read = read(&observations, Format::Csv, &set, &ObservationOptions { known_cities: Some(&known), ..Default::default() });
    assert_eq!(read.faults.0, []);
    assert_eq!((read.rows.len(), read.rows_total), (7_906, 100));
}

#[test]
fn a_workbook_made_for_people_is_answered_with_faults() {
    let Some(workbook) = data("ods-es-cities-by-regions-2018.xlsx") else { return };
    let read = read(&workbook, Format::Xlsx, &set(), &ObservationOptions { file_name: Some("ods.xlsx"), ..Default::default() });
    assert!(read.refused && read.rows.is_empty());
    let fault = &read.faults.0[0];
    assert_eq!((fault.code, fault.file.as_deref()), ("file.several_sheets", Some("ods.xlsx")));
}

#[test]
fn an_object_without_a_value_is_a_fault_and_no_blank_line() {
    let row = r#"{"city": "hz", "period": 2026, "item": "gdp", "value": 1}"#;
    for empty in ["{}", r#"{"city": null, "value": ""}"#] {
        let read = read_as(format!("[{row}, {empty}]").as_bytes(), Format::Json);
        assert_eq!(places(&read.faults.0), [("json.empty_object", 0, "")], "{empty}");
        assert_eq!(read.faults.0[0].pointer.as_deref(), Some("/1"));
        assert_eq!((read.rows_total, read.rows_faulty), (2, 1));
        let read = read_as(format!("{row}\n\n{empty}\n").as_bytes(), Format::NdJson);
        assert_eq!(places(&read.faults.0), [("json.empty_object", 3, "")], "{empty}");
    }
    assert_eq!(places(&read_as(b"[{}]", Format::Json).faults.0), [("json.empty_object", 0, "")]);
}

#[test]
fn a_number_written_with_a_point_is_no_period() {
    let of = |period: &str, item: &str, value: &str| {
        let row = format!(r#"[{{"city": "hz", "period": {period}, "item": "{item}", "value": {value}}}]"#);
        read_as(row.as_bytes(), Format::Json)
    };
    for period in ["2026.0", "2.026e3"] {
        let read = of(period, "gdp", "1");
        assert_eq!(read.faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["period.invalid"], "{period}");
        assert_eq!(read.faults.0[0].value.as_deref(), Some(period));
    }
    for (item, value) in [("gdp", "1.0"), ("gdp", "1e0"), ("open", "1.0")] {
        let read = of("2026", item, value);
        assert_eq!(read.faults.0, []);
        assert_eq!(read.rows[0].value, Some(Value::Number(1.0)), "{item} {value}");
    }
}
