//! What a demonstration shows: a set, cities and observations.

use std::path::Path;

use citygauge_indicators::{City, IndicatorSet, Language};

use crate::commands::Failed;
use crate::commands::offline::{self, Inputs};

/// The set of the sample that ships with the command.
const SHIPPED_SET: &str = "gbt-33356-2016";

/// A set, cities and observations, as they are sent to the service.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The set.
    pub set: IndicatorSet,
    /// Its document, JSON.
    pub document: Vec<u8>,
    /// The cities, CSV.
    pub cities: Vec<u8>,
    /// The observations, CSV.
    pub observations: Vec<u8>,
    /// The period of observations that name none.
    pub period: Option<String>,
    /// Whether the cities do not exist.
    pub is_invented: bool,
}

impl Sample {
    /// The sample that ships with the command: invented cities, an illustrative set.
    pub fn shipped() -> Result<Self, Failed> {
        Ok(Self {
            set: offline::set(SHIPPED_SET)?,
            document: offline::document(SHIPPED_SET)?,
            cities: include_bytes!("../../demo/cities.csv").to_vec(),
            observations: include_bytes!("../../demo/observations.csv").to_vec(),
            period: None,
            is_invented: true,
        })
    }

    /// The tables in a folder, once they are without a fault.
    pub fn of_folder(set: &str, folder: &Path, period: Option<&str>, language: Language) -> Result<Self, Failed> {
        let cities = Some(folder.join("cities.csv")).filter(|file| file.exists());
        let data = folder.join("observations.csv");
        let inputs = Inputs {
            set: set.to_owned(),
            data: data.clone(),
            cities: cities.clone(),
            mapping: None,
            period: period.map(str::to_owned),
        };
        let loaded = inputs.load(language)?;
        Ok(Self {
            document: offline::document(set)?,
            cities: match cities {
                Some(file) => offline::bytes_of(&file)?,
                None => listed(loaded.observations.cities())?,
            },
            observations: offline::bytes_of(&data)?,
            period: period.map(str::to_owned),
            set: loaded.set,
            is_invented: false,
        })
    }
}

/// A table of cities that are known by their codes only.
fn listed(cities: &[City]) -> Result<Vec<u8>, Failed> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["code", "name"]).map_err(Failed::other)?;
    for city in cities {
        table.write_record([&city.code, &city.code]).map_err(Failed::other)?;
    }
    table.into_inner().map_err(Failed::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_sample_is_without_a_fault() {
        let folder = tempfile::tempdir().expect("a folder");
        let shipped = Sample::shipped().expect("in order");
        std::fs::write(folder.path().join("cities.csv"), &shipped.cities).expect("ours");
        std::fs::write(folder.path().join("observations.csv"), &shipped.observations).expect("ours");
        let read = Sample::of_folder(SHIPPED_SET, folder.path(), None, Language::En).expect("no fault");
        assert_eq!(read.cities, shipped.cities);
    }

    #[test]
    fn without_a_table_of_cities_those_of_the_observations_count() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("observations.csv"), "city,period,item,value\nx,2026,service_items,5\n").expect("ours");
        let read = Sample::of_folder(SHIPPED_SET, folder.path(), None, Language::En).expect("no fault");
        assert_eq!(read.cities, b"code,name\nx,x\n");
    }
}
