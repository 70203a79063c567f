//! What a commit would do to the scores of the cities in a file: the set over the stored observations, without and with the
//! rows of the file laid over them.
//!
//! Both sides are computed as an assessment of the file's periods with every observed city is. Scores that depend on other
//! cities move with them, so what the file would do to cities beside its own is counted as well.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use citygauge_assessment::{Assessment, AssessmentError, Observations, Options, assess};
use citygauge_indicators::{City, Fault, Faults, IndicatorSet, Observation, Period, Status, TOTAL, Value};
use citygauge_openapi::{CityScore, Code, ImportScoreChange, PeriodCode};
use futures_util::TryStreamExt;
use serde_json::{Value as Json, json};

use super::rows::{Read, Rows};
use crate::assessments::described;
use crate::faults::to_kept;
use crate::jobs::JobError;
use crate::state::State;
use crate::store::observations::{self, Filter, read_as_of};

/// Stored observations and rows of the file that are scored at most, so that one file takes no more than its share.
const MOST_OBSERVATIONS: usize = 500_000;

/// Changes that are kept at most.
const MOST_KEPT: usize = 100;

/// The scores of cities by city and period.
type Scores = BTreeMap<(String, Period), CityScore>;

/// What changes.
#[derive(Debug, Default)]
pub(super) struct ScoreChanges {
    /// The first changes of cities of the file.
    items: Vec<ImportScoreChange>,
    /// How many there are.
    total: u64,
    /// How many scores of other cities change.
    others: u64,
    /// Why nothing could be computed.
    faults: Faults,
}

impl ScoreChanges {
    /// As they are kept with the import.
    pub fn to_kept(&self) -> Json {
        let faults: Vec<Json> = self.faults.0.iter().map(to_kept).collect();
        json!({"items": self.items, "total": self.total, "others": self.others, "faults": faults})
    }
}

/// Computes the changes; what stands in the way of it is part of the answer.
pub(super) async fn of(state: &State, set: &Arc<IndicatorSet>, read: &Read) -> Result<ScoreChanges, JobError> {
    let Rows::Observations(rows, _) = &read.rows else { return Ok(ScoreChanges::default()) };
    if rows.len() > MOST_OBSERVATIONS {
        return Ok(not_computed(too_many().into()));
    }
    let new: Vec<Observation> = rows.iter().map(|row| row.to_observation(set)).collect();
    let Some(stored) = stored(state, set, MOST_OBSERVATIONS - new.len()).await? else {
        return Ok(not_computed(too_many().into()));
    };
    let (described, set) = (described(state).await?, Arc::clone(set));
    Ok(state.engine(move || changes(&set, &stored, &new, &described)).await?.unwrap_or_else(not_computed))
}

/// What is stored of the set's items, or nothing where that is more than `most`.
async fn stored(state: &State, set: &IndicatorSet, most: usize) -> Result<Option<Vec<Observation>>, JobError> {
    let filter = Filter { items: set.items().iter().map(|item| item.code.clone()).collect(), ..Filter::default() };
    let reading = state.store().begin_reading().await?;
    let mut stored = Vec::new();
    {
        let found = read_as_of(&reading, &filter).await?;
        let mut found = std::pin::pin!(found);
        while let Some(row) = found.try_next().await? {
            let Ok(period) = row.period.parse::<Period>() else { continue };
            if stored.len() == most {
                return Ok(None);
            }
            let value = row.number.map(Value::Number).or(row.choice.map(Value::Choice));
            let status = match row.status {
                observations::Status::Reported => Status::Reported,
                observations::Status::Missing => Status::Missing,
                observations::Status::NotApplicable => Status::NotApplicable,
                observations::Status::Rejected => Status::Rejected,
            };
            stored.push(Observation { city: row.city, period, item: row.item, value, status });
        }
    }
    reading.rollback().await?;
    Ok(Some(stored))
}

fn changes(set: &IndicatorSet, stored: &[Observation], new: &[Observation], described: &[City]) -> Result<ScoreChanges, Faults> {
    let periods: BTreeSet<Period> = new.iter().map(|row| row.period).collect();
    let place = |row: &Observation| (row.city.clone(), row.period, row.item.clone());
    let replaced: HashSet<(String, Period, String)> = new.iter().map(place).collect();
    let kept = stored.iter().filter(|row| !replaced.contains(&place(row)));
    let before = scores(set, stored.iter(), &periods, described)?;
    let after = scores(set, kept.chain(new), &periods, described)?;
    let own: HashSet<&str> = new.iter().map(|row| row.city.as_str()).collect();
    let places: BTreeSet<&(String, Period)> = before.keys().chain(after.keys()).collect();
    let mut changes = ScoreChanges::default();
    for place in places {
        let (was, is) = (before.get(place), after.get(place));
        if was == is {
            continue;
        }
        if !own.contains(place.0.as_str()) {
            changes.others += 1;
            continue;
        }
        changes.total += 1;
        if changes.items.len() < MOST_KEPT {
            let (city, period) = (Code::trusted(place.0.clone()), PeriodCode::trusted(place.1.to_string()));
            changes.items.push(ImportScoreChange { city, period, before: was.cloned(), after: is.cloned() });
        }
    }
    Ok(changes)
}

/// The scores of the whole set in these periods, as far as there is anything to score.
fn scores<'o>(
    set: &IndicatorSet,
    rows: impl Iterator<Item = &'o Observation>,
    periods: &BTreeSet<Period>,
    described: &[City],
) -> Result<Scores, Faults> {
    let observations = Observations::from_long_observed(set, rows, described)?;
    let known: Vec<Period> = observations.periods().filter(|period| periods.contains(period)).collect();
    if known.is_empty() {
        return Ok(Scores::new());
    }
    match assess(set, &observations, &Options { periods: Some(known), ..Options::default() }) {
        Ok(assessment) => Ok(totals(&assessment)),
        Err(AssessmentError::Refused(faults)) => Err(faults),
        Err(error) => {
            tracing::error!(%error, set = set.digest(), "the scores of an import cannot be computed");
            Err(Fault::error("scores.engine", "计算引擎出错", "the engine failed")
                .hint("请稍后重试；如仍出现，请联系管理员", "try again later; if it stays so, tell the administrator")
                .into())
        }
    }
}

fn totals(assessment: &Assessment) -> Scores {
    let of_set = assessment.long().filter(|row| row.node == TOTAL);
    let score = |row: citygauge_assessment::Row<'_>| {
        let level = row.level.map(|level| Code::trusted(level.to_owned()));
        ((row.city.to_owned(), row.period), CityScore { score: row.score, level, coverage: row.coverage })
    };
    of_set.map(score).collect()
}

fn not_computed(faults: Faults) -> ScoreChanges {
    ScoreChanges { faults, ..ScoreChanges::default() }
}

fn too_many() -> Fault {
    Fault::error(
        "scores.too_many_observations",
        format!("已有与待导入的观测值超过 {MOST_OBSERVATIONS} 个，未计算得分变化"),
        format!("more than {MOST_OBSERVATIONS} observations, stored or in the file: no change of scores was computed"),
    )
    .hint("请按城市或时期拆分文件，或导入后另行评价", "split the file by city or period, or import it and assess")
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::SetDocument;

    use super::*;

    /// One item that is scored between the least and the greatest city.
    fn set() -> IndicatorSet {
        let document = json!({
            "code": "s", "version": "1", "title": {"en": "S"}, "items": [{"code": "x", "kind": "amount"}],
            "nodes": [{"code": "N", "title": {"en": "N"}, "indicator": {"formula": "x", "scoring": {"rule": "min_max"}}}]
        });
        SetDocument::check_value(&document).expect("sound")
    }

    fn rows(values: &[(&str, f64)]) -> Vec<Observation> {
        let row = |(city, value): &(&str, f64)| Observation {
            city: (*city).to_owned(),
            period: "2026".parse().expect("a period"),
            item: "x".to_owned(),
            value: Some(Value::Number(*value)),
            status: Status::Reported,
        };
        values.iter().map(row).collect()
    }

    #[test]
    fn a_city_moves_and_moves_others_and_what_is_new_had_no_score() {
        let stored = rows(&[("a", 0.0), ("b", 5.0), ("c", 10.0)]);
        let changes = changes(&set(), &stored, &rows(&[("c", 20.0), ("d", 10.0)]), &[]).expect("it can be computed");
        let score = |score: &Option<CityScore>| score.as_ref().map(|score| score.score);
        let told: Vec<_> =
            changes.items.iter().map(|change| (change.city.as_str(), score(&change.before), score(&change.after))).collect();
        // The greatest stays the greatest; b falls from the middle to a quarter.
        assert_eq!(told, [("d", None, Some(Some(50.0)))]);
        assert_eq!((changes.total, changes.others), (1, 1));
    }

    #[test]
    fn more_changes_than_are_kept_are_counted_and_what_is_known_changes_nothing() {
        let all: Vec<(String, f64)> = (0..150).map(|n| (format!("c{n}"), f64::from(n))).collect();
        let all: Vec<(&str, f64)> = all.iter().map(|(city, value)| (city.as_str(), *value)).collect();
        let new = changes(&set(), &[], &rows(&all), &[]).expect("it can be computed");
        assert_eq!((new.items.len(), new.total, new.others), (MOST_KEPT, 150, 0));
        let again = changes(&set(), &rows(&all), &rows(&all), &[]).expect("it can be computed");
        assert_eq!((again.total, again.others), (0, 0));
    }

    #[test]
    fn what_stands_in_the_way_is_told() {
        let mut stored = rows(&[("a", 0.0), ("b", 5.0)]);
        stored[0].value = Some(Value::Choice("A".into()));
        let faults = changes(&set(), &stored, &rows(&[("b", 6.0)]), &[]).expect_err("a choice is no amount");
        let kept = not_computed(faults).to_kept();
        assert_eq!((kept["total"].as_u64(), kept["faults"].as_array().map(Vec::len)), (Some(0), Some(1)), "{kept}");
        assert!(kept["faults"][0]["message"]["zh"].is_string());
    }
}
