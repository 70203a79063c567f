//! What holds of every assessment, whatever the set: a better value lowers no score, the order of what is given and the scale of weights
//! mean nothing, coverage is a share, and the bounds contain what the missing values would have given.
//!
//! `CITYGAUGE_PROPERTY_CASES` says on how many random cases (60 unless set), `CITYGAUGE_PROPERTY_SEED` from which seed on (0 unless set).

mod better;
mod bounds;
mod drawn;
mod order;

use std::collections::BTreeMap;

use citygauge_assessment::{Assessment, AssessmentError, Observations, Options, assess};
use citygauge_indicators::{City, IndicatorSet, Observation, SetDocument};
use serde_json::Value;

use crate::number_from;

/// What is said of a city and node.
#[derive(Debug, Clone, PartialEq)]
struct Cell {
    score: Option<f64>,
    points: Option<f64>,
    coverage: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    rank: Option<u32>,
    level: Option<String>,
}

/// City, period and node.
type Place = (String, String, String);

/// Every cell, or nothing where the set refuses the data.
fn cells(set: &IndicatorSet, observations: &[Observation], cities: Option<&[City]>) -> Option<BTreeMap<Place, Cell>> {
    let read = Observations::from_long(set, observations, cities).ok()?;
    match assess(set, &read, &Options::default()) {
        Ok(assessment) => Some(of(&assessment)),
        Err(AssessmentError::Refused(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

fn of(assessment: &Assessment) -> BTreeMap<Place, Cell> {
    let cell = |row: citygauge_assessment::Row| {
        let place = (row.city.to_owned(), row.period.to_string(), row.node.to_owned());
        let level = row.level.map(str::to_owned);
        let cell = Cell {
            score: row.score,
            points: row.points,
            coverage: row.coverage,
            low: row.low,
            high: row.high,
            rank: row.rank,
            level,
        };
        (place, cell)
    };
    assessment.long().map(cell).collect()
}

fn checked(document: &Value) -> IndicatorSet {
    SetDocument::check_value(document).unwrap_or_else(|faults| panic!("{faults}\n{document:#}"))
}

/// The seeds to try.
fn seeds() -> std::ops::Range<u64> {
    let first = number_from("CITYGAUGE_PROPERTY_SEED", 0);
    first..first + number_from("CITYGAUGE_PROPERTY_CASES", 60)
}
