//! The prefecture-level codes of GB/T 2260 with the years in which each stood; see `codes/README.md` for their sources.
//!
//! A code is valid for a span of years, counted by the ends of the years, as statistics are. One that ended resolves to
//! the code that took over, over several steps where need be; one whose cities went to several others does not.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use crate::text::Text;

/// The word by which the scheme is asked for.
pub const GBT_2260: &str = "gbt-2260";

/// The kind of unit that a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnitClass {
    /// 直辖市: a city directly under the central government.
    Municipality,
    /// 副省级市: one of the cities named in 1994 (中编〔1994〕1号).
    SubProvincial,
    /// 地级市.
    PrefectureCity,
    /// 地区.
    Prefecture,
    /// 自治州.
    AutonomousPrefecture,
    /// 盟.
    League,
    /// 行政区.
    AdministrativeArea,
    /// 省直辖县级市 that became a city of prefecture level later.
    CountyCity,
}

/// Every class with its word and its Chinese name.
const CLASSES: [(UnitClass, &str, &str); 8] = [
    (UnitClass::Municipality, "municipality", "直辖市"),
    (UnitClass::SubProvincial, "sub_provincial", "副省级市"),
    (UnitClass::PrefectureCity, "prefecture_city", "地级市"),
    (UnitClass::Prefecture, "prefecture", "地区"),
    (UnitClass::AutonomousPrefecture, "autonomous_prefecture", "自治州"),
    (UnitClass::League, "league", "盟"),
    (UnitClass::AdministrativeArea, "administrative_area", "行政区"),
    (UnitClass::CountyCity, "county_city", "省直辖县级市"),
];

impl UnitClass {
    /// The word used in files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        CLASSES[self as usize].1
    }

    /// The Chinese name of the class.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        CLASSES[self as usize].2
    }

    /// The class with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        CLASSES.iter().find(|(_, known, _)| *known == word).map(|(class, ..)| *class)
    }

    /// Whether it is of prefecture level, or a municipality.
    #[must_use]
    pub fn is_prefecture_level(self) -> bool {
        self != Self::CountyCity
    }
}

/// One code under one name and in one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeEntry {
    /// Six digits.
    pub code: &'static str,
    /// The official name and its romanised root: 杭州市, Hangzhou.
    pub name: Text,
    /// The kind of unit.
    pub class: UnitClass,
    /// The code of the province.
    pub province: &'static str,
    /// The name of the province.
    pub province_name: Text,
    /// The first year at whose end it stood; `None` when it stood in 1980 already.
    pub first_year: Option<i32>,
    /// The last year at whose end it stood; `None` while it is in force.
    pub last_year: Option<i32>,
    /// The codes that took over when the code ended.
    pub successors: Vec<&'static str>,
}

impl CodeEntry {
    /// Whether it stood at the end of a year.
    #[must_use]
    pub fn stood_in(&self, year: i32) -> bool {
        self.first_year.is_none_or(|first| first <= year) && self.last_year.is_none_or(|last| year <= last)
    }

    /// One of the four regions by which the statistics of China are grouped: `east`, `central`, `west`, `northeast`.
    ///
    /// Source: National Bureau of Statistics, 东西中部和东北地区划分方法, 2011.
    #[must_use]
    pub fn region(&self) -> &'static str {
        match &self.province[..2] {
            "11" | "12" | "13" | "31" | "32" | "33" | "35" | "37" | "44" | "46" => "east",
            "14" | "34" | "36" | "41" | "42" | "43" => "central",
            "21" | "22" | "23" => "northeast",
            _ => "west",
        }
    }
}

/// What has become of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// It is in force.
    Stands,
    /// It ended, and one code of today took over.
    One(&'static str),
    /// It ended, and its area belongs to several codes of today, sorted.
    Several(Vec<&'static str>),
    /// It ended, and no code is known to have taken over.
    Nothing,
}

static ENTRIES: LazyLock<Vec<CodeEntry>> =
    LazyLock::new(|| include_str!("../codes/gbt-2260.csv").lines().skip(1).map(entry).collect());

static BY_CODE: LazyLock<HashMap<&'static str, Vec<&'static CodeEntry>>> = LazyLock::new(|| {
    let mut by_code: HashMap<&str, Vec<&CodeEntry>> = HashMap::new();
    for entry in ENTRIES.iter() {
        by_code.entry(entry.code).or_default().push(entry);
    }
    by_code
});

/// Every code of GB/T 2260, by code and then by time.
#[must_use]
pub fn gbt_2260() -> &'static [CodeEntry] {
    &ENTRIES
}

/// The entries of a code, in the order of time; none when the code was never given.
#[must_use]
pub fn entries_of(code: &str) -> &'static [&'static CodeEntry] {
    BY_CODE.get(code).map_or(&[], Vec::as_slice)
}

/// The entry of a code at the end of a year.
#[must_use]
pub fn entry_in(code: &str, year: i32) -> Option<&'static CodeEntry> {
    entries_of(code).iter().find(|entry| entry.stood_in(year)).copied()
}

/// What has become of a code by the end of a year, or by today; `None` when the code was never given.
#[must_use]
pub fn became(code: &str, by: Option<i32>) -> Option<Became> {
    let stands = |entry: &CodeEntry| by.map_or(entry.last_year.is_none(), |year| entry.stood_in(year));
    let entries = entries_of(code);
    let last = entries.last()?;
    if entries.iter().any(|entry| stands(entry)) {
        return Some(Became::Stands);
    }
    let mut found = BTreeSet::new();
    let mut open = last.successors.clone();
    let mut seen = BTreeSet::new();
    while let Some(next) = open.pop() {
        if !seen.insert(next) {
            continue;
        }
        let entries = entries_of(next);
        if entries.iter().any(|entry| stands(entry)) {
            found.insert(next);
        } else {
            open.extend(entries.last().into_iter().flat_map(|entry| entry.successors.iter().copied()));
        }
    }
    let found: Vec<&str> = found.into_iter().collect();
    Some(match found.as_slice() {
        [] => Became::Nothing,
        [one] => Became::One(one),
        _ => Became::Several(found),
    })
}

/// The former entries whose code one code had taken over alone by the end of a year, or by today, and its own former
/// names, by code and time.
#[must_use]
pub fn former_of(code: &str, by: Option<i32>) -> Vec<&'static CodeEntry> {
    let stands = |entry: &&&CodeEntry| by.map_or(entry.last_year.is_none(), |year| entry.stood_in(year));
    let own = entries_of(code).iter().find(stands);
    let own_name = own.and_then(|entry| entry.name.zh.as_deref());
    let is_former = |entry: &&CodeEntry| {
        if entry.code == code {
            return entry.name.zh.as_deref() != own_name
                && by.is_none_or(|year| entry.first_year.is_none_or(|first| first <= year));
        }
        became(entry.code, by) == Some(Became::One(entries_of(code)[0].code))
    };
    if own_name.is_none() { Vec::new() } else { ENTRIES.iter().filter(is_former).collect() }
}

/// A line of the table; a test reads every one.
fn entry(line: &'static str) -> CodeEntry {
    let mut cells = line.split(',');
    let mut cell = || cells.next().expect("every line of the table has ten cells");
    let year = |text: &str| text.parse().ok();
    let text = |zh: &str, en: &str| Text::both(zh, en);
    let code = cell();
    let name = text(cell(), cell());
    let class = UnitClass::from_word(cell()).expect("every class of the table has its word");
    let province = cell();
    let province_name = text(cell(), cell());
    let (first_year, last_year) = (year(cell()), year(cell()));
    CodeEntry {
        code,
        name,
        class,
        province,
        province_name,
        first_year,
        last_year,
        successors: cell().split_whitespace().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(gbt_2260().len(), 579);
        for (place, (class, word, _)) in CLASSES.iter().enumerate() {
            assert_eq!((*class as usize, UnitClass::from_word(word)), (place, Some(*class)));
        }
        for entry in gbt_2260() {
            assert!(entry.code.len() == 6 && entry.code.bytes().all(|byte| byte.is_ascii_digit()), "{entry:?}");
            assert!(entry.successors.iter().all(|code| !entries_of(code).is_empty()), "{entry:?}");
            assert!(entry.last_year.is_some() || entry.successors.is_empty(), "{entry:?}");
            let name = entry.name.zh.as_deref().expect("it is there");
            assert!(entry.name.en.is_some() && !name.contains('"'), "{entry:?}");
        }
        for pair in gbt_2260().windows(2).filter(|pair| pair[0].code == pair[1].code) {
            assert!(pair[0].last_year.expect("it is there") < pair[1].first_year.expect("it is there"), "{pair:?}");
        }
    }

    /// 333 units of prefecture level and 4 municipalities since 2019: 中华人民共和国行政区划统计表.
    #[test]
    fn the_units_of_today_are_as_many_as_the_state_counts() {
        let standing = |class: &[UnitClass]| {
            gbt_2260().iter().filter(|entry| entry.last_year.is_none() && class.contains(&entry.class)).count()
        };
        assert_eq!(standing(&[UnitClass::Municipality]), 4);
        assert_eq!(standing(&[UnitClass::SubProvincial]), 15);
        assert_eq!(standing(&[UnitClass::SubProvincial, UnitClass::PrefectureCity]), 293);
        assert_eq!(standing(&[UnitClass::Prefecture]), 7);
        assert_eq!(standing(&[UnitClass::AutonomousPrefecture]), 30);
        assert_eq!(standing(&[UnitClass::League]), 3);
    }

    #[test]
    fn a_code_that_ended_resolves_to_the_one_that_took_over() {
        let name = |code, year| entry_in(code, year).and_then(|entry| entry.name.zh.clone());
        assert_eq!(name("652100", 2014).as_deref(), Some("吐鲁番地区"));
        assert_eq!((name("652100", 2015), name("650400", 2015).as_deref()), (None, Some("吐鲁番市")));
        assert_eq!(became("652100", None), Some(Became::One("650400")));
        assert_eq!(became("652100", Some(2014)), Some(Became::Stands));
        assert_eq!(became("469003", None), Some(Became::One("460400")));
        assert_eq!(became("371200", None), Some(Became::One("370100")));
        assert_eq!(became("330100", None), Some(Became::Stands));
        assert_eq!(became("999900", None), None);
        // Wanxian, in two steps: 512200 until 1992, 511200 until 1996.
        assert_eq!(became("512200", None), Some(Became::One("500000")));
    }

    #[test]
    fn a_code_that_was_split_has_candidates() {
        assert_eq!(became("341400", None), Some(Became::Several(vec!["340100", "340200", "340500"])));
    }

    #[test]
    fn a_city_knows_its_former_codes_and_names() {
        let former = |code| {
            former_of(code, None).into_iter().map(|entry| (entry.code, entry.name.zh.as_deref().expect("it is there"))).collect()
        };
        let turpan: Vec<(&str, &str)> = former("650400");
        assert_eq!(turpan, [("652100", "吐鲁番地区")]);
        let xiangyang: Vec<(&str, &str)> = former("420600");
        assert!(xiangyang.contains(&("420600", "襄樊市")), "{xiangyang:?}");
        assert!(former_of("000000", None).is_empty());
    }

    /// A panel of 341 units over 24 years, written in the codes of several years.
    #[test]
    fn every_unit_of_the_prefecture_panel_resolves_in_its_years() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../shared/data/cn-prefecture-panel-2000-2023/panel_2000_2023.csv");
        let Ok(panel) = std::fs::read_to_string(&path) else {
            eprintln!("SKIPPED: {} is not there", path.display());
            return;
        };
        let mut units = BTreeSet::new();
        for line in panel.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let (year, code): (i32, &str) = (cells[0].parse().expect("it is there"), cells[3]);
            let begins_later = entries_of(code).first().is_some_and(|entry| entry.first_year.is_some_and(|first| first > year));
            let stood = entry_in(code, year).is_some();
            assert!(stood || begins_later || matches!(became(code, Some(year)), Some(Became::One(_))), "{line}");
            units.insert(code);
        }
        let several = |code: &&&str| !matches!(became(code, None), Some(Became::Stands | Became::One(_)));
        assert_eq!((units.len(), units.iter().filter(several).copied().collect::<Vec<_>>()), (341, vec!["341400"]));
    }
}
