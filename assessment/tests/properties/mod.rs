//! What holds of every assessment, whatever the set: a better value lowers no score, the order of what is given and the scale of weights
//! mean nothing, coverage is a share, and the bounds contain what the missing values would have given.
//!
//! `CITYGAUGE_PROPERTY_CASES` says on how many random cases (60 unless set), `CITYGAUGE_PROPERTY_SEED` from which seed on (0 unless set).

mod better;
mod bounds;
mod drawn;
mod order;

use std::collections::BTreeMap;

use citygauge_indicators::{City, IndicatorSet, Observation, SetDocument};
use serde_json::Value;

use crate::reference::Place;
use crate::{EngineCell, NoResult, engine, number_from};

/// Every cell, or nothing where the set refuses the data.
fn cells(set: &IndicatorSet, observations: &[Observation], cities: Option<&[City]>) -> Option<BTreeMap<Place, EngineCell>> {
    match engine(set, observations, cities) {
        Ok(engine) => Some(engine.cells),
        Err(NoResult::Refused(_)) => None,
        Err(NoResult::Failed(defect)) => panic!("{defect}"),
    }
}

fn checked(document: &Value) -> IndicatorSet {
    SetDocument::check_value(document).unwrap_or_else(|faults| panic!("{faults}\n{document:#}"))
}

/// The seeds to try.
fn seeds() -> std::ops::Range<u64> {
    let first = number_from("CITYGAUGE_PROPERTY_SEED", 0);
    first..first + number_from("CITYGAUGE_PROPERTY_CASES", 60)
}
