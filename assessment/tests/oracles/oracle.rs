//! The reference results that tests compare with: where they lie and how they are read.
//!
//! The files are not part of the repository; where they are absent, a test says so and passes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A table of results: the row's name, then text by column.
pub type Table = BTreeMap<String, BTreeMap<String, String>>;

/// What the README of the files calls a fair tolerance for values up to 100; beyond, it is relative.
pub const TOLERANCE: f64 = 1e-9;

/// A folder of reference results (`asem`, `mcdm`, `bod_mpi`); where it is absent, a line on stderr says that the test is
/// skipped.
pub fn folder(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/oracles").join(name);
    if !folder.is_dir() {
        eprintln!("skipped: the reference results are not at {}", folder.display());
        return None;
    }
    Some(folder)
}

/// The rows of a CSV file in their order, text by column.
pub fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let header = reader.headers().unwrap().clone();
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        header.iter().zip(record.iter()).map(|(column, text)| (column.to_owned(), text.to_owned())).collect()
    });
    rows.collect()
}

/// The rows of a CSV file by the text of the column `name`.
pub fn table(path: &Path, name: &str) -> Table {
    rows(path).into_iter().map(|row: BTreeMap<String, String>| (row[name].clone(), row)).collect()
}

/// A number of R or numpy; what is missing or not finite is none.
pub fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// How far `own` lies from what was expected, relative to numbers above 1.
pub fn difference(own: f64, expected: f64) -> f64 {
    (own - expected).abs() / expected.abs().max(1.0)
}
