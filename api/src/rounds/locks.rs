//! What may not be written because it was submitted.
//!
//! The submissions of the cities in question are held until the caller's transaction is over, so whoever hands one in
//! meanwhile waits for the write, or the write for them: nothing slips in between.

use std::collections::{BTreeSet, HashMap};

use citygauge_indicators::Fault;

use super::transitions::{is_locked, is_verified, state_words};
use crate::auth::Scope;
use crate::store::rounds::{self, Department, Round};
use crate::store::submissions::{self, Submission};
use crate::store::{ConnectionTrait, StoreError};

/// The submissions whose values are locked, by city.
#[derive(Debug, Default)]
pub struct Locks {
    rounds: Vec<Held>,
}

/// A round and what of it is locked.
#[derive(Debug)]
struct Held {
    periods: BTreeSet<String>,
    /// The department of an item, for each kind of cities that report the same.
    departments: Vec<HashMap<String, String>>,
    /// Of which kind a city is.
    kinds: HashMap<String, usize>,
    /// The submission of a city and department.
    submissions: HashMap<(String, String), Submission>,
}

/// Cities that are asked at once.
const CHUNK: usize = 1_000;

impl Locks {
    /// What is locked of these cities, each named once, until the transaction is over.
    pub async fn hold(transaction: &impl ConnectionTrait, cities: &[&str]) -> Result<Self, StoreError> {
        let mut by_round: HashMap<String, Vec<Submission>> = HashMap::new();
        for chunk in cities.chunks(CHUNK) {
            for submission in submissions::hold_of_cities(transaction, chunk).await? {
                if is_locked(submission.state) {
                    by_round.entry(submission.place.round.clone()).or_default().push(submission);
                }
            }
        }
        let mut locks = Self::default();
        for (code, submissions) in by_round {
            locks.rounds.push(Held::new(rounds::find(transaction, &code).await?, submissions));
        }
        Ok(locks)
    }

    /// Whether nothing is locked.
    pub fn is_empty(&self) -> bool {
        self.rounds.is_empty()
    }

    /// The locked submission that a value belongs to.
    pub fn of(&self, city: &str, period: &str, item: &str) -> Option<&Submission> {
        self.rounds.iter().filter(|held| held.periods.contains(period)).find_map(|held| {
            let department = held.departments[*held.kinds.get(city)?].get(item)?;
            held.submissions.get(&(city.to_owned(), department.clone()))
        })
    }

    /// What keeps a value from being written: a reporter writes nothing that is locked; the evaluation body corrects what is
    /// verified only with a reason in the note.
    pub fn fault(&self, scope: &Scope, place: (&str, &str, &str), note: Option<&str>) -> Option<(&Submission, Fault)> {
        let (city, period, item) = place;
        let submission = self.of(city, period, item)?;
        let fault = if scope.is_reporter() {
            locked(submission)
        } else if is_verified(submission.state) && note.is_none_or(|note| note.trim().is_empty()) {
            unreasoned(submission)
        } else {
            return None;
        };
        Some((submission, fault.city(city).period(period).of(item)))
    }
}

impl Held {
    fn new(round: Round, submissions: Vec<Submission>) -> Self {
        let of_item = |departments: &[Department]| -> HashMap<String, String> {
            let each = departments.iter().map(|known| (&known.department, &known.items));
            each.flat_map(|(name, items)| items.iter().map(|item| (item.clone(), name.clone()))).collect()
        };
        let held: BTreeSet<&str> = submissions.iter().map(|submission| submission.place.city.as_str()).collect();
        let (mut departments, mut kinds) = (Vec::new(), HashMap::new());
        for (kind, (cities, reported)) in round.alike().into_iter().enumerate() {
            departments.push(of_item(reported));
            kinds.extend(cities.iter().filter(|city| held.contains(city.as_str())).map(|city| (city.clone(), kind)));
        }
        Self {
            departments,
            kinds,
            submissions: submissions
                .into_iter()
                .map(|submission| ((submission.place.city.clone(), submission.place.department.clone()), submission))
                .collect(),
            periods: round.profile.periods.into_iter().collect(),
        }
    }
}

fn locked(submission: &Submission) -> Fault {
    let (zh, en) = named(submission);
    Fault::error("observation.locked", format!("{zh}，其中的值已锁定"), format!("{en}, and its values are locked")).hint(
        "如需更正，请由市协调员或评价机构退回该填报单",
        "to correct it, have the city's coordinator or the evaluation body return the submission",
    )
}

fn unreasoned(submission: &Submission) -> Fault {
    let (zh, en) = named(submission);
    Fault::error("observation.reason_required", format!("{zh}，更正须说明理由"), format!("{en}: a correction needs a reason"))
        .hint("请在 note 中写明更正理由", "give the reason of the correction as its note")
}

/// Which submission it is and how far.
fn named(submission: &Submission) -> (String, String) {
    let (place, state) = (&submission.place, state_words(submission.state));
    let (round, city, department, id) = (&place.round, &place.city, &place.department, &place.id);
    let (zh, en) = if department.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("部门“{department}”"), format!(" for the department '{department}'"))
    };
    (
        format!("批次“{round}”中城市“{city}”{zh}的填报单 {id} 处于“{}”状态", state.0),
        format!("the submission {id} of '{city}'{en} in the round '{round}' is {}", state.1),
    )
}
