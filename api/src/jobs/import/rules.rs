//! The validation rules over the stored observations with the rows of the file laid over them.
//!
//! Findings in places that the file does not touch are not its own and not reported here.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use citygauge_assessment::validation::Finding;
use citygauge_indicators::{Fault, Faults, IndicatorSet, ItemIndex, Period, Status, Value};

use super::rows::{Read, Rows};
use crate::intake::Limits;
use crate::intake::observations::ReadObservation;
use crate::state::State;
use crate::store::StoreError;
use crate::validation::ground::Ground;
use crate::validation::places::Places;
use crate::validation::rules;
use crate::validation::waived::Judged;

/// What judges the rows of the file; none where no rule reads an item of it.
pub(super) async fn ground(state: &State, set: &IndicatorSet, read: &Read) -> Result<Option<Ground>, StoreError> {
    let Rows::Observations(rows, _) = &read.rows else { return Ok(None) };
    let rules = rules::of_set(state.db(), set).await?;
    if rules.is_empty() || rows.is_empty() {
        return Ok(None);
    }
    // The rows stand by city.
    let cities = rows.chunk_by(|one, other| one.city == other.city).map(|of_city| of_city[0].city.to_string());
    let places = Places {
        items: Some(rows.iter().map(|row| row.item).collect()),
        periods: Some(rows.iter().map(|row| row.period).collect::<BTreeSet<_>>()),
        cities: Some(cities.collect()),
    };
    Ground::load(state, set, rules, &places, None).await
}

/// Adds what the rules find in the places of the file. Where rows may be skipped, those with an error are taken out and
/// the rest is judged again, until nothing more is to be taken out.
pub(super) fn judge(ground: &Ground, set: &IndicatorSet, read: &mut Read, skip_rows: bool, file: Option<&str>) {
    loop {
        let Rows::Observations(rows, _) = &read.rows else { return };
        let mut faulty = HashSet::new();
        let mut found = Vec::new();
        for judged in ground.judge(set, || rows.iter().map(value)) {
            let Some(row) = row_of(&judged.finding, rows, set) else { continue };
            if judged.is_error() {
                faulty.insert(row.clone());
            }
            found.push((row, judged));
        }
        let again = skip_rows && !faulty.is_empty();
        // What is only a warning may be gone once the rows at fault are.
        found.retain(|(_, judged)| !again || judged.is_error());
        read.add(found, faulty.len() as u64, file);
        if !again {
            return;
        }
        if let Rows::Observations(rows, _) = &mut read.rows {
            rows.retain(|row| !faulty.contains(&Place::of(row)));
        }
    }
}

fn value(row: &ReadObservation) -> (&str, Period, ItemIndex, Option<f64>) {
    let number = match (&row.value, row.status) {
        (Some(Value::Number(number)), Status::Reported) => Some(*number),
        _ => None,
    };
    (&row.city, row.period, row.item, number)
}

/// Where in the file a row stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    sheet: Option<Arc<str>>,
    row: u64,
}

impl Place {
    fn of(row: &ReadObservation) -> Self {
        Self { sheet: row.sheet.clone(), row: row.row }
    }

    fn named(&self, fault: Fault) -> Fault {
        let mut fault = fault.row(self.row);
        fault.sheet = self.sheet.as_deref().map(str::to_owned);
        fault
    }
}

impl Read {
    /// Reports findings at their rows; all are counted, and as many kept as of any other fault.
    fn add(&mut self, found: Vec<(Place, Judged)>, rows_faulty: u64, file: Option<&str>) {
        self.rows_faulty += rows_faulty;
        let room = Limits::default().max_faults.saturating_sub(self.faults.0.len());
        let errors = found.iter().filter(|(_, judged)| judged.is_error()).count() as u64;
        self.faults_total += errors;
        self.warnings_total += found.len() as u64 - errors;
        let faults = Faults(found.iter().take(room).map(|(place, judged)| place.named(judged.to_fault())).collect());
        let faults = match file {
            Some(file) => faults.in_file(file),
            None => faults,
        };
        self.faults.0.extend(faults.0);
        self.faults.0.sort_by(|one, other| (&one.sheet, one.row).cmp(&(&other.sheet, other.row)));
    }
}

/// The row of the file that a finding is about: the one in its own period, or else the latest that it looked at.
fn row_of(finding: &Finding, rows: &[ReadObservation], set: &IndicatorSet) -> Option<Place> {
    let from = rows.partition_point(|row| (&*row.city, row.period) < (finding.city.as_str(), finding.since));
    let to = rows.partition_point(|row| (&*row.city, row.period) <= (finding.city.as_str(), finding.period));
    let is_read = |row: &&ReadObservation| finding.items.contains(&set.items()[row.item].code);
    rows.get(from..to)?.iter().rev().find(is_read).map(Place::of)
}

#[cfg(test)]
mod tests;
