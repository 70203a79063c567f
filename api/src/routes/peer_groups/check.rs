//! What is wrong with a group that somebody wants to make.

use std::collections::HashSet;

use citygauge_indicators::{Fault, Faults, ItemKind, Period};
use citygauge_openapi::{self as wire, AttributeCondition, Code, NearestRule, PeerGroupKind};
use serde_json::{Value, json};

use crate::error::Failure;
use crate::peers::Definition;
use crate::sets;
use crate::state::State;
use crate::store::indicator_sets::SetKey;
use crate::store::peer_groups::{GroupKind, NewPeerGroup};
use crate::store::{Transaction, cities};

/// The group as the store keeps it, its cities sorted; every fault at once.
pub(super) async fn checked(
    state: &State,
    transaction: &Transaction,
    code: &Code,
    profile: wire::PeerGroupProfile,
) -> Result<NewPeerGroup, Failure> {
    let known: HashSet<String> = cities::codes(transaction).await?.into_iter().collect();
    let mut faults = Faults::default();
    if profile.title_zh.is_none() && profile.title_en.is_none() {
        let fault = Fault::error("peer_group.no_title", "没有标题", "there is no title");
        faults.push(fault.at("").hint("请填写 title_zh 或 title_en", "give title_zh or title_en"));
    }
    parts(&profile, &mut faults);
    listed(&profile.cities, &known, &mut faults);
    conditions(&profile.conditions, &mut faults);
    if let Some(rule) = &profile.nearest {
        nearest(state, rule, &known, &mut faults).await?;
    }
    if !faults.is_empty() {
        return Err(Failure::Invalid(faults));
    }
    let mut cities: Vec<String> = profile.cities.into_iter().map(String::from).collect();
    cities.sort_unstable();
    let rule = Definition { conditions: profile.conditions, attributes_at: profile.attributes_at, nearest: profile.nearest };
    let (kind, definition) = match profile.kind {
        PeerGroupKind::Fixed => (GroupKind::Fixed, Value::Null),
        PeerGroupKind::Attribute => (GroupKind::Attribute, json!(rule)),
        PeerGroupKind::Nearest => (GroupKind::Nearest, json!(rule)),
    };
    let text = |text: Option<wire::Line>| text.map(String::from);
    let (title_zh, title_en) = (text(profile.title_zh), text(profile.title_en));
    Ok(NewPeerGroup { code: code.to_string(), title_zh, title_en, kind, definition, cities })
}

/// Each kind has its own parts, and no others.
fn parts(profile: &wire::PeerGroupProfile, faults: &mut Faults) {
    let kind = profile.kind;
    let has_rule = !profile.conditions.is_empty() || profile.attributes_at.is_some();
    let parts = [
        ("cities", !profile.cities.is_empty(), kind == PeerGroupKind::Fixed, kind == PeerGroupKind::Fixed),
        ("conditions", has_rule, kind != PeerGroupKind::Fixed, kind == PeerGroupKind::Attribute),
        ("nearest", profile.nearest.is_some(), kind == PeerGroupKind::Nearest, kind == PeerGroupKind::Nearest),
    ];
    for (part, is_there, may_be, must_be) in parts {
        if part == "cities" && must_be {
            if profile.cities.is_empty() || profile.cities.len() > 5_000 {
                let fault = Fault::error("peer_group.size", "城市数量不合适", "too few or too many cities");
                faults.push(fault.at("/cities").expected("1..5000").hint("请列出 1 到 5000 个城市", "name 1 to 5000 cities"));
            }
        } else if must_be && (!is_there || (part == "conditions" && profile.conditions.is_empty())) {
            let fault = Fault::error("peer_group.part_missing", format!("缺少 {part}"), format!("{part} is missing"));
            faults.push(fault.at(format!("/{part}")).hint("该类对标组需要此项", "a group of this kind needs it"));
        } else if is_there && !may_be {
            let fault =
                Fault::error("peer_group.part_unused", format!("此类对标组没有 {part}"), format!("{part} does not apply"));
            faults.push(fault.at(format!("/{part}")).hint("请删除此项，或改用其他 kind", "leave it out, or give another kind"));
        }
    }
}

fn listed(cities: &[Code], known: &HashSet<String>, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (place, city) in cities.iter().enumerate().take(5_000) {
        let fault = if !known.contains(city.as_str()) {
            unknown_city(city)
        } else if !seen.insert(city) {
            Fault::error(
                "peer_group.duplicate_city",
                format!("城市“{city}”出现了两次"),
                format!("the city '{city}' stands twice"),
            )
            .hint("只保留一次", "name it once")
        } else {
            continue;
        };
        faults.push(fault.at(format!("/cities/{place}")).city(city.as_str()));
    }
}

fn conditions(conditions: &[AttributeCondition], faults: &mut Faults) {
    let size = |at: String, expected: &str| {
        Fault::error("peer_group.condition_size", "数量不合适", "too few or too many")
            .at(at)
            .expected(expected)
            .hint("请增减条目", "give more or fewer of them")
    };
    if conditions.len() > 20 {
        faults.push(size("/conditions".to_owned(), "0..20"));
    }
    for (place, condition) in conditions.iter().enumerate().take(20) {
        if condition.values.is_empty() || condition.values.len() > 100 {
            faults.push(size(format!("/conditions/{place}/in"), "1..100"));
        }
    }
}

async fn nearest(state: &State, rule: &NearestRule, known: &HashSet<String>, faults: &mut Faults) -> Result<(), Failure> {
    if let Some(city) = rule.city.as_ref().filter(|city| !known.contains(city.as_str())) {
        faults.push(unknown_city(city).at("/nearest/city").city(city.as_str()));
    }
    if let Some(Err(fault)) = rule.period.as_ref().map(|period| period.as_str().parse::<Period>()) {
        faults.push(fault.at("/nearest/period"));
    }
    let mut bound = |part: &str, value: usize, most: usize| {
        if !(1..=most).contains(&value) {
            let fault = Fault::error("peer_group.number", "数值超出范围", "the number is out of range").value(value.to_string());
            let fault = fault.at(format!("/nearest/{part}")).expected(format!("1..{most}"));
            faults.push(fault.hint("请改用范围内的数值", "give a number within the range"));
        }
    };
    let many = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    bound("k", many(rule.k), 1_000);
    bound("items", rule.items.len(), 100);
    if let Some(least) = rule.min_items {
        bound("min_items", many(least), rule.items.len().clamp(1, 100));
    }
    let key = SetKey { code: rule.set.code.to_string(), version: rule.set.version.to_string() };
    let (_, set) = sets::find(state, &key).await?;
    let mut seen = HashSet::new();
    for (place, item) in rule.items.iter().enumerate().take(100) {
        let found = set.items().iter().find(|known| known.code == item.as_str());
        let fault = match found {
            None => {
                Fault::error("peer_group.unknown_item", format!("没有数据项“{item}”"), format!("the set has no item '{item}'"))
                    .hint("请核对数据项代码", "check the code of the item")
            }
            Some(found) if matches!(found.kind, ItemKind::Choice) => {
                Fault::error("peer_group.no_number", format!("数据项“{item}”不是数值"), format!("the item '{item}' is no number"))
                    .hint("请选择数值型数据项", "choose items that are numbers")
            }
            Some(_) if !seen.insert(item) => {
                Fault::error("peer_group.duplicate_item", format!("数据项“{item}”出现了两次"), format!("'{item}' stands twice"))
                    .hint("只保留一次", "name it once")
            }
            Some(_) => continue,
        };
        faults.push(fault.at(format!("/nearest/items/{place}")).of(item.as_str()));
    }
    Ok(())
}

fn unknown_city(city: &Code) -> Fault {
    Fault::error("peer_group.unknown_city", format!("没有城市“{city}”"), format!("there is no city '{city}'"))
        .hint("请先登记该城市", "register the city first")
}
