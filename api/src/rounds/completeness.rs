//! How complete a round is at this moment, by city, department or data item.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::error::Failure;
use crate::store::observations::{self, CountBy, Filter, Status};
use crate::store::rounds::{Department, Round};
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
    let counted = counted(round, cities, by, &keys);
    let mut rows: HashMap<&str, Row> = HashMap::new();
    for key in &keys {
        let total = counted.iter().map(|counting| counting.total(round, key)).sum();
        rows.insert(key, Row { key: key.clone(), total, ..Row::default() });
    }
    for counting in &counted {
        counting.values(conn, round, &mut rows).await?;
        counting.submissions(conn, round, &mut rows).await?;
    }
    let rows = keys.iter().filter_map(|key| rows.remove(key.as_str())).collect();
    Ok((rows, more))
}

/// What is counted for a page of keys, of cities that report the same.
struct Counting<'a> {
    by: By,
    cities: Vec<String>,
    items: Vec<&'a str>,
    /// The department of an item.
    departments: HashMap<&'a str, &'a str>,
}

/// Cities whose values are counted by one statement.
const CHUNK: usize = 1_000;

/// What is counted, class by class; `cities` are those that the caller may see.
fn counted<'a>(round: &'a Round, cities: &[String], by: By, keys: &[String]) -> Vec<Counting<'a>> {
    let is_key = |code: &str| keys.iter().any(|key| key == code);
    let (visible, keyed): (HashSet<&String>, HashSet<&String>) = (cities.iter().collect(), keys.iter().collect());
    let of = |(own, departments): (&[String], &'a [Department])| {
        let each =
            departments.iter().flat_map(|known| known.items.iter().map(move |item| (item.as_str(), known.department.as_str())));
        let items = each.clone().filter(|(item, department)| match by {
            By::City => true,
            By::Item => is_key(item),
            By::Department => is_key(department),
        });
        let seen = |city: &&String| visible.contains(city) && (by != By::City || keyed.contains(city));
        let (cities, items) = (own.iter().filter(seen).cloned().collect(), items.map(|(item, _)| item).collect());
        Counting { by, cities, items, departments: each.collect() }
    };
    round.alike().into_iter().map(of).collect()
}

impl Counting<'_> {
    /// All values that the round asks for under a key.
    fn total(&self, round: &Round, key: &str) -> u64 {
        let (cities, periods) = (self.cities.len(), round.profile.periods.len());
        let count = match self.by {
            By::City if self.cities.iter().any(|city| city == key) => self.items.len() * periods,
            By::City => 0,
            By::Item if self.departments.contains_key(key) => cities * periods,
            By::Item => 0,
            By::Department => self.departments.values().filter(|own| **own == key).count() * cities * periods,
        };
        count as u64
    }

    async fn values(&self, conn: &impl ConnectionTrait, round: &Round, rows: &mut HashMap<&str, Row>) -> Result<(), StoreError> {
        let by = if self.by == By::City { CountBy::City } else { CountBy::Item };
        for cities in self.cities.chunks(CHUNK) {
            for items in self.items.chunks(CHUNK) {
                let filter = Filter {
                    cities: cities.to_vec(),
                    items: items.iter().map(|item| (*item).to_owned()).collect(),
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
        rows: &mut HashMap<&str, Row>,
    ) -> Result<(), StoreError> {
        let mut by_key: HashMap<(String, SubmissionState), u64> = HashMap::new();
        for cities in self.cities.chunks(CHUNK) {
            for (city, department, state) in submissions::states(conn, &round.profile.code, cities).await? {
                let key = if self.by == By::City { city } else { department };
                *by_key.entry((key, state)).or_default() += 1;
            }
        }
        for (key, row) in rows.iter_mut() {
            let own = if self.by == By::Item { self.departments.get(key).copied() } else { Some(*key) };
            for ((_, state), count) in by_key.iter().filter(|((key, _), _)| Some(key.as_str()) == own) {
                row.submissions.entry(crate::store::Word::as_str(*state)).or_insert((*state, 0)).1 += count;
            }
        }
        Ok(())
    }
}
