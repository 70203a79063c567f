//! What is said of a round while it is a draft: as it is kept, and whether it can be so.

use std::collections::HashSet;

use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{self as wire, Code, Cohort, Moment, RoundVisibility, SetRef};
use serde_json::json;

use super::classes;
use crate::error::Failure;
use crate::store::indicator_sets::SetKey;
use crate::store::rounds::{Class, NewRound, Visibility};
use crate::store::{Transaction, cities, peer_groups};

/// The round as it would be kept.
pub fn proposed(code: &Code, profile: &wire::RoundProfile, faults: &mut Faults) -> NewRound {
    let key = |set: &SetRef| SetKey { code: set.code.to_string(), version: set.version.to_string() };
    if profile.set.is_some() != profile.classes.is_empty() {
        let (zh, en, hint) = match profile.set {
            Some(_) => {
                ("有类别时不能另有指标体系", "a round with classes has no set of its own", ("请删去 set", "leave set out"))
            }
            None => ("没有指标体系", "there is no set", ("请给出 set 或 classes", "give set, or classes")),
        };
        faults.push(Fault::error("round.set", zh, en).at("/set").hint(hint.0, hint.1));
    }
    let class = |class: &wire::RoundClass| Class {
        code: class.code.to_string(),
        title_zh: class.title_zh.clone().map(String::from),
        title_en: class.title_en.clone().map(String::from),
        set: key(&class.set),
        members: json!(class.cities),
        cities: Vec::new(),
        departments: Vec::new(),
    };
    NewRound {
        code: code.to_string(),
        title_zh: profile.title_zh.clone().map(String::from),
        title_en: profile.title_en.clone().map(String::from),
        set: profile.set.as_ref().map(key).unwrap_or_else(|| SetKey { code: String::new(), version: String::new() }),
        periods: profile.periods.iter().map(ToString::to_string).collect(),
        cohort: json!(profile.cohort),
        classes: profile.classes.iter().map(class).collect(),
        province_review: profile.province_review,
        opens_at_ms: profile.opens_at.map(Moment::as_ms),
        due_at_ms: profile.due_at.map(Moment::as_ms),
        closes_at_ms: profile.closes_at.map(Moment::as_ms),
        visibility: match profile.visibility {
            RoundVisibility::Private => Visibility::Private,
            RoundVisibility::Participants => Visibility::Participants,
            RoundVisibility::Public => Visibility::Public,
        },
        public_from_ms: profile.public_from.map(Moment::as_ms),
    }
}

/// Refuses a round at fault, with everything that is wrong with it told at once.
pub async fn check(
    transaction: &Transaction,
    profile: &wire::RoundProfile,
    new: &NewRound,
    of_classes: Faults,
) -> Result<(), Failure> {
    let mut faults = Faults::default();
    if profile.title_zh.is_none() && profile.title_en.is_none() {
        let fault = Fault::error("round.no_title", "没有标题", "there is no title");
        faults.push(fault.at("").hint("请填写 title_zh 或 title_en", "give title_zh or title_en"));
    }
    if profile.set.is_some() && profile.classes.is_empty() {
        classes::published(transaction, &new.set, "/set", &mut faults).await?;
    }
    of_classes.0.into_iter().for_each(|fault| faults.push(fault));
    periods(profile, &mut faults);
    calendar(profile, &mut faults);
    visibility(profile, &mut faults);
    cohort(transaction, profile, &mut faults).await?;
    if faults.is_empty() { Ok(()) } else { Err(Failure::Invalid(faults)) }
}

/// Results that become public do so at a moment.
fn visibility(profile: &wire::RoundProfile, faults: &mut Faults) {
    let (zh, en, hint) = match (profile.visibility, profile.public_from) {
        (RoundVisibility::Public, None) => {
            ("没有公开日期", "it is not said from when on", ("请给出 public_from", "give public_from"))
        }
        (RoundVisibility::Private | RoundVisibility::Participants, Some(_)) => {
            let hint = ("请删去 public_from，或改为 public", "leave public_from out, or make it public");
            ("结果不公开，却有公开日期", "the results do not become public", hint)
        }
        _ => return,
    };
    faults.push(Fault::error("round.public_from", zh, en).at("/public_from").hint(hint.0, hint.1));
}

fn periods(profile: &wire::RoundProfile, faults: &mut Faults) {
    if profile.periods.is_empty() || profile.periods.len() > 40 {
        let fault = Fault::error("round.periods", "时期数量不合适", "too few or too many periods").at("/periods");
        faults.push(fault.expected("1..40").hint("请列出 1 到 40 个时期", "name 1 to 40 periods"));
    }
    for (i, period) in profile.periods.iter().enumerate() {
        if profile.periods[..i].contains(period) {
            let fault = Fault::error(
                "round.duplicate_period",
                format!("时期“{period}”出现了两次"),
                format!("the period '{period}' stands twice"),
            );
            faults.push(fault.at(format!("/periods/{i}")).period(period.as_str()).hint("只保留一次", "name it once"));
        }
    }
}

fn calendar(profile: &wire::RoundProfile, faults: &mut Faults) {
    let moments = [("/opens_at", profile.opens_at), ("/due_at", profile.due_at), ("/closes_at", profile.closes_at)];
    let given: Vec<(&str, Moment)> = moments.into_iter().filter_map(|(at, moment)| Some((at, moment?))).collect();
    for pair in given.windows(2) {
        let ((_, earlier), (at, later)) = (pair[0], pair[1]);
        if later < earlier {
            let fault = Fault::error("round.calendar", "日期先后有误", "the moments are not in order").at(at);
            let fault = fault.value(later.to_string()).expected(format!(">= {earlier}"));
            faults.push(fault.hint("应为 opens_at ≤ due_at ≤ closes_at", "opens_at, due_at, closes_at follow each other"));
        }
    }
}

async fn cohort(transaction: &Transaction, profile: &wire::RoundProfile, faults: &mut Faults) -> Result<(), Failure> {
    let codes = match &profile.cohort {
        Cohort::Every(_) => return Ok(()),
        Cohort::PeerGroup { peer_group } => {
            if peer_groups::find_by_code(transaction, peer_group.as_str()).await?.is_none() {
                let (zh, en) = (format!("没有对标组“{peer_group}”"), format!("there is no peer group '{peer_group}'"));
                let fault = Fault::error("round.unknown_peer_group", zh, en).at("/cohort/peer_group");
                faults.push(fault.hint("请先建立该对标组", "make the group first"));
            }
            return Ok(());
        }
        Cohort::Cities(codes) => codes,
    };
    let known: HashSet<String> = cities::codes(transaction).await?.into_iter().collect();
    if codes.is_empty() || codes.len() > 5_000 {
        let fault = Fault::error("round.cohort", "城市数量不合适", "too few or too many cities").at("/cohort");
        faults.push(fault.expected("1..5000").hint("请列出 1 到 5000 个城市", "name 1 to 5000 cities"));
    }
    let mut seen = HashSet::new();
    for (i, city) in codes.iter().enumerate() {
        let fault = if !known.contains(city.as_str()) {
            Fault::error("observation.unknown_city", format!("没有城市“{city}”"), format!("there is no city '{city}'"))
                .hint("先登记该城市", "register the city first")
        } else if !seen.insert(city) {
            Fault::error("city.duplicate", format!("城市“{city}”重复"), format!("the city '{city}' stands twice"))
                .hint("删除一处", "remove one")
        } else {
            continue;
        };
        faults.push(fault.at(format!("/cohort/{i}")).city(city.as_str()));
    }
    Ok(())
}
