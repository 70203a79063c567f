//! How complete a round is at this moment, by city, department or data item.

use std::collections::{BTreeMap, HashMap};

use crate::error::Failure;
use crate::store::observations::{self, CountBy, Filter, Status};
use crate::store::rounds::Round;
use crate::store::submissions::{self, SubmissionState};
use crate::store::{ConnectionTrait, StoreError};

/// By what it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By city.
    City,
    /// By department.
    Department,
    /// By data item.
    Item,
}

/// The counts of one city, department or item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// The city, department or item.
    pub key: String,
    /// Values that were reported.
    pub reported: u64,
    /// Values that were declared missing.
    pub missing: u64,
    /// Values that do not apply.
    pub not_applicable: u64,
    /// Values that were rejected in review.
    pub rejected: u64,
    /// All values that the round asks for.
    pub total: u64,
    /// How many submissions are in which state.
    pub submissions: BTreeMap<&'static str, (SubmissionState, u64)>,
}

impl Row {
    /// Values of which nothing is known.
    pub fn blank(&self) -> u64 {
        self.total.saturating_sub(self.reported + self.missing + self.not_applicable + self.rejected)
    }

    /// The part of the values that was reported or does not apply, from 0 to 1; 1 where none is asked for.
    pub fn share(&self) -> f64 {
        if self.total == 0 { 1.0 } else { (self.reported + self.not_applicable) as f64 / self.total as f64 }
    }

    fn add(&mut self, status: Status, count: u64) {
        *match status {
            Status::Reported => &mut self.reported,
            Status::Missing => &mut self.missing,
            Status::NotApplicable => &mut self.not_applicable,
            Status::Rejected => &mut self.rejected,
        } += count;
    }
}

/// The rows of a round whose keys come after one, by key; at most `limit`, and whether more follow. `cities` are those of
/// the round that the caller may see.
pub async fn rows(
    conn: &impl ConnectionTrait,
    round: &Round,
    cities: &[String],
    by: By,
    after: Option<&str>,
    limit: usize,
) -> Result<(Vec<Row>, bool), Failure> {
    let mut keys: Vec<String> = match by {
        By::City => cities.to_vec(),
        By::Department => round.departments.iter().map(|department| department.department.clone()).collect(),
        By::Item => round.items(),
    };
    keys.sort_unstable();
    keys.retain(|key| after.is_none_or(|after| key.as_str() > after));
    let more = keys.len() > limit;
    keys.truncate(limit);
    if keys.is_empty() || cities.is_empty() {
        return Ok((Vec::new(), false));
    }
    let counting = Counting::of(round, cities, by, &keys);
    let mut rows: HashMap<&str, Row> = HashMap::new();
    for key in &keys {
        rows.insert(key, Row { key: key.clone(), total: counting.total(round, cities, key), ..Row::default() });
    }
    counting.values(conn, round, &mut rows).await?;
    counting.submissions(conn, round, cities, &mut rows).await?;
    let rows = keys.iter().filter_map(|key| rows.remove(key.as_str())).collect();
    Ok((rows, more))
}

/// What is counted for a page of keys.
struct Counting<'a> {
    by: By,
    cities: &'a [String],
    items: Vec<String>,
    /// The department of an item.
    departments: HashMap<&'a str, &'a str>,
}

/// Cities whose values are counted by one statement.
const CHUNK: usize = 1_000;

impl<'a> Counting<'a> {
    fn of(round: &'a Round, cities: &'a [String], by: By, keys: &'a [String]) -> Self {
        let each = round.departments.iter().flat_map(|known| known.items.iter().map(|item| (item, &known.department)));
        let departments: HashMap<&str, &str> = each.map(|(item, department)| (item.as_str(), department.as_str())).collect();
        let items = round.items().into_iter().filter(|item| match by {
            By::City => true,
            By::Item => keys.contains(item),
            By::Department => departments.get(item.as_str()).is_some_and(|own| keys.iter().any(|key| key == own)),
        });
        let items = items.collect();
        Self { by, cities: if by == By::City { keys } else { cities }, items, departments }
    }

    /// All values that the round asks for under a key.
    fn total(&self, round: &Round, cities: &[String], key: &str) -> u64 {
        let periods = round.profile.periods.len();
        let count = match self.by {
            By::City => self.items.len() * periods,
            By::Item => cities.len() * periods,
            By::Department => self.departments.values().filter(|own| **own == key).count() * cities.len() * periods,
        };
        count as u64
    }

    async fn values(&self, conn: &impl ConnectionTrait, round: &Round, rows: &mut HashMap<&str, Row>) -> Result<(), StoreError> {
        let by = if self.by == By::City { CountBy::City } else { CountBy::Item };
        for cities in self.cities.chunks(CHUNK) {
            for items in self.items.chunks(CHUNK) {
                let filter = Filter {
                    cities: cities.to_vec(),
                    items: items.to_vec(),
                    periods: round.profile.periods.clone(),
                    ..Filter::default()
                };
                for (key, status, count) in observations::count_by(conn, &filter, by).await? {
                    let key =
                        if self.by == By::Department { self.departments.get(key.as_str()).copied() } else { Some(key.as_str()) };
                    if let Some(row) = key.and_then(|key| rows.get_mut(key)) {
                        row.add(status, count);
                    }
                }
            }
        }
        Ok(())
    }

    /// The submissions of a city or department; for an item, those that it stands in.
    async fn submissions(
        &self,
        conn: &impl ConnectionTrait,
        round: &Round,
        cities: &[String],
        rows: &mut HashMap<&str, Row>,
    ) -> Result<(), StoreError> {
        let mut by_key: HashMap<(String, SubmissionState), u64> = HashMap::new();
        for cities in cities.chunks(CHUNK) {
            for (city, department, state) in submissions::states(conn, &round.profile.code, cities).await? {
                let key = if self.by == By::City { city } else { department };
                *by_key.entry((key, state)).or_default() += 1;
            }
        }
        for (key, row) in rows.iter_mut() {
            let own = if self.by == By::Item { self.departments.get(key).copied().unwrap_or_default() } else { key };
            let counted = by_key.iter().filter(|((key, _), _)| key == own);
            row.submissions = counted.map(|((_, state), count)| (crate::store::Word::as_str(*state), (*state, *count))).collect();
        }
        Ok(())
    }
}
