//! Templates as they are made, filled in and read back.

use std::io::{Cursor, Read, Write};

use citygauge_indicators::{Fault, SetDocument, Status, Value};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::*;
use crate::intake::observations::{self, ObservationOptions, ReadObservation};
use crate::intake::xlsx::grid;
use crate::intake::{Format, Limits, Reading};

fn set() -> IndicatorSet {
    let education = serde_json::json!({"zh": "市教育局/体育局", "en": "Education"});
    let document = serde_json::json!({
        "code": "s", "version": "1", "title": {"en": "S", "zh": "集"},
        "items": [
            {"code": "=1+1", "kind": "amount", "title": {"zh": "=危险", "en": "=danger"}, "department": education},
            {"code": "share", "kind": "ratio", "min": 0, "max": 100, "unit": "%", "as_of": "10-31", "department": education},
            {"code": "open", "kind": "boolean"},
            {"code": "tier", "kind": "choice", "options": ["A, the first", "B"], "department": {"en": "Health"}},
            {"code": "mood", "kind": "survey", "scale": [1, 5], "provider": "citizen"}
        ],
        "nodes": [{"code": "N", "title": {"en": "N", "zh": "节"}, "indicator": {"formula": "share", "scoring": {"rule": "ratio"}}}]
    });
    SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
}

fn input<'a>(set: &'a IndicatorSet, previous: &'a HashMap<String, PreviousValue>, language: Language) -> TemplateInput<'a> {
    let period = "2026".parse().expect("a period");
    TemplateInput { set, city: "hz", city_name: None, period, departments: None, items: None, previous, language }
}

fn template(language: Language) -> Vec<u8> {
    render(&input(&set(), &HashMap::new(), language)).expect("made")
}

/// What stands in a cell instead.
enum Entry<'a> {
    Text(&'a str),
    Number(&'a str),
}

/// Fills cells in, as a spreadsheet program does: sheet counted from 1, reference, content.
fn filled(template: &[u8], entries: &[(usize, &str, Entry<'_>)]) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(template)).expect("an archive");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).expect("a part");
        let name = entry.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("read");
        for (sheet, reference, content) in entries {
            if name != format!("xl/worksheets/sheet{sheet}.xml") {
                continue;
            }
            let text = String::from_utf8(bytes).expect("text");
            let start = text.find(&format!("<c r=\"{reference}\"")).unwrap_or_else(|| panic!("no {reference} in {name}"));
            let end = start + text[start..].find("/>").map(|at| at + 2).expect("an end");
            let end = if text[start..end].contains("</c>") || text[start..end].contains("<v>") {
                start + text[start..].find("</c>").expect("an end") + 4
            } else {
                end
            };
            let cell = match content {
                Entry::Text(text) => format!("<c r=\"{reference}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
                Entry::Number(number) => format!("<c r=\"{reference}\"><v>{number}</v></c>"),
            };
            bytes = [&text[..start], &cell, &text[end..]].concat().into_bytes();
        }
        zip.start_file(name, SimpleFileOptions::default()).expect("begun");
        zip.write_all(&bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

fn read(bytes: &[u8]) -> Reading<ReadObservation> {
    let known = std::iter::once("hz".to_owned()).collect();
    observations::read(bytes, Format::Xlsx, &set(), &ObservationOptions { known_cities: Some(&known), ..Default::default() })
}

fn codes(faults: &[Fault]) -> Vec<(&str, &str, Option<u64>, Option<&str>)> {
    faults
        .iter()
        .map(|fault| (fault.code, fault.sheet.as_deref().unwrap_or_default(), fault.row, fault.column.as_deref()))
        .collect()
}

#[test]
fn a_template_that_is_not_filled_in_says_nothing() {
    for language in [Language::Zh, Language::En] {
        let read = read(&template(language));
        assert_eq!(read.faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["file.no_rows"]);
        assert_eq!(read.rows, []);
    }
}

#[test]
fn a_template_that_is_filled_in_gives_its_observations_with_city_and_period() {
    let bytes = filled(
        &template(Language::Zh),
        &[
            (2, "H5", Entry::Number("7.5")),
            (2, "I5", Entry::Text("已填报")),
            (2, "J5", Entry::Text("依据准确测量")),
            (2, "K5", Entry::Text("=年鉴")),
            (2, "M5", Entry::Text("2026-10-31")),
            (2, "I6", Entry::Text("missing")),
            (3, "H5", Entry::Text("A, the first")),
            (4, "H5", Entry::Text("是")),
        ],
    );
    let read = read(&bytes);
    assert_eq!(read.faults.0, []);
    let rows: Vec<_> = read.rows.iter().map(|row| (row.item, row.value.clone(), row.status, row.sheet.as_deref())).collect();
    assert_eq!(
        rows,
        [
            (0, Some(Value::Number(7.5)), Status::Reported, Some("市教育局 体育局")),
            (1, None, Status::Missing, Some("市教育局 体育局")),
            (3, Some(Value::Choice("A, the first".into())), Status::Reported, Some("Health")),
            (2, Some(Value::Number(1.0)), Status::Reported, Some("未分部门")),
        ]
    );
    assert!(read.rows.iter().all(|row| &*row.city == "hz" && row.period.to_string() == "2026"));
    let annotations = read.rows[0].annotations.as_deref().expect("there are some");
    assert_eq!(annotations.quality, Some(citygauge_indicators::QualityGrade::AccurateMeasurement));
    assert_eq!(annotations.source.as_deref(), Some("=年鉴"));
    assert_eq!(annotations.as_of.map(|day| day.to_string()).as_deref(), Some("2026-10-31"));
}

#[test]
fn what_was_changed_in_a_template_is_a_fault_in_its_cell() {
    let bytes = filled(
        &template(Language::En),
        &[
            (2, "A5", Entry::Text("share")),
            (2, "H5", Entry::Number("1")),
            (2, "H6", Entry::Number("101")),
            (4, "H5", Entry::Text("perhaps")),
        ],
    );
    let read = read(&bytes);
    assert_eq!(
        codes(&read.faults.0),
        [
            ("template.code_changed", "Education", Some(5), Some("item")),
            ("observation.out_of_range", "Education", Some(6), Some("value")),
            ("observation.not_a_boolean", "no department", Some(5), Some("value")),
        ]
    );
    assert_eq!(read.faults.0[0].expected.as_deref(), Some("=1+1"));
}

#[test]
fn a_template_of_another_version_or_city_is_one_fault() {
    let template = template(Language::En);
    let of_version = filled(&template, &[(2, "D1", Entry::Text("2")), (2, "H5", Entry::Number("1"))]);
    assert_eq!(read(&of_version).faults.0[0].code, "template.other_set");
    assert!(read(&of_version).refused);
    let of_city =
        filled(&template, &[(2, "F1", Entry::Text("xx")), (2, "H5", Entry::Number("1")), (2, "H6", Entry::Number("1"))]);
    let read_city = read(&of_city);
    assert_eq!(read_city.faults.0.iter().filter(|fault| fault.code == "observation.unknown_city").count(), 1);
    let of_draft = filled(&template, &[(2, "E1", Entry::Text("sha256:0")), (2, "H5", Entry::Number("1"))]);
    let read_draft = read(&of_draft);
    assert_eq!(codes(&read_draft.faults.0)[0].0, "template.older_draft");
    assert_eq!((read_draft.is_sound(), read_draft.rows.len()), (true, 1));
}

#[test]
fn a_template_shows_departments_previous_values_and_days_and_lists_what_others_provide() {
    let previous = HashMap::from([
        ("share".to_owned(), PreviousValue::Number(0.1 + 0.2)),
        ("open".to_owned(), PreviousValue::Number(1.0)),
        ("tier".to_owned(), PreviousValue::NotApplicable),
    ]);
    let set = set();
    let bytes = render(&input(&set, &previous, Language::En)).expect("made");
    let sheets = grid::sheets(&bytes, &Limits::default()).expect("read");
    assert_eq!(
        sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(),
        ["about", "Education", "Health", "no department"]
    );
    let shown = |sheet: usize, row: u64| -> Vec<String> {
        let row = sheets[sheet].rows.iter().find(|found| found.number == row).expect("the row");
        row.cells.iter().map(|(_, cell)| cell.as_ref().expect("sound").shown()).collect()
    };
    assert_eq!(shown(1, 6), ["share", "share", "%", "ratio 0 – 100", "2026-10-31", "0.30000000000000004", "share"]);
    assert_eq!(shown(2, 5), ["tier", "tier", "choice A, the first | B", "not applicable", "tier"]);
    assert_eq!(shown(3, 5), ["open", "open", "yes or no", "yes", "open"]);
    assert!(shown(1, 5).contains(&"=danger".to_owned()), "{:?}", shown(1, 5));
    let about: Vec<String> =
        sheets[0].rows.iter().flat_map(|row| &row.cells).map(|(_, cell)| cell.as_ref().expect("sound").shown()).collect();
    for expected in ["s@1", "2026", "mood", set.digest()] {
        assert!(about.iter().any(|cell| cell == expected), "{expected} in {about:?}");
    }
    assert!(!sheets[1..].iter().flat_map(|sheet| &sheet.rows).any(|row| format!("{row:?}").contains("mood")));
}

#[test]
fn only_the_departments_and_items_that_are_asked_for_have_rows() {
    let (set, previous) = (set(), HashMap::new());
    let departments = ["Health".to_owned()].into();
    let one = render(&TemplateInput { departments: Some(&departments), ..input(&set, &previous, Language::En) }).expect("made");
    let names = |bytes: &[u8]| {
        grid::sheets(bytes, &Limits::default()).expect("read").into_iter().map(|sheet| sheet.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&one), ["about", "Health"]);
    let items = ["open".to_owned(), "mood".to_owned()].into();
    let one = render(&TemplateInput { items: Some(&items), ..input(&set, &previous, Language::En) }).expect("made");
    assert_eq!(names(&one), ["about", "no department"]);
}
