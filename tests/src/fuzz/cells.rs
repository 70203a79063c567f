//! What holds of every table file, whatever its format: rows and faults add up, faults say where they are, and the sound rows of one format are the
//! same when they are written as CSV and read again.

use std::sync::OnceLock;

use citygauge_api::intake::cities::{self, CityOptions, ReadCity};
use citygauge_api::intake::observations::{self, CityRegister, ObservationOptions, ReadObservation};
use citygauge_api::intake::{Encoding, Format, Reading};
use citygauge_indicators::{IndicatorSet, QualityGrade, SetDocument, Value};
use serde_json::json;

pub(super) const WORDS: &[&str] = &[
    "city",
    "period",
    "item",
    "value",
    "status",
    "quality",
    "source",
    "note",
    "method",
    "provider",
    "as_of",
    "unit",
    "sample_size",
    "margin",
    "code",
    "name",
    "name_zh",
    "attributes_from",
    "城市",
    "年份",
    "数值",
    "gdp",
    "share",
    "open",
    "tier",
    "trust",
    "hz",
    "nb",
    "reported",
    "missing",
    "not_applicable",
    "rejected",
    "citizen",
    "accurate_measurement",
    "not_traceable",
    "2026",
    "2026-Q3",
    "2026-S1",
    "2026-12",
    "2026-02-29",
    "是",
    "A",
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\u{FEFF}",
    "\0",
    "1e5",
    "-0",
    "1e999",
    "NaN",
    "１",
    "12%",
    "1,5",
    "=1+1",
    "\u{2028}",
    " ",
    "\u{3000}",
];

/// No file of these sizes has more faults than are listed.
const LONGEST: usize = 1 << 20;

/// The set that observations are read for: an item of each way of reading values.
pub(super) fn items() -> &'static IndicatorSet {
    static SET: OnceLock<IndicatorSet> = OnceLock::new();
    SET.get_or_init(|| {
        let document = json!({
            "code": "s", "version": "1", "title": {"en": "S", "zh": "集"},
            "items": [
                {"code": "gdp", "kind": "amount", "title": {"zh": "生产总值"}}, {"code": "share", "kind": "ratio", "min": 0, "max": 100},
                {"code": "open", "kind": "boolean"}, {"code": "tier", "kind": "choice", "options": ["A", "B"]},
                {"code": "trust", "kind": "survey", "scale": [1, 5], "provider": "citizen"}
            ],
            "nodes": [{"code": "N", "title": {"en": "N", "zh": "节"}, "indicator": {"formula": "gdp", "scoring": {"rule": "ratio"}}}]
        });
        SetDocument::check_value(&document).unwrap_or_else(|faults| panic!("{faults}"))
    })
}

/// Reads a file of observations and one of cities from the same bytes; whether either has a sound row.
///
/// # Panics
/// Where a reading contradicts itself, or a sound row does not come back.
pub(super) fn read(bytes: &[u8], format: Format, sdmx: bool) -> bool {
    if bytes.len() > LONGEST {
        return false;
    }
    let observed = observations(bytes, format, sdmx, None);
    adds_up(&observed);
    if !observed.rows.is_empty() {
        let again = observations(&observations_csv(&observed.rows), Format::Csv, false, Some(Encoding::Utf8));
        assert_eq!(again.faults_total, 0, "sound rows are refused once they were written: {}", again.faults);
        assert_eq!(said(&again.rows), said(&observed.rows));
    }
    let named = cities::read(bytes, format, &CityOptions::default());
    adds_up(&named);
    if !named.rows.is_empty() {
        let options = CityOptions { encoding: Some(Encoding::Utf8), ..CityOptions::default() };
        let again = cities::read(&cities_csv(&named.rows), Format::Csv, &options);
        assert_eq!(again.faults_total, 0, "sound rows are refused once they were written: {}", again.faults);
        let unplaced = |rows: &[ReadCity]| rows.iter().map(|row| ReadCity { row: 0, ..row.clone() }).collect::<Vec<_>>();
        assert_eq!(unplaced(&again.rows), unplaced(&named.rows));
    }
    !observed.rows.is_empty() || !named.rows.is_empty()
}

fn observations(bytes: &[u8], format: Format, sdmx: bool, encoding: Option<Encoding>) -> Reading<ReadObservation> {
    let known: CityRegister = ["hz", "nb", "330100"].map(String::from).into_iter().collect();
    let options = ObservationOptions { known_cities: Some(&known), sdmx, encoding, ..ObservationOptions::default() };
    observations::read(bytes, format, items(), &options)
}

fn adds_up<T>(reading: &Reading<T>) {
    assert!(reading.rows_faulty <= reading.rows_total);
    assert!(!reading.refused || (reading.rows.is_empty() && !reading.is_sound()));
    assert_eq!(reading.faults_total + reading.warnings_total, reading.faults.0.len() as u64);
    assert_eq!(reading.faults_total, reading.faults.0.iter().filter(|fault| fault.is_error()).count() as u64);
    if reading.is_sound() {
        reading.faults.0.iter().for_each(super::told);
        assert_eq!(reading.rows_faulty, 0);
        assert!(reading.rows_total > 0, "a file without a row is not sound");
    } else {
        super::refused(&reading.faults);
    }
}

/// What rows say, wherever they stand.
fn said(rows: &[ReadObservation]) -> Vec<ReadObservation> {
    rows.iter().map(|row| ReadObservation { row: 0, sheet: None, ..row.clone() }).collect()
}

fn observations_csv(rows: &[ReadObservation]) -> Vec<u8> {
    let mut file = ::csv::Writer::from_writer(Vec::new());
    let header = [
        "city",
        "period",
        "item",
        "value",
        "status",
        "quality",
        "source",
        "note",
        "method",
        "provider",
        "as_of",
        "unit",
        "sample_size",
        "margin",
    ];
    file.write_record(header).expect("memory");
    for row in rows {
        let value = match &row.value {
            None => String::new(),
            // The shortest digits that read back to the same double, with an exponent where they would be many.
            Some(Value::Number(number)) if items().items()[row.item].code == "open" => format!("{number:.0}"),
            Some(Value::Number(number)) => format!("{number:e}"),
            Some(Value::Choice(code)) => code.clone(),
        };
        let annotations = row.annotations.as_deref().cloned().unwrap_or_default();
        let text = |text: Option<String>| text.unwrap_or_default();
        file.write_record([
            row.city.to_string(),
            row.period.to_string(),
            items().items()[row.item].code.clone(),
            value,
            row.status.word().to_owned(),
            text(annotations.quality.map(QualityGrade::word).map(str::to_owned)),
            text(annotations.source),
            text(annotations.note),
            text(annotations.method),
            text(annotations.provider.map(|provider| provider.word().to_owned())),
            text(annotations.as_of.map(|day| day.to_string())),
            text(annotations.unit),
            text(annotations.sample_size.map(|size| size.to_string())),
            text(annotations.margin.map(|margin| format!("{margin:e}"))),
        ])
        .expect("memory");
    }
    file.into_inner().expect("memory")
}

fn cities_csv(rows: &[ReadCity]) -> Vec<u8> {
    let mut attributes: Vec<&String> = rows.iter().flat_map(|row| row.attributes.keys()).collect();
    attributes.sort();
    attributes.dedup();
    let mut file = ::csv::Writer::from_writer(Vec::new());
    let fixed = ["code", "name", "name_zh", "name_en", "attributes_from"];
    file.write_record(fixed.into_iter().chain(attributes.iter().map(|name| name.as_str()))).expect("memory");
    for row in rows {
        let own = [Some(&row.code), Some(&row.name), row.name_zh.as_ref(), row.name_en.as_ref(), row.attributes_from.as_ref()];
        let cells = own.into_iter().chain(attributes.iter().map(|name| row.attributes.get(*name)));
        file.write_record(cells.map(|cell| cell.map(String::as_str).unwrap_or_default())).expect("memory");
    }
    file.into_inner().expect("memory")
}
