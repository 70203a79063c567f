//! Who reported what in a round, as it stands when the report is made.

use std::collections::BTreeMap;

use super::percent;
use crate::charts::Opened;
use crate::reports::ReportError;
use crate::reports::document::context::{CityCompleteness, Completeness, Count};
use crate::rounds::completeness::{By, rows};
use crate::rounds::transitions::state_words;
use crate::state::State;
use crate::store::reports::NewReport;
use crate::store::rounds;
use crate::store::submissions::SubmissionState;

/// The completeness of the round of a report; none of an assessment without one.
pub(super) async fn gather(state: &State, asked: &NewReport, opened: &Opened) -> Result<Option<Completeness>, ReportError> {
    let Some(code) = &asked.round else { return Ok(None) };
    let round = rounds::find(state.db(), code).await?;
    let mut cities = round.cities.clone();
    // Of a round with classes, those of the class that was assessed.
    cities.retain(|city| opened.result.row_of(city).is_some());
    let (found, _) = rows(state.db(), &round, &cities, By::City, None, usize::MAX).await?;
    let said = |submission: SubmissionState| {
        let (zh, en) = state_words(submission);
        opened.language.pick(zh, en)
    };
    let mut states: BTreeMap<&str, u64> = BTreeMap::new();
    for (submission, count) in found.iter().flat_map(|row| row.submissions.values()) {
        *states.entry(said(*submission)).or_default() += count;
    }
    let all: u64 = states.values().sum();
    let states = states.into_iter().map(|(title, count)| Count {
        title: title.to_owned(),
        count: count.to_string(),
        share: percent(if all == 0 { 0.0 } else { count as f64 / all as f64 }),
    });
    let states = states.collect();
    let cities = found.iter().map(|row| {
        let submitted: Vec<&str> = row.submissions.values().map(|(submission, _)| said(*submission)).collect();
        CityCompleteness {
            code: row.key.clone(),
            name: opened.name(&row.key),
            state: submitted.join(opened.language.pick("、", ", ")),
            asked: row.total.to_string(),
            reported: row.reported.to_string(),
            not_applicable: row.not_applicable.to_string(),
            missing: (row.missing + row.rejected + row.blank()).to_string(),
            share: percent(row.share()),
        }
    });
    Ok(Some(Completeness { states, cities: cities.collect() }))
}
