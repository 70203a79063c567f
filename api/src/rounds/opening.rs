//! Opening a round: the cities and departments are drawn up, and each pair gets a submission.

use std::collections::BTreeMap;

use citygauge_indicators::{Fault, Faults, Period};
use citygauge_openapi::Cohort;

use super::{classes, departments, pseudonyms};
use crate::error::Failure;
use crate::peers::{Use, resolve};
use crate::sets;
use crate::state::State;
use crate::store::rounds::{self, Class, Department, Round, RoundState, Visibility};
use crate::store::submissions::{self, NewSubmission};
use crate::store::{Transaction, cities, peer_groups};

/// The most submissions of a round: 5,000 cities with 40 departments each.
const SUBMISSIONS_LIMIT: usize = 200_000;

/// What a draft is opened with, looked up before the transaction.
#[derive(Debug, Clone)]
pub enum Plan {
    /// All cities report for one set.
    One {
        /// The departments of the set.
        departments: Vec<Department>,
        /// The cities of the peer group that is to take part, in the last period of the round; none where none is named.
        members: Option<Vec<String>>,
    },
    /// The classes, each with its cities and departments.
    Classes(Vec<Class>),
}

/// What a round is opened with; none where it was opened before. Everything that is wrong with its classes is told.
pub async fn plan(state: &State, round: &Round) -> Result<Option<Plan>, Failure> {
    if round.state != RoundState::Draft {
        return Ok(None);
    }
    if !round.profile.classes.is_empty() {
        let mut faults = Faults::default();
        let drawn = classes::draw_up(state, &round.profile, &mut faults).await?;
        return if faults.is_empty() { Ok(Some(Plan::Classes(drawn))) } else { Err(Failure::Invalid(faults)) };
    }
    // A published set never changes.
    let (_, set) = sets::find(state, &round.profile.set).await?;
    Ok(Some(Plan::One { departments: departments::of(&set), members: members(state, round).await? }))
}

async fn members(state: &State, round: &Round) -> Result<Option<Vec<String>>, Failure> {
    let Cohort::PeerGroup { peer_group } = cohort(round)? else { return Ok(None) };
    let group = peer_groups::find(state.db(), peer_group.as_str()).await?;
    let periods = round.profile.periods.iter().filter_map(|period| period.parse::<Period>().ok());
    let used = Use { city: None, period: periods.max_by_key(|period| period.last_day()) };
    Ok(Some(resolve(state, &group, used).await?.cohort()))
}

/// Opens a draft, or a closed round again; the caller's transaction has the round to itself.
pub async fn open(transaction: &Transaction, state: &State, round: Round, plan: Option<Plan>) -> Result<Round, Failure> {
    let now_ms = state.now_ms();
    if round.state == RoundState::Closed {
        return Ok(rounds::replace(transaction, &Round { state: RoundState::Open, ..round }, now_ms).await?);
    }
    if round.state != RoundState::Draft {
        return Err(super::publication::wrong_state(&round, "打开", "open", &[RoundState::Draft, RoundState::Closed]));
    }
    let mut opened = match plan.ok_or(Failure::Stale)? {
        Plan::One { departments, members } => {
            let cities = drawn_up(transaction, &round, members).await?;
            Round { cities, departments, ..round }
        }
        Plan::Classes(classes) => with_classes(round, classes),
    };
    check(&opened)?;
    opened.state = RoundState::Open;
    if opened.profile.visibility == Visibility::Participants {
        opened.pseudonyms = Some(pseudonyms::drawn(&opened.cities, state.sources().secret()));
    }
    let mut new = Vec::new();
    for (cities, departments) in opened.alike() {
        for city in cities {
            new.extend(departments.iter().map(|department| NewSubmission {
                id: state.sources().id(),
                round: opened.profile.code.clone(),
                city: city.clone(),
                department: department.department.clone(),
            }));
        }
    }
    let opened = rounds::replace(transaction, &opened, now_ms).await?;
    submissions::insert_all(transaction, &new, now_ms).await?;
    Ok(opened)
}

fn cohort(round: &Round) -> Result<Cohort, Failure> {
    serde_json::from_value(round.profile.cohort.clone()).map_err(Failure::internal)
}

/// The codes that the cohort stands for now, sorted.
async fn drawn_up(transaction: &Transaction, round: &Round, members: Option<Vec<String>>) -> Result<Vec<String>, Failure> {
    let mut codes = match (cohort(round)?, members) {
        (Cohort::Every(_), _) => cities::codes(transaction).await?,
        (Cohort::Cities(codes), _) => codes.into_iter().map(String::from).collect(),
        (Cohort::PeerGroup { .. }, Some(members)) => members,
        (Cohort::PeerGroup { .. }, None) => return Err(Failure::Stale),
    };
    codes.sort_unstable();
    Ok(codes)
}

/// A round with the cities of all its classes, and with what any of their departments reports.
fn with_classes(mut round: Round, classes: Vec<Class>) -> Round {
    round.cities = classes.iter().flat_map(|class| class.cities.iter().cloned()).collect();
    round.cities.sort_unstable();
    let mut items: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for department in classes.iter().flat_map(|class| &class.departments) {
        let known = items.entry(&department.department).or_default();
        known.extend(department.items.iter().filter(|item| !known.contains(item)).cloned().collect::<Vec<_>>());
    }
    round.departments = items.into_iter().map(|(name, items)| Department { department: name.to_owned(), items }).collect();
    round.profile.classes = classes;
    round
}

/// Refuses a round in which nobody would report, or too many.
fn check(round: &Round) -> Result<(), Failure> {
    let alike = round.alike();
    let submissions = alike.iter().map(|(cities, departments)| cities.len().saturating_mul(departments.len()));
    let submissions: usize = submissions.sum();
    let mut faults = Faults::default();
    if round.cities.is_empty() {
        let fault = Fault::error("cohort.empty", "参评城市为空", "the cohort is empty").at("/cohort");
        faults.push(fault.hint("请先登记城市", "register cities first"));
    }
    for (place, _) in alike.iter().enumerate().filter(|(_, (_, departments))| departments.is_empty()) {
        let at = if round.profile.classes.is_empty() { "/cohort".to_owned() } else { format!("/classes/{place}/set") };
        let (zh, en) = ("指标体系没有由城市填报的数据项", "no item of the set is reported by cities");
        faults.push(
            Fault::error("round.nothing_to_report", zh, en)
                .at(at)
                .hint("请选用含 provider 为 city 的数据项的指标体系", "take a set with items whose provider is `city`"),
        );
    }
    if submissions > SUBMISSIONS_LIMIT {
        let fault = Fault::error("round.too_large", "填报单过多", "there would be too many submissions").at("/cohort");
        let fault = fault.value(submissions.to_string()).expected(format!("1..{SUBMISSIONS_LIMIT}"));
        faults.push(fault.hint("请减少城市，或分成几个批次", "take fewer cities, or several rounds"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(faults)) }
}
