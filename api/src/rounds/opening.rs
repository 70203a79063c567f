//! Opening a round: the cities and departments are drawn up, and each pair gets a submission.

use citygauge_indicators::{Fault, IndicatorSet, Period};
use citygauge_openapi::Cohort;

use super::departments;
use crate::error::Failure;
use crate::peers::{Use, resolve};
use crate::state::State;
use crate::store::rounds::{self, Round, RoundState};
use crate::store::submissions::{self, NewSubmission};
use crate::store::{Transaction, cities, peer_groups};

/// The most submissions of a round: 5,000 cities with 40 departments each.
const SUBMISSIONS_LIMIT: usize = 200_000;

/// The cities of the peer group that is to take part, in the last period of the round; none where none is named.
pub async fn members(state: &State, round: &Round) -> Result<Option<Vec<String>>, Failure> {
    let Cohort::PeerGroup { peer_group } = cohort(round)? else { return Ok(None) };
    let group = peer_groups::find(state.db(), peer_group.as_str()).await?;
    let periods = round.profile.periods.iter().filter_map(|period| period.parse::<Period>().ok());
    let used = Use { city: None, period: periods.max_by_key(|period| period.last_day()) };
    Ok(Some(resolve(state, &group, used).await?.cohort()))
}

/// Opens a draft, or a closed round again; the caller's transaction has the round to itself. `members` are those of the
/// peer group that is to take part.
pub async fn open(
    transaction: &Transaction,
    state: &State,
    round: Round,
    set: &IndicatorSet,
    members: Option<Vec<String>>,
) -> Result<Round, Failure> {
    let now_ms = state.now_ms();
    if round.state == RoundState::Closed {
        return Ok(rounds::replace(transaction, &Round { state: RoundState::Open, ..round }, now_ms).await?);
    }
    if round.state != RoundState::Draft {
        return Err(super::publication::wrong_state(&round, "打开", "open", &[RoundState::Draft, RoundState::Closed]));
    }
    let cities = drawn_up(transaction, &round, members).await?;
    let departments = departments::of(set);
    check(&cities, departments.len())?;
    let code = round.profile.code.clone();
    let mut new = Vec::with_capacity(cities.len() * departments.len());
    for city in &cities {
        for department in &departments {
            new.push(NewSubmission {
                id: state.sources().id(),
                round: code.clone(),
                city: city.clone(),
                department: department.department.clone(),
            });
        }
    }
    let opened = Round { state: RoundState::Open, cities, departments, ..round };
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

fn check(cities: &[String], departments: usize) -> Result<(), Failure> {
    let fault = if cities.is_empty() {
        Fault::error("cohort.empty", "参评城市为空", "the cohort is empty").hint("请先登记城市", "register cities first")
    } else if departments == 0 {
        Fault::error("round.nothing_to_report", "指标体系没有由城市填报的数据项", "no item of the set is reported by cities")
            .hint("请选用含 provider 为 city 的数据项的指标体系", "take a set with items whose provider is `city`")
    } else if cities.len().saturating_mul(departments) > SUBMISSIONS_LIMIT {
        Fault::error("round.too_large", "填报单过多", "there would be too many submissions")
            .value((cities.len() * departments).to_string())
            .expected(format!("1..{SUBMISSIONS_LIMIT}"))
            .hint("请减少城市，或分成几个批次", "take fewer cities, or several rounds")
    } else {
        return Ok(());
    };
    Err(Failure::invalid(fault.at("/cohort")))
}
