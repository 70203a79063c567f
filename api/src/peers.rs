//! The members of a peer group, found when the group is used; whoever uses them keeps the list.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use citygauge_assessment::nearest::{Candidate, MissingItems, nearest};
use citygauge_indicators::{City, Fault, Period};
use citygauge_openapi::{self as wire, AttributeCondition, Day, NearestRule};
use serde::{Deserialize, Serialize};

use crate::assessments::described;
use crate::error::Failure;
use crate::state::State;
use crate::store::cities;
use crate::store::observations::{self, Filter, Status};
use crate::store::peer_groups::{GroupKind, PeerGroup};

/// Observations that are read at once.
const CHUNK: u64 = 10_000;

/// The rule of a group whose members are not listed, as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Definition {
    /// The conditions on attributes.
    #[serde(default)]
    pub conditions: Vec<AttributeCondition>,
    /// The day on which attributes are read.
    #[serde(default)]
    pub attributes_at: Option<Day>,
    /// The rule of the kind `nearest`.
    #[serde(default)]
    pub nearest: Option<NearestRule>,
}

/// Where a group is used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Use<'a> {
    /// The city that is compared with the group.
    pub city: Option<&'a str>,
    /// The assessed period.
    pub period: Option<Period>,
}

/// A member with what made it one.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Its code.
    pub code: String,
    /// Its distance and the number of shared items, for the kind `nearest`.
    pub distance: Option<(f64, usize)>,
}

/// The members of a group, and what they were found for.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The city whose neighbours they are.
    pub city: Option<String>,
    /// The period whose values were compared.
    pub period: Option<Period>,
    /// The day on which attributes were read.
    pub attributes_at: Option<String>,
    /// The nearest first, else by code.
    pub members: Vec<Member>,
}

impl Resolved {
    /// The codes of the members.
    pub fn codes(&self) -> Vec<String> {
        self.members.iter().map(|member| member.code.clone()).collect()
    }

    /// The codes of a cohort, sorted: the members, and the city whose neighbours they are.
    pub fn cohort(&self) -> Vec<String> {
        let codes: BTreeSet<String> = self.codes().into_iter().chain(self.city.clone()).collect();
        codes.into_iter().collect()
    }
}

/// The rule of a group.
pub fn definition(group: &PeerGroup) -> Result<Definition, Failure> {
    match group.profile.kind {
        GroupKind::Fixed => Ok(Definition::default()),
        GroupKind::Attribute | GroupKind::Nearest => {
            serde_json::from_value(group.profile.definition.clone()).map_err(Failure::internal)
        }
    }
}

/// Finds the members of a group for a use.
pub async fn resolve(state: &State, group: &PeerGroup, used: Use<'_>) -> Result<Resolved, Failure> {
    let listed = |codes: Vec<String>| codes.into_iter().map(|code| Member { code, distance: None }).collect();
    if group.profile.kind == GroupKind::Fixed {
        let members = listed(group.profile.cities.clone());
        return Ok(Resolved { city: None, period: None, attributes_at: None, members });
    }
    let definition = definition(group)?;
    let last_day = used.period.map(Period::last_day);
    let day = definition.attributes_at.map(|day| day.to_string()).or(last_day).unwrap_or_else(|| cities::day(state.now_ms()));
    let candidates: Vec<String> = described(state)
        .await?
        .into_iter()
        .filter(|city| fulfils(city, &definition.conditions, &day))
        .map(|city| city.code)
        .collect();
    let Some(rule) = definition.nearest else {
        let members = listed(candidates);
        return Ok(Resolved { city: None, period: None, attributes_at: Some(day), members });
    };
    let city = rule.city.as_ref().map(wire::Code::as_str).or(used.city).ok_or_else(needs_city)?.to_owned();
    let period = match &rule.period {
        Some(period) => period.as_str().parse::<Period>().map_err(Failure::invalid)?,
        None => used.period.ok_or_else(needs_period)?,
    };
    let values = values(state, &rule, period, &candidates).await?;
    let missing = match rule.missing {
        wire::MissingItems::Complete => MissingItems::Complete,
        wire::MissingItems::Shared => {
            let half = rule.items.len().div_ceil(2);
            MissingItems::Shared(rule.min_items.map_or(half, |least| usize::try_from(least).unwrap_or(half)))
        }
    };
    let (k, own) = (usize::try_from(rule.k).unwrap_or(usize::MAX), city.clone());
    let found = state.engine(move || nearest(&values, &own, k, missing)).await?.map_err(Failure::invalid)?;
    let members = found.into_iter().map(|near| Member { code: near.code, distance: Some((near.distance, near.shared)) });
    Ok(Resolved { city: Some(city), period: Some(period), attributes_at: Some(day), members: members.collect() })
}

/// Whether the attributes of a city fulfil every condition on a day.
fn fulfils(city: &City, conditions: &[AttributeCondition], day: &str) -> bool {
    conditions.iter().all(|condition| {
        let value = city.attribute_on(condition.attribute.as_str(), day);
        value.is_some_and(|value| condition.values.iter().any(|wanted| wanted.as_str() == value))
    })
}

/// The reported numbers of the candidates, in the order of the items.
async fn values(state: &State, rule: &NearestRule, period: Period, candidates: &[String]) -> Result<Vec<Candidate>, Failure> {
    let places: HashMap<&str, usize> = rule.items.iter().enumerate().map(|(place, item)| (item.as_str(), place)).collect();
    let none = vec![None; rule.items.len()];
    let mut by_city: BTreeMap<&str, Vec<Option<f64>>> = candidates.iter().map(|code| (code.as_str(), none.clone())).collect();
    let filter = Filter {
        items: rule.items.iter().map(ToString::to_string).collect(),
        periods: vec![period.to_string()],
        ..Filter::default()
    };
    let mut after = None;
    loop {
        let page = observations::page(state.db(), &filter, after.as_ref(), CHUNK).await?;
        for observation in page.items.into_iter().map(|row| row.value).filter(|value| value.status == Status::Reported) {
            let place = places.get(observation.item.as_str());
            if let (Some(values), Some(&place)) = (by_city.get_mut(observation.city.as_str()), place) {
                values[place] = observation.number;
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(by_city.into_iter().map(|(code, values)| Candidate { code: code.to_owned(), values }).collect())
}

fn needs_city() -> Failure {
    Failure::invalid(
        Fault::error("peer_group.needs_city", "该对标组需要指定城市", "the group needs a city whose neighbours are wanted")
            .hint("请指定城市，或在对标组中写明", "name the city, or write it into the group"),
    )
}

fn needs_period() -> Failure {
    Failure::invalid(
        Fault::error("peer_group.needs_period", "该对标组需要指定时期", "the group needs a period whose values are compared")
            .hint("请指定时期，或在对标组中写明", "name the period, or write it into the group"),
    )
}
