//! Taking published codes into the register of cities, with the codes and names that they had before.

use std::collections::{BTreeMap, BTreeSet};

use citygauge_indicators::codes::{self, CodeEntry};
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{self as wire, Code, path_segment};
use serde_json::json;

use crate::auth::Caller;
use crate::error::Failure;
use crate::state::State;
use crate::store::Transaction;
use crate::store::cities::aliases::{self, Alias, AliasKind};
use crate::store::cities::{self, NewCity};
use crate::write::trail;

/// Registers the published cities that are wanted and not registered yet, and gives those that are the former codes and
/// names that they lack.
pub async fn adopt(
    transaction: &Transaction,
    state: &State,
    caller: &Caller,
    wanted: &wire::CityAdoption,
) -> Result<wire::AdoptedCities, Failure> {
    let entries = chosen(wanted).map_err(Failure::Invalid)?;
    let known: BTreeMap<String, cities::City> =
        cities::all(transaction).await?.into_iter().map(|city| (city.profile.code.clone(), city)).collect();
    let codes: Vec<String> = entries.iter().map(|entry| entry.code.to_owned()).collect();
    let mut had = aliases::of_cities(transaction, &codes).await?;
    let mut adopted = wire::AdoptedCities { registered: Vec::new(), known: Vec::new() };
    for entry in entries {
        let mut aliases = had.remove(entry.code).unwrap_or_default();
        let before = aliases.len();
        for alias in former(entry, wanted.valid_at) {
            // A code under which a city is registered means that city.
            let is_taken = alias.kind == AliasKind::Code && known.contains_key(&alias.alias);
            if !is_taken && !aliases.iter().any(|own| (own.kind, &own.alias) == (alias.kind, &alias.alias)) {
                aliases.push(alias);
            }
        }
        match known.get(entry.code) {
            None => {
                cities::insert(transaction, &profile(entry), state.now_ms()).await?;
                adopted.registered.push(Code::trusted(entry.code));
            }
            Some(city) => {
                adopted.known.push(Code::trusted(entry.code));
                if aliases.len() == before {
                    continue;
                }
                cities::replace(transaction, &city.profile, city.revision, state.now_ms()).await?;
            }
        }
        aliases::replace(transaction, entry.code, &aliases).await?;
        let subject = format!("cities/{}", path_segment(entry.code));
        trail(transaction, state, caller, "adopt_city", &subject, json!({ "scheme": codes::GBT_2260 })).await?;
    }
    Ok(adopted)
}

/// The entries that are wanted, by code; what is wrong with the choice, if anything.
fn chosen(wanted: &wire::CityAdoption) -> Result<Vec<&'static CodeEntry>, Faults> {
    let stands = |entry: &CodeEntry| match wanted.valid_at {
        Some(year) => entry.stood_in(year),
        None => entry.last_year.is_none(),
    };
    let standing: Vec<&CodeEntry> =
        codes::gbt_2260().iter().filter(|entry| entry.class.is_prefecture_level() && stands(entry)).collect();
    let mut faults = Faults::default();
    if let Some(year) = wanted.valid_at.filter(|year| !(1980..=2100).contains(year)) {
        let fault = Fault::error("adoption.year", "没有该年份的代码", "there are no codes of this year").at("/valid_at");
        faults.push(fault.value(year.to_string()).expected("1980..2100").hint("请改用其他年份", "give another year"));
    }
    if wanted.provinces.len() > 100 || wanted.codes.len() > 1_000 {
        let fault = Fault::error("adoption.size", "列表过长", "the lists are too long").at("");
        return Err(fault.expected("100 / 1000").hint("请分多次登记", "adopt them in several calls").into());
    }
    let is_of = |entry: &CodeEntry, province: &Code| {
        let code = province.as_str();
        code == entry.province || (code.len() == 2 && entry.province.starts_with(code))
    };
    for (place, province) in wanted.provinces.iter().enumerate() {
        if !standing.iter().any(|entry| is_of(entry, province)) {
            let fault = Fault::error("adoption.province", "没有该省级代码", "there is no province with this code");
            let fault = fault.at(format!("/provinces/{place}")).value(province.as_str()).expected("33 | 330000");
            faults.push(fault.hint("请使用两位或六位省级代码", "give a code of two or six digits"));
        }
    }
    for (place, code) in wanted.codes.iter().enumerate() {
        if !standing.iter().any(|entry| entry.code == code.as_str()) {
            let fault = Fault::error("adoption.code", "该日期没有此代码", "the code is not in force at that time");
            let fault = fault.at(format!("/codes/{place}")).value(code.as_str());
            faults.push(match codes::became(code.as_str(), wanted.valid_at) {
                Some(codes::Became::One(now)) => fault.expected(now).hint("请改用现行代码", "use the code of that time"),
                _ => fault.hint("请核对代码", "check the code"),
            });
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let is_wanted = |entry: &&CodeEntry| {
        (wanted.provinces.is_empty() || wanted.provinces.iter().any(|province| is_of(entry, province)))
            && (wanted.codes.is_empty() || wanted.codes.iter().any(|code| code.as_str() == entry.code))
    };
    Ok(standing.into_iter().filter(is_wanted).collect())
}

/// What is said of a published city.
fn profile(entry: &CodeEntry) -> NewCity {
    let attributes = [
        ("class", entry.class.word()),
        ("province", entry.province_name.zh.as_deref().unwrap_or(entry.province)),
        ("region", entry.region()),
    ];
    // A code changes its name or class without a new one: it is valid from its first entry to its last.
    let entries = codes::entries_of(entry.code);
    NewCity {
        code: entry.code.to_owned(),
        name: entry.name.zh.clone().unwrap_or_else(|| entry.code.to_owned()),
        name_zh: entry.name.zh.clone(),
        name_en: entry.name.en.clone(),
        attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        attributes_from: None,
        valid_from: entries.first().and_then(|first| first.first_year).map(first_day),
        valid_to: entries.last().and_then(|last| last.last_year).map(last_day),
    }
}

/// The first and last years of the entries under one word; `None` sorts before every year.
#[derive(Default)]
struct Years {
    first: BTreeSet<Option<i32>>,
    last: BTreeSet<Option<i32>>,
}

/// The codes and names that a city had before, each with the whole span in which it had it.
fn former(entry: &CodeEntry, by: Option<i32>) -> Vec<Alias> {
    let mut spans: BTreeMap<(bool, &str), Years> = BTreeMap::new();
    for old in codes::former_of(entry.code, by) {
        let name = old.name.zh.as_deref().filter(|name| Some(*name) != entry.name.zh.as_deref());
        let code = (old.code != entry.code).then_some(old.code);
        for word in [code.map(|code| (false, code)), name.map(|name| (true, name))].into_iter().flatten() {
            let years = spans.entry(word).or_default();
            years.first.insert(old.first_year);
            years.last.insert(old.last_year);
        }
    }
    let alias = |((is_name, word), years): ((bool, &str), Years)| Alias {
        kind: if is_name { AliasKind::Name } else { AliasKind::Code },
        alias: word.to_owned(),
        valid_from: years.first.first().copied().flatten().map(first_day),
        valid_to: years.last.last().copied().flatten().map(last_day),
    };
    spans.into_iter().map(alias).collect()
}

fn first_day(year: i32) -> String {
    format!("{year:04}-01-01")
}

fn last_day(year: i32) -> String {
    format!("{year:04}-12-31")
}
