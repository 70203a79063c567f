//! The classes of a round: which city belongs to which, and whether their sets fit each other.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use citygauge_indicators::{City, Fault, Faults, IndicatorSet, Item, Period};
use citygauge_openapi::{ClassCities, Code, Cohort};

use super::departments;
use crate::assessments::described;
use crate::error::Failure;
use crate::peers::{Use, resolve};
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::{self, SetKey, SetState};
use crate::store::rounds::{Class, NewRound};
use crate::store::{ConnectionTrait, StoreError, peer_groups};

/// The most classes of a round.
const MOST: usize = 50;

/// So many cities are named in faults of one kind; of more their number is told.
const NAMED: usize = 1_000;

/// The classes of a round with their cities and departments as they are now, and everything that is wrong with them.
///
/// Every city of the cohort that is registered belongs to one class. An item that two sets share is the same thing in both, because
/// one observation serves both; and a full mark means the same in every class.
pub async fn draw_up(state: &State, round: &NewRound, faults: &mut Faults) -> Result<Vec<Class>, Failure> {
    if round.classes.len() > MOST {
        let fault = Fault::error("round.classes", "类别过多", "there are too many classes").at("/classes");
        faults.push(fault.value(round.classes.len().to_string()).expected(format!("0..{MOST}")));
        return Ok(Vec::new());
    }
    named(&round.classes, faults);
    let known_sets = sets_of(state, &round.classes, faults).await?;
    fit(&known_sets, faults);
    let used = Use { city: None, period: latest(round) };
    let register = described(state).await?;
    let cohort = cohort(state, round, &register, used, faults).await?;
    let mut drawn = Vec::with_capacity(round.classes.len());
    for (place, (class, set)) in round.classes.iter().zip(&known_sets).enumerate() {
        let at = format!("/classes/{place}/cities");
        let before = faults.0.len();
        let cities = members(state, class, &register, cohort.as_ref(), used, (at.as_str(), &mut *faults)).await?;
        if cities.is_empty() && faults.0.len() == before {
            let fault = Fault::error("round.class_empty", "该类别没有城市", "the class has no city").at(at);
            faults.push(fault.hint("请检查条件，或删去该类别", "check its condition, or leave the class out"));
        }
        let departments = set.as_ref().map(|set| departments::of(set)).unwrap_or_default();
        drawn.push(Class { cities, departments, ..class.clone() });
    }
    if let Some(cohort) = &cohort {
        divided(&drawn, cohort, faults);
    }
    Ok(drawn)
}

/// Refuses a set version that is not published.
pub async fn published(conn: &impl ConnectionTrait, set: &SetKey, at: &str, faults: &mut Faults) -> Result<bool, StoreError> {
    let (zh, en) = match indicator_sets::find_by_key(conn, set).await? {
        Some(stored) if stored.entry.state != SetState::Draft => return Ok(true),
        Some(_) => (format!("指标体系“{set}”尚未发布"), format!("the set '{set}' is not published")),
        None => (format!("没有指标体系“{set}”"), format!("there is no set '{set}'")),
    };
    let fault = Fault::error("round.set", zh, en).at(at).value(set.to_string());
    faults.push(fault.hint("请选用已发布的版本", "take a published version"));
    Ok(false)
}

/// The last period of a round.
fn latest(round: &NewRound) -> Option<Period> {
    let periods = round.periods.iter().filter_map(|period| period.parse::<Period>().ok());
    periods.max_by_key(|period| period.last_day())
}

/// Titles and codes.
fn named(classes: &[Class], faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (place, class) in classes.iter().enumerate() {
        let at = format!("/classes/{place}");
        if !seen.insert(&class.code) {
            let (code, at) = (&class.code, format!("{at}/code"));
            let (zh, en) = (format!("类别“{code}”重复"), format!("the class '{code}' stands twice"));
            faults.push(Fault::error("round.class_twice", zh, en).at(at).hint("请另起代码", "give it another code"));
        }
        if class.title_zh.is_none() && class.title_en.is_none() {
            let fault = Fault::error("round.class_title", "类别没有标题", "the class has no title").at(at);
            faults.push(fault.hint("请填写 title_zh 或 title_en", "give title_zh or title_en"));
        }
    }
}

/// The sets of the classes; none where it is at fault.
async fn sets_of(state: &State, classes: &[Class], faults: &mut Faults) -> Result<Vec<Option<Arc<IndicatorSet>>>, Failure> {
    let mut found = Vec::with_capacity(classes.len());
    for (place, class) in classes.iter().enumerate() {
        let is_there = published(state.db(), &class.set, &format!("/classes/{place}/set"), faults).await?;
        found.push(if is_there { Some(sets::find(state, &class.set).await?.1) } else { None });
    }
    Ok(found)
}

/// Whether the sets give one meaning to the full mark and to each item that they share.
fn fit(sets: &[Option<Arc<IndicatorSet>>], faults: &mut Faults) {
    let known = || sets.iter().enumerate().filter_map(|(place, set)| Some((place, set.as_deref()?)));
    let mut items: BTreeMap<&str, (&Item, usize)> = BTreeMap::new();
    for (place, set) in known() {
        let first = known().next().map_or(set, |(_, first)| first);
        if set.full_mark() != first.full_mark() {
            let (zh, en) = ("各类别的满分不同", "the classes have different full marks");
            let fault = Fault::error("round.full_mark", zh, en).at(format!("/classes/{place}/set"));
            let fault = fault.value(set.full_mark().to_string()).expected(first.full_mark().to_string());
            faults.push(fault.hint("请用满分相同的指标体系，或另设批次", "take sets with one full mark, or another round"));
        }
        for item in set.items() {
            let (earlier, of) = *items.entry(&item.code).or_insert((item, place));
            let [one, other] = [earlier, item].map(meaning);
            if one == other {
                continue;
            }
            let code = &item.code;
            let fault = Fault::error(
                "round.item_conflict",
                format!("数据项“{code}”与第 {} 个类别的指标体系中的口径不同", of + 1),
                format!("the item '{code}' means something else than in the set of class {}", of + 1),
            );
            let fault = fault.at(format!("/classes/{place}/set")).of(code.as_str()).value(other).expected(one);
            faults.push(
                fault.hint("一个观测值不能有两种含义：请另起代码", "one value cannot mean two things: give it another code"),
            );
        }
    }
}

/// What a value of an item means: its kind, unit, options and scale.
fn meaning(item: &Item) -> String {
    let mut said = vec![serde_json::json!(item.kind).as_str().unwrap_or_default().to_owned()];
    said.extend(item.unit.clone());
    if !item.options.is_empty() {
        said.push(item.options.join(" | "));
    }
    said.extend(item.scale.map(|[low, high]| format!("{low}..{high}")));
    said.join(", ")
}

/// The registered cities that take part; none where the cohort itself is at fault.
async fn cohort(
    state: &State,
    round: &NewRound,
    register: &[City],
    used: Use<'_>,
    faults: &mut Faults,
) -> Result<Option<BTreeSet<String>>, Failure> {
    let wanted: Vec<String> = match serde_json::from_value(round.cohort.clone()).map_err(Failure::internal)? {
        Cohort::Every(_) => return Ok(Some(register.iter().map(|city| city.code.clone()).collect())),
        Cohort::Cities(codes) => codes.into_iter().map(String::from).collect(),
        Cohort::PeerGroup { peer_group } => match peer_groups::find_by_code(state.db(), peer_group.as_str()).await? {
            Some(group) => match resolve(state, &group, used).await {
                Ok(found) => found.cohort(),
                Err(Failure::Invalid(found)) => {
                    found.0.into_iter().for_each(|fault| faults.push(fault.at("/cohort/peer_group")));
                    return Ok(None);
                }
                Err(failure) => return Err(failure),
            },
            None => return Ok(None),
        },
    };
    let known: HashSet<&str> = register.iter().map(|city| city.code.as_str()).collect();
    Ok(Some(wanted.into_iter().filter(|code| known.contains(code.as_str())).collect()))
}

/// The cities of a class, by code.
async fn members(
    state: &State,
    class: &Class,
    register: &[City],
    cohort: Option<&BTreeSet<String>>,
    used: Use<'_>,
    (at, faults): (&str, &mut Faults),
) -> Result<Vec<String>, Failure> {
    let takes_part = |code: &str| cohort.is_none_or(|cohort| cohort.contains(code));
    let found: BTreeSet<String> = match serde_json::from_value(class.members.clone()).map_err(Failure::internal)? {
        ClassCities::Cities(codes) => listed(&codes, register, takes_part, at, faults),
        ClassCities::PeerGroup { peer_group } => {
            let at = format!("{at}/peer_group");
            let Some(group) = peer_groups::find_by_code(state.db(), peer_group.as_str()).await? else {
                let (zh, en) = (format!("没有对标组“{peer_group}”"), format!("there is no peer group '{peer_group}'"));
                let fault = Fault::error("round.unknown_peer_group", zh, en).at(at);
                faults.push(fault.hint("请先建立该对标组", "make the group first"));
                return Ok(Vec::new());
            };
            match resolve(state, &group, used).await {
                Ok(found) => found.cohort().into_iter().filter(|code| takes_part(code)).collect(),
                Err(Failure::Invalid(found)) => {
                    found.0.into_iter().for_each(|fault| faults.push(fault.at(at.as_str())));
                    BTreeSet::new()
                }
                Err(failure) => return Err(failure),
            }
        }
        ClassCities::Attribute(condition) => {
            let day = used.period.map_or_else(|| crate::store::cities::day(state.now_ms()), Period::last_day);
            let has = |city: &&City| {
                let value = city.attribute_on(condition.attribute.as_str(), &day);
                value.is_some_and(|value| condition.values.iter().any(|wanted| wanted.as_str() == value))
            };
            let found = register.iter().filter(has).map(|city| city.code.clone());
            found.filter(|code| takes_part(code)).collect()
        }
    };
    Ok(found.into_iter().collect())
}

/// The cities of a list, each registered, of the cohort, and named once.
fn listed(
    codes: &[Code],
    register: &[City],
    takes_part: impl Fn(&str) -> bool,
    at: &str,
    faults: &mut Faults,
) -> BTreeSet<String> {
    let known: HashSet<&str> = register.iter().map(|city| city.code.as_str()).collect();
    let mut found = BTreeSet::new();
    for (i, city) in codes.iter().enumerate() {
        let fault = if !known.contains(city.as_str()) {
            Fault::error("observation.unknown_city", format!("没有城市“{city}”"), format!("there is no city '{city}'"))
                .hint("先登记该城市", "register the city first")
        } else if !takes_part(city.as_str()) {
            let (zh, en) = (format!("城市“{city}”不在参评城市中"), format!("the city '{city}' is not in the cohort"));
            Fault::error("round.class_city_outside", zh, en)
                .hint("请列入 cohort，或删去", "put it into the cohort, or leave it out")
        } else if !found.insert(city.to_string()) {
            Fault::error("city.duplicate", format!("城市“{city}”重复"), format!("the city '{city}' stands twice"))
                .hint("删除一处", "remove one")
        } else {
            continue;
        };
        faults.push(fault.at(format!("{at}/{i}")).city(city.as_str()));
    }
    found
}

/// Whether every city of the cohort belongs to one class.
fn divided(classes: &[Class], cohort: &BTreeSet<String>, faults: &mut Faults) {
    let mut of_city: BTreeMap<&str, Vec<&str>> = cohort.iter().map(|city| (city.as_str(), Vec::new())).collect();
    for class in classes {
        for city in &class.cities {
            of_city.entry(city).or_default().push(&class.code);
        }
    }
    let without: Vec<&str> = of_city.iter().filter(|(_, classes)| classes.is_empty()).map(|(city, _)| *city).collect();
    for city in without.iter().take(NAMED) {
        let (zh, en) = (format!("城市“{city}”不属于任何类别"), format!("the city '{city}' belongs to no class"));
        let fault = Fault::error("round.city_without_class", zh, en).at("/classes").city(*city);
        faults.push(fault.hint("请列入一个类别，或从 cohort 中删去", "put it into a class, or take it out of the cohort"));
    }
    if let Some(more) = without.len().checked_sub(NAMED).filter(|more| *more > 0) {
        let (zh, en) = (format!("另有 {more} 个城市不属于任何类别"), format!("{more} more cities belong to no class"));
        faults.push(Fault::error("round.city_without_class", zh, en).at("/classes"));
    }
    for (city, classes) in of_city.into_iter().filter(|(_, classes)| classes.len() > 1).take(NAMED) {
        let (zh, en) = (format!("城市“{city}”属于多个类别"), format!("the city '{city}' belongs to several classes"));
        let fault = Fault::error("round.city_in_two_classes", zh, en).at("/classes").city(city).value(classes.join(", "));
        faults.push(fault.hint("只保留一个类别", "keep it in one of them"));
    }
}
