//! Which city a code of a file stands for: its own, a former one, or none.

use std::collections::{BTreeSet, HashMap};

use citygauge_indicators::codes::{self, Became};
use citygauge_indicators::{Fault, Period};

use super::super::findings::shown;
use crate::store::cities::City;
use crate::store::cities::aliases::{Alias, AliasKind};

/// The registered cities with the codes that they had before.
#[derive(Debug, Clone, Default)]
pub struct CityRegister {
    /// Every registered code with the last day on which it is valid, if it ended.
    codes: HashMap<String, Option<String>>,
    former: HashMap<String, Vec<Former>>,
    /// Whether a code that nobody registered is looked up in GB/T 2260.
    knows_gbt_2260: bool,
}

/// A code that a city had once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Former {
    /// The code under which the city is registered.
    pub city: String,
    from: Option<String>,
    to: Option<String>,
}

/// What a code stands for, whatever the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The city is registered under it; the day is the last one on which the code is valid.
    Own(Option<String>),
    /// One or several cities had it.
    Former(Vec<Former>),
    /// Nobody has it or had it; `successors` are the codes that took over from it, if it ended.
    Unknown { successors: Vec<String> },
}

impl FromIterator<String> for CityRegister {
    /// A register of codes without history.
    fn from_iter<I: IntoIterator<Item = String>>(codes: I) -> Self {
        Self { codes: codes.into_iter().map(|code| (code, None)).collect(), ..Self::default() }
    }
}

impl CityRegister {
    /// The cities with their aliases, by the code of the city; unknown codes are looked up in GB/T 2260.
    #[must_use]
    pub fn new(cities: &[City], aliases: impl IntoIterator<Item = (String, Vec<Alias>)>) -> Self {
        let codes = cities.iter().map(|city| (city.profile.code.clone(), city.profile.valid_to.clone())).collect();
        let mut former: HashMap<String, Vec<Former>> = HashMap::new();
        for (city, aliases) in aliases {
            for alias in aliases.into_iter().filter(|alias| alias.kind == AliasKind::Code) {
                let had = Former { city: city.clone(), from: alias.valid_from, to: alias.valid_to };
                former.entry(alias.alias).or_default().push(had);
            }
        }
        Self { codes, former, knows_gbt_2260: true }
    }

    /// Whether a city is registered under this very code.
    #[must_use]
    pub fn contains(&self, code: &str) -> bool {
        self.codes.contains_key(code)
    }

    pub(super) fn meaning(&self, code: &str) -> Meaning {
        if let Some(ends) = self.codes.get(code) {
            return Meaning::Own(ends.clone());
        }
        if let Some(former) = self.former.get(code) {
            return Meaning::Former(former.clone());
        }
        let successors: Vec<&str> = match codes::became(code, None) {
            Some(Became::One(one)) if self.knows_gbt_2260 => vec![one],
            Some(Became::Several(several)) if self.knows_gbt_2260 => several,
            _ => Vec::new(),
        };
        if successors.iter().any(|successor| self.contains(successor)) {
            let entries = codes::entries_of(code);
            let first = entries.first().and_then(|entry| entry.first_year).map(|year| format!("{year:04}-01-01"));
            let last = entries.last().and_then(|entry| entry.last_year).map(|year| format!("{year:04}-12-31"));
            let had = |city: &str| Former { city: city.to_owned(), from: first.clone(), to: last.clone() };
            return Meaning::Former(successors.into_iter().map(had).collect());
        }
        Meaning::Unknown { successors: successors.into_iter().map(str::to_owned).collect() }
    }
}

impl Former {
    /// Whether the code was valid on the last day of a period.
    pub fn stood_in(&self, period: Period) -> bool {
        let day = period.last_day();
        self.from.as_ref().is_none_or(|from| *from <= day) && self.has_not_ended(period)
    }

    /// Whether the code had not ended by the last day of a period.
    pub fn has_not_ended(&self, period: Period) -> bool {
        self.to.as_ref().is_none_or(|to| *to >= period.last_day())
    }
}

/// The one among the cities that had a code which it stands for in a period; else every candidate, sorted.
pub(super) fn pick(former: &[Former], period: Period) -> Result<&Former, Vec<String>> {
    let cities = |list: &[&Former]| list.iter().map(|had| had.city.clone()).collect::<BTreeSet<String>>();
    let every: Vec<&Former> = former.iter().collect();
    let standing: Vec<&Former> = former.iter().filter(|had| had.stood_in(period)).collect();
    for list in [&standing, &every] {
        if let (Some(first), 1) = (list.first(), cities(list).len()) {
            return Ok(first);
        }
    }
    Err(cities(&every).into_iter().collect())
}

/// The fault of a code that several cities took over.
pub(super) fn ambiguous(code: &str, candidates: &[String]) -> Fault {
    let shown = shown(code);
    Fault::error(
        "city.code_ambiguous",
        format!("代码“{shown}”已撤销，其区域现属多个城市"),
        format!("the code '{shown}' ended, and several cities took over its area"),
    )
    .value(code)
    .expected(candidates.join(" | "))
    .hint("请改用其中一个城市的代码，或在城市的别名中登记该代码", "use the code of one of them, or give it to one as an alias")
}

/// The warning of a code that is counted for another, or that had ended.
pub(super) fn expired(code: &str, city: &str) -> Fault {
    let (code_shown, city_shown) = (shown(code), shown(city));
    if code == city {
        let fault = Fault::warning(
            "city.code_expired",
            format!("代码“{code_shown}”在该时期已失效"),
            format!("the code '{code_shown}' was no longer valid in this period"),
        );
        return fault.value(code).hint("请核对城市代码", "check the code of the city");
    }
    Fault::warning(
        "city.code_expired",
        format!("代码“{code_shown}”在该时期已失效，按“{city_shown}”计"),
        format!("the code '{code_shown}' was no longer valid in this period; it is counted for '{city_shown}'"),
    )
    .value(code)
    .expected(city)
    .hint("请改用新代码", "use the new code")
}

/// The fault of a code that nobody has.
pub(super) fn unknown(code: &str, successors: &[String], register: Option<&CityRegister>) -> Fault {
    let shown_code = shown(code);
    let fault = Fault::error(
        "observation.unknown_city",
        format!("没有代码为“{shown_code}”的城市"),
        format!("there is no city with the code '{shown_code}'"),
    )
    .value(code);
    let trimmed = code.trim();
    if trimmed.len() != code.len() && register.is_some_and(|known| known.contains(trimmed)) {
        return fault.hint("请去掉代码前后的空格", "remove the spaces around the code");
    }
    if successors.is_empty() {
        return fault.hint("请核对城市代码，或先登记该城市", "check the code, or register the city first");
    }
    let list = successors.join(" | ");
    fault
        .expected(&list)
        .hint(format!("该代码现为 {list}，请先登记该城市"), format!("the code is {list} today: register that city first"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::cities::NewCity;

    fn city(code: &str, valid_to: Option<&str>) -> City {
        let valid_to = valid_to.map(str::to_owned);
        let profile = NewCity { code: code.into(), name: code.into(), valid_to, ..NewCity::default() };
        City { profile, revision: 1, created_at_ms: 1, updated_at_ms: 1 }
    }

    fn alias(code: &str, from: &str, to: &str) -> Alias {
        Alias { kind: AliasKind::Code, alias: code.into(), valid_from: Some(from.into()), valid_to: Some(to.into()) }
    }

    #[test]
    fn a_code_that_two_cities_had_stands_for_the_one_of_its_time() {
        let aliases = [
            ("a".to_owned(), vec![alias("x", "1990-01-01", "1999-12-31")]),
            ("b".to_owned(), vec![alias("x", "2000-01-01", "2009-12-31")]),
        ];
        let register = CityRegister::new(&[city("a", None), city("b", None)], aliases);
        let Meaning::Former(former) = register.meaning("x") else { panic!("two cities had it") };
        let of = |period: &str| pick(&former, period.parse().expect("it is there")).map(|had| had.city.as_str());
        assert_eq!((of("1995"), of("2009"), of("2010")), (Ok("a"), Ok("b"), Err(vec!["a".into(), "b".into()])));
    }

    #[test]
    fn the_national_codes_are_known_without_being_registered() {
        let register = CityRegister::new(&[city("650400", None), city("340100", None)], []);
        let period = |text: &str| text.parse::<Period>().expect("it is there");
        let Meaning::Former(turpan) = register.meaning("652100") else { panic!("it had another code") };
        assert_eq!(pick(&turpan, period("2020")).expect("it is there").city, "650400");
        assert!(turpan[0].has_not_ended(period("2014")) && !turpan[0].has_not_ended(period("2015")));
        let Meaning::Former(chaohu) = register.meaning("341400") else { panic!("it was split") };
        assert_eq!(pick(&chaohu, period("2009")).expect_err("it is refused"), ["340100", "340200", "340500"]);
        let none = register.meaning("652200");
        assert_eq!(none, Meaning::Unknown { successors: vec!["650500".into()] });
        assert!(
            unknown("652200", &["650500".into()], None).hint.expect("it is there").en.expect("it is there").contains("650500")
        );
    }

    #[test]
    fn a_list_of_codes_has_no_history() {
        let register: CityRegister = ["650400".to_owned()].into_iter().collect();
        assert_eq!(register.meaning("652100"), Meaning::Unknown { successors: Vec::new() });
    }
}
