use std::ops::RangeInclusive;

use actix_web::{get, web};
use citygauge_indicators::Fault;
use citygauge_indicators::codes::{self, Became, CodeEntry, UnitClass};
use citygauge_openapi::{self as wire, Code, CodeScheme, Cursor, Line};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;

/// The level of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeLevel {
    /// Municipalities and units of prefecture level.
    Prefecture,
    /// Cities directly under a province that rose to prefecture level later.
    County,
}

/// Which codes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedCodes {
    /// The scheme; `gbt-2260` unless given.
    #[param(inline)]
    scheme: Option<CodeScheme>,
    /// The level; every level unless given.
    #[param(inline)]
    level: Option<CodeLevel>,
    /// Those that stood at the end of this year; every one since 1980 unless given.
    #[param(minimum = 1980, maximum = 2100)]
    valid_at: Option<i32>,
    /// Those of a province, by its code of six digits or the first two.
    province: Option<Code>,
    /// Those of a class, such as `sub_provincial`.
    class: Option<Code>,
    /// Those whose code begins with this, or whose name holds it, small and capital letters alike.
    q: Option<Line>,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// The years of which codes can be asked for; the first is that of the first edition of GB/T 2260.
const YEARS: RangeInclusive<i32> = 1980..=2100;

/// List the published codes of cities, by code and then by time.
///
/// GB/T 2260 from 1980 on: facts that ship with the service, whether or not a city is registered under them. A code stands
/// once for each name and class that it had.
#[utoipa::path(
    tag = "cities",
    params(WantedCodes, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of codes", body = wire::CityCodePage),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/city-codes")]
pub async fn list_city_codes(caller: Caller, state: web::Data<State>, query: Query<WantedCodes>) -> Result<Answer, Failure> {
    caller.require(Right::ReadCities)?;
    let CodeScheme::Gbt2260 = query.scheme.unwrap_or(CodeScheme::Gbt2260);
    if let Some(class) = query.class.as_ref().filter(|class| UnitClass::from_word(class.as_str()).is_none()) {
        let fault = Fault::error("query.class", "没有该类别", "there is no such class").value(class.as_str());
        return Err(Failure::malformed(fault.hint("如 prefecture_city", "such as prefecture_city")));
    }
    if let Some(year) = query.valid_at.filter(|year| !YEARS.contains(year)) {
        let (first, last) = YEARS.into_inner();
        let fault = Fault::error("query.valid_at", "年份超出范围", "the year is out of range").value(year.to_string());
        let fault = fault.expected(format!("{first}..{last}"));
        return Err(Failure::malformed(fault.hint("请填写范围内的年份", "give a year of that range")));
    }
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let mut found = codes::gbt_2260().iter().filter(|entry| query.admits(entry)).skip(start);
    let items: Vec<wire::CityCode> = found.by_ref().take(limit).map(present).collect();
    let next = found.next().map(|_| Cursor::after(&(start + limit)));
    Ok(Answer::page(&wire::CityCodePage { items, next: next.clone() }, next.as_ref()))
}

impl WantedCodes {
    fn admits(&self, entry: &CodeEntry) -> bool {
        let province = self.province.as_ref().map(Code::as_str);
        let q = self.q.as_ref().map(|q| q.as_str().to_lowercase());
        let holds = |q: &String| {
            let names = [&entry.name.zh, &entry.name.en];
            entry.code.starts_with(q.as_str()) || names.into_iter().flatten().any(|name| name.to_lowercase().contains(q))
        };
        self.valid_at.is_none_or(|year| entry.stood_in(year))
            && self.level.is_none_or(|level| (level == CodeLevel::Prefecture) == entry.class.is_prefecture_level())
            && province.is_none_or(|code| code == entry.province || (code.len() == 2 && entry.province.starts_with(code)))
            && self.class.as_ref().is_none_or(|class| class.as_str() == entry.class.word())
            && q.as_ref().is_none_or(holds)
    }
}

fn present(entry: &CodeEntry) -> wire::CityCode {
    let successors = match codes::became(entry.code, None) {
        Some(Became::One(one)) => vec![one],
        Some(Became::Several(several)) => several,
        Some(Became::Stands | Became::Nothing) | None => Vec::new(),
    };
    wire::CityCode {
        code: Code::trusted(entry.code),
        name_zh: entry.name.zh.clone().unwrap_or_default(),
        name_en: entry.name.en.clone().unwrap_or_default(),
        class: entry.class.word().to_owned(),
        province: Code::trusted(entry.province),
        province_zh: entry.province_name.zh.clone().unwrap_or_default(),
        province_en: entry.province_name.en.clone().unwrap_or_default(),
        region: entry.region().to_owned(),
        first_year: entry.first_year,
        last_year: entry.last_year,
        successors: successors.into_iter().map(Code::trusted).collect(),
    }
}
