//! Maps in GeoJSON: what is kept of one is a map again, and the same.

use citygauge_api::maps::shapes;

pub(super) const WORDS: &[&str] = &[
    "\"type\":",
    "\"FeatureCollection\"",
    "\"Feature\"",
    "\"features\":[",
    "\"properties\":{",
    "\"geometry\":",
    "\"Polygon\"",
    "\"MultiPolygon\"",
    "\"Point\"",
    "\"coordinates\":",
    "[[[0,0],[1,0],[1,1],[0,0]]]",
    "\"code\":",
    "\"330100\"",
    "\"name\":",
    "null",
    "180",
    "-90",
    "180.0000001",
    "1e308",
    "-0",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"id\":",
    "\"bbox\":[0,0,1,1]",
    "\"crs\":",
    "330100",
    "0.1",
    "true",
];

/// Reads a map.
///
/// # Panics
/// Where a refusal is unclear, or what was kept is not the same once it is read again.
pub fn map(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    match shapes(text, "code") {
        Ok(read) => {
            let again = shapes(&read.geojson, "code")
                .unwrap_or_else(|faults| panic!("what was kept is refused: {faults}\n{}", read.geojson));
            assert_eq!(again, read);
            assert!(read.features > 0 && read.geojson.len() <= 4 * text.len() + 1_000 * read.features, "it grew");
            true
        }
        Err(faults) => {
            super::refused(&faults);
            false
        }
    }
}
