//! Whether what is said of a panel makes sense, with everything that is wrong with it told at once.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::RangeInclusive;

use citygauge_assessment::Trim;
use citygauge_assessment::panel::{Scale, ScaleFault};
use citygauge_indicators::{Fault, Faults, IndicatorSet, Item, Provider};
use citygauge_openapi::{Code, PanelProfile};

use super::CELLS_LIMIT;
use crate::error::Failure;
use crate::store::indicator_sets::SetKey;
use crate::store::keys::{Key, Role};
use crate::store::panels::{self, Expert, NewPanel, Panel};
use crate::store::{Transaction, cities};

const ITEMS: RangeInclusive<usize> = 1..=100;
const CITIES: RangeInclusive<usize> = 1..=2_000;
const EXPERTS: RangeInclusive<usize> = 1..=100;

/// The most decimals of a mean.
const PLACES_LIMIT: u8 = 10;

/// What is known beside the profile.
pub struct Ground<'g> {
    /// The set that the profile names, unless there is none or it is a draft.
    pub set: Option<&'g IndicatorSet>,
    /// The panel as it is, where it is to be changed.
    pub known: Option<&'g Panel>,
    /// Whether any of its scores counts.
    pub scored: bool,
}

/// The panel as it is kept.
pub async fn checked(
    transaction: &Transaction,
    code: &Code,
    profile: &PanelProfile,
    ground: &Ground<'_>,
) -> Result<NewPanel, Failure> {
    let registered: HashSet<String> = cities::codes(transaction).await?.into_iter().collect();
    let keys = panels::keys_of(transaction, profile.experts.iter().map(|expert| expert.key.as_str())).await?;
    let mut faults = Faults::default();
    if profile.title_zh.is_none() && profile.title_en.is_none() {
        let fault = Fault::error("panel.no_title", "没有标题", "there is no title").at("");
        faults.push(fault.hint("请填写 title_zh 或 title_en", "give title_zh or title_en"));
    }
    items(profile, ground.set, &mut faults);
    city_list(&profile.cities, "/cities", &registered, &mut faults);
    count("panel.cities", "/cities", "城市", "cities", profile.cities.len(), &CITIES, &mut faults);
    if profile.cities.len().saturating_mul(profile.items.len()) > CELLS_LIMIT {
        let fault =
            Fault::error("panel.too_large", "城市与数据项的组合过多", "there are too many pairs of city and item").at("/cities");
        let fault = fault.expected(format!("1..{CELLS_LIMIT}"));
        faults.push(fault.hint("请分成几个专家组", "make several panels of it"));
    }
    numbers(profile, &mut faults);
    experts(profile, &keys, ground.known, &registered, &mut faults);
    if let (Some(known), true) = (ground.known, ground.scored) {
        unchanged(profile, known, &mut faults);
    }
    if faults.is_empty() { Ok(kept(code, profile)) } else { Err(Failure::Invalid(faults)) }
}

fn kept(code: &Code, profile: &PanelProfile) -> NewPanel {
    let sorted = |codes: &[Code]| codes.iter().map(ToString::to_string).collect::<BTreeSet<_>>().into_iter().collect();
    let experts = profile.experts.iter();
    NewPanel {
        code: code.to_string(),
        title_zh: profile.title_zh.clone().map(String::from),
        title_en: profile.title_en.clone().map(String::from),
        set: SetKey { code: profile.set.code.to_string(), version: profile.set.version.to_string() },
        period: profile.period.to_string(),
        items: sorted(&profile.items),
        cities: sorted(&profile.cities),
        least: profile.scale.least,
        greatest: profile.scale.greatest,
        step: profile.scale.step,
        trim: profile.trim,
        places: profile.places,
        least_scores: profile.least_scores,
        experts: experts.map(|expert| Expert { key: expert.key.to_string(), own_cities: sorted(&expert.own_cities) }).collect(),
    }
}

fn count(code: &'static str, at: &str, zh: &str, en: &str, found: usize, range: &RangeInclusive<usize>, faults: &mut Faults) {
    if !range.contains(&found) {
        let fault = Fault::error(code, format!("{zh}数量不合适"), format!("too few or too many {en}")).at(at);
        let (least, most) = (range.start(), range.end());
        let fault = fault.value(found.to_string()).expected(format!("{least}..{most}"));
        faults.push(fault.hint(format!("请列出 {least} 到 {most} 个"), format!("name {least} to {most} of them")));
    }
}

fn items(profile: &PanelProfile, set: Option<&IndicatorSet>, faults: &mut Faults) {
    count("panel.items", "/items", "数据项", "items", profile.items.len(), &ITEMS, faults);
    let Some(set) = set else {
        let named = format!("{}@{}", profile.set.code, profile.set.version);
        let (zh, en) = (format!("没有已发布的指标体系“{named}”"), format!("there is no published set '{named}'"));
        let fault = Fault::error("panel.set", zh, en).at("/set").value(named);
        faults.push(fault.hint("请选用已发布的版本", "take a published version"));
        return;
    };
    let mut seen = HashSet::new();
    for (i, code) in profile.items.iter().enumerate() {
        let item = set.item_index(code.as_str()).map(|index| &set.items()[index]);
        let fault = match item {
            _ if !seen.insert(code) => {
                let (zh, en) = (format!("数据项“{code}”重复"), format!("the item '{code}' stands twice"));
                Fault::error("panel.duplicate_item", zh, en).hint("只保留一处", "name it once")
            }
            None => {
                let (zh, en) = (format!("指标体系中没有数据项“{code}”"), format!("the set has no item '{code}'"));
                Fault::error("panel.unknown_item", zh, en).hint("请填写该指标体系中的数据项", "name an item of the set")
            }
            Some(item) => match unfit(item, profile) {
                Some(fault) => fault,
                None => continue,
            },
        };
        faults.push(fault.at(format!("/items/{i}")).of(code.as_str()));
    }
}

/// Why a panel cannot score an item.
fn unfit(item: &Item, profile: &PanelProfile) -> Option<Fault> {
    let code = &item.code;
    if item.provider != Provider::Expert {
        let provider = item.provider.word();
        let fault = Fault::error(
            "panel.foreign_item",
            format!("指标体系规定“{code}”由 {provider} 提供，不由专家评分"),
            format!("the set has '{code}' from {provider} and not from experts"),
        );
        let fault = fault.value(provider).expected("expert");
        return Some(fault.hint("只列出 provider 为 expert 的数据项", "name items whose provider is `expert`"));
    }
    if !item.kind.may_be_sampled() {
        let fault = Fault::error(
            "panel.not_sampled",
            format!("“{code}”是计数、是否或选项，不能取均值"),
            format!("'{code}' is a count, a yes/no or a choice and cannot be a mean"),
        );
        let fault = fault.expected("amount | ratio | index | survey");
        return Some(fault.hint("请在指标体系中改用 index 等类型", "give it a kind such as `index` in the set"));
    }
    let (min, max) = item.range();
    let scale = profile.scale;
    if min.is_some_and(|min| scale.least < min) || max.is_some_and(|max| scale.greatest > max) {
        let shown = |bound: Option<f64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        let fault = Fault::error(
            "panel.scale_outside_item",
            format!("评分范围超出数据项“{code}”的取值范围"),
            format!("the scale leaves the range of the item '{code}'"),
        );
        let fault =
            fault.value(format!("{}..{}", scale.least, scale.greatest)).expected(format!("{}..{}", shown(min), shown(max)));
        return Some(fault.hint("请调整 scale", "change the scale"));
    }
    None
}

/// Cities that are not registered, or stand twice.
fn city_list(codes: &[Code], at: &str, registered: &HashSet<String>, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (i, city) in codes.iter().enumerate() {
        let fault = if !registered.contains(city.as_str()) {
            Fault::error("observation.unknown_city", format!("没有城市“{city}”"), format!("there is no city '{city}'"))
                .hint("先登记该城市", "register the city first")
        } else if !seen.insert(city) {
            Fault::error("city.duplicate", format!("城市“{city}”重复"), format!("the city '{city}' stands twice"))
                .hint("删除一处", "remove one")
        } else {
            continue;
        };
        faults.push(fault.at(format!("{at}/{i}")).city(city.as_str()));
    }
}

fn numbers(profile: &PanelProfile, faults: &mut Faults) {
    let scale = profile.scale;
    if let Err(fault) = Scale::new(scale.least, scale.greatest, scale.step) {
        let (at, zh, en) = match fault {
            ScaleFault::Empty => ("/scale/greatest", "最高分应大于最低分", "the greatest score must be above the least"),
            ScaleFault::NoStep => ("/scale/step", "步长应大于 0", "the step must be above 0"),
            ScaleFault::Uneven => {
                ("/scale/step", "从最低分起按步长到不了最高分", "the steps from the least score do not meet the greatest")
            }
        };
        let shown = format!("{}..{} / {}", scale.least, scale.greatest, scale.step);
        let fault = Fault::error("panel.scale", zh, en).at(at).value(shown);
        faults.push(fault.hint("例如 0 到 10，步长 0.5", "for example 0 to 10 in steps of 0.5"));
    }
    if Trim::new(profile.trim).is_none() {
        let fault = Fault::error("panel.trim", "每端去掉的比例不合适", "the part that is left out is out of range").at("/trim");
        let fault = fault.value(profile.trim.to_string()).expected("0 <= trim < 0.5");
        faults.push(fault.hint("例如 0.2：每端去掉五分之一", "0.2, for example, leaves out a fifth at each end"));
    }
    if let Some(places) = profile.places.filter(|places| *places > PLACES_LIMIT) {
        let fault = Fault::error("panel.places", "小数位数过多", "there are too many decimals").at("/places");
        let fault = fault.value(places.to_string()).expected(format!("0..{PLACES_LIMIT}"));
        faults.push(fault.hint("请减少小数位数", "take fewer decimals"));
    }
    let experts = profile.experts.len();
    if profile.least_scores == 0 || profile.least_scores as usize > experts {
        let fault = Fault::error(
            "panel.least_scores",
            "所需评分数应为 1 到专家人数",
            "a result needs from one score to as many as there are experts",
        );
        let fault = fault.at("/least_scores").value(profile.least_scores.to_string()).expected(format!("1..{experts}"));
        faults.push(fault.hint("请调整 least_scores 或增加专家", "change `least_scores`, or name more experts"));
    }
}

fn experts(
    profile: &PanelProfile,
    keys: &HashMap<String, Key>,
    known: Option<&Panel>,
    registered: &HashSet<String>,
    faults: &mut Faults,
) {
    count("panel.experts", "/experts", "专家", "experts", profile.experts.len(), &EXPERTS, faults);
    let mut seen = HashSet::new();
    for (i, expert) in profile.experts.iter().enumerate() {
        let id = expert.key.as_str();
        let fault = match keys.get(id) {
            _ if !seen.insert(id) => Some(
                Fault::error("panel.duplicate_expert", "同一专家出现了两次", "the expert stands twice")
                    .hint("删除一处", "remove one"),
            ),
            None => Some(
                Fault::error("panel.unknown_expert", "没有这个密钥", "there is no such key")
                    .hint("请先签发 expert 密钥", "issue a key with the role `expert` first"),
            ),
            Some(key) if key.role != Role::Expert => Some(
                Fault::error(
                    "panel.not_an_expert",
                    format!("密钥“{}”的角色是 {}，不是 expert", key.name, key.role),
                    format!("the key '{}' has the role {} and not expert", key.name, key.role),
                )
                .expected("expert")
                .hint("请签发 expert 密钥", "issue a key with the role `expert`"),
            ),
            // Whoever is a member stays one, so that what was said before counts.
            Some(key) if key.revoked_at_ms.is_some() && known.is_none_or(|known| known.expert(id).is_none()) => Some(
                Fault::error(
                    "panel.revoked_expert",
                    format!("密钥“{}”已撤销", key.name),
                    format!("the key '{}' was revoked", key.name),
                )
                .hint("请签发新的密钥", "issue a new key"),
            ),
            Some(_) => None,
        };
        if let Some(fault) = fault {
            faults.push(fault.at(format!("/experts/{i}/key")).value(id));
        }
        let at = format!("/experts/{i}/own_cities");
        city_list(&expert.own_cities, &at, registered, faults);
        count("panel.own_cities", &at, "本人城市", "own cities", expert.own_cities.len(), &(0..=*CITIES.end()), faults);
    }
}

/// What scores rest on stays as it is once there are some; items and cities may be added.
fn unchanged(profile: &PanelProfile, known: &Panel, faults: &mut Faults) {
    let known = &known.profile;
    let scale = profile.scale;
    let gone = |had: &[String], named: &[Code]| had.iter().any(|code| !named.iter().any(|named| named.as_str() == code));
    let changed = [
        ("/set", (profile.set.code.as_str(), profile.set.version.as_str()) != (&known.set.code, &known.set.version)),
        ("/period", profile.period.as_str() != known.period),
        ("/scale", (scale.least, scale.greatest, scale.step) != (known.least, known.greatest, known.step)),
        ("/items", gone(&known.items, &profile.items)),
        ("/cities", gone(&known.cities, &profile.cities)),
    ];
    for (at, _) in changed.into_iter().filter(|(_, changed)| *changed) {
        let fault = Fault::error(
            "panel.scored",
            "已有评分，指标体系、时期和评分范围不能再改，数据项和城市只能增加",
            "there are scores: the set, the period and the scale stay, items and cities may only be added",
        );
        faults.push(fault.at(at).hint("请另建专家组", "make another panel"));
    }
}
