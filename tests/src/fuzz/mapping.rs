//! Mappings of files: what is accepted survives being written and read again, under the same digest, and no file makes it fall over.

use citygauge_api::intake::mapping::Mapping;
use citygauge_api::intake::observations::{self, ObservationOptions};
use citygauge_api::intake::{Format, cities};
use citygauge_openapi::ImportKind;

pub(super) const WORDS: &[&str] = &[
    "\"kind\":",
    "\"observations\"",
    "\"cities\"",
    "\"columns\":{",
    "\"items\":{",
    "\"item\":",
    "\"unit\":",
    "\"numbers\":{",
    "\"decimal\":",
    "\"comma\"",
    "\"thousands\":",
    "\"percent\":",
    "\"wan_yi\":",
    "\"factor\":",
    "\"blank\":[",
    "\"header_row\":",
    "\"skip_below\":",
    "\"sheet\":",
    "\"delimiter\":",
    "\"semicolon\"",
    "\"period\":",
    "\"pattern\":",
    "\"constant\":",
    "\"statuses\":",
    "\"city_by\":",
    "\"name\"",
    "\"distinct\":",
    "true",
    "null",
    "\"gdp\"",
    "\"2026\"",
    "\"yyyy\"",
    "0",
    "1",
    "-1",
    "4294967296",
    "[]",
    "{}",
    ",",
    "\"",
    "\\u0000",
];

/// A file as an office would send it.
const FILE: &str = "统计表\n城市;年份;生产总值;比重\n杭州;2026年;1.234,5万;12%\nhz;2025;--;\n";

/// Reads a mapping and, where it is accepted, a file with it.
///
/// # Panics
/// Where a refusal is unclear, or what was accepted comes back as something else.
pub fn mapping(bytes: &[u8]) -> bool {
    match Mapping::read(bytes) {
        Ok(mapping) => {
            let again = Mapping::read(mapping.canonical().as_bytes())
                .unwrap_or_else(|faults| panic!("it is refused once it was written: {faults}\n{}", mapping.canonical()));
            assert_eq!(again, mapping);
            assert_eq!(again.digest(), mapping.digest());
            if mapping.document().kind == ImportKind::Observations {
                let options = ObservationOptions { mapping: Some(&mapping), ..ObservationOptions::default() };
                let read = observations::read(FILE.as_bytes(), Format::Csv, super::cells::items(), &options);
                assert!(!read.refused || read.rows.is_empty());
            }
            let options = cities::CityOptions { mapping: Some(&mapping), ..cities::CityOptions::default() };
            let read = cities::read(FILE.as_bytes(), Format::Csv, &options);
            assert!(!read.refused || read.rows.is_empty());
            true
        }
        Err(faults) => {
            super::refused(&faults);
            false
        }
    }
}
