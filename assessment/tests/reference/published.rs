//! The reference scorer against published numbers: 100 Spanish cities, 2018.
//!
//! The files are not part of the repository; where they are absent, the tests that need them say so and pass.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use citygauge_indicators::{City, IndicatorSet, Observation, Status, Value, catalog};

use super::number::nearest_double;
use super::score;

/// The set of the catalog with the published raw values.
pub struct Spain {
    /// The set.
    pub set: IndicatorSet,
    /// The raw values.
    pub observations: Vec<Observation>,
    /// The cities.
    pub cities: Vec<City>,
    folder: PathBuf,
}

/// Reads the published raw values, where the folder is there.
pub fn spain() -> Option<Spain> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/es-100-cities-sdg-2018");
    if !folder.is_dir() {
        eprintln!("skipped: the published data is not at {}", folder.display());
        return None;
    }
    let set = catalog::find("es-sdg-cities-2018").expect("it is in the catalog").check().expect("a test checks every entry");
    let mut observations = Vec::new();
    for (city, row) in table(&folder, "observations.csv") {
        let period = row["period"].parse().expect("a period");
        for item in set.items() {
            let value: Option<f64> =
                row.get(&item.code).filter(|text| !text.is_empty()).map(|text| text.parse().expect("a number"));
            let status = if value.is_some() { Status::Reported } else { Status::Missing };
            let value = value.map(Value::Number);
            observations.push(Observation { city: city.clone(), period, item: item.code.clone(), value, status });
        }
    }
    let cities = table(&folder, "cities.csv").into_keys().map(|code| City { code, ..City::default() }).collect();
    Some(Spain { set, observations, cities, folder })
}

/// A file whose first column names the row.
fn table(folder: &Path, name: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join(name)).expect("the file is there");
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let mut rows = BTreeMap::new();
    for record in reader.records() {
        let record = record.expect("a row");
        let row = header.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
        rows.insert(record[0].to_owned(), row);
    }
    rows
}

#[test]
fn the_reference_gives_the_published_scores_of_the_spanish_cities() {
    let Some(spain) = spain() else { return };
    let result = score(&spain.set, &spain.observations, Some(&spain.cities)).expect("no rule refuses");
    let mut counted = [0; 3];
    for (file, index) in [("normalised_0_100.csv", None), ("goal_and_index_scores.csv", Some("index_avg"))] {
        for (city, row) in table(&spain.folder, file) {
            for (column, published) in &row {
                let node = if Some(column.as_str()) == index { "TOTAL" } else { column };
                let Some(depth) = spain.set.node_index(node).map(|index| spain.set.nodes()[index].depth as usize) else {
                    continue;
                };
                let cell = &result.cells[&(city.clone(), "2018".to_owned(), node.to_owned())];
                let Some(own) = &cell.score else {
                    assert!(published.is_empty() || node == "sdg14", "{city} has no score of {node}");
                    continue;
                };
                let published: f64 = published.parse().expect("a number");
                assert!((nearest_double(own) - published).abs() <= 1e-9, "{city} {node}: {published}");
                counted[depth] += 1;
            }
        }
    }
    assert_eq!(counted, [100, 1_642, 7_906]);
}
