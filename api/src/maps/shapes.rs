//! The shapes of a map: checked GeoJSON (RFC 7946), reduced to what is drawn.

use std::collections::HashSet;

use citygauge_indicators::{Fault, Faults};
use geojson::{Feature, FeatureCollection, GeoJson, GeometryValue, JsonValue, Position};
use serde_json::{Map, json};

/// A map of more areas would not be read; a country has some 3,000 counties.
const MOST_FEATURES: usize = 10_000;

/// So many faults are told at most; further ones would be of the same kind.
const MOST_FAULTS: usize = 100;

/// Shapes that can be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Shapes {
    /// The collection: of each feature its shape, and of its properties the code of its city and a name where it has one.
    pub geojson: String,
    /// How many features it has.
    pub features: usize,
}

/// Reads shapes; `key` is the property with the code of the city. Texts and whole numbers are codes.
///
/// # Errors
/// What is no collection of areas, a feature without a code or with that of another, and positions that are none on Earth in degrees.
pub fn shapes(text: &str, key: &str) -> Result<Shapes, Faults> {
    let read = text.parse::<GeoJson>().map_err(|error| {
        Fault::error("map.geojson", "不是有效的 GeoJSON", format!("this is no GeoJSON: {error}"))
            .hint("请按 RFC 7946 提供 FeatureCollection", "send a FeatureCollection as RFC 7946 describes it")
    })?;
    let GeoJson::FeatureCollection(collection) = read else {
        return Err(Fault::error("map.no_collection", "应为 FeatureCollection", "expected a FeatureCollection")
            .at("/type")
            .hint("将各区域放入一个 FeatureCollection", "put the areas into one FeatureCollection")
            .into());
    };
    let count = collection.features.len();
    if count == 0 || count > MOST_FEATURES {
        return Err(Fault::error("map.features", "区域个数超出范围", "the number of areas is out of range")
            .at("/features")
            .value(count.to_string())
            .expected(format!("1..{MOST_FEATURES}"))
            .hint("按城市提供区域", "give an area per city")
            .into());
    }
    let (mut faults, mut codes) = (Faults::default(), HashSet::new());
    let mut features = Vec::with_capacity(count);
    for (place, feature) in collection.features.into_iter().enumerate() {
        if faults.0.len() >= MOST_FAULTS {
            break;
        }
        let at = format!("/features/{place}");
        let code = code(&feature, key);
        match &code {
            None => faults.push(
                Fault::error("map.no_code", format!("区域没有属性“{key}”"), format!("the area has no property '{key}'"))
                    .at(format!("{at}/properties"))
                    .hint(
                        "为每个区域给出城市代码，或以 key 指定属性",
                        "give each area the code of its city, or name the property by key",
                    ),
            ),
            Some(code) if !codes.insert(code.clone()) => faults.push(
                Fault::error("map.two_areas", "同一城市有两个区域", "a city has two areas")
                    .at(format!("{at}/properties/{key}"))
                    .value(code)
                    .hint("合并为一个 MultiPolygon", "join them into one MultiPolygon"),
            ),
            Some(_) => {}
        }
        if let Some(fault) = wrong(&feature, &at) {
            faults.push(fault);
        }
        features.push(reduced(feature, key, code.unwrap_or_default()));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let collection = FeatureCollection { bbox: None, features, foreign_members: None };
    Ok(Shapes { features: count, geojson: GeoJson::from(collection).to_string() })
}

/// The code of a feature's city.
fn code(feature: &Feature, key: &str) -> Option<String> {
    match feature.property(key)? {
        JsonValue::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        JsonValue::Number(number) if number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// What keeps a shape from being drawn.
fn wrong(feature: &Feature, at: &str) -> Option<Fault> {
    let at = format!("{at}/geometry");
    let polygons: Vec<&Vec<Vec<Position>>> = match feature.geometry.as_ref().map(|geometry| &geometry.value) {
        Some(GeometryValue::Polygon { coordinates }) => vec![coordinates],
        Some(GeometryValue::MultiPolygon { coordinates }) => coordinates.iter().collect(),
        _ => {
            return Some(
                Fault::error("map.no_area", "图形不是面", "the shape is no area")
                    .at(at)
                    .expected("Polygon | MultiPolygon")
                    .hint("请提供面要素", "give areas"),
            );
        }
    };
    let rings = || polygons.iter().flat_map(|rings| rings.iter());
    let is_closed = |ring: &Vec<Position>| ring.len() >= 4 && ring.first() == ring.last();
    if rings().next().is_none() || !rings().all(is_closed) {
        return Some(
            Fault::error("map.open_ring", "环未闭合", "a ring is not closed")
                .at(at)
                .hint("每个环至少四个点，首尾相同", "a ring has four positions at least, the last one being the first"),
        );
    }
    let on_earth = |position: &Position| {
        let [east, north, ..] = position.as_slice() else { return false };
        (-180.0..=180.0).contains(east) && (-90.0..=90.0).contains(north)
    };
    rings().flatten().find(|position| !on_earth(position)).map(|position| {
        Fault::error("map.position", "坐标不是经纬度", "a position is not in degrees")
            .at(at)
            .value(format!("{:?}", position.as_slice()))
            .expected("[-180..180, -90..90]")
            .hint("请使用经纬度坐标（RFC 7946）", "use longitude and latitude (RFC 7946)")
    })
}

/// A feature with nothing but what is drawn.
fn reduced(mut feature: Feature, key: &str, code: String) -> Feature {
    let name = feature.property("name").and_then(JsonValue::as_str).filter(|_| key != "name").map(str::to_owned);
    let mut properties = Map::new();
    properties.insert(key.to_owned(), json!(code));
    properties.extend(name.map(|name| ("name".to_owned(), json!(name))));
    feature.properties = Some(properties);
    (feature.foreign_members, feature.bbox, feature.id) = (None, None, None);
    feature
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(code: &str, east: f64) -> serde_json::Value {
        json!({
            "type": "Feature",
            "properties": { "code": code, "name": "一", "secret": "x" },
            "geometry": { "type": "Polygon", "coordinates": [[[east, 0.0], [east + 1.0, 0.0], [east + 1.0, 1.0], [east, 0.0]]] },
        })
    }

    fn collection(features: &[serde_json::Value]) -> String {
        json!({ "type": "FeatureCollection", "features": features }).to_string()
    }

    #[test]
    fn areas_are_kept_with_their_codes_and_names_only() {
        let found = shapes(&collection(&[square("330100", 0.0), square("110000", 2.0)]), "code").expect("shapes");
        assert_eq!(found.features, 2);
        assert!(found.geojson.contains("330100") && found.geojson.contains("一") && !found.geojson.contains("secret"));
    }

    #[test]
    fn all_that_is_wrong_is_told_at_its_place() {
        let mut open = square("b", 0.0);
        open["geometry"]["coordinates"][0][3] = json!([0.5, 0.5]);
        let mut point = square("c", 0.0);
        point["geometry"] = json!({ "type": "Point", "coordinates": [0, 0] });
        let mut metres = square("d", 0.0);
        metres["geometry"]["coordinates"][0][1] = json!([500_000.0, 3_000_000.0]);
        let mut unnamed = square("e", 0.0);
        unnamed["properties"] = json!({});
        let given = [square("a", 0.0), square("a", 3.0), open, point, metres, unnamed];
        let faults = shapes(&collection(&given), "code").expect_err("faults");
        let told: Vec<(&str, &str)> =
            faults.0.iter().map(|fault| (fault.code, fault.pointer.as_deref().unwrap_or_default())).collect();
        assert_eq!(
            told,
            [
                ("map.two_areas", "/features/1/properties/code"),
                ("map.open_ring", "/features/2/geometry"),
                ("map.no_area", "/features/3/geometry"),
                ("map.position", "/features/4/geometry"),
                ("map.no_code", "/features/5/properties"),
            ]
        );
    }

    #[test]
    fn what_is_no_collection_is_refused() {
        for text in ["", "[]", "{}", r#"{"type": "Point", "coordinates": [0, 0]}"#, &collection(&[]), &"[".repeat(1_000)] {
            assert!(shapes(text, "code").is_err(), "{text}");
        }
    }
}
